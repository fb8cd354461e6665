/* SPDX-License-Identifier: MIT */
/* Affine kinds, y = w * x + bias: all of them but the product. */
#include <string.h>

#include "graph/few.h"

const char *FN(op_affine_shape)(gold_node *node, size_t fan_out, size_t fan_in)
{
    node->fan_in = fan_in;
    node->fan_out = fan_out;
    node->n_parameters = fan_out * (fan_in + node->set.bias);
    return node->n_parameters == 0 ? "it has no units" : NULL;
}

/* w * x has one degree more than x, a bias has 1. */
int FN(op_affine_degree)(const gold_node *node, const int *in)
{
    const bool is_fit = in[0] == 0 || (in[0] > 0 && node->set.bias == 0);

    return is_fit ? in[0] + 1 : GOLD_NO_DEGREE;
}

static size_t weights_of(const gold_node *node)
{
    return node->fan_out * node->fan_in;
}

/* Multiplications of w * x, of one sample. */
static double work_of(const gold_node *node)
{
    return (double)node->fan_in * (double)gold_shape_units(node->y);
}

static const gold_product *product_of(const gold_site *s)
{
    return FN(ops)[s->node->kind]->product;
}

/* Count so many times w * x, each of n samples. */
static void count_flops(const gold_site *s, size_t n, double times)
{
    *s->flops += 2.0 * times * (double)n * work_of(s->node);
}

/* n samples of y, ldy apart, <- the biases b. */
static void set_bias(const gold_site *s, const real *b, real *y, size_t ldy)
{
    const size_t channels = s->node->fan_out;
    const size_t positions = s->out / channels;

    for (size_t q = 0; q < s->n && positions == 1; q++) {
        memcpy(y + q * ldy, b, channels * sizeof *y);
    }
    for (size_t q = 0; q < s->n && positions > 1; q++) {
        for (size_t c = 0; c < channels; c++) {
            real *row = y + q * ldy + c * positions;

            for (size_t p = 0; p < positions; p++) {
                row[p] = b[c];
            }
        }
    }
}

/* sums (channels) of n samples of delta, ld apart, from the c-th channel on. */
static void sum_channels(const gold_site *s, FN(matrix) delta, size_t c,
                         size_t channels, double *sums)
{
    const size_t positions = s->out / s->node->fan_out;

    memset(sums, 0, channels * sizeof *sums);
    for (size_t q = 0; q < s->n; q++) {
        const real *rows = delta.entries + q * delta.ld + c * positions;

        for (size_t k = 0; k < channels && positions == 1; k++) {
            sums[k] += (double)rows[k];
        }
        for (size_t k = 0; k < channels && positions > 1; k++) {
            sums[k] += FN(total)(positions, rows + k * positions);
        }
    }
}

/* The biases in w, if any, from n samples of delta, ld apart. */
static void pull_bias(const gold_site *s, FN(matrix) delta, bool adds, real *w)
{
    enum {
        TOGETHER = 64
    };
    const size_t channels = s->node->set.bias == 0 ? 0 : s->node->fan_out;
    real *b = w + weights_of(s->node);
    double sums[TOGETHER];

    for (size_t c = 0; c < channels; c += TOGETHER) {
        const size_t left = channels - c;
        const size_t count = left < TOGETHER ? left : TOGETHER;

        sum_channels(s, delta, c, count, sums);
        for (size_t k = 0; k < count; k++) {
            b[c + k] = (real)(sums[k] + (adds ? (double)b[c + k] : 0.0));
        }
    }
}

void FN(op_affine_forward)(const gold_site *s)
{
    const bool has_bias = s->node->set.bias == 1;

    if (has_bias) {
        set_bias(s, s->w + weights_of(s->node), s->y, s->out);
    }
    product_of(s)->apply(s, s->n, 1, s->w, 0, s->x[0], has_bias, s->y);
    count_flops(s, s->n, 1.0);
}

/* dy <- v * x, biases too; false: v is not there, nor is dy. */
static bool move(const gold_site *s, const gold_motion *by, real *dy)
{
    const gold_moves *moves = &by->moves;

    for (size_t i = 0; moves->b != NULL && i < by->d; i++) {
        set_bias(s, moves->b + i * moves->b_step, dy + i * s->out,
                 by->d * s->out);
    }
    if (moves->w != NULL) {
        product_of(s)->apply(s, s->n, by->d, moves->w, moves->step, s->x[0],
                             moves->b != NULL, dy);
        count_flops(s, s->n, (double)by->d);
    } else if (moves->start != NULL) {
        memset(dy, 0, s->n * by->d * s->out * sizeof *dy);
        product_of(s)->apply_few(s, s->n, by->d, moves, s->x[0], dy);
    }
    return gold_has_moves(moves);
}

