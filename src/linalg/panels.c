/* SPDX-License-Identifier: MIT */
#include "linalg/panels.h"

#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

/* One register of the widest kind that we are compiled for, and how many rows
 * of a result fit beside two of them: two registers each. */
#if defined __AVX512F__
#define REGISTER_BYTES 64
#define GROUP          12
#elif defined __AVX__
#define REGISTER_BYTES 32
#define GROUP          6
#else
#define REGISTER_BYTES 16
#define GROUP          6
#endif

typedef real wide __attribute__((vector_size(REGISTER_BYTES), may_alias));

enum {
    LANES = REGISTER_BYTES / sizeof(real),
    PANEL = 2 * LANES, /* columns of a panel */
    PIECE = 10 * GROUP /* rows of the other factor that are packed at once */
};

static size_t n_panels(size_t width)
{
    return (width + PANEL - 1) / PANEL;
}

/* Where X is read from, in one of its orientations. */
typedef struct source {
    const real *inputs;
    const size_t *order;
    size_t in;
    real scale;
    real background;
    bool is_transposed; /* X' */
} source;

/* Row `row` of a panel that begins at column `first`, padded with 0. False: it
 * is 0 throughout. */
static bool take_row(const source *x, size_t row, size_t first, size_t count,
                     real *to)
{
    const size_t *order = x->order + (x->is_transposed ? first : row);
    const real *from = x->inputs + (x->is_transposed ? row : first);
    real largest = R(0.0);

    for (size_t k = 0; k < count && x->is_transposed; k++) {
        to[k] = x->scale * (from[order[k] * x->in] - x->background);
    }
    for (size_t k = 0; k < count && !x->is_transposed; k++) {
        to[k] = x->scale * (from[*order * x->in + k] - x->background);
    }
    for (size_t k = count; k < PANEL; k++) {
        to[k] = R(0.0);
    }
    for (size_t k = 0; k < PANEL; k++) {
        largest = to[k] != R(0.0) ? R(1.0) : largest;
    }
    return largest > R(0.0);
}

/* A row that is 0 is overwritten by the next one. */
static void set_fill(gold_panel_set *set, const source *x, size_t depth,
                     size_t width)
{
    size_t count = 0;

    set->depth = depth;
    set->width = width;
    for (size_t p = 0; p < n_panels(width); p++) {
        const size_t left = width - p * PANEL;

        set->start[p] = count;
        for (size_t r = 0; r < depth; r++) {
            set->at[count] = (uint32_t)r;
            count += take_row(x, r, p * PANEL, left < PANEL ? left : PANEL,
                              set->entries + count * PANEL);
        }
    }
    set->start[n_panels(width)] = count;
}

static gold_status set_init(gold_panel_set *set, size_t depth, size_t width)
{
    const size_t most = n_panels(width) * depth + 1;

    GOLD_ASSERT(depth <= UINT32_MAX);
    GOLD_TRY(GOLD_ALLOC(n_panels(width) + 1, &set->start));
    GOLD_TRY(GOLD_ALLOC(most, &set->at));
    return GOLD_ALLOC(most * PANEL, &set->entries);
}

static void set_fini(gold_panel_set *set)
{
    gold_free(set->start);
    gold_free(set->at);
    gold_free(set->entries);
}

static int compare_reals(const void *left, const void *right)
{
    const real a = *(const real *)left;
    const real b = *(const real *)right;

    return (a > b) - (a < b);
}

/* Each column's majority, where it has one (Boyer and Moore 1981), and of these
 * the most frequent, if more than a tenth of the columns have it; else 0.
 * `winners` is room for as many as there are columns. */
static double find_background(const source *x, size_t n, real *winners)
{
    enum {
        ENOUGH = 64 /* samples that show it */
    };
    const size_t looks = n < ENOUGH ? n : ENOUGH;
    double background = 0.0;
    size_t most = x->in / 10;
    size_t run = 0;

    for (size_t j = 0; j < x->in; j++) {
        size_t lead = 0;

        for (size_t i = 0; i < looks; i++) {
            const size_t sample = x->order[i * n / looks];
            const real value = x->inputs[sample * x->in + j];

            winners[j] = lead == 0 ? value : winners[j];
            lead = value == winners[j] ? lead + 1 : lead - 1;
        }
    }
    qsort(winners, x->in, sizeof *winners, compare_reals);
    for (size_t j = 0; j < x->in; j++) {
        run = j > 0 && winners[j] == winners[j - 1] ? run + 1 : 1;
        if (run > most) {
            most = run;
            background = (double)winners[j];
        }
    }
    return background;
}

/* What rows are sorted by. */
typedef struct key {
    size_t first; /* entry that is not background */
    size_t count; /* of such entries */
    size_t row;
} key;

static int compare_keys(const void *left, const void *right)
{
    const key *a = left;
    const key *b = right;

    if (a->first != b->first) {
        return a->first < b->first ? -1 : 1;
    }
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    return (a->row > b->row) - (a->row < b->row);
}

