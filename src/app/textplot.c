/* SPDX-License-Identifier: MIT */
#include "app/textplot.h"

#include <math.h>
#include <string.h>

#include "app/print.h"

enum {
    GUTTER = 9, /* tick labels and the axis, before the first cell */
    WIDTH = 66, /* cells of a line */
    MAX_ROWS = 40,
};

/* What a cell shows. */
typedef enum mark {
    BLANK,
    REFERENCE,
    BAND,
    CURVE,
    N_MARKS
} mark;

typedef struct canvas {
    goldi_scale scale;
    size_t rows_per_step;
    size_t n_rows;
    unsigned char cells[MAX_ROWS][WIDTH];
} canvas;

goldi_scale goldi_scale_round(double low, double high, size_t n)
{
    static const double steps[] = {1.0, 2.0, 5.0, 10.0};
    const double span = high > low ? high - low : fmax(fabs(high), 1.0);
    const double rough = span / (double)n;
    const double power = pow(10.0, floor(log10(rough)));
    goldi_scale scale = {.step = 10.0 * power};

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (steps[i] * power >= rough * (1.0 - 1e-9)) {
            scale.step = steps[i] * power;
            break;
        }
    }
    /* Far rounding errors must not add a step. */
    scale.low = scale.step * floor(low / scale.step + 1e-9);
    scale.n_steps =
        (size_t)fmax(ceil((high - scale.low) / scale.step - 1e-9), 1.0);
    return scale;
}

static bool is_log(const goldi_plot *plot)
{
    return plot->x[0] > 0.0;
}

/* Cell of a place on the axis; WIDTH when it lies outside. */
static size_t column_of(const goldi_plot *plot, double x)
{
    const double first = plot->x[0];
    const double last = plot->x[plot->n - 1];
    const double share = is_log(plot)
                             ? (log(x) - log(first)) / (log(last) - log(first))
                             : (x - first) / (last - first);

    if (!(share > -1e-9 && share < 1.0 + 1e-9)) {
        return WIDTH;
    }
    return (size_t)lround(share * (WIDTH - 1));
}

/* Place on the axis of the middle of a cell. */
static double place_of(const goldi_plot *plot, size_t column)
{
    const double first = plot->x[0];
    const double last = plot->x[plot->n - 1];
    const double share = (double)column / (WIDTH - 1);

    if (column == 0 || column == WIDTH - 1) {
        return column == 0 ? first : last;
    }
    return is_log(plot) ? exp(log(first) + share * (log(last) - log(first)))
                        : first + share * (last - first);
}

/* Lowest and highest of what is to be drawn; false: nothing is. */
static bool limits(const goldi_plot *plot, const goldi_curve *curve,
                   double *low, double *high)
{
    bool is_any = false;

    for (size_t i = 0; i < plot->n; i++) {
        const double sd =
            curve->sd != NULL && isfinite(curve->sd[i]) ? curve->sd[i] : 0.0;

        if (isfinite(curve->mean[i])) {
            const double bottom = curve->mean[i] - sd;
            const double top = curve->mean[i] + sd;

            *low = is_any ? fmin(*low, bottom) : bottom;
            *high = is_any ? fmax(*high, top) : top;
            is_any = true;
        }
    }
    if (is_any && isfinite(curve->reference)) {
        *low = fmin(*low, curve->reference);
        *high = fmax(*high, curve->reference);
    }
    return is_any;
}

/* Row of a value, 0 at the top; may lie outside. */
static long row_of(const canvas *c, double y)
{
    const double steps = (y - c->scale.low) / c->scale.step;

    return (long)c->n_rows - 1 - lround(steps * (double)c->rows_per_step);
}

/* Put a mark in the rows from a to b of a column, over lesser ones. */
static void fill(canvas *c, size_t column, long a, long b, mark what)
{
    const long last = (long)c->n_rows - 1;
    const long from = a < b ? a : b;
    const long to = a < b ? b : a;

    for (long row = from < 0 ? 0 : from; row <= to && row <= last; row++) {
        if (c->cells[row][column] < (unsigned char)what) {
            c->cells[row][column] = (unsigned char)what;
        }
    }
}

static void draw_band(canvas *c, const goldi_plot *plot,
                      const goldi_curve *curve)
{
    for (size_t column = 0; curve->sd != NULL && column < WIDTH; column++) {
        const double x = place_of(plot, column);
        const double y = goldi_interpolate(plot->n, plot->x, curve->mean, x);
        const double sd = goldi_interpolate(plot->n, plot->x, curve->sd, x);

        if (isfinite(y) && isfinite(sd)) {
            fill(c, column, row_of(c, y - sd), row_of(c, y + sd), BAND);
        }
    }
}

