/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "goldilocks/task.h"

#include "app/commands.h"
#include "app/print.h"
#include "app/share.h"

gold_status gold_cmd_validate(const gold_args *args)
{
    gold_study *study = NULL;
    char points[GOLD_PRINT_BYTES];

    GOLD_TRY(gold_load_study(args->operands[0], args->overrides, &study));
    gold_say(stdout, "%s is a study: %s, %s points on", args->operands[0],
             study->name, gold_print_count((double)study->n_points, points));
    for (size_t a = 0; a < study->n_axes; a++) {
        gold_say(stdout, "%s %s (%zu)", a > 0 ? " x" : "", study->axes[a].name,
                 study->axes[a].count);
    }
    gold_say(stdout, "\n");
    gold_study_destroy(&study);
    return GOLD_OK;
}
