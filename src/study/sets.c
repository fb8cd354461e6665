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

gold_data_shape gold_data_shape_of(const gold_data_block *data)
{
    const gold_set_about *about = gold_set_of(data->set);
    const gold_shape image = about->image;
    const bool is_made = about->files == NULL;

    const size_t drawn =
        about->n_classes > 0 ? about->n_features : (size_t)data->features;

    return (gold_data_shape){
        .n_features =
            is_made ? drawn : image.channels * image.height * image.width,
        .n_classes =
            about->n_classes > 0 ? about->n_classes : (size_t)data->classes,
        .image = image};
}
