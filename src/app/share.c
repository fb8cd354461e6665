/* SPDX-License-Identifier: MIT */
#include "app/share.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "goldilocks/memory.h"
#include "goldilocks/sched.h"

#include "app/paths.h"
#include "app/print.h"
#include "app/starts.h"

/* Bytes broadcast at a time: counts of MPI calls are ints. */
enum {
    PIECE = 1 << 28
};

/* Read a study and print what is wrong with it. */
static gold_status read_study(const char *path, const char *overrides,
                              gold_study **study)
{
    char *report = NULL;
    const gold_status status = gold_study_read(path, overrides, study, &report);

    if (report != NULL) {
        (void)fflush(stdout);
        gold_print(stderr, report);
        gold_fail_clear();
    }
    gold_free(report);
    return status == GOLD_OK ? gold_expand_paths(*study) : status;
}

/* Read a study again, with what the file of its samples says of them. */
static gold_status ask_file(const char *path, const char *overrides,
                            gold_study **study)
{
    gold_status status = GOLD_OK;
    char *facts = NULL;
    char *lines = NULL;

    GOLD_GOTO(gold_dataset_facts(*study, &facts));
    gold_study_destroy(study);
    const size_t room = strlen(overrides) + strlen(facts) + 2;

    GOLD_GOTO(GOLD_ALLOC(room, &lines));
    (void)snprintf(lines, room, "%s%s%s", overrides,
                   overrides[0] != '\0' ? "\n" : "", facts);
    status = read_study(path, lines, study);

done:
    gold_free(lines);
    gold_free(facts);
    return status;
}

gold_status gold_load_study(const char *path, const char *overrides,
                            bool may_look, gold_study **study)
{
    gold_status status = GOLD_OK;
    gold_study *read = NULL;

    GOLD_GOTO(read_study(path, overrides, &read));
    if (may_look && !gold_data_is_known(&read->data)) {
        GOLD_GOTO(ask_file(path, overrides, &read));
    }
    if (read->notes != NULL) {
        gold_print(stderr, read->notes);
    }
    *study = read;
    read = NULL;

done:
    gold_study_destroy(&read);
    return status;
}

static void broadcast_bytes(MPI_Comm comm, void *data, size_t bytes)
{
    unsigned char *at = data;

    for (size_t done = 0; done < bytes; done += PIECE) {
        const size_t left = bytes - done;

        MPI_Bcast(at + done, (int)(left < PIECE ? left : PIECE), MPI_BYTE, 0,
                  comm);
    }
}

/* A text of rank 0 on every rank; owned by the caller. */
static gold_status broadcast_text(MPI_Comm comm, const char *text, char **copy)
{
    gold_status status = GOLD_OK;
    uint64_t bytes = 0;
    int rank = 0;

    MPI_Comm_rank(comm, &rank);
    bytes = rank == 0 ? strlen(text) + 1 : 0;
    MPI_Bcast(&bytes, 1, MPI_UINT64_T, 0, comm);
    status = gold_agree(comm, GOLD_ALLOC((size_t)bytes, copy));
    if (status == GOLD_OK) {
        if (rank == 0) {
            memcpy(*copy, text, (size_t)bytes);
        }
        broadcast_bytes(comm, *copy, (size_t)bytes);
    }
    return status;
}

gold_status gold_share_study(MPI_Comm comm, const char *path,
                             const char *overrides, gold_study **study)
{
    gold_status status = GOLD_OK;
    char *text = NULL;
    char *changes = NULL;
    char *report = NULL;
    int rank = 0;

    MPI_Comm_rank(comm, &rank);
    if (rank == 0) {
        status = gold_load_study(path, overrides, true, study);
    }
    GOLD_GOTO(gold_agree(comm, status));
    GOLD_GOTO(broadcast_text(comm, rank == 0 ? (*study)->text : "", &text));
    GOLD_GOTO(
        broadcast_text(comm, rank == 0 ? (*study)->overrides : "", &changes));
    if (rank != 0) {
        status =
            gold_study_parse(path, text, strlen(text), changes, study, &report);
    }
    GOLD_GOTO(gold_agree(comm, status));

done:
    gold_free(report);
    gold_free(changes);
    gold_free(text);
    return status;
}

