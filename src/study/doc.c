/* SPDX-License-Identifier: MIT */
#include "study/doc.h"

#include <stdio.h>
#include <string.h>

#include <yaml.h>

#include "base/utf8.h"

typedef struct anchor {
    const char *name;
    goldi_node *node;
} anchor;

typedef struct builder {
    yaml_parser_t parser;
    goldi_report *report;
    goldi_place origin;
    const char *text;
    size_t n_bytes;
    size_t n_nodes;
    size_t n_anchors;
    anchor anchors[GOLDI_MAX_ANCHORS];
} builder;

/* Overrides are one line each: what goes wrong behind its end, goes wrong
 * there. */
static goldi_place place_at(const builder *b, const yaml_mark_t *mark)
{
    const bool is_behind =
        mark->line > 0 && b->origin.source == GOLDI_FROM_OVERRIDES;
    const size_t line = is_behind ? 0 : mark->line;
    const size_t column = is_behind ? b->n_bytes : mark->column;
    goldi_place place = b->origin;

    place.column = column + (line == 0 ? b->origin.column : 0);
    place.line += line;
    place.width = 1;
    return place;
}

/* From the start of an event to its end or the end of its first line. */
static goldi_place place_of(const builder *b, const yaml_event_t *event)
{
    const yaml_mark_t start = event->start_mark;
    const yaml_mark_t end = event->end_mark;
    goldi_place place = place_at(b, &start);

    if (end.line == start.line && end.column > start.column) {
        place.width = end.column - start.column;
    }
    return place;
}

goldi_node *goldi_node_create(goldi_report *report, goldi_node_kind kind,
                              goldi_place place)
{
    goldi_node *node = goldi_report_take(report, sizeof *node);

    if (node != NULL) {
        node->kind = kind;
        node->place = place;
        node->text = "";
    }
    return node;
}

void goldi_node_add(goldi_node *parent, goldi_node *child)
{
    if (parent->last == NULL) {
        parent->first = child;
    } else {
        parent->last->next = child;
    }
    parent->last = child;
    parent->n_children++;
}

goldi_node *goldi_node_key(const goldi_node *map, const char *name)
{
    if (map == NULL || map->kind != GOLDI_MAP) {
        return NULL;
    }
    for (goldi_node *key = map->first; key != NULL; key = key->next) {
        if (goldi_node_is(key, name)) {
            return key;
        }
    }
    return NULL;
}

bool goldi_node_is(const goldi_node *node, const char *word)
{
    return node->kind == GOLDI_SCALAR && strlen(word) == node->length &&
           memcmp(node->text, word, node->length) == 0;
}

/* What libyaml found wrong, in its words. */
static void complain_of_yaml(builder *b)
{
    const yaml_parser_t *parser = &b->parser;
    const goldi_place place = place_at(b, &parser->problem_mark);
    const bool has_context =
        parser->context != NULL && parser->context[0] != '\0';
    const size_t index = parser->problem_mark.index;
    const bool is_tab = parser->error == YAML_SCANNER_ERROR &&
                        index < b->n_bytes && b->text[index] == '\t';

    if (parser->error == YAML_MEMORY_ERROR) {
        b->report->status = gold_fail(GOLD_ERR_MEMORY, "no memory for YAML");
        return;
    }
    goldi_complain(b->report, place, "this is not YAML: %s%s%s%s",
                   parser->problem != NULL ? parser->problem : "unreadable",
                   has_context ? " " : "", has_context ? parser->context : "",
                   is_tab ? "; indent with spaces, not with tabs" : "");
}

static bool next_event(builder *b, yaml_event_t *event)
{
    if (yaml_parser_parse(&b->parser, event) == 0) {
        complain_of_yaml(b);
        return false;
    }
    return true;
}

/* A node counted against the limit; NULL beyond it. */
static goldi_node *counted_node(builder *b, goldi_node_kind kind,
                                goldi_place place)
{
    if (b->n_nodes++ == GOLDI_MAX_NODES) {
        goldi_complain(b->report, place,
                       "more than %d values, aliases counted in full: write "
                       "long axes as ranges",
                       GOLDI_MAX_NODES);
        return NULL;
    }
    return goldi_node_create(b->report, kind, place);
}

static bool is_too_deep(builder *b, size_t depth, goldi_place place)
{
    if (depth <= GOLDI_MAX_DEPTH) {
        return false;
    }
    goldi_complain(b->report, place, "nested more than %d deep",
                   GOLDI_MAX_DEPTH);
    return true;
}

static goldi_node *copy_node(builder *b, const goldi_node *from, size_t depth);

static bool copy_children(builder *b, goldi_node *copy, const goldi_node *from,
                          size_t depth)
{
    GOLDI_EACH(child, from) {
        goldi_node *twin = copy_node(b, child, depth + 1);

        if (twin != NULL && from->kind == GOLDI_MAP) {
            twin->value = copy_node(b, child->value, depth + 1);
        }
        if (twin == NULL || (from->kind == GOLDI_MAP && twin->value == NULL)) {
            return false;
        }
        goldi_node_add(copy, twin);
    }
    return true;
}

