/* SPDX-License-Identifier: MIT */
/* Products with a packed matrix against loops in double over the whole one: of
 * all sizes around those of panels and groups, with and without a background,
 * rows in any order, replaced and added. */
#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "linalg/panels.h"
#include "prop/support.h"

enum {
    MOST = 140, /* of each size: several panels, several groups, two pieces */
    ROOM = MOST * (MOST + 3)
};

#define SCALE 0.75

typedef struct operands {
    size_t n, in, rows;
    double background;
    double share; /* of entries that are the background */
    double scale;
    bool adds;
    size_t order[MOST];
    real inputs[ROOM], a[ROOM], c[ROOM], before[ROOM];
} operands;

/* All entries the background in one draw of five, none in another. */
static void draw(dice *d, operands *o)
{
    static const double shares[] = {0.0, 0.5, 0.8, 0.97, 1.0};

    o->n = 1 + dice_below(d, MOST);
    o->in = 1 + dice_below(d, MOST);
    o->rows = 1 + dice_below(d, MOST);
    o->background = dice_below(d, 2) == 0 ? 0.0 : -0.8125;
    o->share = shares[dice_below(d, 5)];
    o->scale = 0.5 + dice_uniform(d);
    o->adds = dice_below(d, 2) == 1;
    for (size_t i = 0; i < o->n; i++) {
        o->order[i] = o->n - 1 - i;
    }
    for (size_t i = 0; i < ROOM; i++) {
        o->inputs[i] =
            (real)(dice_uniform(d) < o->share ? o->background : dice_normal(d));
        o->a[i] = (real)dice_normal(d);
        o->c[i] = (real)dice_normal(d);
    }
    memcpy(o->before, o->c, sizeof o->c);
}

enum {
    GAP = 3 /* between rows of samples */
};

/* Where entry (i, j) of rows (rows, samples) or (rows, in) stands. */
static size_t place(const operands *o, bool is_of_samples, size_t i, size_t j)
{
    return is_of_samples ? j * (o->rows + GAP) + i : i * o->in + j;
}

/* Entry (i, j) of a X' or a X, and the sum of its terms' sizes. */
static double naive(const operands *o, bool is_transposed, size_t i, size_t j,
                    double *size)
{
    const size_t depth = is_transposed ? o->in : o->n;
    const size_t at = place(o, is_transposed, i, j);
    const double kept = o->adds ? (double)o->before[at] : 0.0;
    double sum = 0.0;

    *size = fabs(kept);
    for (size_t k = 0; k < depth; k++) {
        const size_t sample = is_transposed ? j : k;
        const size_t feature = is_transposed ? k : j;
        const double x =
            o->scale * (double)o->inputs[o->order[sample] * o->in + feature];
        const double term = (is_transposed ? 1.0 : SCALE) *
                            (double)o->a[place(o, !is_transposed, i, k)];

        sum += term * x;
        /* the background is taken off and put back */
        *size += fabs(term) * (fabs(x) + 2.0 * o->scale * fabs(o->background));
    }
    return sum + kept;
}

static void check(operands *o, const gold_panels *panels, bool is_transposed)
{
    const size_t depth = is_transposed ? o->in : o->n;
    const size_t width = is_transposed ? o->n : o->in;

    memcpy(o->c, o->before, sizeof o->c);
    if (is_transposed) {
        FN(panels_apply)
        (panels, o->rows, o->a, o->adds, o->c, o->rows + GAP);
    } else {
        FN(panels_gradient)
        (panels, o->rows, SCALE, o->a, o->rows + GAP, o->adds, o->c);
    }
    for (size_t i = 0; i < o->rows * width; i++) {
        const size_t at = place(o, is_transposed, i / width, i % width);
        double size = 0.0;
        const double expected =
            naive(o, is_transposed, i / width, i % width, &size);

        /* each term rounds at most so often */
        assert_number("entry", (double)o->c[at], expected,
                      (double)(depth + 6) * REAL_EPS * size);
        o->c[at] = o->before[at];
    }
    /* outside nothing may change */
    assert_memory_equal(o->c, o->before, sizeof o->c);
}

