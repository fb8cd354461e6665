/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/commands.h"
#include "app/estimate.h"
#include "app/print.h"
#include "app/wish.h"
#include "app/words.h"

/* Axes as a person lists them: all values where they are few. */
static void print_axes(const gold_study *study)
{
    char value[GOLD_NAME_BYTES];

    for (size_t a = 0; a < study->n_axes; a++) {
        const gold_axis *axis = &study->axes[a];

        for (size_t k = 0; k < axis->n_keys; k++) {
            const gold_axis_key *key = &axis->keys[k];
            const bool is_short = axis->count <= 6;

            gold_say(stdout, "  %-16s %6zu:", key->name, axis->count);
            for (size_t i = 0; is_short && i < axis->count; i++) {
                gold_say(stdout, " %s", gold_axis_text(key, i, value));
            }
            if (!is_short) {
                gold_say(stdout, " %s", gold_axis_text(key, 0, value));
                gold_say(stdout, " .. %s",
                         gold_axis_text(key, axis->count - 1, value));
            }
            gold_say(stdout, "\n");
        }
    }
}

static void print_text(const gold_study *study, const gold_estimate *e,
                       size_t ranks)
{
    char a[GOLD_PRINT_BYTES];
    char b[GOLD_PRINT_BYTES];

    gold_say(stdout, "%s: ", study->name);
    gold_print(stdout, study->title);
    gold_print(stdout, "\n");
    print_axes(study);
    gold_say(stdout, "points           %s, %zu excluded, in %s tasks\n",
             gold_print_count((double)e->n_points, a), e->n_excluded,
             gold_print_count((double)e->n_tasks, b));
    gold_say(stdout, "parameters       %s to %s\n",
             gold_print_count(e->least_parameters, a),
             gold_print_count(e->most_parameters, b));
    for (int kind = 0; kind < (study->has_train ? 2 : 1); kind++) {
        gold_say(stdout, "%-16s %.3g Tflop at %.3g Gflop/s, measured here\n",
                 kind == GOLD_TASK_MEASURE ? "measuring" : "training",
                 e->flops[kind] * 1e-12, e->rate[kind] * 1e-9);
    }
    gold_say(stdout, "core time        %.3g core-hours (%s on one core)\n",
             e->seconds / 3600.0, gold_print_duration(e->seconds, a));
    gold_say(stdout, "longest task     %s\n",
             gold_print_duration(e->longest_seconds, a));
    gold_say(stdout,
             "processes        %zu sensible (one of them coordinates)\n",
             e->sensible_ranks);
    gold_say(stdout, "time             %s with %zu\n",
             gold_print_duration(gold_estimate_wall(e, ranks), a), ranks);
    gold_say(stdout, "memory           %s a process, %s of data a node\n",
             gold_print_bytes(e->memory_bytes, a),
             gold_print_bytes(e->data_bytes, b));
    gold_say(stdout, "result file      %s\n",
             gold_print_bytes(e->file_bytes, a));
}

/* How many seeds the networks of a pilot need. */
typedef struct pilot {
    goldi_wish wish;
    goldi_text *json; /* NULL: text is printed */
    double most;      /* of those that are known */
} pilot;

/* What more seeds do not help, or what so few do not tell. */
static void say_limits(const goldi_need *need)
{
    if (need->places > 0) {
        gold_say(stdout,
                 "    the grid limits, not seeds: %zu places of %s between the "
                 "same ends in place of the study's %zu make its part half of "
                 "that\n",
                 need->places, need->line, need->n_places);
    }
    if (need->is_rough) {
        gold_say(stdout,
                 "    %sso few do not tell how the curve goes between places; "
                 "take a pilot of more seeds\n",
                 isnan(need->seeds) ? "" : "a guess, mostly too few: ");
    }
}

static void tell_need(void *context, const goldi_sheet *sheet,
                      const goldi_need *need)
{
    pilot *p = context;
    char label[GOLDI_LABEL_BYTES];

    p->most = fmax(p->most, need->seeds);
    if (p->json != NULL) {
        goldi_json_open(p->json, NULL, '{');
        goldi_json_group(p->json, sheet->survey, sheet->group);
        goldi_json_number(p->json, "n", (double)need->n);
        goldi_json_number(p->json, "width", need->width);
        goldi_json_number(p->json, "seeds", need->seeds);
        goldi_json_number(p->json, "places", (double)need->places);
        goldi_json_bool(p->json, "rough", need->is_rough);
        goldi_json_close(p->json, '}');
        return;
    }
    (void)goldi_group_label(sheet->survey, sheet->group, false, label);
    if (isnan(need->width)) {
        gold_say(stdout, "  %-24s no interval%s\n", label,
                 sheet->claim.is_named ? "" : ": no zone is named");
    } else {
        gold_say(stdout, "  %-24s %s, by %zu whose interval is %.3g %% wide\n",
                 label,
                 isnan(need->seeds) ? "not known"
                 : isinf(need->seeds)
                     ? "no number of seeds"
                     : GOLD_COUNTED((size_t)need->seeds, "seed"),
                 need->n, 100.0 * need->width);
        say_limits(need);
    }
}

/* Of a file that is only looked at. */
static void tell_nobody(void *context, const goldi_sheet *sheet,
                        const goldi_need *need)
{
    (void)context;
    (void)sheet;
    (void)need;
}

/* Seeds of a study. */
static double seeds_of(const gold_study *study)
{
    for (size_t a = 0; a < study->n_axes; a++) {
        if (strcmp(study->axes[a].name, "seed") == 0) {
            return (double)study->axes[a].count;
        }
    }
    return 1.0;
}