/* One block per node in shared memory; its address on this rank. */
static gold_status allocate_block(MPI_Comm comm, size_t bytes,
                                  gold_shared_data *shared, void **block)
{
    int node_rank = 0;
    int unit = 1;
    MPI_Aint size = 0;
    int code = MPI_SUCCESS;
    gold_status status = GOLD_OK;

    MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL,
                        &shared->node);
    MPI_Comm_rank(shared->node, &node_rank);
    MPI_Comm_set_errhandler(shared->node, MPI_ERRORS_RETURN);
    code = MPI_Win_allocate_shared(
        node_rank == 0 ? (MPI_Aint)(bytes + GOLD_ALIGNMENT) : 0, 1,
        MPI_INFO_NULL, shared->node, block, &shared->window);
    shared->is_shared = code == MPI_SUCCESS;
    if (code != MPI_SUCCESS) {
        status = gold_fail(GOLD_ERR_MEMORY,
                           "no shared memory for %zu bytes of data: is "
                           "/dev/shm or the memory limit too small?",
                           bytes);
    }
    status = gold_agree(comm, status);
    if (status == GOLD_OK) {
        MPI_Win_shared_query(shared->window, 0, &size, &unit, block);
        const size_t past = (uintptr_t)*block % GOLD_ALIGNMENT;

        *block =
            (unsigned char *)*block + (past == 0 ? 0 : GOLD_ALIGNMENT - past);
    }
    return status;
}

gold_status gold_share_data(MPI_Comm comm, const gold_study *study,
                            gold_shared_data *shared)
{
    gold_status status = GOLD_OK;
    gold_dataset_plan *plan = NULL;
    MPI_Comm leaders = MPI_COMM_NULL;
    void *block = NULL;
    uint64_t bytes = 0;
    int rank = 0;
    int node_rank = 0;

    MPI_Comm_rank(comm, &rank);
    if (rank == 0) {
        status = gold_dataset_plan_create(study, &plan);
        status = status == GOLD_OK ? gold_check_starts(study, plan) : status;
        bytes = status == GOLD_OK ? gold_dataset_bytes(plan) : 0;
    }
    GOLD_GOTO(gold_agree(comm, status));
    MPI_Bcast(&bytes, 1, MPI_UINT64_T, 0, comm);
    GOLD_GOTO(allocate_block(comm, (size_t)bytes, shared, &block));
    if (rank == 0) {
        status = gold_dataset_fill(plan, block);
    }
    GOLD_GOTO(gold_agree(comm, status));
    MPI_Comm_rank(shared->node, &node_rank);
    MPI_Comm_split(comm, node_rank == 0 ? 0 : MPI_UNDEFINED, rank, &leaders);
    if (leaders != MPI_COMM_NULL) {
        broadcast_bytes(leaders, block, (size_t)bytes);
        MPI_Comm_free(&leaders);
    }
    MPI_Win_fence(0, shared->window);
    shared->data = gold_dataset_view(block);

done:
    gold_dataset_plan_destroy(&plan);
    return status;
}

long gold_share_first(MPI_Comm comm, const gold_shared_data *shared)
{
    long number = getpid();
    int leader = 0;

    MPI_Comm_rank(comm, &leader);
    MPI_Bcast(&leader, 1, MPI_INT, 0, shared->node);
    MPI_Bcast(&number, 1, MPI_LONG, 0, comm);
    return leader == 0 ? number : 0;
}

void gold_unshare_data(gold_shared_data *shared)
{
    if (shared->is_shared) {
        MPI_Win_free(&shared->window);
    }
    if (shared->node != (MPI_Comm)0 && shared->node != MPI_COMM_NULL) {
        MPI_Comm_free(&shared->node);
    }
    *shared = (gold_shared_data){0};
}
