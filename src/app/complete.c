/* SPDX-License-Identifier: MIT */
/* What may stand at the end of a command line, for shells: each word that
 * begins as the last one does, one a line. Nothing: they know of files. */
#include <string.h>

#include "goldilocks/keys.h"
#include "goldilocks/memory.h"
#include "goldilocks/store.h"

#include "app/commands.h"
#include "app/print.h"
#include "app/share.h"
#include "base/text.h"

enum {
    MOST_WORDS = 200
};

/* A line under way; words point into a copy of it. */
typedef struct line {
    const gold_command *commands;
    const gold_command *command; /* NULL: none is named yet */
    char *words[MOST_WORDS];
    size_t n; /* the last is the one that goes on, "" behind a blank */
} line;

/* Offer what there is of a study. */
typedef void offer_fn(const line *l, const gold_study *study);

static const char *last_of(const line *l)
{
    return l->words[l->n - 1];
}

/* Print a word, in pieces, if the last one may become it. */
static void offer(const line *l, const char *before, const char *word,
                  const char *after)
{
    const size_t n = strlen(before);

    if (strncmp(before, last_of(l), n) == 0 &&
        strncmp(word, last_of(l) + n, strlen(last_of(l) + n)) == 0) {
        gold_say(stdout, "%s%s%s\n", before, word, after);
    }
}

static void offer_commands(const line *l)
{
    for (const gold_command *c = l->commands; c->name != NULL; c++) {
        if (c->brief != NULL) {
            offer(l, "", c->name, "");
        }
    }
}

static void offer_options(const line *l)
{
    for (const gold_option *o = l->command->options; o->name != NULL; o++) {
        offer(l, "--", o->name, "");
    }
    offer(l, "--", gold_help_option.name, "");
}

/* The lines of a text, or the words between bars. */
static void offer_pieces(const line *l, const char *text, const char *ends,
                         const char *after)
{
    for (size_t n = 0; *text != '\0'; text += n + (text[n] != '\0' ? 1 : 0)) {
        char word[GOLD_NAME_BYTES];

        n = strcspn(text, ends);
        (void)snprintf(word, sizeof word, "%.*s", (int)n, text);
        offer(l, "", word, after);
    }
}

static gold_status offer_keys(const line *l, const char *after)
{
    char *names = NULL;

    GOLD_TRY(gold_keys_describe(GOLD_KEYS_NAMES, NULL, 0, &names));
    offer_pieces(l, names, "\n", after);
    gold_free(names);
    return GOLD_OK;
}

/* Axes of a study, or values of the one that is named: behind the last comma
 * of the word. */
static void offer_axes(const line *l, const gold_study *study)
{
    const char *comma = strrchr(last_of(l), ',');
    const size_t n = comma == NULL ? 0 : (size_t)(comma + 1 - last_of(l));
    char before[400];
    char value[GOLD_NAME_BYTES];
    char term[2 * GOLD_NAME_BYTES];

    (void)snprintf(before, sizeof before, "%.*s", (int)n, last_of(l));
    for (size_t a = 0; a < study->n_axes; a++) {
        for (size_t k = 0; k < study->axes[a].n_keys; k++) {
            const gold_axis_key *key = &study->axes[a].keys[k];
            const size_t length = strlen(key->name);
            const bool is_named =
                strncmp(last_of(l) + n, key->name, length) == 0 &&
                last_of(l)[n + length] == '=';

            if (!is_named) {
                offer(l, before, key->name, "=");
            }
            for (size_t i = 0; is_named && i < study->axes[a].count; i++) {
                (void)snprintf(term, sizeof term, "%s=%s", key->name,
                               gold_axis_text(key, i, value));
                offer(l, before, term, "");
            }
        }
    }
}

static void offer_names(const line *l, const gold_study *study)
{
    for (size_t a = 0; a < study->n_axes; a++) {
        for (size_t k = 0; k < study->axes[a].n_keys; k++) {
            offer(l, "", study->axes[a].keys[k].name, "");
        }
    }
}

