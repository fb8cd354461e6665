/* SPDX-License-Identifier: MIT */
#include "store/outcome.h"

#include <math.h>

#include "store/h5.h"

static const uint8_t not_run = 255;

hid_t goldi_result_type(gold_variable variable)
{
    return variable == GOLD_VAR_OUTCOME ? H5T_NATIVE_UINT8 : H5T_NATIVE_DOUBLE;
}

size_t goldi_result_bytes(gold_variable variable)
{
    return variable == GOLD_VAR_OUTCOME ? sizeof(uint8_t) : sizeof(double);
}

gold_status goldi_outcome_create(hid_t file, const goldi_grid *grid)
{
    static const uint8_t masks[] = {GOLD_CONVERGED, GOLD_PATIENCE,
                                    GOLD_DIVERGED, GOLD_COLLAPSED, GOLD_LAZY};
    gold_status status = GOLD_OK;
    const gold_variable_info *info = gold_variable_about(GOLD_VAR_OUTCOME);
    const goldi_variable variable = {.name = info->name,
                                     .type = H5T_NATIVE_UINT8,
                                     .fill = &not_run,
                                     .is_fill_missing = true,
                                     .long_name = info->title,
                                     .units = info->units};
    hid_t dataset = H5I_INVALID_HID;

    GOLD_GOTO(
        goldi_gridded_create(file, &variable, grid, &grid->shape, &dataset));
    GOLD_GOTO(goldi_h5_set_numbers(dataset, "flag_masks", H5T_NATIVE_UINT8,
                                   sizeof masks, masks));
    GOLD_GOTO(goldi_h5_set_text(dataset, "flag_meanings",
                                "converged patience diverged collapsed lazy"));

done:
    goldi_h5_close(&dataset);
    return status;
}

uint8_t goldi_outcome_encode(double outcome)
{
    return outcome >= 0.0 && outcome < (double)not_run ? (uint8_t)outcome
                                                       : not_run;
}

double goldi_outcome_decode(uint8_t byte)
{
    return byte == not_run ? (double)NAN : (double)byte;
}
