/* SPDX-License-Identifier: MIT */
/**
 * @file commands.h
 * The commands, in one table: how they are called, what they take, what they
 * say of themselves, and what runs them. Parsing, dispatch, help, manual pages
 * and completion read it.
 */
#ifndef GOLD_APP_COMMANDS_H
#define GOLD_APP_COMMANDS_H

#include "app/args.h"

/** All commands; one without a name ends the table. */
extern const gold_command gold_commands[];

/* Each prints its results on stdout and returns a status, whose message main
 * prints once on stderr. All run on one process but gold_cmd_run,
 * gold_cmd_bench and gold_cmd_doctor, which are collective on MPI_COMM_WORLD:
 * only they run between MPI_Init and MPI_Finalize. */
gold_status gold_cmd_validate(const gold_args *args);
gold_status gold_cmd_plan(const gold_args *args);
gold_status gold_cmd_run(const gold_args *args);
gold_status gold_cmd_status(const gold_args *args);
gold_status gold_cmd_summary(const gold_args *args);
gold_status gold_cmd_point(const gold_args *args);
gold_status gold_cmd_table(const gold_args *args);
gold_status gold_cmd_verify(const gold_args *args);
gold_status gold_cmd_merge(const gold_args *args);
gold_status gold_cmd_bench(const gold_args *args);
gold_status gold_cmd_doctor(const gold_args *args);
gold_status gold_cmd_keys(const gold_args *args);
gold_status gold_cmd_template(const gold_args *args);
gold_status gold_cmd_jobs(const gold_args *args);
gold_status gold_cmd_help(const gold_args *args);
gold_status gold_cmd_complete(const gold_args *args);

#endif
