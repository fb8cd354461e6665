/* SPDX-License-Identifier: MIT */
#include "app/args.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/nearest.h"

/* Commands, as bits, so that an option can name those that know it. */
enum {
    VALIDATE = 1 << 0,
    PLAN = 1 << 1,
    RUN = 1 << 2,
    STATUS = 1 << 3,
    SUMMARY = 1 << 4,
    POINT = 1 << 5,
    TABLE = 1 << 6,
    BENCH = 1 << 7,
    VERIFY = 1 << 8,
    MERGE = 1 << 9,
    DOCTOR = 1 << 10,
    KEYS = 1 << 11,
    ALL = (1 << 12) - 1
};

static const struct command {
    const char *name;
    unsigned int bit;
    size_t least; /* operands */
    size_t most;
    const char *operand; /* what they are */
} commands[] = {
    {"validate", VALIDATE, 1, 1, "CONFIG"},
    {"plan", PLAN, 1, 1, "CONFIG"},
    {"run", RUN, 1, 1, "CONFIG"},
    {"status", STATUS, 1, 1, "FILE"},
    {"summary", SUMMARY, 1, 1, "FILE"},
    {"point", POINT, 1, 1, "CONFIG"},
    {"table", TABLE, 1, 1, "FILE"},
    {"bench", BENCH, 0, 0, ""},
    {"verify", VERIFY, 1, 1, "FILE"},
    {"merge", MERGE, 2, SIZE_MAX, "FILE to make and the FILEs to put into it"},
    {"doctor", DOCTOR, 0, 1, "CONFIG"},
    {"keys", KEYS, 0, SIZE_MAX, "KEY"},
};

enum {
    N_COMMANDS = sizeof commands / sizeof *commands
};

typedef enum option_kind {
    OPTION_FLAG,     /* bool */
    OPTION_TEXT,     /* const char * */
    OPTION_COUNT,    /* uint64_t */
    OPTION_SECONDS,  /* double */
    OPTION_OVERRIDE, /* a line more in overrides */
    OPTION_SHARD,    /* two uint64_t */
} option_kind;

static const struct option {
    const char *name;
    option_kind kind;
    unsigned int commands;
    size_t offset;
} options[] = {
    {"--help", OPTION_FLAG, ALL, offsetof(gold_args, is_help)},
    {"-h", OPTION_FLAG, ALL, offsetof(gold_args, is_help)},
    {"--set", OPTION_OVERRIDE, VALIDATE | PLAN | RUN | POINT | VERIFY | DOCTOR,
     0},
    {"--output", OPTION_TEXT, RUN | POINT | DOCTOR,
     offsetof(gold_args, output)},
    {"-o", OPTION_TEXT, RUN | POINT | DOCTOR, offsetof(gold_args, output)},
    {"--at", OPTION_TEXT, POINT | SUMMARY, offsetof(gold_args, at)},
    {"--by", OPTION_TEXT, SUMMARY, offsetof(gold_args, by)},
    {"--format", OPTION_TEXT, TABLE | KEYS, offsetof(gold_args, format)},
    {"--ranks", OPTION_COUNT, PLAN, offsetof(gold_args, ranks)},
    {"--max-seconds", OPTION_SECONDS, RUN, offsetof(gold_args, max_seconds)},
    {"--overwrite", OPTION_FLAG, RUN | POINT | MERGE,
     offsetof(gold_args, is_overwrite)},
    {"--shard", OPTION_SHARD, RUN, offsetof(gold_args, shard)},
    {"--sample", OPTION_COUNT, VERIFY, offsetof(gold_args, sample)},
    {"--retry-failed", OPTION_FLAG, RUN, offsetof(gold_args, is_retry_failed)},
    {"--quiet", OPTION_FLAG, RUN, offsetof(gold_args, is_quiet)},
    {"--verbose", OPTION_FLAG, RUN, offsetof(gold_args, is_verbose)},
    {"--json", OPTION_FLAG, PLAN | STATUS | SUMMARY | KEYS,
     offsetof(gold_args, is_json)},
    {"--failed", OPTION_FLAG, STATUS, offsetof(gold_args, is_failed)},
    {"--watch", OPTION_FLAG, STATUS, offsetof(gold_args, is_watch)},
    {"--resolved", OPTION_FLAG, VALIDATE, offsetof(gold_args, is_resolved)},
    {"--no-data", OPTION_FLAG, VALIDATE, offsetof(gold_args, is_dataless)},
};

