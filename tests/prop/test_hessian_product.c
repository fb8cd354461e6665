/* SPDX-License-Identifier: MIT */
/* Products of the whole Hessian with vectors: against central differences of
 * the gradient, with observed order 2; symmetric; and of it and both terms
 * V' M V by the bilinear form, which is computed on another way. */
#include <math.h>
#include <string.h>

#include "linalg/product.h"
#include "nn/hvp.h"
#include "prop/problem.h"
#include "train/gradient.h"

enum {
    N_STEPS = 4,
    MOST_AT_ONCE = 3
};

static const double steps[N_STEPS] = {0.08, 0.04, 0.02, 0.01};
static const double temperature = 0.8;

static problem_plan plan_of(uint64_t seed, bool is_smooth)
{
    static const gold_activation smooth[] = {GOLD_TANH, GOLD_SIGMOID};
    problem_plan plan =
        small_plan(is_smooth ? smooth[seed % 2] : (gold_activation)(seed % 5),
                   seed % 4 < 2, seed);

    plan.settings.input_scale = 0.7;
    if (seed % 2 == 1) {
        convolve(&plan, is_smooth ? seed / 2 % N_POOLED_SMOOTHLY : seed / 2);
    }
    return plan;
}

static gold_batch samples_of(const FN(problem) * problem)
{
    return (gold_batch){problem->plan.n, problem->inputs, problem->labels,
                        NULL};
}

static void open_products(const FN(problem) * problem, double most_bytes,
                          gold_hvp *hvp)
{
    const gold_hvp_plan plan = {&problem->network,
                                problem->plan.settings.input_scale,
                                samples_of(problem), MOST_AT_ONCE, most_bytes};

    assert_int_equal(FN(hvp_init)(hvp, &plan), GOLD_OK);
    FN(hvp_at)(hvp, problem->theta, temperature);
}

/* products [count][parameters] of a term. */
static void multiply(gold_hvp *hvp, gold_term term, size_t count, const real *v,
                     real *products)
{
    const size_t n = hvp->plan.network->n_parameters;
    const double factor = FN(hvp_factor)(hvp, term);
    gold_hvp_products wanted = {{NULL}};

    wanted.of[term] = products;
    FN(hvp_apply)(hvp, count, v, &wanted);
    for (size_t i = 0; i < count * n; i++) {
        products[i] = (real)(factor * (double)products[i]);
    }
}

static real *vector(size_t n)
{
    real *x = NULL;

    assert_int_equal(GOLD_ALLOC(n, &x), GOLD_OK);
    return x;
}

static real *random_vector(dice *d, size_t n)
{
    real *x = vector(n);

    for (size_t i = 0; i < n; i++) {
        x[i] = (real)dice_normal(d);
    }
    return x;
}

/* gradient (parameters) at theta + h v. */
static void gradient_at(const FN(problem) * problem, FN(passes) * passes,
                        double h, const real *v, real *gradient)
{
    const size_t n = problem->network.n_parameters;
    real *theta = vector(n);

    for (size_t i = 0; i < n; i++) {
        theta[i] = (real)((double)problem->theta[i] + h * (double)v[i]);
    }
    (void)FN(gradient)(passes, theta, samples_of(problem), gradient);
    gold_free(theta);
}

/* |(gradient(theta + h v) - gradient(theta - h v)) / 2h - product|. */
static double error_at(const FN(problem) * problem, FN(passes) * passes,
                       double h, const real *v, const real *product)
{
    const size_t n = problem->network.n_parameters;
    real *above = vector(n);
    real *below = vector(n);
    double sum = 0.0;

    gradient_at(problem, passes, h, v, above);
    gradient_at(problem, passes, -h, v, below);
    for (size_t i = 0; i < n; i++) {
        const double difference =
            ((double)above[i] - (double)below[i]) / (2.0 * h);

        sum += pow(difference - (double)product[i], 2.0);
    }
    gold_free(above);
    gold_free(below);
    return sqrt(sum);
}

/* In double with observed order 2 where the activation is smooth, and with one
 * small step: truncation 1e-10, rounding 1e-16 / h = 1e-11. Piecewise linear
 * ones have no kinks within it. */
