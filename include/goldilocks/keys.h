/* SPDX-License-Identifier: MIT */
/**
 * @file keys.h
 * What the keys of a study are, for people and for editors: all of it from the
 * one table that reads studies. Texts are the caller's, for gold_free.
 */
#ifndef GOLDILOCKS_KEYS_H
#define GOLDILOCKS_KEYS_H

#include <stddef.h>

#include "goldilocks/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gold_keys_format {
    GOLD_KEYS_TEXT,   /* for terminals */
    GOLD_KEYS_JSON,   /* for programs */
    GOLD_KEYS_SCHEMA, /* for editors: the JSON Schema of studies, draft 7 */
    GOLD_KEYS_MARKDOWN,
    GOLD_KEYS_MANUAL, /* the source of goldilocks-study(5) */
    GOLD_KEYS_NAMES   /* one a line */
} gold_keys_format;

/**
 * Describe keys.
 *
 * @param names  which ones, as "depth", "network.depth", "network", or as an
 *               axis, "data_scale", or a word of keys, "sharpness"; of a schema
 *               they are not looked at. None: all keys.
 * @param[out] text  owned by the caller, for gold_free.
 * @retval GOLD_ERR_USAGE  there is no such key: the message has the nearest.
 */
GOLD_CHECKED gold_status gold_keys_describe(gold_keys_format format,
                                            const char *const *names, size_t n,
                                            char **text);

/**
 * A study to begin with: what each of its keys means, and in comments the keys
 * that it leaves to their defaults.
 *
 * @param kind  "mlp", "cnn" or "layers".
 * @param[out] yaml  owned by the caller, for gold_free.
 * @retval GOLD_ERR_USAGE  there is no template of that kind.
 */
GOLD_CHECKED gold_status gold_keys_template(const char *kind, char **yaml);

#ifdef __cplusplus
}
#endif
#endif
