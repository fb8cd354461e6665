/* SPDX-License-Identifier: MIT */
#include "app/rounds.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/sched.h"

#include "app/commands.h"
#include "app/print.h"
#include "app/share.h"
#include "app/target.h"
#include "app/wish.h"
#include "base/errand.h"

static const double level = 0.05;
static const uint64_t usual_most = 1000;

/* What is asked for, and how far it is; on rank 0, but for the seeds. */
typedef struct rounds {
    const gold_args *args;
    char path[4096];
    bool is_test; /* a zone is wanted, not a width */
    goldi_wish wish;
    int64_t first_seed;
    uint64_t n_first; /* seeds of the study, */
    uint64_t most;
    uint64_t n;      /* and of the round that is under way; 0: there is none */
    double width;    /* the largest; NaN: some network has none */
    double seeds;    /* the most that are needed; the same */
    size_t n_places; /* on the line, and so many that may do, where seeds */
    size_t places;   /* do not */
    bool is_beyond;  /* no number of seeds does, for some network */
    double p;        /* the largest */
} rounds;

/* ----------------------------------------------------------------- beginning
 */

static gold_status read_until(rounds *r)
{
    const char *text = r->args->until;
    const char *colon = strchr(text, ':');
    char name[16] = "";

    r->is_test = strcmp(text, "zone") == 0;
    if (r->is_test) {
        return goldi_wish_read("low", "100%", &r->wish);
    }
    if (colon == NULL || (size_t)(colon - text) >= sizeof name) {
        return gold_fail(GOLD_ERR_USAGE,
                         "--until wants what is to be how narrow, as low:5%%, "
                         "or zone, not '%.60s'",
                         text);
    }
    memcpy(name, text, (size_t)(colon - text));
    return goldi_wish_read(name, colon + 1, &r->wish);
}

/* The seeds of a study, in a row; NULL: they are not. */
static const gold_axis *row_of(const gold_study *study)
{
    const gold_axis *axis = NULL;

    for (size_t a = 0; a < study->n_axes; a++) {
        if (strcmp(study->axes[a].name, "seed") == 0) {
            axis = &study->axes[a];
        }
    }
    for (size_t i = 1; axis != NULL && i < axis->count; i++) {
        if (axis->keys[0].integers[i] !=
            axis->keys[0].integers[0] + (int64_t)i) {
            axis = NULL;
        }
    }
    return axis;
}

/* Take the round that a file is in, if there is one. Whether it is of the study
 * the run itself finds out. */
static void take_file(rounds *r)
{
    gold_archive *archive = NULL;

    if (gold_archive_open(r->path, &archive) == GOLD_OK) {
        const gold_axis *row = row_of(gold_archive_study(archive));

        if (row != NULL && row->keys[0].integers[0] == r->first_seed &&
            row->count > r->n) {
            r->n = row->count;
        }
    } else {
        gold_fail_clear();
    }
    gold_archive_close(&archive);
}

/* Does --at hold the very axis that grows? */
static bool holds_seed(const char *at)
{
    return at != NULL &&
           (strncmp(at, "seed=", 5) == 0 || strstr(at, ",seed=") != NULL);
}

static gold_status begin(rounds *r)
{
    gold_status status = GOLD_OK;
    gold_study *study = NULL;
    const gold_axis *row = NULL;

    GOLD_GOTO(read_until(r));
    GOLD_GOTO(gold_load_study(r->args->operands[0], r->args->overrides, true,
                              &study));
    row = row_of(study);
    if (row == NULL || r->args->n_shards > 0) {
        status = gold_fail(GOLD_ERR_CONFIG,
                           "--until adds seeds: the grid needs an axis of them "
                           "that it can go on with, as 'seed: {count: 10}', "
                           "and no --shard");
        goto done;
    }
    if (holds_seed(r->args->at)) {
        status = gold_fail(GOLD_ERR_USAGE,
                           "--at names networks: of one seed alone nothing is "
                           "known how far another lies");
        goto done;
    }
    GOLD_GOTO(goldi_check_line(study, r->args->at));
    GOLD_GOTO(gold_target_choose(r->args, study, r->path, sizeof r->path));
    r->first_seed = row->keys[0].integers[0];
    r->n_first = r->n = row->count;
    if (!r->args->is_overwrite) {
        take_file(r);
    }
    r->most = r->args->most > 0 ? r->args->most : usual_most;
    if (r->n > r->most) {
        status = gold_fail(GOLD_ERR_USAGE,
                           "there are %" PRIu64 " seeds to begin with, more "
                           "than the most, %" PRIu64,
                           r->n, r->most);
    }

done:
    gold_study_destroy(&study);
    return status;
}

/* -------------------------------------------------------------------- looks */

/* What may be spent up to so many seeds. */
static double spent(double n, double most)
{
    return level * log1p(expm1(1.0) * fmin(n / most, 1.0));
}

static double step_of(double first)
{
    return fmax(floor(first / 2.0), 1.0);
}

double goldi_rounds_alpha(double n, double first, double most)
{
    const double steps = ceil((n - first) / step_of(first));
    const double before =
        n > first ? first + (steps - 1.0) * step_of(first) : 0.0;

    return spent(n, most) - spent(before, most);
}

static double larger(double a, double b)
{
    return isnan(a) || isnan(b) ? (double)NAN : fmax(a, b);
}

static void tell(void *context, const goldi_sheet *sheet,
                 const goldi_need *need)
{
    rounds *r = context;

    r->width = larger(r->width, need->width);
    r->seeds = larger(r->seeds, need->seeds);
    r->p = larger(r->p, sheet->claim.rise.p_value);
    if (isinf(need->seeds)) {
        r->is_beyond = true;
        r->n_places = need->n_places;
        r->places = need->places > r->places ? need->places : r->places;
    }
}