/* An alias stands for a copy, so that lists need not share nodes. */
static goldi_node *copy_node(builder *b, const goldi_node *from, size_t depth)
{
    if (is_too_deep(b, depth, from->place)) {
        return NULL;
    }
    goldi_node *copy = counted_node(b, from->kind, from->place);

    if (copy == NULL) {
        return NULL;
    }
    copy->is_plain = from->is_plain;
    copy->text = from->text;
    copy->length = from->length;
    return copy_children(b, copy, from, depth) ? copy : NULL;
}

static bool remember_anchor(builder *b, const yaml_char_t *name,
                            goldi_node *node)
{
    const char *text = (const char *)name;

    if (text == NULL) {
        return true;
    }
    if (b->n_anchors == GOLDI_MAX_ANCHORS) {
        goldi_complain(b->report, node->place, "more than %d anchors",
                       GOLDI_MAX_ANCHORS);
        return false;
    }
    anchor *entry = &b->anchors[b->n_anchors];

    if (b->report->status == GOLD_OK) {
        b->report->status =
            goldi_pool_copy(&b->report->pool, text, strlen(text), &entry->name);
    }
    entry->node = node;
    b->n_anchors += b->report->status == GOLD_OK ? 1 : 0;
    return b->report->status == GOLD_OK;
}

static goldi_node *expand_alias(builder *b, const yaml_event_t *event,
                                size_t depth)
{
    const char *name = (const char *)event->data.alias.anchor;
    const goldi_place place = place_of(b, event);

    for (size_t i = b->n_anchors; i-- > 0;) {
        if (strcmp(b->anchors[i].name, name) != 0) {
            continue;
        }
        if (b->anchors[i].node->is_open) {
            goldi_complain(b->report, place, "alias %s stands inside itself",
                           goldi_quoted(name, strlen(name)).text);
            return NULL;
        }
        return copy_node(b, b->anchors[i].node, depth);
    }
    goldi_complain(b->report, place, "no anchor %s before this alias",
                   goldi_quoted(name, strlen(name)).text);
    return NULL;
}

static goldi_node *build(builder *b, const yaml_event_t *event, size_t depth);

static goldi_node *scalar_node(builder *b, const yaml_event_t *event)
{
    goldi_node *node = counted_node(b, GOLDI_SCALAR, place_of(b, event));
    const char *text = (const char *)event->data.scalar.value;
    const size_t length = event->data.scalar.length;

    if (node == NULL || !remember_anchor(b, event->data.scalar.anchor, node)) {
        return NULL;
    }
    node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->length = length;
    b->report->status =
        goldi_pool_copy(&b->report->pool, text, length, &node->text);
    return b->report->status == GOLD_OK ? node : NULL;
}

/* Build what the next event starts; `*is_end` when it ends the parent. */
static goldi_node *build_next(builder *b, size_t depth, bool *is_end)
{
    yaml_event_t event;
    goldi_node *node = NULL;

    if (!next_event(b, &event)) {
        return NULL;
    }
    *is_end = event.type == YAML_SEQUENCE_END_EVENT ||
              event.type == YAML_MAPPING_END_EVENT;
    if (!*is_end) {
        node = build(b, &event, depth);
    }
    yaml_event_delete(&event);
    return node;
}

static bool fill_list(builder *b, goldi_node *list, size_t depth)
{
    for (;;) {
        bool is_end = false;
        goldi_node *item = build_next(b, depth + 1, &is_end);

        if (is_end) {
            return true;
        }
        if (item == NULL) {
            return false;
        }
        goldi_node_add(list, item);
    }
}

/* Add a key unless it is none or stands there already, which is noted. */
static void add_key(builder *b, goldi_node *map, goldi_node *key)
{
    const goldi_node *twin = NULL;

    if (key->kind != GOLDI_SCALAR) {
        goldi_complain(b->report, key->place, "a key must be a single word");
        return;
    }
    twin = goldi_node_key(map, key->text);
    if (twin != NULL) {
        goldi_complain(b->report, key->place,
                       "%s is given twice: first at line %zu, column %zu",
                       goldi_quoted(key->text, key->length).text,
                       twin->place.line + 1, twin->place.column + 1);
        return;
    }
    goldi_node_add(map, key);
}

static bool fill_map(builder *b, goldi_node *map, size_t depth)
{
    for (;;) {
        bool is_end = false;
        goldi_node *key = build_next(b, depth + 1, &is_end);

        if (is_end) {
            return true;
        }
        if (key == NULL) {
            return false;
        }
        if (map->n_children == GOLDI_MAX_KEYS) {
            goldi_complain(b->report, key->place,
                           "more than %d keys in one "
                           "mapping",
                           GOLDI_MAX_KEYS);
            return false;
        }
        key->value = build_next(b, depth + 1, &is_end);
        if (key->value == NULL) {
            return false;
        }
        add_key(b, map, key);
    }
}

