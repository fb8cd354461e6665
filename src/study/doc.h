/* SPDX-License-Identifier: MIT */
/**
 * @file doc.h
 * A YAML document as a tree in which every node knows where it stands.
 *
 * Hostile text costs bounded time and memory: there are limits on bytes,
 * depth, nodes after aliases are expanded, anchors, and keys of one mapping.
 */
#ifndef GOLD_STUDY_DOC_H
#define GOLD_STUDY_DOC_H

#include "study/report.h"

enum {
    GOLDI_MAX_BYTES = 4 << 20,
    GOLDI_MAX_DEPTH = 64,
    GOLDI_MAX_NODES = 200000,
    GOLDI_MAX_ANCHORS = 1000,
    GOLDI_MAX_KEYS = 1000
};

typedef enum goldi_node_kind {
    GOLDI_SCALAR,
    GOLDI_LIST,
    GOLDI_MAP
} goldi_node_kind;

/** A node; in the report's pool. A mapping's children are its keys, scalars
 * all, each with its value. */
typedef struct goldi_node {
    goldi_node_kind kind;
    bool is_plain; /* a scalar without quotes: may be a number */
    bool is_open;  /* being built: an alias to it would loop */
    goldi_place place;
    const char *text; /* of a scalar, with a zero behind it; else "" */
    size_t length;
    size_t n_children;
    struct goldi_node *first;
    struct goldi_node *last;
    struct goldi_node *next;  /* sibling */
    struct goldi_node *value; /* of a key */
} goldi_node;

/**
 * Parse a piece of text that holds one document.
 *
 * @param origin  where the text stands in its source: line and column of its
 *                first character.
 * @return the root; NULL after a complaint or a refused allocation.
 */
goldi_node *goldi_doc_parse(goldi_report *report, goldi_place origin,
                            const char *text, size_t n_bytes);

/** Go through the entries of a list, or the keys of a mapping. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a name that is declared */
#define GOLDI_EACH(item, node)                                                 \
    for (const goldi_node *item = (node)->first; (item) != NULL;               \
         (item) = (item)->next)
/* NOLINTEND(bugprone-macro-parentheses) */

/** A new node; NULL when refused. */
goldi_node *goldi_node_create(goldi_report *report, goldi_node_kind kind,
                              goldi_place place);

/** Put a child at the end. */
void goldi_node_add(goldi_node *parent, goldi_node *child);

/** The key of a mapping with this name; NULL when it has none, or is none. */
goldi_node *goldi_node_key(const goldi_node *map, const char *name);

/** True when the scalar's text is `word`. */
bool goldi_node_is(const goldi_node *node, const char *word);

typedef enum goldi_scalar_type {
    GOLDI_IS_NULL,
    GOLDI_IS_BOOL,
    GOLDI_IS_INTEGER,
    GOLDI_IS_REAL,
    GOLDI_IS_TEXT
} goldi_scalar_type;

/** A scalar by the rules of YAML 1.2's core schema. Integers that do not fit
 * 64 bits are reals. */
typedef struct goldi_scalar {
    goldi_scalar_type type;
    bool boolean;
    int64_t integer;
    double real; /* also of integers */
} goldi_scalar;

goldi_scalar goldi_scalar_of(const goldi_node *node);

/** The number of bytes that "2 GiB" or "500 MB" says; false when it says none.
 */
bool goldi_size_of(const goldi_node *node, double *bytes);

#endif