enum {
    N_OPTIONS = sizeof options / sizeof *options
};

/* "; did you mean 'x'?", or nothing where no word is near. */
static void add_guess(const char *word, const char *const *words, char *guess,
                      size_t bytes)
{
    const char *near = gold_nearest(word, words);

    guess[0] = '\0';
    if (near != NULL) {
        (void)snprintf(guess, bytes, "; did you mean '%s'?", near);
    }
}

static gold_status unknown_command(const char *word)
{
    const char *words[N_COMMANDS + 1] = {NULL};
    char guess[64];

    for (size_t i = 0; i < N_COMMANDS; i++) {
        words[i] = commands[i].name;
    }
    add_guess(word, words, guess, sizeof guess);
    return gold_fail(GOLD_ERR_USAGE,
                     "there is no command '%.60s'%s 'goldilocks --help' lists "
                     "them",
                     word, guess[0] != '\0' ? guess : ";");
}

static gold_status unknown_option(const gold_args *args, const char *word,
                                  unsigned int command)
{
    const char *words[N_OPTIONS + 1] = {NULL};
    size_t n = 0;
    char guess[64];

    for (size_t i = 0; i < N_OPTIONS; i++) {
        if ((options[i].commands & command) != 0) {
            words[n++] = options[i].name;
        }
    }
    add_guess(word, words, guess, sizeof guess);
    return gold_fail(GOLD_ERR_USAGE,
                     "'goldilocks %s' has no option '%.60s'%s 'goldilocks %s "
                     "--help' lists them",
                     args->command, word, guess[0] != '\0' ? guess : ";",
                     args->command);
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

/* Put the value of an option into the arguments. */
static gold_status take_value(gold_args *args, const struct option *option,
                              const char *value)
{
    char *end = NULL;
    void *member = (char *)args + option->offset;

    if (option->kind == OPTION_TEXT) {
        *(const char **)member = value;
        return GOLD_OK;
    }
    if (option->kind == OPTION_OVERRIDE) {
        if (strchr(value, '=') == NULL || strchr(value, '\n') != NULL) {
            return gold_fail(GOLD_ERR_USAGE,
                             "--set wants key.path=value, such as --set "
                             "network.bias=true, not '%.200s'",
                             value);
        }
        return add_line(&args->overrides, value);
    }
    if (option->kind == OPTION_SHARD) {
        return take_shard(args, value);
    }
    errno = 0;
    const double number = strtod(value, &end);

    if (end == value || *end != '\0' || errno != 0 || !(number > 0.0) ||
        !isfinite(number)) {
        return gold_fail(GOLD_ERR_USAGE,
                         "%s wants a number above 0, not '%.60s'", option->name,
                         value);
    }
    if (option->kind == OPTION_SECONDS) {
        *(double *)member = number;
        return GOLD_OK;
    }
    if (number != floor(number) || number > 1e6) {
        return gold_fail(GOLD_ERR_USAGE,
                         "%s wants a whole number up to 1000000, not '%.60s'",
                         option->name, value);
    }
    *(uint64_t *)member = (uint64_t)number;
    return GOLD_OK;
}

/* "-output", with one dash: no file "utput" is meant. */
static bool lacks_a_dash(const char *word)
{
    const size_t length = strcspn(word, "=");

    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (strlen(options[i].name) == length + 1 &&
            strncmp(options[i].name + 1, word, length) == 0) {
            return true;
        }
    }
    return false;
}

/* What follows the name of an option in a word: "", "=VALUE", or VALUE at once
 * after a letter, as in "-oFILE". NULL: the word is another option. */
static const char *rest_of(const struct option *option, const char *word)
{
    const size_t length = strlen(option->name);
    const bool is_letter = option->name[1] != '-';

    if (strncmp(option->name, word, length) != 0) {
        return NULL;
    }
    if (word[length] == '\0' || word[length] == '=' ||
        (is_letter && option->kind != OPTION_FLAG && !lacks_a_dash(word))) {
        return word + length;
    }
    return NULL;
}