/* The curve, without gaps where it is steep. */
static void draw_curve(canvas *c, const goldi_plot *plot,
                       const goldi_curve *curve)
{
    bool is_after = false;
    long before = 0;

    for (size_t column = 0; column < WIDTH; column++) {
        const double x = place_of(plot, column);
        const double y = goldi_interpolate(plot->n, plot->x, curve->mean, x);

        if (isfinite(y)) {
            const long row = row_of(c, y);
            const long from = !is_after || row == before ? row
                              : row > before             ? before + 1
                                                         : before - 1;

            fill(c, column, from, row, CURVE);
            before = row;
        }
        is_after = isfinite(y);
    }
}

/* The places that were computed: lone ones have no curve through them. */
static void draw_places(canvas *c, const goldi_plot *plot,
                        const goldi_curve *curve)
{
    for (size_t i = 0; i < plot->n; i++) {
        const size_t column = column_of(plot, plot->x[i]);

        if (isfinite(curve->mean[i]) && column < WIDTH) {
            const long row = row_of(c, curve->mean[i]);

            fill(c, column, row, row, CURVE);
        }
    }
}

static const char *glyph(unsigned char what, bool is_utf8)
{
    static const char *const ascii[N_MARKS] = {" ", "-", ".", "*"};
    static const char *const utf8[N_MARKS] = {" ", "\u2500", "\u2591",
                                              "\u25cf"};

    return is_utf8 ? utf8[what] : ascii[what];
}

static void print_row(FILE *out, const canvas *c, size_t row, bool is_utf8)
{
    const size_t up = c->n_rows - 1 - row;
    const size_t step = up / c->rows_per_step;
    const double label = c->scale.low + c->scale.step * (double)step;
    size_t used = WIDTH;

    if (up % c->rows_per_step == 0) {
        /* A rounding error around 0 is no label. */
        gold_say(out, "%*.4g %s", GUTTER - 2,
                 fabs(label) < 1e-9 * c->scale.step ? 0.0 : label,
                 is_utf8 ? "\u2524" : "+");
    } else {
        gold_say(out, "%*s%s", GUTTER - 1, "", is_utf8 ? "\u2502" : "|");
    }
    while (used > 0 && c->cells[row][used - 1] == BLANK) {
        used--;
    }
    for (size_t column = 0; column < used; column++) {
        gold_print(out, glyph(c->cells[row][column], is_utf8));
    }
    gold_print(out, "\n");
}

/* Is there anything in a row? */
static bool is_used(const canvas *c, size_t row)
{
    for (size_t column = 0; column < WIDTH; column++) {
        if (c->cells[row][column] != BLANK) {
            return true;
        }
    }
    return false;
}

/* Print from the first row in use to the last: round scales may reach far
 * beyond the curve. */
static void print_canvas(FILE *out, const canvas *c, bool is_utf8)
{
    size_t first = 0;
    size_t end = c->n_rows;

    while (first < end && !is_used(c, first)) {
        first++;
    }
    while (end > first && !is_used(c, end - 1)) {
        end--;
    }
    for (size_t row = first; row < end; row++) {
        print_row(out, c, row, is_utf8);
    }
}

void goldi_plot_panel(FILE *out, const goldi_plot *plot,
                      const goldi_curve *curve)
{
    canvas c = {.n_rows = 0};
    double low = 0.0;
    double high = 0.0;

    gold_say(out, "%*s%s\n", GUTTER - 1, "", curve->title);
    if (!limits(plot, curve, &low, &high)) {
        gold_say(out, "%*s(no numbers)\n", GUTTER - 1, "");
        return;
    }
    c.scale = goldi_scale_round(low, high, curve->height / 2);
    c.rows_per_step = (curve->height + c.scale.n_steps / 2) / c.scale.n_steps;
    c.rows_per_step = c.rows_per_step == 0 ? 1 : c.rows_per_step;
    c.n_rows = c.scale.n_steps * c.rows_per_step + 1;
    if (c.n_rows > MAX_ROWS) {
        c.n_rows = MAX_ROWS;
    }
    if (isfinite(curve->reference)) {
        const long row = row_of(&c, curve->reference);

        for (size_t column = 0; column < WIDTH; column++) {
            fill(&c, column, row, row, REFERENCE);
        }
    }
    draw_band(&c, plot, curve);
    draw_curve(&c, plot, curve);
    draw_places(&c, plot, curve);
    print_canvas(out, &c, plot->is_utf8);
}

