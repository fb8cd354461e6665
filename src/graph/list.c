/* SPDX-License-Identifier: MIT */
/* Lists of operations: their names, keys and places. The tables of both
 * precisions say the same of them: this takes those of double. */
#include "graph/list.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "graph/op.h"
#include "graph/phi.h"

static const gold_op_key repeat_keys[] = {
    {.name = "times",
     .offset = offsetof(gold_op_settings, times),
     .high = 1000,
     .is_needed = true},
    {0},
};
static const gold_op_key no_keys[] = {{0}};

/* Entries that are lists. */
static const struct {
    const char *name;
    const gold_op_key *keys;
} blocks[] = {
    [GOLD_BLOCK_REPEAT] = {"repeat", repeat_keys},
    [GOLD_BLOCK_RESIDUAL] = {"residual", no_keys},
};

enum {
    N_BLOCKS = sizeof blocks / sizeof *blocks
};

size_t goldi_op_kind(const gold_op *op)
{
    size_t kind = 0;

    while (FN(ops)[kind] != op) {
        kind++;
    }
    return kind;
}

const char *gold_operation_name(size_t i)
{
    if (i < gold_n_phis) {
        return gold_phis[i].name;
    }
    i -= gold_n_phis;
    for (const gold_op *const *op = FN(ops); *op != NULL; op++) {
        if ((*op)->name != NULL && i-- == 0) {
            return (*op)->name;
        }
    }
    return NULL;
}

const gold_op_key *gold_operation_keys(const gold_operation *operation)
{
    const gold_op_key *keys = operation->block != GOLD_BLOCK_NONE
                                  ? blocks[operation->block].keys
                                  : FN(ops)[operation->kind]->keys;

    return keys == NULL ? no_keys : keys;
}

static void set_fallbacks(gold_operation *operation)
{
    for (const gold_op_key *key = gold_operation_keys(operation);
         key->name != NULL; key++) {
        char *at = (char *)&operation->set + key->offset;

        if (key->is_real) {
            memcpy(at, &(double){1e-5}, sizeof(double));
        } else {
            memcpy(at, &key->fallback, sizeof key->fallback);
        }
    }
}

static bool find_block(const char *name, gold_operation *operation)
{
    *operation = (gold_operation){.kind = goldi_op_kind(&FN(op_add))};
    for (int b = GOLD_BLOCK_REPEAT; b < N_BLOCKS; b++) {
        if (strcmp(blocks[b].name, name) == 0) {
            operation->block = (gold_block)b;
            return true;
        }
    }
    return false;
}

bool gold_find_operation(const char *name, gold_operation *operation)
{
    *operation = (gold_operation){.kind = goldi_op_kind(&FN(op_activation))};
    for (size_t i = 0; i < gold_n_phis; i++) {
        if (strcmp(gold_phis[i].name, name) == 0) {
            operation->set.phi = i;
            return true;
        }
    }
    for (operation->kind = 0; FN(ops)[operation->kind] != NULL;
         operation->kind++) {
        const char *own = FN(ops)[operation->kind]->name;

        if (own != NULL && strcmp(own, name) == 0) {
            set_fallbacks(operation);
            return true;
        }
    }
    return find_block(name, operation);
}

const char *gold_node_name(const gold_node *node)
{
    const gold_op *op = FN(ops)[node->kind];

    return op == &FN(op_activation) ? gold_phis[node->set.phi].name : op->name;
}

const char *gold_entry_name(const gold_operation *entry)
{
    return entry->block != GOLD_BLOCK_NONE
               ? blocks[entry->block].name
               : gold_node_name(
                     &(gold_node){.kind = entry->kind, .set = entry->set});
}

size_t gold_operation_span(const gold_operation *operation)
{
    return 1 + operation->n_of + operation->n_shortcut;
}

const char *gold_operation_path(const gold_operations *list, size_t entry,
                                char path[GOLD_PATH_BYTES])
{
    size_t first = 0; /* of the list that entry is in */
    int used = snprintf(path, GOLD_PATH_BYTES, "network.layers");

    while (used < GOLD_PATH_BYTES - 1) {
        const gold_operation *e = list->entries;
        size_t at = first;
        size_t i = 0;

        for (; at + gold_operation_span(&e[at]) <= entry; i++) {
            at += gold_operation_span(&e[at]);
        }
        const bool is_of = entry <= at + e[at].n_of;
        const char *within = e[at].block == GOLD_BLOCK_REPEAT ? ".repeat.of"
                             : is_of                          ? ".residual"
                                                              : ".shortcut";

        used += snprintf(path + used, (size_t)(GOLD_PATH_BYTES - used),
                         "[%zu]%s", i, at == entry ? "" : within);
        if (at == entry) {
            break;
        }
        first = at + 1 + (is_of ? 0 : e[at].n_of);
    }
    return path;
}

size_t goldi_resolved(size_t size, const gold_graph_words *words)
{
    switch (size) {
    case GOLD_SIZE_OF_CLASSES:
        return words->classes;
    case GOLD_SIZE_OF_WIDTH:
        return words->width;
    case GOLD_SIZE_OF_BIAS:
        return words->bias ? 1 : 0;
    case GOLD_SIZE_OF_DEPTH:
        return words->depth;
    case GOLD_SIZE_OF_CHANNELS:
        return words->channels;
    default:
        return size;
    }
}

/* Sum of `of` over the operations that entries [from, to) stand for. */
static double sum_of(const gold_operations *list, size_t from, size_t to,
                     const gold_graph_words *words,
                     double (*of)(const gold_operation *entry))
{
    double sum = 0.0;

    for (size_t e = from; e < to;) {
        const gold_operation *entry = &list->entries[e];
        const size_t next = e + gold_operation_span(entry);
        const double within = sum_of(list, e + 1, next, words, of);

        sum += entry->block == GOLD_BLOCK_REPEAT
                   ? within * (double)goldi_resolved(entry->set.times, words)
                   : within + of(entry);
        e = next;
    }
    return sum;
}

static double one(const gold_operation *entry)
{
    (void)entry;
    return 1.0;
}

double goldi_operations_of(const gold_operations *list, size_t from, size_t to,
                           const gold_graph_words *words)
{
    return sum_of(list, from, to, words, one);
}

static double has_parameters(const gold_operation *entry)
{
    return FN(ops)[entry->kind]->product != NULL || entry->set.affine == 1
               ? 1.0
               : 0.0;
}

size_t gold_operations_length(const gold_operations *list,
                              const gold_graph_words *words)
{
    return (size_t)fmin(sum_of(list, 0, list->n, words, has_parameters),
                        GOLD_MOST_OPERATIONS);
}