/* Is it an option where a value should stand? A file may have that name. */
static gold_status check_value(const struct option *option, const char *value)
{
    const bool is_file = option->offset == offsetof(gold_args, output);

    if (strncmp(value, "--", 2) != 0 && strcmp(value, "-h") != 0 &&
        strcmp(value, "-o") != 0) {
        return GOLD_OK;
    }
    return gold_fail(GOLD_ERR_USAGE,
                     "%s wants a value after it, and '%.60s' is an option%s%s",
                     option->name, value,
                     is_file ? "; for a file of that name write ./" : "",
                     is_file ? value : "");
}

/* Read the option at argv[*i], which may be followed by its value. */
static gold_status take_option(gold_args *args, unsigned int command, int argc,
                               char **argv, int *i)
{
    const char *word = argv[*i];
    const struct option *option = NULL;
    const char *rest = NULL;

    for (size_t k = 0; k < N_OPTIONS && rest == NULL; k++) {
        option = &options[k];
        rest = (option->commands & command) != 0 ? rest_of(option, word) : NULL;
    }
    if (rest == NULL) {
        return unknown_option(args, word, command);
    }
    if (option->kind == OPTION_FLAG) {
        if (rest[0] == '=') {
            return gold_fail(GOLD_ERR_USAGE,
                             "%s takes no value, but '%s' was given",
                             option->name, rest + 1);
        }
        *(bool *)((char *)args + option->offset) = true;
        return GOLD_OK;
    }
    if (rest[0] != '\0') {
        return take_value(args, option, rest[0] == '=' ? rest + 1 : rest);
    }
    if (*i + 1 >= argc) {
        return gold_fail(GOLD_ERR_USAGE, "%s wants a value after it",
                         option->name);
    }
    *i += 1;
    GOLD_TRY(check_value(option, argv[*i]));
    return take_value(args, option, argv[*i]);
}

/* Read what follows the command: options, and operands, which are all that
 * follows "--". */
static gold_status take_words(gold_args *args, unsigned int command, int argc,
                              char **argv)
{
    bool is_option_possible = true;

    for (int i = 2; i < argc; i++) {
        if (!is_option_possible || argv[i][0] != '-' || argv[i][1] == '\0') {
            args->operands[args->n_operands++] = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            is_option_possible = false;
        } else {
            GOLD_TRY(take_option(args, command, argc, argv, &i));
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

static gold_status check_operands(const gold_args *args,
                                  const struct command *command)
{
    if (args->n_operands < command->least) {
        return gold_fail(GOLD_ERR_USAGE,
                         "'goldilocks %s' wants a %s; 'goldilocks %s --help' "
                         "shows how",
                         args->command, command->operand, args->command);
    }
    if (args->n_operands > command->most) {
        const char *word = args->operands[command->most];
        const bool is_setting = strchr(word, '=') != NULL;

        return gold_fail(GOLD_ERR_USAGE,
                         "'goldilocks %s' has no use for '%.200s'%s%.200s",
                         args->command, word,
                         is_setting ? "; a setting is changed by --set " : "",
                         is_setting ? word : "");
    }
    return GOLD_OK;
}

gold_status gold_args_read(int argc, char **argv, gold_args *args)
{
    size_t c = 0;

    *args = (gold_args){.max_seconds = (double)INFINITY};
    GOLD_TRY(gold_copy_text("", &args->overrides));
    GOLD_TRY(join_line(argc, argv, &args->line));
    GOLD_TRY(GOLD_ALLOC((size_t)argc, &args->operands));
    if (argc < 2) {
        return gold_fail(GOLD_ERR_USAGE,
                         "which command? 'goldilocks --help' lists them");
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--version") == 0) {
        args->command = argv[1];
        args->is_help = strcmp(argv[1], "--version") != 0;
        return GOLD_OK;
    }
    while (c < N_COMMANDS && strcmp(argv[1], commands[c].name) != 0) {
        c++;
    }
    if (c == N_COMMANDS) {
        return unknown_command(argv[1]);
    }
    args->command = commands[c].name;
    GOLD_TRY(take_words(args, commands[c].bit, argc, argv));
    return args->is_help ? GOLD_OK : check_operands(args, &commands[c]);
}

void gold_args_fini(gold_args *args)
{
    gold_free(args->overrides);
    gold_free(args->line);
    gold_free(args->operands);
    *args = (gold_args){0};
}
