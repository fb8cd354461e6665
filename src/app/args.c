/* SPDX-License-Identifier: MIT */
#include "app/args.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/nearest.h"

enum {
    MOST_WORDS = 32, /* commands, or options of one */
    NAME_BYTES = 64
};

const gold_option gold_help_option = {
    .name = "help",
    .letter = "h",
    .kind = GOLD_OPTION_FLAG,
    .offset = offsetof(gold_args, is_help),
    .about = "print this",
};

/* "; did you mean 'x'?", or ";" where no word is near. */
static void make_guess(const char *word, const char *dashes,
                       const char *const *words, char guess[64])
{
    const char *near = gold_nearest(word, words);

    (void)snprintf(guess, 64, near != NULL ? "; did you mean '%s%.40s'?" : ";",
                   dashes, near);
}

gold_status gold_find_command(const gold_command *commands, const char *name,
                              const gold_command **command)
{
    const char *words[MOST_WORDS + 1] = {NULL};
    char guess[64];
    size_t n = 0;

    for (; n < MOST_WORDS && commands->name != NULL; commands++) {
        if (strcmp(commands->name, name) == 0) {
            *command = commands;
            return GOLD_OK;
        }
        if (commands->brief != NULL) {
            words[n++] = commands->name;
        }
    }
    make_guess(name, "", words, guess);
    return gold_fail(GOLD_ERR_USAGE,
                     "there is no command '%.60s'%s 'goldilocks --help' lists "
                     "them",
                     name, guess);
}

static gold_status unknown_option(const gold_command *command, const char *word)
{
    const char *words[MOST_WORDS + 1] = {gold_help_option.name};
    char guess[64];

    for (size_t i = 0; i + 1 < MOST_WORDS && command->options[i].name != NULL;
         i++) {
        words[i + 1] = command->options[i].name;
    }
    make_guess(word + strspn(word, "-"), "--", words, guess);
    return gold_fail(GOLD_ERR_USAGE,
                     "'goldilocks %s' has no option '%.60s'%s 'goldilocks %s "
                     "--help' lists them",
                     command->name, word, guess, command->name);
}

/* Text with a line more; the old text is freed. */
static gold_status add_line(char **text, const char *line)
{
    const size_t before = strlen(*text);
    const size_t bytes = before + strlen(line) + 2;
    char *longer = NULL;

    GOLD_TRY(GOLD_ALLOC(bytes, &longer));
    (void)snprintf(longer, bytes, "%s%s%s", *text, before > 0 ? "\n" : "",
                   line);
    gold_free(*text);
    *text = longer;
    return GOLD_OK;
}

/* Read up to nine digits that end at `end`; 0 when that is not what is there.
 */
static uint64_t take_digits(const char *text, char end)
{
    const size_t n = strspn(text, "0123456789");

    return n > 0 && n <= 9 && text[n] == end ? strtoull(text, NULL, 10) : 0;
}

/* Read "I/N". */
static gold_status take_shard(gold_args *args, const char *value)
{
    const char *slash = strchr(value, '/');

    args->shard = take_digits(value, '/');
    args->n_shards = slash == NULL ? 0 : take_digits(slash + 1, '\0');
    if (args->shard == 0 || args->shard > args->n_shards) {
        return gold_fail(GOLD_ERR_USAGE,
                         "--shard wants I/N, such as 1/3, 2/3 and 3/3 for "
                         "three parts, not '%.60s'",
                         value);
    }
    return GOLD_OK;
}

/* How an option was written: "--output" or "-o". */
static const char *spelling(const gold_option *option, const char *word,
                            char text[NAME_BYTES])
{
    const bool is_long = strncmp(word, "--", 2) == 0;

    (void)snprintf(text, NAME_BYTES, "%s%s", is_long ? "--" : "-",
                   is_long ? option->name : option->letter);
    return text;
}

static gold_status take_number(const gold_option *option, const char *name,
                               const char *value, void *member)
{
    char *end = NULL;

    errno = 0;
    const double number = strtod(value, &end);

    if (end == value || *end != '\0' || errno != 0 || !(number > 0.0) ||
        !isfinite(number)) {
        return gold_fail(GOLD_ERR_USAGE,
                         "%s wants a number above 0, not '%.60s'", name, value);
    }
    if (option->kind == GOLD_OPTION_SECONDS) {
        *(double *)member = fmin(number, *(double *)member);
        return GOLD_OK;
    }
    if (number != floor(number) || number > 1e6) {
        return gold_fail(GOLD_ERR_USAGE,
                         "%s wants a whole number up to 1000000, not '%.60s'",
                         name, value);
    }
    *(uint64_t *)member = (uint64_t)number;
    return GOLD_OK;
}

