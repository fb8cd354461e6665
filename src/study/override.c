/* SPDX-License-Identifier: MIT */
/* --set key.path=value: lines put into the tree before it is read. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "study/key_text.h"
#include "study/read.h"

/* One line being put in. */
typedef struct override {
    goldi_reader *reader;
    goldi_place place; /* of what is left of the path */
    const char *path;  /* what is left of it */
    size_t length;
    goldi_node *value;
    const goldi_key *row; /* of the path */
} override;

/* Bytes of the next step of a path: to the dot, in the grid past a section's
 * name ("network.depth" is one key there). */
static size_t step_length(const override *o, bool is_in_grid)
{
    size_t n = 0;

    while (n < o->length && o->path[n] != '.') {
        n++;
    }
    for (int s = GOLDI_DATA; is_in_grid && s < GOLDI_N_SECTIONS; s++) {
        const char *label = goldi_section_label((goldi_section)s);
        const size_t length = strlen(label);

        if (length < o->length && strncmp(o->path, label, length) == 0 &&
            o->path[length] == '.' && length >= n) {
            n = length + 1;
            while (n < o->length && o->path[n] != '.') {
                n++;
            }
        }
    }
    return n;
}

/* The key of `map` that the step means: in the grid "depth" and
 * "network.depth" are one. */
static goldi_node *find_step(goldi_node *map, const char *name, bool is_in_grid)
{
    const goldi_key *axis = is_in_grid ? goldi_find_axis(name) : NULL;
    goldi_node *found = goldi_node_key(map, name);

    for (goldi_node *key = map->first;
         found == NULL && axis != NULL && key != NULL; key = key->next) {
        found = goldi_find_axis(key->text) == axis ? key : NULL;
    }
    return found;
}

/* A key at the end of a mapping; NULL when memory is refused. */
static goldi_node *add_step(override *o, goldi_node *map, const char *name,
                            size_t length)
{
    goldi_report *report = &o->reader->report;
    goldi_node *key = goldi_node_create(report, GOLDI_SCALAR, o->place);
    goldi_node *value = goldi_node_create(report, GOLDI_MAP, o->place);

    if (key == NULL || value == NULL) {
        return NULL;
    }
    key->is_plain = true;
    key->text = name;
    key->length = length;
    key->value = value;
    goldi_node_add(map, key);
    return key;
}

/* Take a key out of a mapping. */
static void drop(goldi_node *map, const goldi_node *key)
{
    goldi_node **link = &map->first;

    map->last = NULL;
    map->n_children--;
    while (*link != NULL) {
        if (*link == key) {
            *link = key->next;
        } else {
            map->last = *link;
            link = &(*link)->next;
        }
    }
}

/* Take out of a mapping what says the same as the key that is put in. */
static void drop_alternatives(const override *o, goldi_node *map,
                              bool is_in_grid)
{
    for (goldi_node *key = map->first; key != NULL; key = key->next) {
        const goldi_key *row = is_in_grid
                                   ? goldi_find_axis(key->text)
                                   : goldi_find_key(o->row->section, key->text);

        if (row != NULL && row != o->row && row->group == o->row->group &&
            key->place.source != GOLDI_FROM_OVERRIDES) {
            drop(map, key);
        }
    }
}

/* Does it take the key away? */
static bool is_removal(const override *o)
{
    return o->value->kind == GOLDI_SCALAR &&
           goldi_scalar_of(o->value).type == GOLDI_IS_NULL;
}

/* The value at the end of a path. */
static void finish(override *o, goldi_node *map, goldi_node *key,
                   bool is_in_grid)
{
    if (is_removal(o)) {
        drop(map, key);
        return;
    }
    key->value = o->value;
    if (o->row != NULL && o->row->group != 0) {
        drop_alternatives(o, map, is_in_grid);
    }
}

