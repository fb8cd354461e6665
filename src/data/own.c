/* SPDX-License-Identifier: MIT */
#include "data/own.h"

#include <inttypes.h>
#include <math.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "base/json.h"
#include "base/text.h"

/* ------------------------------------------------------------- what it says */

static size_t n_values(const goldi_samples *found)
{
    return found->n_outputs > 0 ? found->n_outputs : found->n_classes;
}

/* Outputs of a network, if a study says so. */
static uint64_t n_said(const gold_data_block *data)
{
    return data->outputs > 0 ? data->outputs : data->classes;
}

static gold_status look(const gold_data_block *data, goldi_samples *found)
{
    if (data->path == NULL || data->path[0] == '\0') {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.path is not given: set file needs the HDF5 file "
                         "of your samples; %s",
                         gold_set_of(data->set)->source);
    }
    return goldi_samples_look(data->path, found);
}

/* Begin a line. */
static void add_key(goldi_text *out, const char *key)
{
    goldi_text_add(out, "%sdata.%s=", out->length > 0 ? "\n" : "", key);
}

/* Append what a study has not said itself. */
static void add_facts(goldi_text *out, const gold_data_block *data,
                      const goldi_samples *found)
{
    const size_t *image = found->image;

    if (data->n_shape == 0 && image[0] > 0) {
        add_key(out, "shape");
        goldi_text_add(out, "[%zu, %zu, %zu]", image[0], image[1], image[2]);
    } else if (data->n_shape == 0) {
        add_key(out, "shape");
        goldi_text_add(out, "[%zu]", found->n_features);
    }
    if (n_said(data) == 0) {
        add_key(out, found->n_outputs > 0 ? "outputs" : "classes");
        goldi_text_add(out, "%zu", n_values(found));
    }
    if (found->name[0] != '\0' && data->name == NULL) {
        add_key(out, "name");
        goldi_json_quote(out, found->name);
    }
}

gold_status gold_dataset_facts(const gold_study *study, char **overrides)
{
    goldi_samples found = {.group = ""};
    goldi_text text = {0};

    if (!gold_data_is_known(&study->data)) {
        GOLD_TRY(look(&study->data, &found));
        add_facts(&text, &study->data, &found);
    }
    return goldi_text_give(&text, overrides);
}

/* --------------------------------------------------------------------- plan */

static gold_status check_shape(const gold_data_block *data,
                               const goldi_samples *found)
{
    bool is_same = true;

    if (data->n_shape == 1) {
        is_same = found->image[0] == 0 && data->shape[0] == found->n_features;
    }
    for (size_t i = 0; data->n_shape == 3 && i < 3; i++) {
        is_same = is_same && data->shape[i] == found->image[i];
    }
    if (is_same) {
        return GOLD_OK;
    }
    return found->image[0] > 0
               ? gold_fail(GOLD_ERR_CONFIG,
                           "data.shape is not that of the samples of %s, "
                           "[%zu, %zu, %zu]",
                           data->path, found->image[0], found->image[1],
                           found->image[2])
               : gold_fail(GOLD_ERR_CONFIG,
                           "data.shape is not that of the samples of %s, [%zu]",
                           data->path, found->n_features);
}

static gold_status check_values(const gold_data_block *data,
                                const goldi_samples *found)
{
    const bool is_said = n_said(data) > 0;

    if (is_said && (data->outputs > 0) != (found->n_outputs > 0)) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.%s is given, but the samples of %s have %s",
                         data->outputs > 0 ? "outputs" : "classes", data->path,
                         data->outputs > 0 ? "a class" : "values");
    }
    if (data->outputs > 0 && data->outputs != found->n_outputs) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.outputs is %" PRIu64 ", but the targets of %s "
                         "have %zu",
                         data->outputs, data->path, found->n_outputs);
    }
    if (data->outputs == 0 && is_said && data->classes < found->n_classes) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.classes is %" PRIu64 ", but %s has %zu",
                         data->classes, data->path, found->n_classes);
    }
    return GOLD_OK;
}