static void check_double(const FN(problem) * problem, FN(passes) * passes,
                         bool is_smooth, const real *v, const real *product,
                         double norm)
{
    double errors[N_STEPS];

    for (size_t s = 0; s < N_STEPS; s++) {
        /* v is as long as the root of n */
        errors[s] = error_at(problem, passes, 0.2 * steps[s], v, product);
    }
    if (is_smooth) {
        assert_order_two("order", N_STEPS, steps, errors, norm);
    }
    assert_number("H v", error_at(problem, passes, 1e-6, v, product), 0.0,
                  1e-7 * norm);
}

/* In float rounding is 1e-7 / h, and truncation less at steps where no kink is
 * near. A wrong factor or sign would be wrong by more. */
static void check_float(const FN(problem) * problem, FN(passes) * passes,
                        bool is_smooth, const real *v, const real *product,
                        double norm)
{
    const double h = is_smooth ? 1e-3 : 1e-4;

    assert_number("H v", error_at(problem, passes, h, v, product), 0.0,
                  1e-6 / h * norm);
}

static void check_differences(uint64_t seed, bool is_smooth)
{
    const problem_plan plan = plan_of(seed, is_smooth);
    dice d = {seed + 100, 0};
    FN(problem) problem;
    FN(passes) passes;
    gold_hvp hvp;

    FN(problem_init)(&problem, &plan);
    const size_t n = problem.network.n_parameters;
    real *v = random_vector(&d, n);
    real *product = vector(n);

    assert_int_equal(FN(passes_init)(&passes, &problem.network,
                                     plan.settings.input_scale, temperature,
                                     plan.n),
                     GOLD_OK);
    open_products(&problem, 1e9, &hvp);
    multiply(&hvp, GOLD_TERM_HESSIAN, 1, v, product);
    const double norm = FN(norm)(n, product);

    assert_true(norm > 0.0);
    if (sizeof(real) == sizeof(double)) {
        check_double(&problem, &passes, is_smooth, v, product, norm);
    } else {
        check_float(&problem, &passes, is_smooth, v, product, norm);
    }
    FN(hvp_fini)(&hvp);
    FN(passes_fini)(&passes);
    gold_free(v);
    gold_free(product);
    FN(problem_fini)(&problem);
}

static void test_differences(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        check_differences(seed, seed < 10);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void check_symmetry(uint64_t seed)
{
    const problem_plan plan = plan_of(seed, false);
    dice d = {seed + 100, 0};
    FN(problem) problem;
    gold_hvp hvp;

    FN(problem_init)(&problem, &plan);
    const size_t n = problem.network.n_parameters;
    real *u = random_vector(&d, n);
    real *v = random_vector(&d, n);
    real *hu = vector(n);
    real *hv = vector(n);

    open_products(&problem, 1e9, &hvp);
    multiply(&hvp, GOLD_TERM_HESSIAN, 1, u, hu);
    multiply(&hvp, GOLD_TERM_HESSIAN, 1, v, hv);
    /* a few hundred roundings of sums that are no longer than |u| |H v| */
    assert_number("u'Hv", FN(dot)(n, u, hv), FN(dot)(n, v, hu),
                  50.0 * REAL_EPS * FN(norm)(n, u) * FN(norm)(n, hv));
    FN(hvp_fini)(&hvp);
    gold_free(u);
    gold_free(v);
    gold_free(hu);
    gold_free(hv);
    FN(problem_fini)(&problem);
}

static void test_symmetry(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        check_symmetry(seed);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* V' M V by products, of all directions; the last ones fewer at a time. */
static void restrict_products(const FN(problem) * problem, gold_hvp *hvp,
                              gold_term term, double *m)
{
    const size_t n = problem->network.n_parameters;
    const size_t d = problem->directions.n;
    double *rows = numbers(d * n);
    real *v = vector(d * n);
    real *products = vector(d * n);

    for (size_t i = 0; i < d; i++) {
        FN(direction_unpack)
        (&problem->directions, &problem->network, i, rows + i * n);
    }
    for (size_t k = 0; k < d * n; k++) {
        v[k] = (real)rows[k];
    }
    for (size_t i = 0; i < d; i += MOST_AT_ONCE) {
        const size_t count = d - i < MOST_AT_ONCE ? d - i : MOST_AT_ONCE;

        multiply(hvp, term, count, v + i * n, products + i * n);
    }
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < d; j++) {
            for (size_t k = 0; k < n; k++) {
                m[i * d + j] += rows[j * n + k] * (double)products[i * n + k];
            }
        }
    }
    gold_free(rows);
    gold_free(v);
    gold_free(products);
}

