/* SPDX-License-Identifier: MIT */
/* What all points of a study have in common, of one block: what its identity
 * says of keys that are at work, that no axis sweeps, and that are not what
 * anybody expects. */
#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "app/words.h"
#include "study/key_text.h"

enum {
    MOST_COLUMNS = 100 /* of a value */
};

/* What is told even where it is what anybody expects: where the value says
 * enough, and behind the name. */
static const char bare[] = " set name kind activation init optimizer ";
static const char named[] =
    " depth width bias reference train test normalize directions surface "
    "learning_rate momentum batch steps epochs ";

/* Of those before the last tells goldi_print_phases. */
static const char phases[] = "train.phases.";

static bool is_among(const char *names, const char *name)
{
    char word[GOLDI_PATH_BYTES];

    (void)snprintf(word, sizeof word, " %.60s ", name);
    return strstr(names, word) != NULL;
}

/* Is the key at work at any point? */
static bool is_at_work(const gold_study *study, const goldi_key *key)
{
    const gold_settings *base = &study->base;
    const bool has_sizes =
        base->n_widths > 0 ||
        (base->n_channels > 0 && base->kind == GOLD_NETWORK_CNN);
    size_t axis = 0;
    bool is = (key->kinds == 0 ||
               (key->kinds & goldi_values_of(study, "kind")) != 0) &&
              goldi_suits(key, study->data.set) &&
              goldi_axis_key_of(study, key, &axis) == NULL &&
              (key->placement < 0 || key->placement == (int)base->placement);

    for (size_t k = 0; k < 2 && key->needs[k].axis != NULL; k++) {
        is = is && (key->needs[k].values &
                    goldi_values_of(study, key->needs[k].axis)) != 0;
    }
    return is && !(has_sizes && key->section == GOLDI_NETWORK &&
                   is_among(" depth width growth ", key->name));
}

/* Has it a value, and another than where nothing is said? */
static bool is_chosen(const gold_study *study, const goldi_key *key)
{
    const goldi_value value = goldi_get(key, &study->base, study);
    const goldi_value usual = goldi_fallback(key);

    return value.integer != usual.integer ||
           isnan(value.real) != isnan(usual.real) || value.real < usual.real ||
           value.real > usual.real || value.gains.n > 0;
}

/* Is a line told? Of one that is held against other lines all that is at work
 * is, what anybody expects too. */
static bool is_told(const gold_study *study, const char *path,
                    const char *value, bool is_held)
{
    const goldi_key *key = goldi_key_at(path, strlen(path));
    const char *name = strrchr(path, '.') + 1;

    if (strcmp(path, "data.set") == 0 || strcmp(path, "data.name") == 0) {
        return false; /* goldi_print_data begins with it */
    }
    if (value[0] == '\0' || (key != NULL && !is_at_work(study, key)) ||
        strncmp(path, phases, sizeof phases - 1) == 0) {
        return false;
    }
    if (key == NULL || key->home == GOLDI_NOT_KEPT ||
        key->type == GOLDI_CHOICES) {
        return strcmp(value, "first") != 0 && strcmp(value, "none") != 0 &&
               !is_among(" spacing track ", name);
    }
    if (key->type == GOLDI_UNSIGNED && strcmp(value, "0") == 0 &&
        key->low > 0) {
        return false;
    }
    return is_held || is_among(bare, name) || is_among(named, name) ||
           is_chosen(study, key);
}

/* ", extreme count 2": the path within its block in words, and the value, both
 * without commas. */
static void add(goldi_text *out, const char *path, const char *value)
{
    const char *name = strchr(path, '.') + 1;
    char shown[2 * MOST_COLUMNS];

    goldi_text_add(out, "%s", out->length > 0 ? ", " : "");
    for (; *name != '\0' && !is_among(bare, strrchr(path, '.') + 1); name++) {
        goldi_text_add(out, "%c%s", *name == '_' || *name == '.' ? ' ' : *name,
                       name[1] == '\0' ? " " : "");
    }
    for (value = goldi_shorten(value, MOST_COLUMNS, shown, sizeof shown);
         *value != '\0'; value++) {
        goldi_text_append(out, value, *value == ',' ? 0 : 1);
    }
}

