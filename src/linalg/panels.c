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
        to[k] = from[order[k] * x->in] - x->background;
    }
    for (size_t k = 0; k < count && !x->is_transposed; k++) {
        to[k] = from[*order * x->in + k] - x->background;
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
static void set_fill(FN(panel_set) * set, const source *x, size_t depth,
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

static gold_status set_init(FN(panel_set) * set, size_t depth, size_t width)
{
    const size_t most = n_panels(width) * depth + 1;

    GOLD_ASSERT(depth <= UINT32_MAX);
    GOLD_TRY(GOLD_ALLOC(n_panels(width) + 1, &set->start));
    GOLD_TRY(GOLD_ALLOC(most, &set->at));
    return GOLD_ALLOC(most * PANEL, &set->entries);
}

static void set_fini(FN(panel_set) * set)
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
    const source x = {inputs, order, in, R(0.0), false};
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

gold_status FN(panels_init)(FN(panels) * panels, size_t most, size_t in)
{
    const size_t deepest = most > in ? most : in;

    *panels = (FN(panels)){.most = most, .in = in};
    GOLD_TRY(GOLD_ALLOC(in, &panels->winners));
    GOLD_TRY(set_init(&panels->columns, in, most));
    GOLD_TRY(set_init(&panels->rows, most, in));
    return GOLD_ALLOC(PIECE * deepest, &panels->packed);
}

void FN(panels_fini)(FN(panels) * panels)
{
    gold_free(panels->winners);
    set_fini(&panels->columns);
    set_fini(&panels->rows);
    gold_free(panels->packed);
    *panels = (FN(panels)){0};
}

void FN(panels_fill)(FN(panels) * panels, size_t n, const real *inputs,
                     const size_t *order)
{
    source x = {inputs, order, panels->in, R(0.0), true};

    GOLD_ASSERT(n > 0 && n <= panels->most);
    panels->n = n;
    panels->background = find_background(&x, n, panels->winners);
    x.background = (real)panels->background;
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

/* packed (depth, count) <- a (count, depth), and what the background adds to
 * each row of the result. */
static void pack_group(size_t count, size_t depth, const real *a,
                       double background, real *packed, double *shifts)
{
    for (size_t r = 0; r < count; r++) {
        double sum = 0.0;

        for (size_t k = 0; k < depth; k++) {
            packed[k * count + r] = a[r * depth + k];
            sum += (double)a[r * depth + k];
        }
        shifts[r] = background * sum;
    }
}

/* out (count, PANEL) = packed' times rows [from, to) of the panels. `count` is
 * a constant wherever this is inlined, so that all of `sum` is in registers. */
static inline __attribute__((always_inline)) void
multiply_group(size_t count, const FN(panel_set) * set, size_t from, size_t to,
               const real *packed, real *out)
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

static void multiply(size_t count, const FN(panel_set) * set, size_t panel,
                     const real *packed, real *out)
{
    const size_t from = set->start[panel];
    const size_t to = set->start[panel + 1];

    switch (count) {
#define CASE(number)                                                           \
    case number:                                                               \
        multiply_group(number, set, from, to, packed, out);                    \
        break
        CASE(1);
        CASE(2);
        CASE(3);
        CASE(4);
        CASE(5);
#if GROUP > 6
        CASE(6);
        CASE(7);
        CASE(8);
        CASE(9);
        CASE(10);
        CASE(11);
#endif
    default:
        multiply_group(GROUP, set, from, to, packed, out);
        break;
#undef CASE
    }
}

/* Rows [first, first + count) and one panel of c = scale (out + shift) + keep
 * c. */
static void put_group(const FN(panel_set) * set, size_t panel, size_t count,
                      double scale, const real *out, const double *shifts,
                      double keep, real *c)
{
    const size_t first = panel * PANEL;
    const size_t left = set->width - first;
    const size_t n = left < PANEL ? left : PANEL;
    const real factor = (real)scale;
    const real kept = (real)keep;

    for (size_t r = 0; r < count; r++) {
        const real shift = (real)(scale * shifts[r]);
        real *to = c + r * set->width + first;

        if (keep == 0.0) {
            for (size_t k = 0; k < n; k++) {
                to[k] = factor * out[r * PANEL + k] + shift;
            }
        } else {
            for (size_t k = 0; k < n; k++) {
                to[k] = factor * out[r * PANEL + k] + shift + kept * to[k];
            }
        }
    }
}

/* Rows [0, rows) of a piece: cut into groups that are as large as can be, and
 * alike. */
static void multiply_piece(const FN(panels) * x, const FN(panel_set) * set,
                           size_t rows, double scale, const real *a,
                           double keep, real *c)
{
    const size_t n_groups = (rows + GROUP - 1) / GROUP;
    double shifts[PIECE] = {0.0};
    real out[GROUP * PANEL];

    for (size_t g = 0; g < n_groups; g++) {
        const size_t first = g * rows / n_groups;
        const size_t count = (g + 1) * rows / n_groups - first;

        pack_group(count, set->depth, a + first * set->depth, x->background,
                   x->packed + first * set->depth, shifts + first);
    }
    for (size_t panel = 0; panel < n_panels(set->width); panel++) {
        for (size_t g = 0; g < n_groups; g++) {
            const size_t first = g * rows / n_groups;
            const size_t count = (g + 1) * rows / n_groups - first;

            multiply(count, set, panel, x->packed + first * set->depth, out);
            put_group(set, panel, count, scale, out, shifts + first, keep,
                      c + first * set->width);
        }
    }
}

static void multiply_all(const FN(panels) * x, const FN(panel_set) * set,
                         size_t rows, double scale, const real *a, double keep,
                         real *c)
{
    for (size_t first = 0; first < rows; first += PIECE) {
        const size_t left = rows - first;

        multiply_piece(x, set, left < PIECE ? left : PIECE, scale,
                       a + first * set->depth, keep, c + first * set->width);
    }
}

void FN(panels_apply)(const FN(panels) * x, size_t rows, double scale,
                      const real *w, double keep, real *z)
{
    multiply_all(x, &x->columns, rows, scale, w, keep, z);
}

void FN(panels_gradient)(const FN(panels) * x, size_t rows, double scale,
                         const real *d, double keep, real *g)
{
    multiply_all(x, &x->rows, rows, scale, d, keep, g);
}
