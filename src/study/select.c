/* SPDX-License-Identifier: MIT */
#include "goldilocks/select.h"

#include <math.h>
#include <string.h>

#include "goldilocks/random.h"

/* Candidates that stand in a row on the seed axis. */
typedef struct group {
    size_t first;  /* point */
    size_t stride; /* from a member to the next, in points */
    size_t n;      /* members */
    uint64_t seed; /* of the first */
} group;

gold_variable gold_criterion_variable(gold_criterion criterion)
{
    static const gold_variable variables[GOLD_N_CRITERIA] = {
        [GOLD_BY_TRACE_OVER_NORM] = GOLD_VAR_TRACE_OVER_NORM,
        [GOLD_BY_POSITIVE_FRACTION] = GOLD_VAR_POSITIVE_FRACTION,
        [GOLD_BY_LOSS] = GOLD_VAR_LOSS,
    };

    return variables[criterion];
}

double gold_select_share(const gold_study *study)
{
    const gold_select_block *select = &study->train.select;
    const int n_ends =
        select->take[GOLD_TAKE_HIGHEST] + select->take[GOLD_TAKE_LOWEST];
    int n = select->take[GOLD_TAKE_RANDOM];

    if (select->group == 0) {
        return 1.0;
    }
    for (int c = 0; c < GOLD_N_CRITERIA; c++) {
        n += select->by[c] ? n_ends : 0;
    }
    return fmin(1.0, (double)n / (double)select->group);
}

/* Position of the axis that is the seed, alone: the check has seen to it. */
static size_t seed_axis(const gold_study *study)
{
    size_t axis = 0;

    while (strcmp(study->axes[axis].name, "seed") != 0) {
        axis++;
    }
    return axis;
}

/* Mark what no measurement speaks for. */
static void mark_candidates(const gold_study *study, const uint8_t *states,
                            const double *const values[GOLD_N_CRITERIA],
                            uint8_t *flags)
{
    for (size_t p = 0; p < study->n_points; p++) {
        bool is_candidate = states[p] == GOLD_STATE_DONE;

        for (int c = 0; c < GOLD_N_CRITERIA; c++) {
            is_candidate = is_candidate && (!study->train.select.by[c] ||
                                            isfinite(values[c][p]));
        }
        flags[p] = is_candidate ? 0 : GOLD_NOT_SELECTABLE;
    }
}

/* Flag the candidate of the largest sign * value; the first one of equals. */
static void flag_best(const group *g, const double *values, double sign,
                      uint8_t flag, uint8_t *flags)
{
    size_t best = SIZE_MAX;

    for (size_t m = 0; m < g->n; m++) {
        const size_t p = g->first + m * g->stride;

        if (flags[p] != GOLD_NOT_SELECTABLE &&
            (best == SIZE_MAX || sign * values[p] > sign * values[best])) {
            best = p;
        }
    }
    if (best != SIZE_MAX) {
        flags[best] = (uint8_t)(flags[best] | flag);
    }
}

static void flag_random(const group *g, uint8_t *flags)
{
    size_t n = 0;
    double u = 0.0;

    for (size_t m = 0; m < g->n; m++) {
        n += flags[g->first + m * g->stride] != GOLD_NOT_SELECTABLE;
    }
    gold_random_uniform(gold_stream_of(g->seed, GOLD_PURPOSE_SELECT, 0), 0, 1,
                        &u);
    size_t left = (size_t)(u * (double)n);

    for (size_t m = 0; m < g->n && n > 0; m++) {
        uint8_t *flag = &flags[g->first + m * g->stride];

        if (*flag != GOLD_NOT_SELECTABLE && left-- == 0) {
            *flag |= GOLD_SELECTED_RANDOM;
            return;
        }
    }
}

static void choose(const gold_select_block *select, const group *g,
                   const double *const values[GOLD_N_CRITERIA], uint8_t *flags)
{
    for (int c = 0; c < GOLD_N_CRITERIA; c++) {
        if (!select->by[c]) {
            continue;
        }
        if (select->take[GOLD_TAKE_HIGHEST]) {
            flag_best(g, values[c], 1.0,
                      (uint8_t)(GOLD_SELECTED_HIGHEST << 2 * c), flags);
        }
        if (select->take[GOLD_TAKE_LOWEST]) {
            flag_best(g, values[c], -1.0,
                      (uint8_t)(GOLD_SELECTED_LOWEST << 2 * c), flags);
        }
    }
    if (select->take[GOLD_TAKE_RANDOM]) {
        flag_random(g, flags);
    }
}

void gold_select(const gold_study *study, const uint8_t *states,
                 const double *const values[GOLD_N_CRITERIA], uint8_t *flags)
{
    const gold_select_block *select = &study->train.select;
    const size_t axis = seed_axis(study);
    const int64_t *seeds = study->axes[axis].keys[0].integers;
    group g = {.stride = 1, .n = (size_t)select->group};

    for (size_t a = axis + 1; a < study->n_axes; a++) {
        g.stride *= study->axes[a].count;
    }
    mark_candidates(study, states, values, flags);
    for (size_t p = 0; p < study->n_points; p++) {
        const size_t at = p / g.stride % study->axes[axis].count;

        if (at % g.n == 0) {
            g.first = p;
            g.seed = (uint64_t)seeds[at];
            choose(select, &g, values, flags);
        }
    }
}
