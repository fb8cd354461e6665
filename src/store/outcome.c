/* SPDX-License-Identifier: MIT */
#include "store/outcome.h"

#include <math.h>

#include "goldilocks/select.h"

#include "store/h5.h"

static const uint8_t not_known = 255;

bool goldi_is_flags(gold_variable variable)
{
    return variable == GOLD_VAR_OUTCOME || variable == GOLD_VAR_SELECTED;
}

hid_t goldi_result_type(gold_variable variable)
{
    return goldi_is_flags(variable) ? H5T_NATIVE_UINT8 : H5T_NATIVE_DOUBLE;
}

size_t goldi_result_bytes(gold_variable variable)
{
    return goldi_is_flags(variable) ? sizeof(uint8_t) : sizeof(double);
}

/* The flags of a variable, and their words. */
static gold_status describe(hid_t dataset, gold_variable variable)
{
    static const uint8_t outcomes[] = {GOLD_CONVERGED, GOLD_PATIENCE,
                                       GOLD_DIVERGED, GOLD_COLLAPSED,
                                       GOLD_LAZY};
    static const uint8_t choices[] = {1, 2, 4, 8, 16, 32, GOLD_SELECTED_RANDOM};
    const bool is_outcome = variable == GOLD_VAR_OUTCOME;

    GOLD_TRY(goldi_h5_set_numbers(dataset, "flag_masks", H5T_NATIVE_UINT8,
                                  is_outcome ? sizeof outcomes : sizeof choices,
                                  is_outcome ? outcomes : choices));
    return goldi_h5_set_text(
        dataset, "flag_meanings",
        is_outcome ? "converged patience diverged collapsed lazy"
                   : "highest_trace_over_norm lowest_trace_over_norm "
                     "highest_positive_fraction lowest_positive_fraction "
                     "highest_loss lowest_loss random");
}

gold_status goldi_flags_create(hid_t file, const goldi_grid *grid,
                               gold_variable which)
{
    gold_status status = GOLD_OK;
    const gold_variable_info *info = gold_variable_about(which);
    const goldi_variable variable = {.name = info->name,
                                     .type = H5T_NATIVE_UINT8,
                                     .fill = &not_known,
                                     .is_fill_missing = true,
                                     .long_name = info->title,
                                     .units = info->units};
    hid_t dataset = H5I_INVALID_HID;

    GOLD_GOTO(
        goldi_gridded_create(file, &variable, grid, &grid->shape, &dataset));
    GOLD_GOTO(describe(dataset, which));

done:
    goldi_h5_close(&dataset);
    return status;
}

uint8_t goldi_flags_encode(double flags)
{
    return flags >= 0.0 && flags < (double)not_known ? (uint8_t)flags
                                                     : not_known;
}

double goldi_flags_decode(uint8_t byte)
{
    return byte == not_known ? (double)NAN : (double)byte;
}
