/* SPDX-License-Identifier: MIT */
/* Plots as text: no line beyond 80 columns whatever the numbers, plain ASCII
 * when asked for, peaks and zones in their columns, round scales. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/textplot.h"
#include "app/words.h"

#define NONE ((double)NAN)

enum {
    N = 25,
    ROOM = 65536
};

/* A plot's text, read back from a file. */
static void draw(const goldi_plot *plot, const goldi_curve *curve,
                 const goldi_zone *zone, char text[ROOM])
{
    FILE *file = tmpfile();
    size_t n = 0;

    assert_non_null(file);
    goldi_plot_panel(file, plot, curve);
    goldi_plot_zone(file, plot, zone);
    goldi_plot_axis(file, plot);
    rewind(file);
    n = fread(text, 1, ROOM - 1, file);
    text[n] = '\0';
    assert_int_equal(fclose(file), 0);
}

/* Lines of the text, none of them wide; ASCII alone unless `is_utf8`. */
static size_t check_lines(const char *text, bool is_utf8)
{
    size_t n_lines = 0;

    while (*text != '\0') {
        char line[512];
        const size_t n = strcspn(text, "\n");

        assert_true(n < sizeof line);
        memcpy(line, text, n);
        line[n] = '\0';
        assert_true(goldi_text_columns(line) <= 80);
        for (size_t i = 0; !is_utf8 && i < n; i++) {
            assert_true(line[i] >= ' ' && line[i] <= '~');
        }
        text += n + (text[n] == '\n' ? 1 : 0);
        n_lines++;
    }
    return n_lines;
}

static void fill_x(double x[N], double from, double to)
{
    for (size_t i = 0; i < N; i++) {
        x[i] = pow(10.0, log10(from) +
                             (log10(to) - log10(from)) * (double)i / (N - 1));
    }
}

static void test_widths(void **state)
{
    static const double spans[][2] = {
        {1e-3, 1e3}, {1.0, 1.05}, {1e-300, 1e300}, {0.2, 0.9}, {1e5, 1e6}};
    static const double heights[] = {1e-300, 1e-9, 1.0, -7.5, 1e12, 1e300};
    char text[ROOM];
    double x[N];
    double mean[N];
    double sd[N];

    (void)state;
    for (size_t k = 0; k < 5 * 6 * 2; k++) {
        const goldi_plot plot = {N, x, "relative_radius", k % 2 == 1};

        fill_x(x, spans[k / 12][0], spans[k / 12][1]);
        for (size_t i = 0; i < N; i++) {
            mean[i] = heights[k / 2 % 6] * sin((double)i / 5.0);
            sd[i] = fabs(mean[i]) / 3.0;
        }
        const goldi_zone zone = goldi_zone_find(N, x, mean, NULL);

        draw(&plot, &(goldi_curve){"title", mean, sd, 0.0, 12}, &zone, text);
        assert_true(check_lines(text, plot.is_utf8) > 8);
    }
}

/* The only tall point stands in its column, above a floor; the zone's ends
 * are where it says. */
static void test_place(void **state)
{
    const double x[] = {0.1, 1.0, 10.0};
    const double y[] = {0.0, 1.0, 0.0};
    const goldi_plot plot = {3, x, "radius", false};
    const goldi_zone zone = goldi_zone_find(3, x, y, NULL);
    char text[ROOM];
    const char *line = NULL;

    (void)state;
    draw(&plot, &(goldi_curve){"title", y, NULL, NONE, 10}, &zone, text);
    line = strchr(text, '\n') + 1;
    assert_int_equal(strncmp(line, "      1 +", 9), 0);
    assert_in_range(strcspn(line, "*"), 9 + 29, 9 + 33);
    assert_non_null(strstr(text, " zone "));
    line = strstr(text, "[");
    assert_non_null(line);
    while (line > text && line[-1] != '\n') {
        line--;
    }
    assert_in_range(strcspn(line, "["), 9 + 15, 9 + 17);
    assert_in_range(strcspn(line, "]"), 9 + 48, 9 + 50);
    assert_non_null(strstr(text, "radius (log)"));
}

static void test_nothing(void **state)
{
    const double x[] = {0.1, 1.0, 10.0};
    const double missing[] = {NONE, NONE, NONE};
    const double lone[] = {NONE, 2.0, NONE};
    const goldi_plot plot = {3, x, "radius", false};
    const goldi_zone none = {.is_found = false};
    char text[ROOM];

    (void)state;
    draw(&plot, &(goldi_curve){"title", missing, missing, 0.0, 10}, &none,
         text);
    assert_non_null(strstr(text, "(no numbers)"));
    draw(&plot, &(goldi_curve){"title", lone, missing, NONE, 10}, &none, text);
    assert_non_null(strchr(text, '*'));
    assert_null(strchr(text, '['));
}

static void test_linear_axis(void **state)
{
    const double x[] = {-2.0, 0.0, 4.0};
    const double y[] = {1.0, 2.0, 3.0};
    const goldi_plot plot = {3, x, "radius", false};
    const goldi_zone none = {.is_found = false};
    char text[ROOM];

    (void)state;
    draw(&plot, &(goldi_curve){"title", y, NULL, NONE, 10}, &none, text);
    assert_null(strstr(text, "(log)"));
    assert_non_null(strstr(text, "-2"));
    assert_true(check_lines(text, false) > 8);
}

static void test_scales(void **state)
{
    static const struct {
        double low, high;
        size_t n;
        double from, step;
        size_t n_steps;
    } cases[] = {
        {0.0, 1.0, 5, 0.0, 0.2, 5},   {-0.2, 4.4, 5, -1.0, 1.0, 6},
        {0.45, 0.98, 4, 0.4, 0.2, 3}, {3.0, 3.0, 4, 3.0, 1.0, 1},
        {0.0, 0.3, 3, 0.0, 0.1, 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const goldi_scale scale =
            goldi_scale_round(cases[i].low, cases[i].high, cases[i].n);

        assert_true(fabs(scale.low - cases[i].from) <= 1e-12);
        assert_true(fabs(scale.step - cases[i].step) <= 1e-12);
        assert_int_equal(scale.n_steps, cases[i].n_steps);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_widths),  cmocka_unit_test(test_place),
        cmocka_unit_test(test_nothing), cmocka_unit_test(test_linear_axis),
        cmocka_unit_test(test_scales),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