/* One room for matrices of many sizes, each filled over the last one. */
static void test_products(void **state)
{
    static operands o;
    dice d = {77, 0};

    (void)state;
    for (int draws = 0; draws < 60; draws++) {
        gold_panels panels;

        draw(&d, &o);
        assert_int_equal(FN(panels_init)(&panels, MOST, o.in), GOLD_OK);
        for (int again = 0; again < 2; again++) {
            FN(panels_fill)(&panels, o.n, o.scale, o.inputs, o.order);
            check(&o, &panels, true);
            check(&o, &panels, false);
            o.n = 1 + o.n / 2;
        }
        FN(panels_fini)(&panels);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* What is left out is what is 0 less the background. */
static void test_background(void **state)
{
    static operands o;
    dice d = {78, 0};
    gold_panels panels;

    (void)state;
    do {
        draw(&d, &o);
    } while (o.share < 1.0 || o.background >= 0.0 || o.n < 9 || o.in < 20);
    assert_int_equal(FN(panels_init)(&panels, o.n, o.in), GOLD_OK);
    FN(panels_fill)(&panels, o.n, 1.0, o.inputs, o.order);
    assert_number("background", panels.background, o.background, 0.0);
    assert_int_equal(panels.columns.start[1], 0);
    assert_int_equal(panels.rows.start[1], 0);
    o.inputs[o.order[0] * o.in] = R(3.0);
    FN(panels_fill)(&panels, o.n, 1.0, o.inputs, o.order);
    assert_int_equal(panels.columns.start[1], 1);
    assert_int_equal(panels.rows.start[1], 1);
    FN(panels_fini)(&panels);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Sorted by the first entry that is not background, then by their number; each
 * row once. */
static void test_sort(void **state)
{
    static const real seven = R(7.0);
    static const bool is_shown[6][3] = {
        {false, true, true}, {false, true, true},   {false, false, false},
        {true, false, true}, {false, false, false}, {false, true, false}};
    const size_t expected[] = {3, 5, 0, 1, 2, 4};
    /* most columns are background only, so that there is one */
    real rows[6][12] = {{R(0.0)}};
    size_t order[6];

    (void)state;
    for (size_t i = 0; i < 18; i++) {
        rows[i / 3][i % 3] = is_shown[i / 3][i % 3] ? seven : R(0.0);
    }
    assert_int_equal(FN(panels_sort)(6, 12, rows[0], order), GOLD_OK);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(order[i], expected[i]);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* What is replaced does not matter, not even when not a number. */
static void test_replaced(void **state)
{
    const real two[] = {R(2.0)};
    const size_t order[] = {0};
    real c = (real)NAN;
    gold_panels panels;

    (void)state;
    assert_int_equal(FN(panels_init)(&panels, 1, 1), GOLD_OK);
    FN(panels_fill)(&panels, 1, 1.0, two, order);
    FN(panels_apply)(&panels, 1, two, false, &c, 1);
    assert_number("apply", (double)c, 4.0, 0.0);
    c = (real)NAN;
    FN(panels_gradient)(&panels, 1, 1.0, two, 1, false, &c);
    assert_number("gradient", (double)c, 4.0, 0.0);
    FN(panels_fini)(&panels);
}

static void test_no_memory(void **state)
{
    gold_status status = GOLD_ERR_MEMORY;
    int64_t k = 0;

    (void)state;
    while (status == GOLD_ERR_MEMORY && k < 100) {
        gold_panels panels;

        gold_refuse_after(++k);
        status = FN(panels_init)(&panels, 9, 40);
        gold_refuse_after(0);
        FN(panels_fini)(&panels);
        assert_int_equal(gold_live_blocks(), 0);
    }
    assert_int_equal(status, GOLD_OK);
    assert_true(k > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products),  cmocka_unit_test(test_background),
        cmocka_unit_test(test_sort),      cmocka_unit_test(test_replaced),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