/* Also with more samples than a block, whose last one is short; with what the
 * point fixes kept, in part and not at all: the same bits. */
static void check_form(uint64_t seed, size_t n_samples)
{
    static const double kept[] = {1e9, 4e5, 0.0};
    problem_plan plan = plan_of(seed, false);
    FN(problem) problem;
    measured found;

    plan.n = n_samples;
    FN(problem_init)(&problem, &plan);
    const size_t d2 = problem.directions.n * problem.directions.n;
    double *m = numbers(3 * d2);

    FN(point_run)(&problem, 1.0, temperature, &found);
    const double *expected[] = {h_of(&found, 0), g_of(&found, 0),
                                s_of(&found, 0)};
    const double size = largest(d2, expected[0]) + largest(d2, expected[1]);

    for (int term = 0; term < GOLD_N_TERMS; term++) {
        for (size_t k = 0; k < 3; k++) {
            gold_hvp hvp;

            open_products(&problem, kept[k], &hvp);
            memset(m + k * d2, 0, d2 * sizeof *m);
            restrict_products(&problem, &hvp, (gold_term)term, m + k * d2);
            FN(hvp_fini)(&hvp);
            assert_memory_equal(m, m + k * d2, d2 * sizeof *m);
        }
        assert_within("V'MV", d2, m, expected[term], size, 500.0 * REAL_EPS);
    }
    FN(measured_fini)(&found);
    gold_free(m);
    FN(problem_fini)(&problem);
}

static void test_form(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        check_form(seed, 20);
    }
    check_form(3, 2100);
    check_form(1, 1024);
    assert_int_equal(gold_live_blocks(), 0);
}

/* At another temperature the forward pass stays: the same bits as anew. */
static void check_temper(uint64_t seed)
{
    const problem_plan plan = plan_of(seed, seed % 2 == 0);
    dice d = {seed + 100, 0};
    FN(problem) problem;
    gold_hvp hvp;

    FN(problem_init)(&problem, &plan);
    const size_t n = problem.network.n_parameters;
    real *v = random_vector(&d, n);
    real *cooled = vector(n);
    real *anew = vector(n);

    open_products(&problem, 1e9, &hvp);
    multiply(&hvp, GOLD_TERM_HESSIAN, 1, v, anew);
    FN(hvp_at)(&hvp, problem.theta, 3.0);
    FN(hvp_temper)(&hvp, temperature);
    multiply(&hvp, GOLD_TERM_HESSIAN, 1, v, cooled);
    assert_memory_equal(cooled, anew, n * sizeof *anew);
    FN(hvp_fini)(&hvp);
    gold_free(v);
    gold_free(cooled);
    gold_free(anew);
    FN(problem_fini)(&problem);
}

static void test_temper(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++) {
        check_temper(seed);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_memory(void **state)
{
    const problem_plan plan = plan_of(1, false);
    FN(problem) problem;
    gold_hvp hvp;
    gold_status status = GOLD_ERR_MEMORY;
    int64_t k = 0;

    (void)state;
    FN(problem_init)(&problem, &plan);
    const gold_hvp_plan what = {&problem.network, 1.0, samples_of(&problem), 2,
                                1e9};
    const int64_t before = gold_live_blocks();

    while (status == GOLD_ERR_MEMORY) {
        gold_refuse_after(++k);
        status = FN(hvp_init)(&hvp, &what);
        FN(hvp_fini)(&hvp);
        assert_int_equal(gold_live_blocks(), before);
    }
    gold_refuse_after(0);
    assert_int_equal(status, GOLD_OK);
    assert_true(k > 5);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_differences), cmocka_unit_test(test_symmetry),
        cmocka_unit_test(test_form),        cmocka_unit_test(test_temper),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