void FN(op_affine_tangent)(const gold_site *s, const gold_motion *by, real *dy)
{
    const bool is_there = move(s, by, dy);

    if (by->dx[0] != NULL) {
        product_of(s)->apply(s, s->n * by->d, 1, s->w, 0, by->dx[0], is_there,
                             dy);
        count_flops(s, s->n, (double)by->d);
    }
}

void FN(op_affine_pull)(const gold_site *s, size_t m, const real *delta,
                        const gold_pulled *to)
{
    const gold_product *product = product_of(s);

    if (to->w != NULL) {
        product->outer(s, s->n, m, 1.0, (FN(matrix)){delta, m * s->out},
                       (FN(matrix)){s->x[0], s->in}, to->adds_w, to->w,
                       to->step);
        count_flops(s, s->n, (double)m);
    }
    for (size_t r = 0; to->w != NULL && r < m; r++) {
        pull_bias(s, (FN(matrix)){delta + r * s->out, m * s->out}, to->adds_w,
                  to->w + r * to->step);
    }
    if (to->x[0] != NULL) {
        product->back(s, s->n * m, 1.0, s->w, (FN(matrix)){delta, s->out},
                      to->adds[0], to->x[0], s->in);
        count_flops(s, s->n, (double)m);
    }
}

/* D2f = v_i * dx_j + v_j * dx_i. */
void FN(op_affine_bend)(const gold_site *s, const gold_motion *by,
                        const real *delta, const gold_pulled *to)
{
    const gold_product *product = product_of(s);
    const FN(matrix) all = {delta, s->out};
    const size_t ld = by->d * s->in;

    for (size_t i = 0; i < by->d; i++) {
        product->back(s, s->n, by->scale, by->moves.w + i * by->moves.step, all,
                      true, to->x[0] + i * s->in, ld);
        product->outer(s, s->n, 1, by->scale, all,
                       (FN(matrix)){by->dx[0] + i * s->in, ld}, true,
                       to->w + i * to->step, to->step);
    }
    count_flops(s, s->n, 2.0 * (double)by->d);
}

/*
 * second: P and P', P_ij = <delta, v_i * dx_j>, half of what bend would cost,
 * in one of these ways:
 *
 *   across  <sum of delta dx_j', v_i>, for each residual: once for all samples
 *   back    <v_i' delta, dx_j> in each sample, for what residuals have in
 *           common, or for directions with few entries
 *   few     across, of those entries that directions have; see few.h
 */
enum {
    CROSS_REALS = 1 << 22, /* of sums over samples made at a time */
    BACK_REALS = 1 << 20,  /* of v_i' delta, likewise: to stay in the cache */
    BACK_DIRECTIONS = 10,
    BACK_SAMPLES = 64
};

static size_t clamp(size_t x, size_t least, size_t most)
{
    return x < least ? least : x < most ? x : most;
}

/* Directions whose sums are made at a time, of as many residuals as there is
 * room for. */
static size_t cross_directions(const gold_node *node, size_t d, size_t m)
{
    return clamp(CROSS_REALS / (m * weights_of(node)), 1, d);
}

static size_t cross_residuals(const gold_node *node, size_t m)
{
    return clamp(CROSS_REALS / weights_of(node), 1, m);
}

/* Samples that go back at a time, and directions. */
static size_t back_samples(const gold_node *node, size_t n, size_t k)
{
    const size_t each = k * BACK_DIRECTIONS * gold_shape_units(node->x[0]);

    return clamp(clamp(BACK_REALS / each, 1, BACK_SAMPLES), 1, n);
}

static size_t back_count(size_t d)
{
    return d < BACK_DIRECTIONS ? d : BACK_DIRECTIONS;
}

/* Multiplications a sample, about, of either way for n samples at a time. */
static double work_across(const gold_node *node, size_t n, size_t d, size_t m)
{
    return (double)m * (double)d *
           (work_of(node) + (double)(d * weights_of(node)) / (double)n);
}

static double work_back(const gold_node *node, const gold_motion *by, size_t m,
                        size_t k)
{
    const double to_put_back = 30.0; /* multiplications, to add one number */
    const double to_clear = 8.0;
    const double d = (double)by->d;
    const double positions = (double)gold_shape_positions(node->y);
    const double in = (double)gold_shape_units(node->x[0]);
    const double patch =
        positions > 1.0 ? to_put_back * positions * (double)node->fan_in : 0.0;
    const double back =
        by->moves.w != NULL
            ? d * (work_of(node) + patch)
            : to_put_back * positions * (double)by->moves.start[by->d] +
                  to_clear * d * in;

    return (double)k * (back + d * d * in) +
           (k < m ? (double)(m * k) * d * d : 0.0);
}