/* What a pilot says of the seeds that are needed, and what so many cost. */
static gold_status print_needs(const gold_args *args, const gold_study *study,
                               const gold_estimate *e, pilot *p)
{
    char a[GOLD_PRINT_BYTES];
    char b[GOLD_PRINT_BYTES];

    gold_say(stdout,
             "seeds            for intervals of %s that are %.3g %% "
             "wide, by %s\n",
             goldi_told_name(p->wish.of), 100.0 * p->wish.width, args->pilot);
    GOLD_TRY(
        goldi_needs_each(args->pilot, NULL, study, &p->wish, tell_need, p));
    if (p->most > 0.0 && isfinite(p->most)) {
        const double times = p->most / seeds_of(study);

        gold_say(stdout,
                 "    ten seeds foretell a width to some %d %%, an unlucky ten "
                 "to a third\n",
                 p->wish.of == GOLDI_TOLD_PEAK ? 20 : 15);
        gold_say(stdout,
                 "with all of them %s core time, %s of results: --set "
                 "grid.seed='{count: %.0f}'\n",
                 gold_print_duration(e->seconds * times, a),
                 gold_print_bytes(e->file_bytes * times, b), p->most);
    }
    return GOLD_OK;
}

static gold_status add_needs(const gold_args *args, const gold_study *study,
                             const gold_estimate *e, pilot *p)
{
    goldi_json_open(p->json, "pilot", '{');
    goldi_json_text(p->json, "file", args->pilot);
    goldi_json_text(p->json, "of", goldi_told_name(p->wish.of));
    goldi_json_number(p->json, "width", p->wish.width);
    goldi_json_open(p->json, "networks", '[');
    GOLD_TRY(
        goldi_needs_each(args->pilot, NULL, study, &p->wish, tell_need, p));
    goldi_json_close(p->json, ']');
    goldi_json_number(p->json, "seeds", p->most);
    goldi_json_number(p->json, "core_hours",
                      e->seconds / 3600.0 * p->most / seeds_of(study));
    goldi_json_close(p->json, '}');
    return GOLD_OK;
}

static gold_status print_json(const gold_args *args, const gold_study *study,
                              const gold_estimate *e, size_t ranks, pilot *p)
{
    gold_status status = GOLD_OK;
    const struct {
        const char *name;
        double number;
    } members[] = {
        {"points", (double)e->n_points},
        {"excluded", (double)e->n_excluded},
        {"tasks", (double)e->n_tasks},
        {"flops", e->flops[GOLD_TASK_MEASURE]},
        {"train_flops", e->flops[GOLD_TASK_TRAIN]},
        {"core_hours", e->seconds / 3600.0},
        {"longest_task_seconds", e->longest_seconds},
        {"ranks", (double)ranks},
        {"sensible_ranks", (double)e->sensible_ranks},
        {"seconds", gold_estimate_wall(e, ranks)},
        {"memory_per_rank_bytes", e->memory_bytes},
        {"data_bytes", e->data_bytes},
        {"file_bytes", e->file_bytes},
    };
    goldi_text json = {0};

    goldi_json_open(&json, NULL, '{');
    goldi_json_text(&json, "study", study->name);
    goldi_json_axes(&json, study);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        goldi_json_number(&json, members[i].name, members[i].number);
    }
    goldi_json_open(&json, "parameters", '[');
    goldi_json_number(&json, NULL, e->least_parameters);
    goldi_json_number(&json, NULL, e->most_parameters);
    goldi_json_close(&json, ']');
    if (args->pilot != NULL) {
        p->json = &json;
        GOLD_GOTO(add_needs(args, study, e, p));
    }
    goldi_json_close(&json, '}');
    goldi_text_add(&json, "\n");
    GOLD_GOTO(goldi_print_whole(stdout, &json));

done:
    goldi_text_fini(&json);
    return status;
}

/* Options that belong together. */
static gold_status read_wish(const gold_args *args, goldi_wish *wish)
{
    if ((args->pilot == NULL) != (args->width == NULL) ||
        (args->pilot == NULL && args->of != NULL)) {
        return gold_fail(GOLD_ERR_USAGE,
                         "--pilot FILE and --width W go together, as in "
                         "--pilot results/pilot.h5 --width 5%% --of low");
    }
    return args->pilot == NULL
               ? GOLD_OK
               : goldi_wish_read(args->of != NULL ? args->of : "low",
                                 args->width, wish);
}

gold_status gold_cmd_plan(const gold_args *args)
{
    gold_status status = GOLD_OK;
    gold_local local = {0};
    gold_estimate estimate;
    pilot p = {.most = (double)NAN};

    GOLD_GOTO(read_wish(args, &p.wish));
    GOLD_GOTO(gold_local_open(&local, args->operands[0], args->overrides));
    GOLD_GOTO(gold_estimate_study(&local, &estimate));
    const size_t ranks =
        args->ranks > 0 ? (size_t)args->ranks : estimate.sensible_ranks;

    if (args->pilot != NULL) { /* what is wrong with it is said before all */
        GOLD_GOTO(goldi_needs_each(args->pilot, NULL, local.study, &p.wish,
                                   tell_nobody, NULL));
    }
    if (args->is_json) {
        GOLD_GOTO(print_json(args, local.study, &estimate, ranks, &p));
    } else {
        print_text(local.study, &estimate, ranks);
        if (args->pilot != NULL) {
            GOLD_GOTO(print_needs(args, local.study, &estimate, &p));
        }
    }

done:
    gold_local_close(&local);
    return status;
}
