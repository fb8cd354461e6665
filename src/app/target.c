/* SPDX-License-Identifier: MIT */
#include "app/target.h"

#include <stdio.h>
#include <string.h>

#include "goldilocks/select.h"

#include "app/print.h"

enum {
    /* Open MPI writes names of its own, 15 bytes longer, into 256. */
    MOST_BYTES = 240
};

gold_status gold_target_choose(const gold_args *args, const gold_study *study,
                               char *path, size_t n_bytes)
{
    if (args->n_shards > 0 && gold_select_share(study) < 1.0) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "train.select: a shard cannot choose among candidates "
                         "that other shards measure: run without --shard");
    }
    if (args->is_extend && args->is_overwrite) {
        return gold_fail(GOLD_ERR_USAGE,
                         "--extend keeps what the file holds, and --overwrite "
                         "does not: say one of them");
    }
    if (args->output != NULL && strlen(args->output) > MOST_BYTES) {
        return gold_fail(GOLD_ERR_USAGE,
                         "-o: a name of %zu bytes, where MPI's files have room "
                         "for %d: go into its folder, and say a short one",
                         strlen(args->output), MOST_BYTES);
    }
    if (args->output != NULL) {
        (void)snprintf(path, n_bytes, "%s", args->output);
    } else if (args->n_shards > 0) {
        (void)snprintf(path, n_bytes, "results/%s.%llu-of-%llu.h5", study->name,
                       (unsigned long long)args->shard,
                       (unsigned long long)args->n_shards);
    } else {
        (void)snprintf(path, n_bytes, "results/%s.h5", study->name);
    }
    return GOLD_OK;
}

gold_status gold_target_open(const gold_args *args, const gold_study *study,
                             const char *path, gold_file_kind kind,
                             bool is_resumed, gold_output **output)
{
    const size_t first = path == args->operands[0] ? 1 : 0;
    const char *read[3] = {args->operands[0]};
    size_t n_read = 1;
    gold_output_request request = {.path = path,
                                   .kind = kind,
                                   .inputs = args->operands + first,
                                   .n_inputs = args->n_operands - first,
                                   .is_overwrite = args->is_overwrite,
                                   .is_resumed = is_resumed};

    if (study != NULL) { /* the only operand, then */
        if (study->data.path != NULL) {
            read[n_read++] = study->data.path;
        }
        if (study->init_path != NULL) {
            read[n_read++] = study->init_path;
        }
        request.inputs = read;
        request.n_inputs = n_read;
    }
    GOLD_TRY(gold_output_open(&request, output));
    if (!gold_output_is_locked(*output)) {
        gold_say(stderr,
                 "goldilocks: note: %s: its file system has no locks, so "
                 "nothing keeps another command from this file: never "
                 "write it by two at a time\n",
                 path);
    }
    return GOLD_OK;
}

gold_status gold_target_extend(const gold_args *args, gold_output *output,
                               const gold_study *study,
                               const gold_provenance *provenance)
{
    char after[GOLD_PRINT_BYTES];
    size_t n_before = 0;

    if (!args->is_extend) {
        return GOLD_OK;
    }
    GOLD_TRY(gold_extend(output, study, provenance, &n_before));
    if (n_before > 0 && !args->is_quiet) {
        gold_say(stdout, "%s: extended from %s to %s\n",
                 gold_output_path(output), GOLD_COUNTED(n_before, "point"),
                 gold_print_count((double)study->n_points, after));
    }
    return GOLD_OK;
}
