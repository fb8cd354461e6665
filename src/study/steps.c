/* SPDX-License-Identifier: MIT */
/* Steps of a training, and which of them are logged. */
#include "study/steps.h"

#include <math.h>
#include <string.h>

#include "goldilocks/task.h"

uint64_t gold_train_steps(const gold_settings *settings, size_t n_train)
{
    const gold_train_settings *train = &settings->train;
    const uint64_t n = n_train;
    const bool is_full = train->batch == 0 || train->batch >= n;

    if (train->epochs == 0) {
        return train->steps;
    }
    return train->epochs * (is_full ? 1 : (n - 1) / train->batch + 1);
}

/* Put in what value `i` of an axis says about the number of steps. */
static void put_value(const gold_axis *axis, size_t i,
                      gold_train_settings *train)
{
    for (size_t k = 0; k < axis->n_keys; k++) {
        const gold_axis_key *key = &axis->keys[k];

        if (strcmp(key->name, "steps") == 0) {
            train->steps = (uint64_t)key->integers[i];
        } else if (strcmp(key->name, "epochs") == 0) {
            train->epochs = (uint64_t)key->integers[i];
        } else if (strcmp(key->name, "batch") == 0) {
            train->batch = (uint64_t)key->integers[i];
        }
    }
}

/* Put in the value of an axis that makes for the most steps. */
static void put_longest(const gold_axis *axis, size_t n_train,
                        gold_settings *settings)
{
    uint64_t most = 0;
    size_t longest = 0;

    for (size_t i = 0; i < axis->count; i++) {
        uint64_t steps = 0;

        put_value(axis, i, &settings->train);
        steps = gold_train_steps(settings, n_train);
        longest = steps > most ? i : longest;
        most = steps > most ? steps : most;
    }
    put_value(axis, longest, &settings->train);
}

const gold_study *gold_study_phase(const gold_study *study, size_t i)
{
    return i < study->n_earlier ? study->earlier[i] : study;
}

uint64_t gold_study_steps(const gold_study *study, size_t point, size_t n_train)
{
    uint64_t steps = 0;

    for (size_t i = 0; i <= study->n_earlier; i++) {
        gold_settings settings;

        gold_study_point(gold_study_phase(study, i), point, &settings);
        steps +=
            gold_train_steps(&settings, gold_samples_used(&settings, n_train));
    }
    return steps;
}

/* The number of steps of a phase is a product in which every axis has a factor
 * of its own: it is largest where each of them is. */
static uint64_t most_of_phase(const gold_study *study, size_t n_train)
{
    gold_settings settings = study->base;

    for (size_t a = 0; a < study->n_axes; a++) {
        put_value(&study->axes[a], 0, &settings.train);
    }
    for (size_t a = 0; a < study->n_axes; a++) {
        put_longest(&study->axes[a], n_train, &settings);
    }
    return gold_train_steps(&settings, n_train);
}

uint64_t goldi_most_steps(const gold_study *study, size_t n_train)
{
    uint64_t steps = 0;

    for (size_t i = 0; i <= study->n_earlier; i++) {
        steps += most_of_phase(gold_study_phase(study, i), n_train);
    }
    return steps;
}

static size_t log_every(uint64_t every, uint64_t last, uint64_t *steps)
{
    const uint64_t room = GOLD_MAX_LOG - 1;
    size_t n = 0;

    /* data of another size than the study was checked for may ask for more
     * entries than there is room for: log every second of them, or third */
    every *= (last - 1) / (every * room) + 1;
    for (uint64_t step = 0; step < last; step += every) {
        steps[n++] = step;
    }
    steps[n++] = last;
    return n;
}

static size_t log_count(const gold_train_block *train, uint64_t last,
                        uint64_t *steps)
{
    const double most = (double)last;
    size_t n = 1;

    steps[0] = 0;
    for (uint64_t i = 1; i < train->log_count; i++) {
        const double share = (double)i / (double)(train->log_count - 1);
        const double step = round(
            train->is_log_spaced ? expm1(share * log1p(most)) : share * most);
        const bool is_end = i + 1 == train->log_count || !(step < most);
        const uint64_t whole = is_end ? last : (uint64_t)step;

        if (whole > steps[n - 1]) {
            steps[n++] = whole;
        }
    }
    return n;
}

/* Put the ends of the longest phases before the last among n steps. */
static size_t add_ends(const gold_study *study, size_t n_train, size_t n,
                       uint64_t *steps)
{
    uint64_t end = 0;

    for (size_t i = 0; i < study->n_earlier && n < GOLD_MAX_LOG; i++) {
        size_t k = n;

        end += most_of_phase(study->earlier[i], n_train);
        while (k > 0 && steps[k - 1] > end) {
            k--;
        }
        if (k == 0 || steps[k - 1] < end) {
            memmove(steps + k + 1, steps + k, (n++ - k) * sizeof *steps);
            steps[k] = end;
        }
    }
    return n;
}

size_t gold_log_steps(const gold_study *study, size_t n_train, bool has_ends,
                      uint64_t steps[GOLD_MAX_LOG])
{
    const gold_train_block *train = &study->train;
    uint64_t last = 0;

    if (!study->has_train) {
        return 0;
    }
    last = goldi_most_steps(study, n_train);
    const size_t n = train->log_every > 0
                         ? log_every(train->log_every, last, steps)
                         : log_count(train, last, steps);

    return has_ends ? add_ends(study, n_train, n, steps) : n;
}