void goldi_plot_zone(FILE *out, const goldi_plot *plot, const goldi_zone *zone)
{
    static const char word[] = " zone ";
    char line[WIDTH + 1];

    if (!zone->is_found) {
        return;
    }
    const size_t low = column_of(plot, zone->low);
    const size_t high = column_of(plot, zone->high);

    if (low >= WIDTH || high >= WIDTH) {
        return;
    }
    memset(line, ' ', sizeof line);
    memset(line + low, '=', high - low + 1);
    line[low] = zone->is_low_open ? '<' : '[';
    line[high] = zone->is_high_open ? '>' : ']';
    if (high - low > sizeof word + 2) {
        memcpy(line + (low + high - sizeof word) / 2 + 1, word,
               sizeof word - 1);
    }
    line[high + 1] = '\0';
    gold_say(out, "%*s%s\n", GUTTER, "", line);
}

/* The axis under construction: ticks and the labels below them. */
typedef struct axis_line {
    char ticks[WIDTH + 1];
    char labels[GUTTER + WIDTH + 8];
    size_t used; /* of labels: where the next may start */
    size_t n;
} axis_line;

/* Put a tick, and its label where there is room. */
static void add_tick(axis_line *line, const goldi_plot *plot, double x)
{
    char label[32];
    const size_t column = column_of(plot, x);
    const size_t n = (size_t)snprintf(label, sizeof label, "%.4g", x);
    const size_t start = GUTTER + column - n / 2;

    if (column >= WIDTH || start < line->used ||
        start + n >= sizeof line->labels) {
        return;
    }
    line->ticks[column] = '+';
    memcpy(line->labels + start, label, n);
    line->used = start + n + 2;
    line->n++;
}

/* Ticks at powers of ten, or where there are few of these also at 2 and 5
 * times. */
static void add_log_ticks(axis_line *line, const goldi_plot *plot)
{
    const double low = log10(plot->x[0]);
    const double high = fmin(log10(plot->x[plot->n - 1]), 308.0);
    const bool is_fine = high - low < 2.5;

    for (int k = (int)floor(low - 1e-9); k <= (int)floor(high + 1e-9); k++) {
        const double power = pow(10.0, k);

        add_tick(line, plot, power);
        if (is_fine) {
            add_tick(line, plot, 2.0 * power);
            add_tick(line, plot, 5.0 * power);
        }
    }
}

static void add_linear_ticks(axis_line *line, const goldi_plot *plot)
{
    const goldi_scale scale =
        goldi_scale_round(plot->x[0], plot->x[plot->n - 1], 6);

    for (size_t i = 0; i <= scale.n_steps; i++) {
        add_tick(line, plot, scale.low + scale.step * (double)i);
    }
}

static void print_ticks(FILE *out, const char *ticks, bool is_utf8)
{
    gold_say(out, "%*s%s", GUTTER - 1, "", is_utf8 ? "\u2514" : "+");
    for (; *ticks != '\0'; ticks++) {
        gold_print(out, !is_utf8        ? (*ticks == '+' ? "+" : "-")
                        : *ticks == '+' ? "\u252c"
                                        : "\u2500");
    }
    gold_print(out, "\n");
}

void goldi_plot_axis(FILE *out, const goldi_plot *plot)
{
    axis_line line = {.n = 0};
    size_t length = sizeof line.labels - 1;

    memset(line.ticks, '-', WIDTH);
    memset(line.labels, ' ', length);
    if (is_log(plot)) {
        add_log_ticks(&line, plot);
    } else {
        add_linear_ticks(&line, plot);
    }
    if (line.n < 2) {
        memset(line.labels, ' ', length);
        line.used = 0;
        add_tick(&line, plot, plot->x[0]);
        add_tick(&line, plot, plot->x[plot->n - 1]);
    }
    while (length > 0 && line.labels[length - 1] == ' ') {
        length--;
    }
    line.labels[length] = '\0';
    print_ticks(out, line.ticks, plot->is_utf8);
    gold_say(out, "%s\n%*s%s%s\n", line.labels,
             GUTTER + (int)(WIDTH - strlen(plot->x_name)) / 2, "", plot->x_name,
             is_log(plot) ? " (log)" : "");
}