static bool has_line(const char *lines, const char *line)
{
    const size_t n = strlen(line);

    while (strncmp(lines, line, n) != 0 || lines[n] != '\n') {
        lines += strcspn(lines, "\n");
        if (*lines == '\0') {
            return false;
        }
        lines++;
    }
    return true;
}

/* Append what is told of a block, but for lines that `known` has; NULL: but for
 * nothing. */
static gold_status add_block(goldi_text *out, const gold_study *study,
                             const char *block, const char *known)
{
    const size_t n = strlen(block);
    char *identity = NULL;

    GOLD_TRY(gold_study_identity(study, &identity));
    for (char *line = identity; line[0] != '\0';) {
        char *next = line + strcspn(line, "\n");
        char *value = strstr(line, " = ");

        next += next[0] == '\n' ? 1 : 0;
        if (value != NULL && value < next) {
            next[-1] = '\0';
            const bool is_new = known == NULL || !has_line(known, line);

            value[0] = '\0';
            if (strncmp(line, block, n) == 0 && line[n] == '.' && is_new &&
                is_told(study, line, value + 3, known != NULL)) {
                add(out, line, value + 3);
            }
        }
        line = next;
    }
    gold_free(identity);
    return out->status;
}

static void print_text(FILE *out, const char *name, const goldi_text *text)
{
    goldi_print_field(out, name, text->length > 0 ? text->data : "none");
}

gold_status goldi_print_block(FILE *out, const char *name,
                              const gold_study *study, const char *block)
{
    goldi_text text = {0};
    goldi_text whole = {0};
    gold_status status = add_block(&text, study, block, NULL);

    if (study->n_earlier > 0 && strcmp(block, "train") == 0) {
        goldi_text_add(&whole,
                       "%zu phases; of the last: ", study->n_earlier + 1);
    }
    goldi_text_append(&whole, text.data, text.length);
    status = status == GOLD_OK ? whole.status : status;
    if (status == GOLD_OK) {
        print_text(out, name, &whole);
    }
    goldi_text_fini(&whole);
    goldi_text_fini(&text);
    return status;
}

/* What a phase has otherwise than the last one. */
static gold_status add_phase(goldi_text *out, const gold_study *last,
                             const gold_study *phase, const char *known)
{
    GOLD_TRY(add_block(out, phase, "train", known));
    GOLD_TRY(add_block(out, phase, "data", known));
    if (goldi_permutes_labels(last) && !goldi_permutes_labels(phase)) {
        add(out, "data.labels", "true");
    }
    return out->status;
}

gold_status goldi_print_phases(FILE *out, const gold_study *study)
{
    gold_status status = GOLD_OK;
    char *known = NULL;
    goldi_text text = {0};

    GOLD_GOTO(gold_study_identity(study, &known));
    for (size_t i = 0; i < study->n_earlier; i++) {
        char name[GOLD_NAME_BYTES];

        (void)snprintf(name, sizeof name, "phase %zu", i + 1);
        GOLD_GOTO(add_phase(&text, study, gold_study_phase(study, i), known));
        goldi_text_add(&text, "%s as the last of %zu phases",
                       text.length > 0 ? "; else" : "", study->n_earlier + 1);
        print_text(out, name, &text);
        goldi_text_fini(&text);
    }

done:
    goldi_text_fini(&text);
    gold_free(known);
    return status;
}

gold_status goldi_print_data(FILE *out, const gold_study *study,
                             const char *samples)
{
    gold_status status = GOLD_OK;
    const gold_data_block *data = &study->data;
    goldi_text text = {0};

    add(&text, "data.name",
        data->name != NULL ? data->name
                           : gold_choice_text("set", (int)data->set));
    if (data->train == 0 && samples[0] != '\0') {
        goldi_text_add(&text, ", %s samples", samples);
    }
    GOLD_GOTO(add_block(&text, study, "data", NULL));
    print_text(out, "data", &text);

done:
    goldi_text_fini(&text);
    return status;
}