/* Put the value where the path leads, making mappings on the way. */
static void put_at(override *o, goldi_node *map)
{
    goldi_report *report = &o->reader->report;
    bool is_in_grid = false;

    while (map != NULL) {
        const size_t n = step_length(o, is_in_grid);
        const char *name = NULL;

        o->place.width = n;
        if (n == 0) {
            goldi_complain(report, o->place, "a key is missing here");
            return;
        }
        report->status = goldi_pool_copy(&report->pool, o->path, n, &name);
        if (report->status != GOLD_OK) {
            return;
        }
        goldi_node *key = find_step(map, name, is_in_grid);

        if (key == NULL && is_removal(o)) {
            goldi_complain(report, o->place,
                           "'%s' is not there: nothing to take away", name);
            return;
        }
        key = key != NULL ? key : add_step(o, map, name, n);
        if (key == NULL) {
            return;
        }
        key->place = o->place;
        if (n == o->length) {
            finish(o, map, key, is_in_grid);
            return;
        }
        is_in_grid = goldi_node_is(key, "grid") || goldi_node_is(key, "zip");
        if (key->value->kind != GOLDI_MAP) {
            map = goldi_node_create(report, GOLDI_MAP, o->place);
            key->value = map;
        } else {
            map = key->value;
        }
        o->path += n + 1;
        o->length -= n + 1;
        o->place.column += n + 1;
    }
}

static size_t count_characters(const char *text, size_t length)
{
    size_t n = 0;

    for (size_t at = 0; at < length; n++) {
        uint32_t point = 0;

        at += gold_utf8_decode(text + at, length - at, &point);
    }
    return n;
}

static void apply(goldi_reader *reader, goldi_node *root, goldi_place place,
                  const char *line, size_t length)
{
    const char *equals = memchr(line, '=', length);
    const size_t n = equals == NULL ? length : (size_t)(equals - line);
    override o = {reader, place, line, n, NULL, NULL};
    char path[GOLDI_PATH_BYTES];
    goldi_place origin = place;

    if (equals == NULL) {
        place.width = count_characters(line, length);
        goldi_complain(&reader->report, place,
                       "no '=' here: write --set key.path=value");
        return;
    }
    while (o.length > 0 && line[o.length - 1] == ' ') {
        o.length--;
    }
    origin.column = count_characters(line, n + 1);
    if (strspn(equals + 1, " \t") >= length - n - 1) {
        goldi_complain(&reader->report, origin, "no value after '='");
        return;
    }
    o.value =
        goldi_doc_parse(&reader->report, origin, equals + 1, length - n - 1);
    (void)snprintf(path, sizeof path, "%.*s", (int)o.length, line);
    o.row = goldi_find_axis(strncmp(path, "grid.", 5) == 0 ? path + 5 : path);
    if (o.value != NULL) {
        put_at(&o, root);
    }
}

void goldi_apply_overrides(goldi_reader *reader, goldi_node *root)
{
    const goldi_source *source = &reader->report.sources[GOLDI_FROM_OVERRIDES];
    goldi_place place = {.source = GOLDI_FROM_OVERRIDES, .width = 1};

    for (const char *line = source->text; *line != '\0'; place.line++) {
        const size_t length = strcspn(line, "\n");

        if (length > 0 && reader->report.status == GOLD_OK) {
            apply(reader, root, place, line, length);
        }
        line += length + (line[length] == '\n' ? 1 : 0);
    }
}

/* Does a later line set the key of this one? */
static bool is_set_again(const char *line, const char *rest)
{
    const size_t n = strcspn(line, "=") + 1;

    while (*rest != '\0' && strncmp(line, rest, n) != 0) {
        rest += strcspn(rest, "\n");
        rest += *rest == '\n' ? 1 : 0;
    }
    return *rest != '\0';
}

gold_status gold_overrides_typed(const char *lines, char **options)
{
    goldi_text text = {0};

    while (*lines != '\0') {
        const size_t n = strcspn(lines, "\n");
        const char *next = lines + n + (lines[n] == '\n' ? 1 : 0);

        if (n > 0 && !is_set_again(lines, next)) {
            goldi_text_add(&text, " --set '");
            for (size_t i = 0; i < n; i++) {
                goldi_text_add(&text, "%s", lines[i] == '\'' ? "'\\" : "");
                goldi_text_append(&text, lines + i, 1);
                goldi_text_add(&text, "%s", lines[i] == '\'' ? "'" : "");
            }
            goldi_text_add(&text, "'");
        }
        lines = next;
    }
    return goldi_text_give(&text, options);
}
