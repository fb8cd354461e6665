/* SPDX-License-Identifier: MIT */
/* The three products and the Gram matrix against triple loops in double, for
 * odd sizes, rows further apart than they are long, and every `keep`. */
#include <math.h>
#include <string.h>

#include "linalg/product.h"
#include "prop/support.h"

enum {
    MOST = 37, /* rows and columns */
    GAP = 5,   /* most entries between rows */
    ROOM = MOST * (MOST + GAP)
};

typedef enum form {
    PLAIN,
    SECOND_TRANSPOSED,
    FIRST_TRANSPOSED,
    GRAM
} form;

typedef struct operands {
    size_t m, n, k;
    size_t lda, ldb, ldc;
    double scale, keep;
    real a[ROOM], b[ROOM], c[ROOM], before[ROOM];
} operands;

static void draw(dice *d, form f, operands *o)
{
    static const double keeps[] = {0.0, 1.0, -0.5};

    o->m = 1 + dice_below(d, MOST);
    o->n = f == GRAM ? o->m : 1 + dice_below(d, MOST);
    o->k = 1 + dice_below(d, MOST);
    o->lda = (f == FIRST_TRANSPOSED ? o->m : o->k) + dice_below(d, GAP + 1);
    o->ldb = (f == SECOND_TRANSPOSED ? o->k : o->n) + dice_below(d, GAP + 1);
    o->ldc = o->n + dice_below(d, GAP + 1);
    o->scale = 0.5 + dice_uniform(d);
    o->keep = keeps[dice_below(d, 3)];
    for (size_t i = 0; i < ROOM; i++) {
        o->a[i] = (real)dice_normal(d);
        o->b[i] = (real)dice_normal(d);
        o->c[i] = (real)dice_normal(d);
    }
    memcpy(o->before, o->c, sizeof o->c);
}

/* Entry (i, j) of the product, and the sum of its terms' sizes. */
static double naive(const operands *o, form f, size_t i, size_t j, double *size)
{
    const double kept = o->keep * (double)o->before[i * o->ldc + j];
    double sum = 0.0;

    *size = fabs(kept);
    for (size_t t = 0; t < o->k; t++) {
        const real a =
            f == FIRST_TRANSPOSED ? o->a[t * o->lda + i] : o->a[i * o->lda + t];
        const real b = f == GRAM                ? o->a[j * o->lda + t]
                       : f == SECOND_TRANSPOSED ? o->b[j * o->ldb + t]
                                                : o->b[t * o->ldb + j];

        sum += o->scale * (double)a * (double)b;
        *size += fabs(o->scale * (double)a * (double)b);
    }
    return sum + kept;
}

static void run(operands *o, form f)
{
    const FN(matrix) a = {o->a, o->lda};
    const FN(matrix) b = {o->b, o->ldb};

    if (f == PLAIN) {
        FN(product)(o->m, o->n, o->k, o->scale, a, b, o->keep, o->c, o->ldc);
    } else if (f == SECOND_TRANSPOSED) {
        FN(product_nt)(o->m, o->n, o->k, o->scale, a, b, o->keep, o->c, o->ldc);
    } else if (f == FIRST_TRANSPOSED) {
        FN(product_tn)(o->m, o->n, o->k, o->scale, a, b, o->keep, o->c, o->ldc);
    } else {
        FN(gram_lower)(o->n, o->k, o->scale, a, o->keep, o->c, o->ldc);
    }
}

static void check_form(form f)
{
    static operands o;
    dice d = {40 + (uint64_t)f, 0};

    for (int draws = 0; draws < 50; draws++) {
        draw(&d, f, &o);
        run(&o, f);
        for (size_t at = 0; at < ROOM; at++) {
            const size_t i = at / o.ldc;
            const size_t j = at % o.ldc;
            const bool is_inside = i < o.m && j < o.n && (f != GRAM || j <= i);
            double size = 0.0;
            const double expected =
                is_inside ? naive(&o, f, i, j, &size) : (double)o.before[at];

            /* rounding of k terms, of their products and of scale, each at
             * most eps/2 of the terms' sizes; outside nothing may change */
            assert_number("entry", (double)o.c[at], expected,
                          (double)(o.k + 4) * REAL_EPS * size);
        }
    }
}

static void test_products(void **state)
{
    (void)state;
    check_form(PLAIN);
    check_form(SECOND_TRANSPOSED);
    check_form(FIRST_TRANSPOSED);
    check_form(GRAM);
}

/* keep 0 means what was there does not matter, not even when not a number. */
static void test_keep_nothing(void **state)
{
    const real a[] = {R(2.0)};
    const FN(matrix) one = {a, 1};
    real c = (real)NAN;

    (void)state;
    FN(product)(1, 1, 1, 1.0, one, one, 0.0, &c, 1);
    assert_number("product", (double)c, 4.0, 0.0);
    c = (real)NAN;
    FN(gram_lower)(1, 1, 1.0, one, 0.0, &c, 1);
    assert_number("gram", (double)c, 4.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products),
        cmocka_unit_test(test_keep_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
