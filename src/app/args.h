/* SPDX-License-Identifier: MIT */
/**
 * @file args.h
 * The command line, read into one struct that all commands share.
 */
#ifndef GOLD_APP_ARGS_H
#define GOLD_APP_ARGS_H

#include <stdint.h>

#include "goldilocks/status.h"

struct gold_args;

typedef gold_status gold_command_fn(const struct gold_args *args);

typedef enum gold_option_kind {
    GOLD_OPTION_FLAG,     /* bool */
    GOLD_OPTION_TEXT,     /* const char * */
    GOLD_OPTION_COUNT,    /* uint64_t */
    GOLD_OPTION_SECONDS,  /* double */
    GOLD_OPTION_OVERRIDE, /* a line more in overrides */
    GOLD_OPTION_SHARD,    /* two uint64_t */
} gold_option_kind;

typedef struct gold_option {
    const char *name;     /* "output"; NULL ends a list */
    const char *letter;   /* "o"; NULL: it has none */
    const char *argument; /* "FILE", "csv|jsonl"; NULL of flags */
    gold_option_kind kind;
    size_t offset; /* of what is set in gold_args */
    const char *about;
} gold_option;

typedef struct gold_command {
    const char *name;
    const char *operands; /* "CONFIG" */
    size_t least;
    size_t most;
    const char *brief; /* "check a study"; NULL: nobody types it */
    const char *about; /* paragraphs; lines that begin with a blank stay */
    const gold_option *options;
    gold_command_fn *run;
    bool needs_mpi;
} gold_command;

/** What was asked for; strings are argv's unless said otherwise. */
typedef struct gold_args {
    const gold_command *commands; /* the table; borrowed */
    const gold_command *command;  /* of it; NULL: the program itself */
    size_t n_operands;
    const char **operands; /* [n_operands] CONFIG or FILE; the array is owned */
    const char *output;    /* -o; NULL: the default */
    const char *at;        /* --at; NULL: not given */
    const char *by;        /* --by; NULL: not given */
    const char *pilot;     /* --pilot; NULL: not given */
    const char *width;     /* --width; NULL: not given */
    const char *of;        /* --of; NULL: the default */
    const char *until;     /* --until; NULL: not given */
    uint64_t most;         /* --most; 0: the default */
    const char *format;    /* --format; NULL: the default */
    char *overrides;       /* --set, one a line; owned, "" for none */
    uint64_t ranks;        /* --ranks; 0: as is sensible */
    uint64_t sample;       /* --sample */
    uint64_t shard;        /* --shard I/N: I, from 1 on; */
    uint64_t n_shards;     /* and N; 0: all of the study */
    double max_seconds;    /* --max-seconds; infinity: no limit */
    bool is_overwrite;
    bool is_extend; /* --extend */
    bool is_alone;  /* --alone */
    bool is_retry_failed;
    bool is_quiet;
    bool is_verbose;
    bool is_json;
    bool is_failed; /* --failed */
    bool is_watch;
    bool is_resolved; /* --resolved */
    bool is_dataless; /* --no-data */
    bool is_help;
    bool is_version;
    unsigned given; /* a bit for each of the command's options with a value */
    char *line;     /* the command line as typed, for provenance; owned */
} gold_args;

/** Option that each command has. */
extern const gold_option gold_help_option;

/** Find a command by its name.
 *
 * @retval GOLD_ERR_USAGE  there is none: the nearest is named. */
GOLD_CHECKED gold_status gold_find_command(const gold_command *commands,
                                           const char *name,
                                           const gold_command **command);

/**
 * Read the command line; ended by gold_args_fini, also on failure.
 *
 * @retval GOLD_ERR_USAGE  unknown command or option (the nearest known one is
 *                         named), a missing or needless operand, a bad number.
 */
GOLD_CHECKED gold_status gold_args_read(int argc, char **argv,
                                        const gold_command *commands,
                                        gold_args *args);

/** Free what the arguments hold; zeroed ones are allowed. */
void gold_args_fini(gold_args *args);

#endif