static goldi_node *collection_node(builder *b, const yaml_event_t *event,
                                   size_t depth)
{
    const bool is_list = event->type == YAML_SEQUENCE_START_EVENT;
    const yaml_char_t *name = is_list ? event->data.sequence_start.anchor
                                      : event->data.mapping_start.anchor;
    goldi_place place = place_of(b, event);
    goldi_node *node = NULL;
    bool is_full = false;

    if (is_too_deep(b, depth, place)) {
        return NULL;
    }
    place.width = 1;
    node = counted_node(b, is_list ? GOLDI_LIST : GOLDI_MAP, place);
    if (node == NULL || !remember_anchor(b, name, node)) {
        return NULL;
    }
    node->is_open = true;
    is_full = is_list ? fill_list(b, node, depth) : fill_map(b, node, depth);
    node->is_open = false;
    return is_full ? node : NULL;
}

static bool has_tag(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.tag != NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.tag != NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.tag != NULL;
    default:
        return false;
    }
}

static goldi_node *build(builder *b, const yaml_event_t *event, size_t depth)
{
    if (has_tag(event)) {
        goldi_complain(b->report, place_of(b, event),
                       "tags (such as !!str) are not used here: leave it out");
        return NULL;
    }
    if (event->type == YAML_ALIAS_EVENT) {
        return expand_alias(b, event, depth);
    }
    return event->type == YAML_SCALAR_EVENT ? scalar_node(b, event)
                                            : collection_node(b, event, depth);
}

/* Read an event of the frame around the root node; false when reading failed
 * or the event is another one. */
static bool expect(builder *b, yaml_event_type_t type, goldi_place *place)
{
    yaml_event_t event;

    if (!next_event(b, &event)) {
        return false;
    }
    const bool is_it = event.type == type;

    *place = place_of(b, &event);
    if (!is_it && type == YAML_DOCUMENT_START_EVENT) {
        goldi_complain(b->report, *place, "nothing is written here");
    } else if (!is_it) {
        goldi_complain(b->report, *place,
                       "a second document begins: one file is one study");
    }
    yaml_event_delete(&event);
    return is_it;
}

static goldi_node *build_root(builder *b)
{
    goldi_place place;
    goldi_node *root = NULL;
    bool is_end = false;

    if (!expect(b, YAML_STREAM_START_EVENT, &place) ||
        !expect(b, YAML_DOCUMENT_START_EVENT, &place)) {
        return NULL;
    }
    root = build_next(b, 1, &is_end);
    if (root == NULL || !expect(b, YAML_DOCUMENT_END_EVENT, &place) ||
        !expect(b, YAML_STREAM_END_EVENT, &place)) {
        return NULL;
    }
    return root;
}

/* Characters that YAML allows; libyaml reads nothing else. */
static bool is_allowed(uint32_t point)
{
    if (point < 0x20) {
        return point == '\t' || point == '\n' || point == '\r';
    }
    return point < 0x7f || point == 0x85 || (point >= 0xa0 && point < 0xfeff) ||
           (point > 0xfeff && point < 0xfffe) ||
           (point > 0xffff && point <= 0x10ffff);
}

/* Complain of the first byte that has no business in a text. */
static bool is_text(goldi_report *report, goldi_place place, const char *text,
                    size_t n_bytes)
{
    for (size_t at = 0; at < n_bytes;) {
        uint32_t point = 0;
        const size_t n = gold_utf8_decode(text + at, n_bytes - at, &point);
        const size_t break_bytes = goldi_line_break(text + at, n_bytes - at);

        if (!is_allowed(point)) {
            place.width = 1;
            goldi_complain(report, place,
                           point == UINT32_MAX
                               ? "byte 0x%02x is not UTF-8 text"
                               : "control character 0x%02x in the text",
                           (unsigned char)text[at]);
            return false;
        }
        at += break_bytes > 0 ? break_bytes : n;
        place.line += break_bytes > 0 ? 1 : 0;
        place.column = break_bytes > 0 ? 0 : place.column + 1;
    }
    return true;
}

goldi_node *goldi_doc_parse(goldi_report *report, goldi_place origin,
                            const char *text, size_t n_bytes)
{
    goldi_node *root = NULL;
    builder *b = NULL;

    if (n_bytes > GOLDI_MAX_BYTES) {
        goldi_complain(report, origin, "%zu bytes: a study has at most %d",
                       n_bytes, GOLDI_MAX_BYTES);
        return NULL;
    }
    if (!is_text(report, origin, text, n_bytes)) {
        return NULL;
    }
    b = goldi_report_take(report, sizeof *b);
    if (b == NULL || yaml_parser_initialize(&b->parser) == 0) {
        report->status = gold_fail(GOLD_ERR_MEMORY, "no memory for YAML");
        return NULL;
    }
    b->report = report;
    b->origin = origin;
    b->text = text;
    b->n_bytes = n_bytes;
    yaml_parser_set_encoding(&b->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b->parser, (const unsigned char *)text,
                                 n_bytes);
    root = build_root(b);
    yaml_parser_delete(&b->parser);
    return report->status == GOLD_OK ? root : NULL;
}