static bool ends_in(const char *text, size_t n, const char *end)
{
    return n >= strlen(end) &&
           strncmp(text + n - strlen(end), end, strlen(end)) == 0;
}

/* Take a line of --set. A shell may have put a folder in the place of ~, which
 * only a path can mean. */
static gold_status take_override(gold_args *args, const char *line)
{
    const char *equals = strchr(line, '=');
    const char *home = getenv("HOME");

    if (equals == NULL || strchr(line, '\n') != NULL) {
        return gold_fail(GOLD_ERR_USAGE,
                         "--set wants key.path=value, such as --set "
                         "network.bias=true, not '%.200s'",
                         line);
    }
    const size_t n = (size_t)(equals - line);

    if (home != NULL && home[0] != '\0' && strcmp(equals + 1, home) == 0 &&
        !ends_in(line, n, "path") && !ends_in(line, n, "file")) {
        return gold_fail(GOLD_ERR_USAGE,
                         "--set %.200s: this is your home, which the shell "
                         "puts in the place of ~; to take the key away say "
                         "--set %.*s=null",
                         line, n > 100 ? 100 : (int)n, line);
    }
    return add_line(&args->overrides, line);
}

/* Put the value of an option into the arguments. */
static gold_status take_value(gold_args *args, const gold_option *option,
                              const char *name, const char *value)
{
    void *member = (char *)args + option->offset;

    switch (option->kind) {
    case GOLD_OPTION_TEXT:
        *(const char **)member = value;
        return GOLD_OK;
    case GOLD_OPTION_OVERRIDE:
        return take_override(args, value);
    case GOLD_OPTION_SHARD:
        return take_shard(args, value);
    default:
        return take_number(option, name, value, member);
    }
}

/* The same; an option of one value has it once. Of limits in seconds the least
 * holds: a job may have one of its own. */
static gold_status take_once(gold_args *args, const gold_option *option,
                             const char *name, const char *value)
{
    const unsigned bit = 1U << (unsigned)(option - args->command->options);

    if (option->kind != GOLD_OPTION_OVERRIDE &&
        option->kind != GOLD_OPTION_SECONDS && (args->given & bit) != 0) {
        return gold_fail(GOLD_ERR_USAGE,
                         "%s takes one value, and is given again, with "
                         "'%.60s': leave out one of them",
                         name, value);
    }
    args->given |= bit;
    return take_value(args, option, name, value);
}

/* What follows the name of an option in a word: "", "=VALUE", or VALUE at once
 * after a letter, as in "-oFILE", but not "-output", with a dash too few: no
 * file "utput" is meant. NULL: the word is another option. */
static const char *rest_of(const gold_option *option, const char *word)
{
    const size_t n = strlen(option->name);
    const bool is_letter = option->letter != NULL && word[0] == '-' &&
                           word[1] == option->letter[0];
    const char *rest = NULL;

    if (strncmp(word, "--", 2) == 0 &&
        strncmp(word + 2, option->name, n) == 0) {
        rest = word + 2 + n;
        return *rest == '\0' || *rest == '=' ? rest : NULL;
    }
    if (!is_letter || (strncmp(word + 1, option->name, n) == 0 &&
                       (word[n + 1] == '\0' || word[n + 1] == '='))) {
        return NULL;
    }
    rest = word + 2;
    return *rest == '\0' || *rest == '=' || option->kind != GOLD_OPTION_FLAG
               ? rest
               : NULL;
}

/* Is it an option where a value should stand? A file may have that name. */
static gold_status check_value(const gold_option *option, const char *name,
                               const char *value)
{
    const bool is_file = option->offset == offsetof(gold_args, output);

    if (strncmp(value, "--", 2) != 0 && strcmp(value, "-h") != 0 &&
        strcmp(value, "-o") != 0) {
        return GOLD_OK;
    }
    return gold_fail(GOLD_ERR_USAGE,
                     "%s wants a value after it, and '%.60s' is an option%s%s",
                     name, value,
                     is_file ? "; for a file of that name write ./" : "",
                     is_file ? value : "");
}