static gold_second_way way_of(const gold_site *s, const gold_motion *by,
                              const gold_deltas *deltas)
{
    const gold_node *node = s->node;
    const bool is_dense = by->moves.w != NULL;
    const gold_second_way other =
        is_dense ? GOLD_SECOND_ACROSS : GOLD_SECOND_FEW;

    if (is_dense ? product_of(s)->cross == NULL : by->moves.uses == NULL) {
        return GOLD_SECOND_BACK;
    }
    if (by->way != GOLD_SECOND_CHEAPEST) {
        return by->way == GOLD_SECOND_BACK ? GOLD_SECOND_BACK : other;
    }
    const double work = is_dense
                            ? work_across(node, s->n, by->d, deltas->m)
                            : FN(few_work)(node, &by->moves, by->d, deltas->m);

    return work < work_back(node, by, deltas->m, deltas->k) ? other
                                                            : GOLD_SECOND_BACK;
}

static size_t product_room(const gold_node *node, size_t m)
{
    const gold_product *product = FN(ops)[node->kind]->product;

    return product->room == NULL ? 0 : product->room(node, m);
}

static size_t room_across(const gold_node *node, size_t d, size_t m)
{
    const gold_product *product = FN(ops)[node->kind]->product;
    const size_t rows = cross_residuals(node, m);

    return product->cross == NULL
               ? 0
               : rows * cross_directions(node, d, rows) * weights_of(node) +
                     product_room(node, rows) + d * d;
}

static size_t room_back(const gold_node *node, size_t n, size_t d, size_t m,
                        size_t k)
{
    const size_t vectors = back_samples(node, n, k) * k;

    return back_count(d) *
           (vectors * (gold_shape_units(node->x[0]) + d) + m * d);
}

static size_t larger(size_t x, size_t y)
{
    return x > y ? x : y;
}

size_t FN(op_affine_room)(const gold_node *node, const gold_run_plan *plan)
{
    const size_t m = larger(plan->m, 1);
    const size_t k = plan->k > 0 ? plan->k : m;
    const size_t d = plan->d;
    size_t room = product_room(node, plan->has_products ? larger(m, d) : m);

    if (plan->has_squares && FN(ops)[node->kind]->product->squares == NULL) {
        room = larger(room, m * weights_of(node));
    }
    if (plan->has_second && d > 0 && node->bends) {
        room = larger(room, room_across(node, d, m));
        room = larger(room, room_back(node, plan->n, d, m, k));
        room = larger(room, FN(ops)[node->kind]->product->is_matrix
                                ? FN(few_room)(node, plan->n, d, m)
                                : 0);
    }
    return node->n_scratch + room;
}

/* sum (d, d) += part (count, d), rows from `first` on, and its transpose. */
static void add_both(size_t d, size_t first, size_t count, const real *part,
                     double *sum)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < d; j++) {
            const double p = (double)part[i * d + j];

            sum[(first + i) * d + j] += p;
            sum[j * d + first + i] += p;
        }
    }
}

/* sums += <c, v_i> of some residuals and directions; p is room. */
static void add_contracted(const gold_site *s, const gold_motion *by,
                           gold_share of, const real *c, real *p, double *sums)
{
    const size_t d = by->d;
    const size_t in = s->node->fan_in;
    const size_t out = s->node->fan_out;

    for (size_t r = 0; r < of.m; r++) {
        for (size_t o = 0; o < out; o++) {
            FN(product_nt)
            (of.d, d, in, 1.0, (FN(matrix)){c + (r * out + o) * of.d * in, in},
             (FN(matrix)){by->moves.w + o * in, by->moves.step},
             o == 0 ? 0.0 : 1.0, p, d);
        }
        add_both(d, of.first_d, of.d, p, sums + (of.first_m + r) * d * d);
    }
}

static void second_across(const gold_site *s, const gold_motion *by,
                          const gold_deltas *deltas, double *sums)
{
    const gold_node *node = s->node;
    const size_t d = by->d;
    const size_t rows = cross_residuals(node, deltas->m);
    const size_t most = cross_directions(node, d, rows);
    real *p = s->scratch + node->n_scratch + product_room(node, rows);
    gold_share of = {.all_m = deltas->m, .all_d = d};

    for (of.first_m = 0; of.first_m < of.all_m; of.first_m += rows) {
        of.m = clamp(of.all_m - of.first_m, 1, rows);
        for (of.first_d = 0; of.first_d < d; of.first_d += most) {
            of.d = clamp(d - of.first_d, 1, most);
            product_of(s)->cross(s, of, deltas->each, by->dx[0], p + d * d);
            add_contracted(s, by, of, p + d * d, p, sums);
        }
    }
    count_flops(s, s->n, (double)(of.all_m * d));
    *s->flops += 2.0 * (double)(of.all_m * d * d) * (double)weights_of(node);
}