static key key_of(size_t in, const real *inputs, size_t row, real background)
{
    key found = {.first = in, .row = row};

    for (size_t j = in; j-- > 0;) {
        if (inputs[row * in + j] != background) {
            found.first = j;
            found.count++;
        }
    }
    return found;
}

gold_status FN(panels_sort)(size_t n, size_t in, const real *inputs,
                            size_t *order)
{
    gold_status status = GOLD_OK;
    const source x = {inputs, order, in, R(1.0), R(0.0), false};
    real *winners = NULL;
    key *keys = NULL;

    GOLD_GOTO(GOLD_ALLOC(in, &winners));
    GOLD_GOTO(GOLD_ALLOC(n, &keys));
    for (size_t i = 0; i < n; i++) {
        order[i] = i;
    }
    const real background = (real)find_background(&x, n, winners);

    for (size_t i = 0; i < n; i++) {
        keys[i] = key_of(in, inputs, i, background);
    }
    qsort(keys, n, sizeof *keys, compare_keys);
    for (size_t i = 0; i < n; i++) {
        order[i] = keys[i].row;
    }

done:
    gold_free(keys);
    gold_free(winners);
    return status;
}

gold_status FN(panels_init)(gold_panels *panels, size_t most, size_t in)
{
    const size_t deepest = most > in ? most : in;

    *panels = (gold_panels){.most = most, .in = in};
    GOLD_TRY(GOLD_ALLOC(in, &panels->winners));
    GOLD_TRY(set_init(&panels->columns, in, most));
    GOLD_TRY(set_init(&panels->rows, most, in));
    return GOLD_ALLOC(PIECE * deepest, &panels->packed);
}

void FN(panels_fini)(gold_panels *panels)
{
    gold_free(panels->winners);
    set_fini(&panels->columns);
    set_fini(&panels->rows);
    gold_free(panels->packed);
    *panels = (gold_panels){0};
}

void FN(panels_fill)(gold_panels *panels, size_t n, double scale,
                     const real *inputs, const size_t *order)
{
    source x = {inputs, order, panels->in, (real)scale, R(0.0), true};

    GOLD_ASSERT(n > 0 && n <= panels->most);
    panels->n = n;
    x.background = (real)find_background(&x, n, panels->winners);
    panels->background = scale * (double)x.background;
    set_fill(&panels->columns, &x, panels->in, n);
    x.is_transposed = false;
    set_fill(&panels->rows, &x, n, panels->in);
}

double FN(panels_bytes)(size_t most, size_t in)
{
    const double row = (double)(PANEL * sizeof(real) + sizeof(uint32_t));
    const double deepest = (double)(most > in ? most : in);

    return row * ((double)n_panels(most) * (double)in +
                  (double)n_panels(in) * (double)most) +
           deepest * (double)PIECE * (double)sizeof(real);
}

/* A product under way: of rows (rows, depth) with panels (depth, width). What
 * has a row a sample has them `ld` apart, and is read or written across. */
typedef struct job {
    const gold_panels *x;
    const gold_panel_set *set;
    bool is_gradient; /* a has rows of samples, else c */
    double scale;
    const real *a;
    bool adds;
    real *c;
    size_t ld;
} job;

/* A copy of a call for each count, which is a constant there: what has as many
 * numbers is in registers. */
#define CASE(n, call)                                                          \
    case n:                                                                    \
        call(n);                                                               \
        break
#if GROUP > 6
#define MORE_CASES(call)                                                       \
    CASE(6, call);                                                             \
    CASE(7, call);                                                             \
    CASE(8, call);                                                             \
    CASE(9, call);                                                             \
    CASE(10, call);                                                            \
    CASE(11, call);
#else
#define MORE_CASES(call)
#endif
#define FOR_COUNT(count, call)                                                 \
    switch (count) {                                                           \
        CASE(1, call);                                                         \
        CASE(2, call);                                                         \
        CASE(3, call);                                                         \
        CASE(4, call);                                                         \
        CASE(5, call);                                                         \
        MORE_CASES(call)                                                       \
    default:                                                                   \
        call(GROUP);                                                           \
        break;                                                                 \
    }
#define INLINED static inline __attribute__((always_inline))

INLINED void pack_rows(size_t count, size_t depth, const real *a, size_t along,
                       size_t step, real *packed, double *sums)
{
    double sum[GROUP] = {0.0};

    for (size_t k = 0; k < depth; k++) {
#pragma GCC unroll 12
        for (size_t r = 0; r < count; r++) {
            const real value = a[r * along + k * step];

            packed[k * count + r] = value;
            sum[r] += (double)value;
        }
    }
    memcpy(sums, sum, sizeof sum);
}

/* packed (depth, count) <- rows [first, first + count), and what the background
 * adds to each row of the result. */
