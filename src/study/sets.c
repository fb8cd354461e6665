/* SPDX-License-Identifier: MIT */
/* The rows of data_sets.h: their words, and what is known of each. */
#include "goldilocks/task.h"

#include "study/words.h"

const goldi_word goldi_data_sets[] = {
#define GOLD_DATA_SET_WORD(id, name, means, ...)                               \
    {(name), GOLD_DATA_##id, (means)},
    GOLD_DATA_SET_LIST(GOLD_DATA_SET_WORD)
#undef GOLD_DATA_SET_WORD
        {NULL, 0, NULL},
};

static const gold_set_about sets[] = {
#define GOLD_DATA_SET_ABOUT(id, name, means, ...) {__VA_ARGS__},
    GOLD_DATA_SET_LIST(GOLD_DATA_SET_ABOUT)
#undef GOLD_DATA_SET_ABOUT
};

const gold_set_about *gold_set_of(gold_data_set set)
{
    return &sets[set];
}

bool goldi_suits(const goldi_key *key, gold_data_set set)
{
    switch (key->domain) {
    case GOLDI_OF_FILES:
        return gold_set_of(set)->files != NULL;
    case GOLDI_OF_BUILT_IN:
        return gold_set_of(set)->files == NULL;
    case GOLDI_OF_SETS:
        return (key->sets >> set & 1U) != 0;
    default:
        return true;
    }
}

bool gold_data_is_known(const gold_data_block *data)
{
    return !gold_set_of(data->set)->is_own ||
           (data->n_shape > 0 && data->classes > 0);
}

bool gold_data_has_targets(const gold_data_block *data)
{
    return gold_set_of(data->set)->has_targets || data->outputs > 0;
}

static gold_data_shape shape_of_own(const gold_data_block *data)
{
    const size_t first = (size_t)data->shape[0];
    const size_t height = (size_t)data->shape[1];
    const size_t width = (size_t)data->shape[2];
    gold_data_shape shape = {.n_features = first,
                             .n_classes = (size_t)data->classes};

    if (data->n_shape == 3) {
        shape.image = (gold_shape){first, height, width};
        shape.n_features = first * height * width;
    }
    return shape;
}

gold_data_shape gold_data_shape_of(const gold_data_block *data)
{
    const gold_set_about *about = gold_set_of(data->set);
    const gold_shape image = about->image;
    const bool is_made = about->files == NULL;

    const size_t drawn =
        about->n_classes > 0 ? about->n_features : (size_t)data->features;

    if (about->is_own) {
        return shape_of_own(data);
    }
    return (gold_data_shape){
        .n_features =
            is_made ? drawn : image.channels * image.height * image.width,
        .n_classes =
            about->n_classes > 0 ? about->n_classes : (size_t)data->classes,
        .image = image};
}
