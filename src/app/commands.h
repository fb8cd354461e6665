/* SPDX-License-Identifier: MIT */
/**
 * @file commands.h
 * The commands: each prints its results on stdout and returns a status, whose
 * message main prints once on stderr. All run on one process but gold_cmd_run,
 * gold_cmd_bench and gold_cmd_doctor, which are collective on MPI_COMM_WORLD:
 * only they run between MPI_Init and MPI_Finalize.
 */
#ifndef GOLD_APP_COMMANDS_H
#define GOLD_APP_COMMANDS_H

#include "app/args.h"

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

#endif