/* Samples [first, first + n) and directions [j, j + count) on their way back.
 */
typedef struct stretch {
    size_t first;
    size_t n;
    size_t j;
    size_t count;
    real *products; /* (n, k, count, in) v_j' delta */
    real *second;   /* (n, k, count, d) */
    real *p;        /* (m, count, d) */
} stretch;

/* products <- v_j' delta. */
static void go_back(const gold_site *s, const gold_motion *by,
                    const gold_deltas *deltas, const stretch *t)
{
    const size_t rows = t->n * deltas->k;
    const size_t ld = t->count * s->in;
    const FN(matrix)
        delta = {deltas->common + t->first * deltas->k * s->out, s->out};

    for (size_t j = 0; j < t->count; j++) {
        real *x = t->products + j * s->in;

        if (by->moves.w != NULL) {
            product_of(s)->back(s, rows, 1.0,
                                by->moves.w + (t->j + j) * by->moves.step,
                                delta, false, x, ld);
            continue;
        }
        for (size_t q = 0; q < rows; q++) {
            memset(x + q * ld, 0, s->in * sizeof *x);
        }
        product_of(s)->back_few(s, rows, gold_few_of(&by->moves, t->j + j),
                                delta, x, ld);
    }
    if (by->moves.w != NULL) {
        count_flops(s, rows, (double)t->count);
    }
}

/* p <- the sums of `second` over samples, of each residual. */
static void sum_up(const gold_deltas *deltas, const stretch *t, size_t d)
{
    const size_t size = t->count * d;
    const size_t rows = t->n * deltas->k;

    if (deltas->mix.entries != NULL) {
        FN(product)
        (deltas->m, size, rows, 1.0,
         (FN(matrix)){deltas->mix.entries + t->first * deltas->k,
                      deltas->mix.ld},
         (FN(matrix)){t->second, size}, 0.0, t->p, size);
        return;
    }
    memset(t->p, 0, deltas->m * size * sizeof *t->p);
    for (size_t q = 0; q < t->n; q++) {
        FN(add_up)(deltas->m * size, t->second + q * deltas->m * size, t->p);
    }
}

static void second_back(const gold_site *s, const gold_motion *by,
                        const gold_deltas *deltas, double *sums)
{
    const size_t d = by->d;
    const size_t k = deltas->k;
    const size_t most = back_samples(s->node, s->n, k);
    stretch t = {.products = s->scratch + s->node->n_scratch};

    t.second = t.products + most * k * back_count(d) * s->in;
    t.p = t.second + most * k * back_count(d) * d;
    for (t.first = 0; t.first < s->n; t.first += most) {
        t.n = clamp(s->n - t.first, 1, most);
        for (t.j = 0; t.j < d; t.j += BACK_DIRECTIONS) {
            t.count = clamp(d - t.j, 1, BACK_DIRECTIONS);
            go_back(s, by, deltas, &t);
            for (size_t q = 0; q < t.n; q++) {
                FN(product_nt)
                (k * t.count, d, s->in, 1.0,
                 (FN(matrix)){t.products + q * k * t.count * s->in, s->in},
                 (FN(matrix)){by->dx[0] + (t.first + q) * d * s->in, s->in},
                 0.0, t.second + q * k * t.count * d, d);
            }
            sum_up(deltas, &t, d);
            for (size_t r = 0; r < deltas->m; r++) {
                add_both(d, t.j, t.count, t.p + r * t.count * d,
                         sums + r * d * d);
            }
        }
    }
    *s->flops += 2.0 * (double)(s->n * k * d) * (double)(d * s->in);
}

void FN(op_affine_second)(const gold_site *s, const gold_motion *by,
                          const gold_deltas *deltas, double *sums)
{
    if (by->dx[0] == NULL || !gold_has_moves(&by->moves)) {
        return;
    }
    switch (way_of(s, by, deltas)) {
    case GOLD_SECOND_ACROSS:
        second_across(s, by, deltas, sums);
        return;
    case GOLD_SECOND_FEW:
        FN(few_second)(s, by, deltas, sums);
        return;
    default:
        second_back(s, by, deltas, sums);
    }
}