static void pack_group(const job *j, size_t first, size_t count, real *packed,
                       real *shifts)
{
    const size_t depth = j->set->depth;
    double sums[GROUP] = {0.0};

#define ROWS(n) pack_rows(n, depth, j->a + first, 1, j->ld, packed, sums)
#define COLUMNS(n)                                                             \
    pack_rows(n, depth, j->a + first * depth, depth, 1, packed, sums)
    if (j->is_gradient) {
        FOR_COUNT(count, ROWS)
    } else {
        FOR_COUNT(count, COLUMNS)
    }
    for (size_t r = 0; r < count; r++) {
        shifts[r] = (real)(j->scale * j->x->background * sums[r]);
    }
}

/* out (count, PANEL) = packed' times rows [from, to) of the panels. */
INLINED void multiply_group(size_t count, const gold_panel_set *set,
                            size_t from, size_t to, const real *packed,
                            real *out)
{
    wide sum[GROUP][2] = {{{R(0.0)}}};

    for (size_t e = from; e < to; e++) {
        const wide *x = (const wide *)(set->entries + e * PANEL);
        const real *a = packed + set->at[e] * count;
        const wide low = x[0];
        const wide high = x[1];

#pragma GCC unroll 12
        for (size_t r = 0; r < count; r++) {
            sum[r][0] += a[r] * low;
            sum[r][1] += a[r] * high;
        }
    }
#pragma GCC unroll 12
    for (size_t r = 0; r < count; r++) {
        memcpy(out + r * PANEL, sum[r], sizeof sum[r]);
    }
}

static void multiply(size_t count, const gold_panel_set *set, size_t panel,
                     const real *packed, real *out)
{
    const size_t from = set->start[panel];
    const size_t to = set->start[panel + 1];

#define PRODUCT(n) multiply_group(n, set, from, to, packed, out)
    FOR_COUNT(count, PRODUCT)
}

/* c (n, count), rows ld apart, = out' + shifts, or that added. */
INLINED void put_across(size_t count, size_t n, size_t ld, const real *out,
                        const real *shifts, bool adds, real *c)
{
    for (size_t k = 0; k < n; k++) {
#pragma GCC unroll 12
        for (size_t r = 0; r < count; r++) {
            c[k * ld + r] = out[r * PANEL + k] + shifts[r] +
                            (adds ? c[k * ld + r] : R(0.0));
        }
    }
}

/* Rows [first, first + count) and one panel of c. */
static void put_group(const job *j, size_t panel, size_t first, size_t count,
                      const real *out, const real *shifts)
{
    const size_t width = j->set->width;
    const size_t column = panel * PANEL;
    const size_t n = width - column < PANEL ? width - column : PANEL;
    const real scale = (real)j->scale;

    for (size_t r = 0; j->is_gradient && r < count; r++) {
        real *to = j->c + (first + r) * width + column;

        for (size_t k = 0; k < n; k++) {
            to[k] = scale * out[r * PANEL + k] + shifts[r] +
                    (j->adds ? to[k] : R(0.0));
        }
    }
    real *across = j->c + column * j->ld + first;

#define ACROSS(rows) put_across(rows, n, j->ld, out, shifts, j->adds, across)
    if (!j->is_gradient) {
        FOR_COUNT(count, ACROSS)
    }
}

/* Rows [at, at + rows): cut into groups that are as large as can be, and alike.
 */
static void multiply_piece(const job *j, size_t at, size_t rows)
{
    const size_t n_groups = (rows + GROUP - 1) / GROUP;
    const size_t depth = j->set->depth;
    real *packed = j->x->packed;
    real shifts[PIECE] = {R(0.0)};
    real out[GROUP * PANEL];

    for (size_t g = 0; g < n_groups; g++) {
        const size_t first = g * rows / n_groups;
        const size_t count = (g + 1) * rows / n_groups - first;

        pack_group(j, at + first, count, packed + first * depth,
                   shifts + first);
    }
    for (size_t panel = 0; panel < n_panels(j->set->width); panel++) {
        for (size_t g = 0; g < n_groups; g++) {
            const size_t first = g * rows / n_groups;
            const size_t count = (g + 1) * rows / n_groups - first;

            multiply(count, j->set, panel, packed + first * depth, out);
            put_group(j, panel, at + first, count, out, shifts + first);
        }
    }
}

static void multiply_all(const job *j, size_t rows)
{
    for (size_t at = 0; at < rows; at += PIECE) {
        multiply_piece(j, at, rows - at < PIECE ? rows - at : PIECE);
    }
}

void FN(panels_apply)(const gold_panels *x, size_t rows, const real *w,
                      bool adds, real *y, size_t ld)
{
    multiply_all(&(job){x, &x->columns, false, 1.0, w, adds, y, ld}, rows);
}

void FN(panels_gradient)(const gold_panels *x, size_t rows, double scale,
                         const real *delta, size_t ld, bool adds, real *g)
{
    multiply_all(&(job){x, &x->rows, true, scale, delta, adds, g, ld}, rows);
}
