/* SPDX-License-Identifier: MIT */
/**
 * @file args.h
 * The command line, read into one struct that all commands share.
 */
#ifndef GOLD_APP_ARGS_H
#define GOLD_APP_ARGS_H

#include <stdint.h>

#include "goldilocks/status.h"

/** What was asked for; strings are argv's unless said otherwise. */
typedef struct gold_args {
    const char *command; /* "run" */
    size_t n_operands;
    const char **operands; /* [n_operands] CONFIG or FILE; the array is owned */
    const char *output;    /* -o; NULL: the default */
    const char *at;        /* --at; NULL: not given */
    const char *by;        /* --by; NULL: not given */
    const char *format;    /* --format; NULL: the default */
    char *overrides;       /* --set, one a line; owned, "" for none */
    uint64_t ranks;        /* --ranks; 0: as is sensible */
    uint64_t sample;       /* --sample */
    uint64_t shard;        /* --shard I/N: I, from 1 on; */
    uint64_t n_shards;     /* and N; 0: all of the study */
    double max_seconds;    /* --max-seconds; infinity: no limit */
    bool is_overwrite;
    bool is_retry_failed;
    bool is_quiet;
    bool is_verbose;
    bool is_json;
    bool is_failed; /* --failed */
    bool is_watch;
    bool is_resolved; /* --resolved */
    bool is_dataless; /* --no-data */
    bool is_help;
    char *line; /* the command line as typed, for provenance; owned */
} gold_args;

/**
 * Read the command line; ended by gold_args_fini, also on failure.
 *
 * @retval GOLD_ERR_USAGE  unknown command or option (the nearest known one is
 *                         named), a missing or needless operand, a bad number.
 */
GOLD_CHECKED gold_status gold_args_read(int argc, char **argv, gold_args *args);

/** Free what the arguments hold; zeroed ones are allowed. */
void gold_args_fini(gold_args *args);

/** Print the help of a command, or with NULL of the program, on stdout. */
void gold_help_print(const char *command);

#endif
