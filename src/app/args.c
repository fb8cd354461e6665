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
    ALL = (1 << 8) - 1
};

static const struct {
    const char *name;
    unsigned int bit;
    const char *operand; /* NULL: takes none */
} commands[] = {
    {"validate", VALIDATE, "CONFIG"}, {"plan", PLAN, "CONFIG"},
    {"run", RUN, "CONFIG"},           {"status", STATUS, "FILE"},
    {"summary", SUMMARY, "FILE"},     {"point", POINT, "CONFIG"},
    {"table", TABLE, "FILE"},         {"bench", BENCH, NULL},
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
} option_kind;

static const struct option {
    const char *name;
    option_kind kind;
    unsigned int commands;
    size_t offset;
} options[] = {
    {"--help", OPTION_FLAG, ALL, offsetof(gold_args, is_help)},
    {"-h", OPTION_FLAG, ALL, offsetof(gold_args, is_help)},
    {"--set", OPTION_OVERRIDE, VALIDATE | PLAN | RUN | POINT, 0},
    {"--output", OPTION_TEXT, RUN | POINT, offsetof(gold_args, output)},
    {"-o", OPTION_TEXT, RUN | POINT, offsetof(gold_args, output)},
    {"--at", OPTION_TEXT, POINT, offsetof(gold_args, at)},
    {"--format", OPTION_TEXT, TABLE, offsetof(gold_args, format)},
    {"--ranks", OPTION_COUNT, PLAN, offsetof(gold_args, ranks)},
    {"--max-seconds", OPTION_SECONDS, RUN, offsetof(gold_args, max_seconds)},
    {"--overwrite", OPTION_FLAG, RUN, offsetof(gold_args, is_overwrite)},
    {"--retry-failed", OPTION_FLAG, RUN, offsetof(gold_args, is_retry_failed)},
    {"--quiet", OPTION_FLAG, RUN, offsetof(gold_args, is_quiet)},
    {"--verbose", OPTION_FLAG, RUN, offsetof(gold_args, is_verbose)},
    {"--json", OPTION_FLAG, PLAN | STATUS, offsetof(gold_args, is_json)},
    {"--failed", OPTION_FLAG, STATUS, offsetof(gold_args, is_failed)},
    {"--watch", OPTION_FLAG, STATUS, offsetof(gold_args, is_watch)},
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

/* Read the option at argv[*i], written "--name value" or "--name=value". */
static gold_status take_option(gold_args *args, unsigned int command, int argc,
                               char **argv, int *i)
{
    const char *word = argv[*i];
    const size_t length = strcspn(word, "=");

    for (size_t k = 0; k < N_OPTIONS; k++) {
        if ((options[k].commands & command) == 0 ||
            strlen(options[k].name) != length ||
            strncmp(options[k].name, word, length) != 0) {
            continue;
        }
        if (options[k].kind == OPTION_FLAG) {
            if (word[length] == '=') {
                return gold_fail(GOLD_ERR_USAGE,
                                 "%s takes no value, but '%s' "
                                 "was given",
                                 options[k].name, word + length + 1);
            }
            *(bool *)((char *)args + options[k].offset) = true;
            return GOLD_OK;
        }
        if (word[length] == '=') {
            return take_value(args, &options[k], word + length + 1);
        }
        if (*i + 1 >= argc) {
            return gold_fail(GOLD_ERR_USAGE, "%s wants a value after it",
                             options[k].name);
        }
        *i += 1;
        return take_value(args, &options[k], argv[*i]);
    }
    return unknown_option(args, word, command);
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

static gold_status check_operands(const gold_args *args, const char *operand)
{
    const size_t wanted = operand == NULL ? 0 : 1;

    if (args->n_operands < wanted) {
        return gold_fail(GOLD_ERR_USAGE,
                         "'goldilocks %s' wants a %s; 'goldilocks %s --help' "
                         "shows how",
                         args->command, operand, args->command);
    }
    if (args->n_operands > wanted) {
        return gold_fail(GOLD_ERR_USAGE,
                         "'goldilocks %s' has no use for '%.200s'",
                         args->command, args->operands[wanted]);
    }
    return GOLD_OK;
}

gold_status gold_args_read(int argc, char **argv, gold_args *args)
{
    size_t c = 0;

    *args = (gold_args){.max_seconds = (double)INFINITY};
    GOLD_TRY(gold_copy_text("", &args->overrides));
    GOLD_TRY(join_line(argc, argv, &args->line));
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
    for (int i = 2; i < argc; i++) {
        if (argv[i][0] == '-' && argv[i][1] != '\0') {
            GOLD_TRY(take_option(args, commands[c].bit, argc, argv, &i));
        } else if (args->n_operands < 2) {
            args->operands[args->n_operands++] = argv[i];
        } else {
            return gold_fail(GOLD_ERR_USAGE, "too many names: '%.200s'",
                             argv[i]);
        }
    }
    return args->is_help ? GOLD_OK : check_operands(args, commands[c].operand);
}

void gold_args_fini(gold_args *args)
{
    gold_free(args->overrides);
    gold_free(args->line);
    *args = (gold_args){0};
}