static bool is_enough(const rounds *r)
{
    return r->is_test
               ? r->p <= goldi_rounds_alpha((double)r->n, (double)r->n_first,
                                            (double)r->most)
               : r->width <= r->wish.width;
}

/* Do more seeds not help, as `plan --pilot` would say? */
static bool is_hopeless(const rounds *r)
{
    return !r->is_test && r->is_beyond && !is_enough(r);
}

/* Seeds of the next round: those that are needed, but at least a tenth more and
 * at most twice as many. */
static uint64_t next_of(const rounds *r)
{
    const double n = (double)r->n;
    const double least = n + fmax(floor(n / 10.0), 1.0);
    double next = 2.0 * n;

    if (is_enough(r) || is_hopeless(r) || r->n >= r->most) {
        return 0;
    }
    if (r->is_test) {
        next = n + step_of((double)r->n_first);
    } else if (isfinite(r->seeds)) {
        next = fmin(fmax(r->seeds, least), next);
    }
    return (uint64_t)fmin(next, (double)r->most);
}

static void say(FILE *out, const rounds *r, uint64_t next)
{
    char found[96] = "no interval yet";

    if (r->is_test) {
        (void)snprintf(found, sizeof found,
                       "p = %.2g of a zone, up to %.2g is "
                       "enough",
                       r->p,
                       goldi_rounds_alpha((double)r->n, (double)r->n_first,
                                          (double)r->most));
    } else if (isfinite(r->width)) {
        (void)snprintf(found, sizeof found,
                       "%s within %.3g %%, %.3g %% are wanted",
                       goldi_told_name(r->wish.of), 100.0 * r->width,
                       100.0 * r->wish.width);
    }
    gold_say(
        out, "%s: %s, %s: ", r->path,
        gold_print_counted((double)r->n, "seed", (char[GOLD_PRINT_BYTES]){""}),
        found);
    if (next > 0) {
        gold_say(out, "going on to %" PRIu64 "\n", next);
    } else if (is_hopeless(r)) {
        gold_say(out, "no more, as no number of seeds does");
        if (r->places > 0) {
            gold_say(out,
                     ": the grid limits, and %zu places between the same ends "
                     "in place of %zu may do",
                     r->places, r->n_places);
        }
        gold_say(out, "\n");
    } else {
        gold_say(out, "%s\n",
                 is_enough(r) ? "enough" : "no more, as --most says");
    }
}

/* Look at the file, all of whose seeds are done. */
static gold_status look(rounds *r)
{
    uint64_t next = 0;

    r->width = r->seeds = r->p = 0.0;
    r->is_beyond = false;
    r->places = 0;
    GOLD_TRY(goldi_needs_each(r->path, r->args->at, NULL, &r->wish, tell, r));
    if (r->is_test && isnan(r->p)) {
        return gold_fail(
            GOLD_ERR_CONFIG,
            "%s: no number of seeds tells whether this has a zone: "
            "the line of radii has too few, or none that is done",
            r->path);
    }
    next = next_of(r);
    if (!r->args->is_quiet) {
        say(stdout, r, next);
    } else if (next == 0 && !is_enough(r)) {
        say(stderr, r, next); /* it is not what was asked for */
    }
    r->n = next;
    return GOLD_OK;
}

/* ------------------------------------------------------------------- rounds */

static gold_status run_round(const rounds *r, bool is_first)
{
    gold_status status = GOLD_OK;
    gold_args args = *r->args;
    goldi_text overrides = {0};

    args.is_overwrite = args.is_overwrite && is_first;
    args.is_extend = !args.is_overwrite;
    goldi_text_add(&overrides, "%s%sgrid.seed={from: %lld, count: %llu}",
                   r->args->overrides,
                   r->args->overrides[0] != '\0' ? "\n" : "",
                   (long long)r->first_seed, (unsigned long long)r->n);
    GOLD_GOTO(gold_agree(MPI_COMM_WORLD, overrides.status));
    args.overrides = overrides.data;
    status = goldi_run_once(&args);

done:
    goldi_text_fini(&overrides);
    return status;
}

static gold_status run_rounds(rounds *r)
{
    gold_status ran = GOLD_OK;
    int rank = 0;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    GOLD_TRY(gold_agree(MPI_COMM_WORLD, rank == 0 ? begin(r) : GOLD_OK));
    MPI_Bcast(&r->first_seed, 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
    for (bool is_first = true;; is_first = false) {
        MPI_Bcast(&r->n, 1, MPI_UINT64_T, 0, MPI_COMM_WORLD);
        if (r->n == 0) {
            return ran;
        }
        ran = run_round(r, is_first);
        if (ran != GOLD_OK && ran != GOLD_ERR_TASKS) {
            return ran;
        }
        GOLD_TRY(gold_agree(MPI_COMM_WORLD, rank == 0 ? look(r) : GOLD_OK));
    }
}

gold_status gold_cmd_run(const gold_args *args)
{
    rounds r = {.args = args};

    if (args->until == NULL && (args->most > 0 || args->at != NULL)) {
        return gold_agree(
            MPI_COMM_WORLD,
            gold_fail(GOLD_ERR_USAGE, "--most and --at are of --until"));
    }
    if (args->until == NULL) {
        return goldi_run_once(args);
    }
    const gold_status status = run_rounds(&r);

    gold_errand_end(); /* each round had files to examine */
    return status;
}
