/* SPDX-License-Identifier: MIT */
#include "train/state.h"

#include <string.h>

/* Raised whenever what the bytes mean changes. */
enum {
    VERSION = 6
};

static const char state_magic[8] = "GOLDTRN";

/* What the bytes begin with; then the vectors, the log entries, their numbers
 * and what the visitor has found. Fields of eight bytes, so there are no gaps.
 */
typedef struct head {
    char magic[sizeof state_magic];
    uint64_t version;
    uint64_t bytes; /* of all */
    uint64_t real_bytes;
    uint64_t entry_bytes;
    uint64_t n_found;
    uint64_t lengths[GOLD_STATE_VECTORS];
    uint64_t n_steps;
    gold_past past;
    uint64_t step;
    uint64_t optimizer_step;
    uint64_t n_logged;
    uint64_t since_lowest;
    double lowest_loss;
    double flops;
} head;

/* Of a logged step. */
static size_t entry_bytes(const gold_train_state *state)
{
    return sizeof *state->log +
           state->plan->n_numbers * sizeof *state->plan->numbers;
}

static size_t found_bytes(const gold_train_state *state)
{
    return state->plan->n_found * sizeof *state->plan->found;
}

static size_t bytes_with(const gold_train_state *state, size_t n_logged)
{
    size_t bytes =
        sizeof(head) + n_logged * entry_bytes(state) + found_bytes(state);

    for (size_t i = 0; i < GOLD_STATE_VECTORS; i++) {
        bytes += state->vectors[i].n * sizeof(real);
    }
    return bytes;
}

size_t FN(state_room)(const gold_train_state *state)
{
    return bytes_with(state, state->plan->n_log);
}

/* Of the numbers of all logged steps. */
static size_t numbers_bytes(const gold_train_state *state)
{
    return (size_t)state->n_logged * state->plan->n_numbers *
           sizeof *state->plan->numbers;
}

static head head_of(const gold_train_state *state)
{
    head made = {
        .version = VERSION,
        .bytes = bytes_with(state, state->n_logged),
        .real_bytes = sizeof(real),
        .entry_bytes = entry_bytes(state),
        .n_found = state->plan->n_found,
        .n_steps = state->plan->n_steps,
        .past = state->plan->past,
        .step = state->step,
        .optimizer_step = state->optimizer_step,
        .n_logged = state->n_logged,
        .since_lowest = state->since_lowest,
        .lowest_loss = state->lowest_loss,
        .flops = state->flops,
    };

    memcpy(made.magic, state_magic, sizeof state_magic);
    for (size_t i = 0; i < GOLD_STATE_VECTORS; i++) {
        made.lengths[i] = state->vectors[i].n;
    }
    return made;
}

/* Append to the bytes at `at`; returns what comes after. */
static char *append(char *at, const void *what, size_t bytes)
{
    if (bytes > 0) {
        memcpy(at, what, bytes);
    }
    return at + bytes;
}

size_t FN(state_save)(const gold_train_state *state, void *bytes)
{
    const head made = head_of(state);
    char *at = append(bytes, &made, sizeof made);

    for (size_t i = 0; i < GOLD_STATE_VECTORS; i++) {
        at = append(at, state->vectors[i].numbers,
                    state->vectors[i].n * sizeof(real));
    }
    at = append(at, state->log, state->n_logged * sizeof *state->log);
    at = append(at, state->plan->numbers, numbers_bytes(state));
    (void)append(at, state->plan->found, found_bytes(state));
    return (size_t)made.bytes;
}

/* Entries of the log that come before step s of the phase. */
static size_t logged_before(const gold_training *plan, uint64_t s)
{
    size_t n = 0;

    while (n < plan->n_log && plan->log_steps[n] < plan->past.steps + s) {
        n++;
    }
    return n;
}

/* Is it the beginning of `n` bytes that belong to such a state? */
static bool belongs(const gold_train_state *state, const head *found, size_t n)
{
    gold_train_state like = *state;

    if (memcmp(found->magic, state_magic, sizeof state_magic) != 0 ||
        found->version != VERSION || found->bytes != n ||
        found->step > state->plan->n_steps ||
        found->n_logged != logged_before(state->plan, found->step)) {
        return false;
    }
    like.n_logged = found->n_logged;
    const head expected = head_of(&like);

    return found->bytes == expected.bytes &&
           found->real_bytes == expected.real_bytes &&
           found->entry_bytes == expected.entry_bytes &&
           found->n_found == expected.n_found &&
           found->n_steps == expected.n_steps &&
           found->past.phase == expected.past.phase &&
           found->past.steps == expected.past.steps &&
           found->past.n_logged == expected.past.n_logged &&
           memcmp(found->lengths, expected.lengths, sizeof found->lengths) == 0;
}

/* Take from the bytes at `at`; returns what comes after. */
static const char *take(const char *at, void *what, size_t bytes)
{
    if (bytes > 0) {
        memcpy(what, at, bytes);
    }
    return at + bytes;
}

bool FN(state_past)(const void *bytes, size_t n_bytes, size_t n,
                    size_t n_phases, gold_past *past, real *start)
{
    head found = {.version = 0};
    size_t skipped = 0;

    if (bytes != NULL && n_bytes >= sizeof found) {
        (void)take(bytes, &found, sizeof found);
    }
    for (size_t i = 0; i + 1 < GOLD_STATE_VECTORS; i++) {
        skipped += (size_t)found.lengths[i] * sizeof(real);
    }
    if (memcmp(found.magic, state_magic, sizeof state_magic) != 0 ||
        found.version != VERSION || found.bytes != n_bytes ||
        found.real_bytes != sizeof(real) || found.past.phase == 0 ||
        found.past.phase >= n_phases || found.lengths[0] != n ||
        found.lengths[GOLD_STATE_VECTORS - 1] != n ||
        skipped + n * sizeof(real) > n_bytes - sizeof found) {
        return false;
    }
    *past = found.past;
    (void)take((const char *)bytes + sizeof found + skipped, start,
               n * sizeof(real));
    return true;
}

bool FN(state_restore)(gold_train_state *state, const void *bytes, size_t n)
{
    head found;

    if (n < sizeof found) {
        return false;
    }
    const char *at = take(bytes, &found, sizeof found);

    if (!belongs(state, &found, n)) {
        return false;
    }
    state->step = found.step;
    state->optimizer_step = found.optimizer_step;
    state->n_logged = found.n_logged;
    state->since_lowest = found.since_lowest;
    state->lowest_loss = found.lowest_loss;
    state->flops = found.flops;
    for (size_t i = 0; i < GOLD_STATE_VECTORS; i++) {
        at = take(at, state->vectors[i].numbers,
                  state->vectors[i].n * sizeof(real));
    }
    at = take(at, state->log, state->n_logged * sizeof *state->log);
    at = take(at, state->plan->numbers, numbers_bytes(state));
    (void)take(at, state->plan->found, found_bytes(state));
    return true;
}
