/* SPDX-License-Identifier: MIT */
/* Curvature of the sphere is the second derivative of the loss on the sphere
 * itself: of F(x) = loss(|theta| y / |y|), y = theta + V' x, at x = 0, whatever
 * the products of the directions with each other. By differences of the loss
 * alone, in double. */
#include <math.h>

#include "linalg/product.h"
#include "prop/problem.h"

static const double step = 2e-2;

/* Directions as rows (d, n) of doubles. */
typedef struct basis {
    size_t n;
    size_t d;
    double *rows;
} basis;

static basis unpack(const FN(problem) * problem,
                    const FN(directions) * directions)
{
    const size_t n = problem->network.n_parameters;
    basis v = {n, directions->n, numbers(directions->n * n)};

    for (size_t i = 0; i < v.d; i++) {
        FN(direction_unpack)
        (directions, &problem->network, i, v.rows + i * n);
    }
    return v;
}

/* F at x = a e_i + b e_j. */
static double loss_on_sphere(const FN(problem) * problem, const basis *v,
                             size_t i, double a, size_t j, double b)
{
    const real *theta = problem->theta;
    double *y = numbers(v->n);
    double length2 = 0.0;

    for (size_t k = 0; k < v->n; k++) {
        y[k] = (double)theta[k] + a * v->rows[i * v->n + k] +
               b * v->rows[j * v->n + k];
        length2 += y[k] * y[k];
    }
    for (size_t k = 0; k < v->n; k++) {
        y[k] = y[k] * FN(norm)(v->n, theta) / sqrt(length2) - (double)theta[k];
    }
    const double loss = FN(loss_at)(problem, y);

    gold_free(y);
    return loss;
}

static double second_difference(const FN(problem) * problem, const basis *v,
                                size_t i, size_t j, double h)
{
    return (loss_on_sphere(problem, v, i, h, j, h) -
            loss_on_sphere(problem, v, i, h, j, -h) -
            loss_on_sphere(problem, v, i, -h, j, h) +
            loss_on_sphere(problem, v, i, -h, j, -h)) /
           (4.0 * h * h);
}

/* The measured matrix in these directions against differences of order four:
 * truncation of about step^4, rounding of 1e-16 / step^2. */
static void check(const FN(problem) * problem,
                  const FN(directions) * directions)
{
    const gold_line_point point = {1.0, problem->plan.settings.temperature};
    FN(line) line = FN(problem_line)(problem, 1, &point);
    const basis v = unpack(problem, directions);
    measured found;

    line.directions = directions;
    assert_true(line.is_sphere);
    FN(line_run)(&line, &found);
    const double scale = largest(v.d * v.d, h_of(&found, 0));

    for (size_t i = 0; i < v.d; i++) {
        for (size_t j = 0; j <= i; j++) {
            const double wide = second_difference(problem, &v, i, j, step);
            const double narrow =
                second_difference(problem, &v, i, j, step / 2.0);

            assert_number("on the sphere", h_of(&found, 0)[i * v.d + j],
                          (4.0 * narrow - wide) / 3.0, 1e-5 * scale);
        }
    }
    FN(measured_fini)(&found);
    gold_free(v.rows);
}

static void check_layers(const FN(problem) * problem)
{
    for (size_t l = 0; l < problem->network.n_layers; l++) {
        FN(directions) confined = {0};

        assert_int_equal(FN(directions_in_layer)(&confined, &problem->network,
                                                 &problem->plan.settings, l, 3,
                                                 problem->theta),
                         GOLD_OK);
        check(problem, &confined);
        FN(directions_fini)(&confined);
    }
}

static void check_other_basis(const FN(problem) * problem)
{
    const gold_direction_streams streams = {problem->plan.settings.seed,
                                            GOLD_PURPOSE_OTHER_DIRECTIONS, 0};
    FN(directions) other = {0};

    assert_int_equal(FN(directions_draw)(&other, &problem->network,
                                         &problem->plan.settings, streams, 3,
                                         problem->theta),
                     GOLD_OK);
    check(problem, &other);
    FN(directions_fini)(&other);
}

static void test_great_circles(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++) {
        problem_plan plan = small_plan(seed % 2 == 0 ? GOLD_TANH : GOLD_SIGMOID,
                                       seed % 4 < 2, seed);
        FN(problem) problem;

        plan.d = 4;
        plan.settings.surface = GOLD_SPHERE;
        plan.settings.directions =
            seed % 8 < 4 ? GOLD_SPARSE_SIGN : GOLD_GAUSSIAN;
        FN(problem_init)(&problem, &plan);
        check(&problem, &problem.directions);
        check_layers(&problem);
        check_other_basis(&problem);
        FN(problem_fini)(&problem);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_great_circles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
