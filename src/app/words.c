/* SPDX-License-Identifier: MIT */
#include "app/words.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "goldilocks/memory.h"

#include "app/print.h"
#include "base/utf8.h"

/* Append to a label as far as there is room. */
static void add(char text[GOLDI_LABEL_BYTES], const char *format, ...)
    GOLD_PRINTF(2, 3);

static void add(char text[GOLDI_LABEL_BYTES], const char *format, ...)
{
    const size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text + used, GOLDI_LABEL_BYTES - used, format, arguments);
    va_end(arguments);
}

static bool is_swept(const gold_study *study, const char *name)
{
    for (size_t a = 0; a < study->n_axes; a++) {
        for (size_t k = 0; k < study->axes[a].n_keys; k++) {
            if (strcmp(study->axes[a].keys[k].name, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Append ", word" when no axis sweeps `key`. */
static void add_fixed(const gold_study *study, char text[GOLDI_LABEL_BYTES],
                      const char *key, const char *word)
{
    if (!is_swept(study, key) && word != NULL) {
        add(text, "%s%s", text[0] == '\0' ? "" : ", ", word);
    }
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\t';
}

/* Columns of a character, or of what a terminal gets for it; `*n` its bytes in
 * the text. */
static size_t glyph_of(const char *text, char glyph[GOLD_GLYPH_BYTES],
                       size_t *n)
{
    if (is_blank(*text)) {
        (void)snprintf(glyph, GOLD_GLYPH_BYTES, " ");
        *n = 1;
    } else {
        *n = gold_utf8_glyph(text, strnlen(text, 4), glyph);
    }
    /* What is beyond ASCII is one character, escapes are not. */
    return ((unsigned char)glyph[0] & 0x80U) != 0 ? 1 : strlen(glyph);
}

size_t goldi_text_columns(const char *text)
{
    char glyph[GOLD_GLYPH_BYTES];
    size_t columns = 0;
    size_t n = 0;

    for (; *text != '\0'; text += n) {
        columns += glyph_of(text, glyph, &n);
    }
    return columns;
}

char *goldi_shorten(const char *text, size_t columns, char *out, size_t n_bytes)
{
    const bool is_cut = goldi_text_columns(text) > columns;
    const size_t keep = is_cut ? columns - 2 : columns;
    char glyph[GOLD_GLYPH_BYTES];
    size_t seen = 0;
    size_t used = 0;
    size_t n = 0;

    for (; *text != '\0'; text += n) {
        seen += glyph_of(text, glyph, &n);
        if (seen > keep || used + strlen(glyph) + 3 > n_bytes) {
            break;
        }
        used += (size_t)snprintf(out + used, n_bytes - used, "%s", glyph);
    }
    (void)snprintf(out + used, n_bytes - used, "%s", is_cut ? ".." : "");
    return out;
}

/* Bytes of the first word of `text`, and its width. */
static size_t word_length(const char *text, size_t *width)
{
    char glyph[GOLD_GLYPH_BYTES];
    size_t length = 0;
    size_t n = 0;

    *width = 0;
    while (text[length] != '\0' && !is_blank(text[length])) {
        *width += glyph_of(text + length, glyph, &n);
        length += n;
    }
    return length;
}

void goldi_print_wrapped(FILE *out, const char *text, size_t indent,
                         size_t columns)
{
    size_t column = indent;

    while (*text != '\0') {
        size_t width = 0;
        const size_t n = word_length(text, &width);

        if (n == 0) {
            text++;
            continue;
        }
        if (column > indent && column + 1 + width > columns) {
            gold_say(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            gold_print(out, " ");
            column++;
        }
        gold_print_text(out, text, n);
        column += width;
        text += n;
    }
    gold_print(out, "\n");
}

void goldi_print_field(FILE *out, const char *name, const char *text)
{
    gold_say(out, "%-*s", GOLDI_INDENT, name);
    goldi_print_wrapped(out, text, GOLDI_INDENT, GOLDI_COLUMNS);
}

/* "all", "first 1000", "random 1000", "for each seed random 1000". */
static void add_samples(char text[GOLDI_LABEL_BYTES], const gold_study *study,
                        uint64_t count, const char *what)
{
    static const char *const words[] = {
        [GOLD_SUBSET_FIRST] = "first ",
        [GOLD_SUBSET_RANDOM] = "random ",
        [GOLD_SUBSET_PER_SEED] = "for each seed random ",
    };
    const bool is_made = gold_set_of(study->data.set)->files == NULL;

    if (count == 0) {
        add(text, "all %s", what);
    } else {
        add(text, "%s%" PRIu64 " %s", is_made ? "" : words[study->data.subset],
            count, what);
    }
}

char *goldi_data_words(const gold_study *study, char text[GOLDI_LABEL_BYTES])
{
    const gold_data_block *data = &study->data;
    const char *normalize = gold_choice_text("normalize", (int)data->normalize);

    text[0] = '\0';
    add(text, "%s: ", gold_choice_text("set", (int)data->set));
    add_samples(text, study, data->train, "training samples");
    add(text, ", ");
    add_samples(text, study, data->test, "test samples");
    add(text, ", normalize %s", normalize);
    return text;
}

/* Depth and width, where they are not those of a named network. */
static void add_size(const gold_study *study, char text[GOLDI_LABEL_BYTES])
{
    char word[GOLD_NAME_BYTES];

    if (is_swept(study, "kind") || study->base.kind != GOLD_NETWORK_MLP) {
        return;
    }
    (void)snprintf(word, sizeof word, "depth %" PRIu64, study->base.depth);
    add_fixed(study, text, "depth", word);
    (void)snprintf(word, sizeof word, "width %" PRIu64, study->base.width);
    add_fixed(study, text, "width", word);
}

/* "layers flatten linear layer_norm relu linear", the first ones of many. */
static void add_operations(const gold_study *study,
                           char text[GOLDI_LABEL_BYTES])
{
    const size_t most = 12;
    const gold_operations *list = &study->layers;

    add(text, "layers");
    for (size_t i = 0; i < list->n && i < most; i++) {
        const gold_operation *entry = &list->entries[i];

        add(text, " %s", gold_entry_name(entry));
    }
    if (list->n > most) {
        add(text, " and %zu more", list->n - most);
    }
}

char *goldi_network_words(const gold_study *study, char text[GOLDI_LABEL_BYTES])
{
    const gold_settings *base = &study->base;
    char word[GOLD_NAME_BYTES];

    text[0] = '\0';
    if (base->kind == GOLD_NETWORK_LAYERS) {
        add_operations(study, text);
    } else {
        add_fixed(study, text, "kind",
                  gold_choice_text("kind", (int)base->kind));
        add_fixed(study, text, "activation",
                  gold_choice_text("activation", (int)base->activation));
    }
    add_size(study, text);
    if (base->norm != GOLD_NORM_NONE) {
        (void)snprintf(word, sizeof word, "%s norm",
                       gold_choice_text("normalization", (int)base->norm));
        add_fixed(study, text, "normalization", word);
    }
    if (base->residual) {
        add_fixed(study, text, "residual", "residual");
    }
    add_fixed(study, text, "bias", base->bias ? "bias" : "no bias");
    add_fixed(study, text, "init", gold_choice_text("init", (int)base->init));
    (void)snprintf(word, sizeof word, "reference %s",
                   gold_choice_text("reference", (int)base->reference));
    add_fixed(study, text, "reference", word);
    for (size_t i = 0; i < base->gains.n; i++) {
        add(text, "%s%.6g", i == 0 ? ", layer gains " : " ", base->gains.of[i]);
    }
    if (base->loss != GOLD_CROSS_ENTROPY) {
        add(text, ", loss %s", gold_choice_text("loss", (int)base->loss));
    }
    return text;
}

/* What is asked for of all parameters together. */
static void add_full(char text[GOLDI_LABEL_BYTES],
                     const gold_curvature_block *curvature)
{
    if (curvature->extreme_count > 0) {
        add(text, ", %" PRIu64 " eigenvalues at each end",
            curvature->extreme_count);
    }
    if (curvature->trace_probes > 0) {
        add(text, ", traces by %" PRIu64 " probes", curvature->trace_probes);
    }
    if (curvature->density_probes > 0) {
        add(text, ", spectral density");
    }
    if (curvature->dense_limit > 0) {
        add(text, ", all entries up to %" PRIu64 " parameters",
            curvature->dense_limit);
    }
}

char *goldi_curvature_words(const gold_study *study,
                            char text[GOLDI_LABEL_BYTES])
{
    const gold_curvature_block *curvature = &study->curvature;
    const gold_settings *base = &study->base;
    char word[GOLD_NAME_BYTES];

    text[0] = '\0';
    if (curvature->n_dims == 0) {
        add(text, gold_study_has_full(study) ? "no subspaces" : "not measured");
        add_full(text, curvature);
        return text;
    }
    for (size_t i = 0; i < curvature->n_dims; i++) {
        add(text, "%s%zu", i == 0 ? "subspaces of d = " : ", ",
            curvature->dims[i]);
    }
    (void)snprintf(word, sizeof word, "%s directions",
                   gold_choice_text("directions", (int)base->directions));
    add_fixed(study, text, "directions", word);
    add_fixed(study, text, "surface",
              gold_choice_text("surface", (int)base->surface));
    if (curvature->layers == GOLD_LAYERS_EACH) {
        add(text, ", of each layer too");
    }
    if (curvature->resample_directions > 0) {
        add(text, ", in %" PRIu64 " further bases",
            curvature->resample_directions);
    }
    if (curvature->resample_data > 0) {
        add(text, ", on %" PRIu64 " halves of the data",
            curvature->resample_data);
    }
    if (curvature->logit_gradients > 0) {
        add(text, ", logit gradients");
    }
    add_full(text, curvature);
    return text;
}

/* How long to train, where no axis says. */
static void add_length(const gold_study *study, char text[GOLDI_LABEL_BYTES])
{
    const gold_train_settings *train = &study->base.train;
    char word[GOLD_NAME_BYTES];

    if (!is_swept(study, "steps") && !is_swept(study, "epochs")) {
        (void)snprintf(word, sizeof word, "%" PRIu64 " %s",
                       train->steps > 0 ? train->steps : train->epochs,
                       train->steps > 0 ? "steps" : "epochs");
        add_fixed(study, text, "steps", word);
    }
}

/* The numbers of the optimizer, where they are at work. */
static void add_rates(const gold_study *study, char text[GOLDI_LABEL_BYTES])
{
    const gold_train_settings *train = &study->base.train;
    char word[GOLD_NAME_BYTES];

    (void)snprintf(word, sizeof word, "learning rate %.4g",
                   train->learning_rate);
    add_fixed(study, text, "learning_rate", word);
    if (train->scale_learning_rate != GOLD_RATE_NONE) {
        (void)snprintf(word, sizeof word, "scaled %s",
                       gold_choice_text("scale_learning_rate",
                                        (int)train->scale_learning_rate));
        add_fixed(study, text, "scale_learning_rate", word);
    }
    if (train->optimizer == GOLD_MOMENTUM) {
        (void)snprintf(word, sizeof word, "momentum %.4g", train->momentum);
        add_fixed(study, text, "momentum", word);
    }
    if (train->weight_decay > 0.0) {
        (void)snprintf(word, sizeof word, "weight decay %.4g",
                       train->weight_decay);
        add_fixed(study, text, "weight_decay", word);
    }
}

char *goldi_training_words(const gold_study *study,
                           char text[GOLDI_LABEL_BYTES])
{
    const gold_train_settings *train = &study->base.train;
    char word[GOLD_NAME_BYTES];

    text[0] = '\0';
    add_fixed(study, text, "optimizer",
              gold_choice_text("optimizer", (int)train->optimizer));
    add_rates(study, text);
    if (train->batch > 0) {
        (void)snprintf(word, sizeof word, "batch %" PRIu64, train->batch);
        add_fixed(study, text, "batch", word);
    } else {
        add_fixed(study, text, "batch", "full batch");
    }
    add_length(study, text);
    if (train->constraint == GOLD_CONSTRAINT_SPHERE) {
        add_fixed(study, text, "constraint", "on the sphere");
    }
    return text;
}

char *goldi_grid_words(const gold_study *study, char text[GOLDI_LABEL_BYTES])
{
    char count[GOLD_PRINT_BYTES];

    text[0] = '\0';
    for (size_t a = 0; a < study->n_axes; a++) {
        add(text, "%s%s %zu", a == 0 ? "" : " x ", study->axes[a].name,
            study->axes[a].count);
    }
    add(text, " = %s points", gold_print_count((double)study->n_points, count));
    return text;
}

void goldi_print_dropped(const gold_study *study, const gold_schema *schema)
{
    gold_schema *whole = NULL;
    const char *join = "note: without ";

    if (GOLD_ALLOC(1, &whole) != GOLD_OK) {
        return; /* what needs more of it will say so */
    }
    gold_schema_init(whole, study, schema->n_train);
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        if (whole->count[v] > 0 && schema->count[v] == 0) {
            gold_say(stdout, "%s%s", join,
                     gold_variable_about((gold_variable)v)->name);
            join = ", ";
        }
    }
    if (*join == ',') {
        gold_print(stdout, ", which files of earlier versions do not have\n");
    }
    gold_free(whole);
}

char *goldi_time_words(double seconds_since_1970, char text[GOLD_NAME_BYTES])
{
    struct tm parts;

    (void)snprintf(text, GOLD_NAME_BYTES, "?");
    if (fabs(seconds_since_1970) < 1e11) {
        const time_t whole = (time_t)seconds_since_1970;

        if (gmtime_r(&whole, &parts) != NULL) {
            (void)strftime(text, GOLD_NAME_BYTES, "%Y-%m-%d %H:%M:%S UTC",
                           &parts);
        }
    }
    return text;
}

void goldi_json_axis(goldi_text *out, const gold_axis *axis, size_t index)
{
    for (size_t k = 0; k < axis->n_keys; k++) {
        const gold_axis_key *key = &axis->keys[k];

        if (key->kind == GOLD_VALUE_TEXT) {
            goldi_json_text(out, key->name, key->texts[index]);
        } else {
            goldi_json_number(out, key->name,
                              key->kind == GOLD_VALUE_REAL
                                  ? key->reals[index]
                                  : (double)key->integers[index]);
        }
    }
}

void goldi_json_coordinates(goldi_text *out, const gold_study *study,
                            size_t point)
{
    size_t index[GOLD_MAX_AXES];

    gold_study_unravel(study, point, index);
    for (size_t a = 0; a < study->n_axes; a++) {
        goldi_json_axis(out, &study->axes[a], index[a]);
    }
}

void goldi_json_axes(goldi_text *out, const gold_study *study)
{
    goldi_json_open(out, "axes", '{');
    for (size_t a = 0; a < study->n_axes; a++) {
        goldi_json_number(out, study->axes[a].name,
                          (double)study->axes[a].count);
    }
    goldi_json_close(out, '}');
}

gold_status goldi_print_whole(FILE *out, goldi_text *text)
{
    const gold_status status = text->status;

    if (status == GOLD_OK && text->length > 0) {
        gold_print(out, text->data);
    }
    goldi_text_fini(text);
    return status;
}

gold_status goldi_flush(FILE *out)
{
    errno = 0;
    if (fflush(out) != 0 || ferror(out)) {
        return gold_fail(GOLD_ERR_IO, "the output cannot be written: %s",
                         errno == 0 ? "input/output error" : strerror(errno));
    }
    return GOLD_OK;
}
