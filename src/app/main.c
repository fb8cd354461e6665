/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <mpi.h>

#include "goldilocks/engine.h"
#include "goldilocks/status.h"
#include "goldilocks/store.h"

#include "app/commands.h"
#include "app/kernel.h"
#include "app/launch.h"
#include "app/limits.h"
#include "app/meeting.h"
#include "app/parting.h"
#include "app/print.h"
#include "app/stopping.h"
#include "app/version.h"
#include "app/words.h"
#include "base/errand.h"

/* Where standard input, output or errors are closed, the next file that is
 * opened would take their place, and get what is printed: something else does,
 * which cannot be written to. */
static void fill_closed(void)
{
    int descriptor = 0;

    while (descriptor >= 0 && descriptor <= STDERR_FILENO) {
        descriptor = open("/dev/null", O_RDONLY);
    }
    if (descriptor > STDERR_FILENO) {
        (void)close(descriptor);
    }
}

static gold_status run_command(const gold_args *args)
{
    if (args->is_help) {
        return gold_cmd_help(args);
    }
    if (args->is_version || args->command == NULL) {
        gold_say(stdout, "goldilocks %s (%s)\n", GOLD_VERSION, GOLD_GIT_COMMIT);
        return GOLD_OK;
    }
    return args->command->run(args);
}

static void start_mpi(const gold_args *args, int *argc, char ***argv, int *rank)
{
    int level = MPI_THREAD_SINGLE; /* sched asks what it has become */

    if (args->command->run == gold_cmd_run) {
        gold_stopping_begin(args->max_seconds);
    }
    if (args->is_alone) {
        gold_launch_forget();
    }
    gold_launch_isolate();
    gold_errand_begin();
    MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, rank);
    if (*rank != 0) {
        gold_errand_end(); /* process 0 alone examines files */
    }
}

int main(int argc, char **argv)
{
    fill_closed();
    gold_ensure_blas(argv);
    gold_args args;
    gold_status status = gold_args_read(argc, argv, gold_commands, &args);
    const bool is_at_work =
        status == GOLD_OK && args.command != NULL && !args.is_help;
    bool is_parallel = is_at_work && args.command->needs_mpi;
    int rank = 0;

    /* A limit on the size of files is an error to tell, not the end. */
    (void)signal(SIGXFSZ, SIG_IGN);
    gold_store_prepare();
    if (is_at_work) {
        status = gold_engine_force_kernel(getenv("GOLD_KERNEL"));
    }
    if (status == GOLD_OK) {
        status = gold_limits_check(is_parallel);
    }
    is_parallel = is_parallel && status == GOLD_OK;
    if (is_parallel) {
        start_mpi(&args, &argc, &argv, &rank);
    }
    if (status == GOLD_OK) {
        status = run_command(&args);
    }
    if (status == GOLD_OK) {
        status = goldi_flush(stdout);
    }
    if (status != GOLD_OK && rank == 0 && gold_fail_message()[0] != '\0') {
        (void)fflush(stdout);
        gold_say(stderr, "goldilocks: %s\n", gold_fail_message());
    }
    if (rank == 0) {
        gold_parting_note(gold_status_exit_code(status));
    }
    gold_args_fini(&args);
    if (is_parallel) {
        MPI_Finalize();
        gold_meeting_end();
    }
    if (rank == 0) {
        gold_parting_tell(gold_status_exit_code(status));
    }
    /* Ranks agree on the status: one of them says it, so that mpirun does not
     * kill the others in the middle of their last words. Without MPI nobody
     * knows of others, whatever a launcher left in the environment. */
    return rank == 0 ? gold_status_exit_code(status) : 0;
}