/* How many of the training samples become test samples. */
static gold_status draw_share(const gold_data_block *data, goldi_own *own)
{
    const size_t n = own->found.n[GOLDI_TRAIN];

    if (!(data->test_share > 0.0)) {
        return GOLD_OK;
    }
    if (own->found.n[GOLDI_TEST] > 0) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.test_share: %s has test samples of its own",
                         own->path);
    }
    own->n_drawn = (size_t)round(data->test_share * (double)n);
    if (own->n_drawn == 0 || own->n_drawn == n) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.test_share: %g of the %zu samples of %s leaves "
                         "none to %s",
                         data->test_share, n, own->path,
                         own->n_drawn == 0 ? "test" : "train on");
    }
    return GOLD_OK;
}

gold_status goldi_own_plan(const gold_data_block *data, gold_dataset_plan *plan)
{
    goldi_own *own = &plan->own;
    const goldi_samples *found = &own->found;

    if (data->normalize == GOLD_NORMALIZE_PUBLISHED) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.normalize: published: nobody published means "
                         "and deviations for your data; choose standard, unit "
                         "or none");
    }
    GOLD_TRY(look(data, &own->found));
    GOLD_TRY(gold_copy_text(data->path, &own->path));
    GOLD_TRY(check_shape(data, found));
    GOLD_TRY(check_values(data, found));
    GOLD_TRY(draw_share(data, own));
    plan->is_bytes = found->is_bytes;
    plan->n_features = found->n_features;
    plan->channels = found->image[0];
    plan->height = found->image[1];
    plan->width = found->image[2];
    plan->data.outputs = found->n_outputs;
    plan->n_classes = data->outputs == 0 && data->classes > n_values(found)
                          ? (size_t)data->classes
                          : n_values(found);
    plan->n_stored[GOLDI_TRAIN] = found->n[GOLDI_TRAIN] - own->n_drawn;
    plan->n_stored[GOLDI_TEST] = found->n[GOLDI_TEST] + own->n_drawn;
    for (size_t i = 0; i < GOLDI_N_HALVES; i++) {
        GOLD_TRY(goldi_choose_count(plan, (goldi_half)i, &plan->n[i]));
    }
    return GOLD_OK;
}

/* --------------------------------------------------------------------- read */

/* Where the training samples of the file go when some of them, drawn whatever
 * a study says, are the other half: `slots` are of those of a half, in the
 * order in which they stand. */
static gold_status spread_slots(const goldi_own *own, goldi_half half,
                                const size_t *slots, size_t **spread)
{
    gold_status status = GOLD_OK;
    const size_t n = own->found.n[GOLDI_TRAIN];
    const gold_stream stream =
        gold_stream_of(0, GOLD_PURPOSE_SUBSET, GOLDI_N_HALVES);
    size_t *order = NULL;
    size_t *made = NULL;
    size_t n_seen = 0;

    GOLD_GOTO(GOLD_ALLOC(n, &order));
    GOLD_GOTO(GOLD_ALLOC(n, &made));
    gold_random_order(stream, n, order);
    for (size_t i = 0; i < own->n_drawn; i++) {
        made[order[i]] = 1;
    }
    for (size_t i = 0; i < n; i++) {
        const bool is_test = made[i] == 1;

        made[i] = SIZE_MAX;
        if (is_test == (half == GOLDI_TEST)) {
            made[i] = slots == NULL ? n_seen : slots[n_seen];
            n_seen++;
        }
    }
    *spread = made;
    made = NULL;

done:
    gold_free(made);
    gold_free(order);
    return status;
}

gold_status goldi_own_get(const gold_dataset_plan *plan, goldi_half half,
                          const size_t *slots, goldi_raw *raw)
{
    gold_status status = GOLD_OK;
    const goldi_own *own = &plan->own;
    const goldi_half from = own->n_drawn > 0 ? GOLDI_TRAIN : half;
    size_t *spread = NULL;
    goldi_samples_room room = {.n = raw->n,
                               .slots = slots,
                               .bytes = raw->bytes,
                               .reals = raw->reals,
                               .labels = raw->labels,
                               .targets = raw->targets};

    if (own->n_drawn > 0) {
        GOLD_GOTO(spread_slots(own, half, slots, &spread));
        room.slots = spread;
    }
    status = goldi_samples_read(own->path, &own->found, (size_t)from, &room);

done:
    gold_free(spread);
    return status;
}
