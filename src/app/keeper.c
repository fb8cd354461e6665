/* SPDX-License-Identifier: MIT */
#include "app/keeper.h"

#include <stdio.h>

#include "goldilocks/memory.h"

#include "app/clock.h"
#include "app/print.h"

gold_status gold_keeper_open(gold_keeper *keeper, const char *path,
                             const gold_study *study, const char *data_digest,
                             bool is_fresh)
{
    *keeper = (gold_keeper){.every = study->run.checkpoint_every};
    if (!study->has_train) {
        return GOLD_OK;
    }
    GOLD_TRY(
        gold_checkpoints_open(path, study, data_digest, &keeper->checkpoints));
    if (is_fresh) {
        gold_checkpoints_clear(keeper->checkpoints);
    }
    return GOLD_OK;
}

static void forget_resume(gold_keeper *keeper)
{
    gold_free(keeper->resume);
    keeper->resume = NULL;
    keeper->resume_bytes = 0;
}

void gold_keeper_close(gold_keeper *keeper)
{
    forget_resume(keeper);
    gold_checkpoints_close(&keeper->checkpoints);
}

gold_status gold_keeper_begin(gold_keeper *keeper, const gold_task *task)
{
    forget_resume(keeper);
    keeper->task = task->id;
    keeper->began = gold_clock();
    keeper->saved = keeper->began;
    keeper->before = 0.0;
    if (keeper->checkpoints == NULL || task->kind != GOLD_TASK_TRAIN) {
        return GOLD_OK;
    }
    return gold_checkpoint_read(keeper->checkpoints, task->id, &keeper->before,
                                &keeper->resume, &keeper->resume_bytes);
}

double gold_keeper_seconds(const gold_keeper *keeper)
{
    return keeper->before + gold_clock() - keeper->began;
}

bool gold_keeper_is_due(const gold_keeper *keeper)
{
    return gold_clock() - keeper->saved >= keeper->every;
}

void gold_keeper_save(gold_keeper *keeper, const void *bytes, size_t n_bytes)
{
    if (keeper->checkpoints == NULL) {
        return;
    }
    if (gold_checkpoint_write(keeper->checkpoints, keeper->task,
                              gold_keeper_seconds(keeper), bytes,
                              n_bytes) != GOLD_OK) {
        if (!keeper->has_complained) {
            gold_say(stderr,
                     "goldilocks: a training under way cannot be kept, so "
                     "a kill would cost all of it: %s\n",
                     gold_fail_message());
        }
        keeper->has_complained = true;
        gold_fail_clear();
    }
    keeper->saved = gold_clock();
}

void gold_keeper_done(gold_keeper *keeper)
{
    forget_resume(keeper);
    if (keeper->checkpoints != NULL) {
        gold_checkpoint_remove(keeper->checkpoints, keeper->task);
    }
}

void gold_keeper_finish(gold_keeper *keeper)
{
    if (keeper->checkpoints != NULL) {
        gold_checkpoints_clear(keeper->checkpoints);
    }
}