/* Read the option at argv[*i], which may be followed by its value. */
static gold_status take_option(gold_args *args, int argc, char **argv, int *i)
{
    const char *word = argv[*i];
    const gold_option *option = &gold_help_option;
    const char *rest = rest_of(option, word);
    char name[NAME_BYTES];

    for (const gold_option *next = args->command->options;
         rest == NULL && next->name != NULL; next++) {
        option = next;
        rest = rest_of(option, word);
    }
    if (rest == NULL) {
        return unknown_option(args->command, word);
    }
    (void)spelling(option, word, name);
    if (option->kind == GOLD_OPTION_FLAG) {
        if (rest[0] == '=') {
            return gold_fail(GOLD_ERR_USAGE,
                             "%s takes no value, but '%s' was given", name,
                             rest + 1);
        }
        *(bool *)((char *)args + option->offset) = true;
        return GOLD_OK;
    }
    if (rest[0] != '\0') {
        return take_once(args, option, name, rest[0] == '=' ? rest + 1 : rest);
    }
    if (*i + 1 >= argc) {
        return gold_fail(GOLD_ERR_USAGE, "%s wants a value after it", name);
    }
    *i += 1;
    GOLD_TRY(check_value(option, name, argv[*i]));
    return take_once(args, option, name, argv[*i]);
}

/* Read what follows the command: options, and operands, which are all that
 * follows "--". */
static gold_status take_words(gold_args *args, int argc, char **argv)
{
    bool is_option_possible = true;

    for (int i = 2; i < argc; i++) {
        if (!is_option_possible || argv[i][0] != '-' || argv[i][1] == '\0') {
            args->operands[args->n_operands++] = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            is_option_possible = false;
        } else {
            GOLD_TRY(take_option(args, argc, argv, &i));
        }
    }
    return GOLD_OK;
}

static gold_status join_line(int argc, char **argv, char **line)
{
    size_t bytes = 1;
    size_t used = 0;

    for (int i = 0; i < argc; i++) {
        bytes += strlen(argv[i]) + 1;
    }
    GOLD_TRY(GOLD_ALLOC(bytes, line));
    for (int i = 0; i < argc; i++) {
        used += (size_t)snprintf(*line + used, bytes - used, "%s%s",
                                 i > 0 ? " " : "", argv[i]);
    }
    return GOLD_OK;
}

static gold_status check_operands(const gold_args *args)
{
    const gold_command *command = args->command;

    if (args->n_operands < command->least) {
        return gold_fail(GOLD_ERR_USAGE,
                         "'goldilocks %s' wants %s; 'goldilocks %s --help' "
                         "shows how",
                         command->name, command->operands, command->name);
    }
    if (args->n_operands > command->most) {
        const char *word = args->operands[command->most];
        const bool is_setting = strchr(word, '=') != NULL;

        return gold_fail(GOLD_ERR_USAGE,
                         "'goldilocks %s' has no use for '%.200s'%s%.200s",
                         command->name, word,
                         is_setting ? "; a setting is changed by --set " : "",
                         is_setting ? word : "");
    }
    return GOLD_OK;
}

gold_status gold_args_read(int argc, char **argv, const gold_command *commands,
                           gold_args *args)
{
    static const char *const help[] = {"--help", "-h", NULL};
    static const char *const version[] = {"--version", "-V", NULL};

    *args = (gold_args){.commands = commands, .max_seconds = (double)INFINITY};
    GOLD_TRY(gold_copy_text("", &args->overrides));
    GOLD_TRY(join_line(argc, argv, &args->line));
    GOLD_TRY(GOLD_ALLOC((size_t)argc, &args->operands));
    if (argc < 2) {
        return gold_fail(GOLD_ERR_USAGE,
                         "which command? 'goldilocks --help' lists them");
    }
    args->is_help = gold_is_among(argv[1], help);
    args->is_version = gold_is_among(argv[1], version);
    if (args->is_help || args->is_version) {
        return GOLD_OK;
    }
    GOLD_TRY(gold_find_command(commands, argv[1], &args->command));
    GOLD_TRY(take_words(args, argc, argv));
    return args->is_help ? GOLD_OK : check_operands(args);
}

void gold_args_fini(gold_args *args)
{
    gold_free(args->overrides);
    gold_free(args->line);
    gold_free(args->operands);
    *args = (gold_args){0};
}