/* The option whose value a word is; NULL: of none. */
static const gold_option *option_before(const line *l, size_t i)
{
    const char *word = i > 2 ? l->words[i - 1] : "";

    for (const gold_option *o = l->command->options; o->name != NULL; o++) {
        const bool is_letter = o->letter != NULL && word[0] == '-' &&
                               strcmp(word + 1, o->letter) == 0;

        if (o->argument != NULL &&
            (is_letter ||
             (strncmp(word, "--", 2) == 0 && strcmp(word + 2, o->name) == 0))) {
            return o;
        }
    }
    return NULL;
}

/* The axes of the study that the line names, if it can be read. */
static void offer_axes_of_file(const line *l, offer_fn *offer_of)
{
    gold_archive *archive = NULL;
    gold_study *study = NULL;

    for (size_t i = 2; i + 1 < l->n; i++) {
        if (l->words[i][0] == '-' || option_before(l, i) != NULL) {
            continue;
        }
        if (strcmp(l->command->operands, "FILE") == 0) {
            if (gold_archive_open(l->words[i], &archive) == GOLD_OK) {
                offer_of(l, gold_archive_study(archive));
            }
        } else if (gold_load_study(l->words[i], "", false, &study) == GOLD_OK) {
            offer_of(l, study);
        }
        break;
    }
    gold_study_destroy(&study);
    gold_archive_close(&archive);
}

/* The words that a key takes, behind "train.optimizer=". */
static void offer_words(const line *l, const char *equals)
{
    const char *word = NULL;
    char before[GOLD_NAME_BYTES];
    char path[GOLD_NAME_BYTES];

    (void)snprintf(before, sizeof before, "%.*s",
                   (int)(equals + 1 - last_of(l)), last_of(l));
    (void)snprintf(path, sizeof path, "%.*s", (int)(equals - last_of(l)),
                   last_of(l));
    const char *dot = strrchr(path, '.');
    const char *key = dot != NULL ? dot + 1 : path;

    for (int i = 0; (word = gold_choice_text(key, i)) != NULL; i++) {
        offer(l, before, word, "");
    }
}

static gold_status offer_values(const line *l, const gold_option *option)
{
    const char *equals = strchr(last_of(l), '=');

    if (option->kind == GOLD_OPTION_OVERRIDE && equals != NULL) {
        offer_words(l, equals);
        return GOLD_OK;
    }
    if (option->kind == GOLD_OPTION_OVERRIDE) {
        return offer_keys(l, "=");
    }
    if (option->offset == offsetof(gold_args, at)) {
        offer_axes_of_file(l, offer_axes);
    } else if (option->offset == offsetof(gold_args, by)) {
        offer_axes_of_file(l, offer_names);
    } else if (strchr(option->argument, '|') != NULL) {
        offer_pieces(l, option->argument, "|", "");
    }
    return GOLD_OK;
}

static gold_status offer_all(const line *l)
{
    if (l->n <= 2) {
        offer_commands(l);
        return GOLD_OK;
    }
    if (l->command == NULL) {
        return GOLD_OK;
    }
    const gold_option *option = option_before(l, l->n - 1);

    if (option != NULL) {
        return offer_values(l, option);
    }
    if (last_of(l)[0] == '-') {
        offer_options(l);
    } else if (strstr(l->command->operands, "COMMAND") != NULL) {
        offer_commands(l);
    } else if (strstr(l->command->operands, "KEY") != NULL) {
        return offer_keys(l, "");
    }
    return GOLD_OK;
}

/* Cut the text at blanks. */
static void cut(line *l, char *text)
{
    while (l->n < MOST_WORDS) {
        const size_t n = strcspn(text, " \t");
        const bool is_last = text[n] == '\0';

        l->words[l->n++] = text;
        text[n] = '\0';
        if (is_last) {
            break;
        }
        text += n + 1;
        text += strspn(text, " \t");
    }
}

gold_status gold_cmd_complete(const gold_args *args)
{
    gold_status status = GOLD_OK;
    line l = {.commands = args->commands};
    char *text = NULL;

    GOLD_TRY(gold_copy_text(args->operands[0], &text));
    cut(&l, text);
    if (l.n > 2 &&
        gold_find_command(l.commands, l.words[1], &l.command) != GOLD_OK) {
        l.command = NULL;
    }
    status = offer_all(&l);
    gold_free(text);
    return status;
}
