/* SPDX-License-Identifier: MIT */
#include "store/work.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "store/h5.h"

/* Names and titles by kind of task. */
static const struct {
    const char *names[GOLDI_N_KINDS];
    const char *titles[GOLDI_N_KINDS];
    const char *units;
    size_t bytes;
} work_table[GOLDI_N_WORK] = {
    {{"seconds_measure", "seconds_train"},
     {"wall time of the task that measured the point",
      "wall time of the task that trained from the point"},
     "s",
     sizeof(double)},
    {{"flops_measure", "flops_train"},
     {"floating-point operations of the task that measured the point",
      "floating-point operations of the task that trained from the point"},
     "1",
     sizeof(double)},
    {{"rank_measure", "rank_train"},
     {"MPI rank that measured the point",
      "MPI rank that trained from the point"},
     "1",
     sizeof(int32_t)},
    {{"attempts_measure", "attempts_train"},
     {"how often the measurement was tried",
      "how often the training was tried"},
     "1",
     sizeof(int32_t)},
    {{"message_measure", "message_train"},
     {"why the measurement failed", "why the training failed or diverged"},
     "1",
     GOLD_MESSAGE_BYTES},
    {{"status_measure", "status_train"},
     {"state of the measurement", "state of the training"},
     "1",
     sizeof(uint8_t)},
};

int goldi_n_kinds(const gold_study *study)
{
    return study->has_train ? GOLDI_N_KINDS : GOLD_TASK_MEASURE + 1;
}

const char *goldi_work_name(gold_task_kind kind, goldi_work work)
{
    return work_table[work].names[kind];
}

size_t goldi_work_bytes(goldi_work work)
{
    return work_table[work].bytes;
}

hid_t goldi_work_type(goldi_work work)
{
    switch (work) {
    case GOLDI_RANK:
    case GOLDI_ATTEMPTS:
        return H5T_NATIVE_INT32;
    case GOLDI_MESSAGE:
        return H5T_C_S1;
    case GOLDI_STATUS:
        return H5T_NATIVE_UINT8;
    default:
        return H5T_NATIVE_DOUBLE;
    }
}

gold_status goldi_states_check(const gold_study *study, gold_task_kind kind,
                               const uint8_t *states)
{
    char place[512];

    for (size_t p = 0; p < study->n_points; p++) {
        if (states[p] > GOLD_STATE_EXCLUDED) {
            return gold_fail(
                GOLD_ERR_FORMAT,
                "%s is %d at %s, and only 0 to 3 have a meaning: the file is "
                "damaged, or another version of the program wrote it",
                goldi_work_name(kind, GOLDI_STATUS), (int)states[p],
                gold_study_describe(study, p, place, sizeof place));
        }
    }
    return GOLD_OK;
}

/* Write the states that points begin with. */
static gold_status states_begin(hid_t dataset, const gold_study *study)
{
    gold_status status = GOLD_OK;
    uint8_t *states = NULL;

    if (study->excluded == NULL) {
        return GOLD_OK;
    }
    GOLD_GOTO(GOLD_ALLOC(study->n_points, &states));
    for (size_t i = 0; i < study->n_points; i++) {
        states[i] = gold_study_is_excluded(study, i) ? GOLD_STATE_EXCLUDED
                                                     : GOLD_STATE_PENDING;
    }
    GOLDI_H5(H5Dwrite(dataset, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                      states),
             "excluded points cannot be marked");

done:
    gold_free(states);
    return status;
}

/* Make one state variable, with excluded points marked at once. */
static gold_status states_create(hid_t file, const gold_study *study,
                                 const goldi_variable *variable,
                                 const goldi_grid *grid)
{
    static const uint8_t values[] = {GOLD_STATE_PENDING, GOLD_STATE_DONE,
                                     GOLD_STATE_FAILED, GOLD_STATE_EXCLUDED};
    gold_status status = GOLD_OK;
    hid_t dataset = H5I_INVALID_HID;

    GOLD_GOTO(
        goldi_gridded_create(file, variable, grid, &grid->shape, &dataset));
    GOLD_GOTO(goldi_h5_set_numbers(dataset, "flag_values", H5T_NATIVE_UINT8,
                                   sizeof values, values));
    GOLD_GOTO(goldi_h5_set_text(dataset, "flag_meanings",
                                "pending done failed excluded"));
    GOLD_GOTO(states_begin(dataset, study));

done:
    goldi_h5_close(&dataset);
    return status;
}

/* Make the messages: an array of characters, which netCDF has always had
 * (its library corrupts memory on HDF5 texts of fixed length), and which
 * xarray gives back as bytes of fixed length. An attribute _Encoding would make
 * texts of them, objects to Python, of which dask cannot tell the size: it
 * would refuse to divide the whole file. */
static gold_status messages_create(hid_t file, const goldi_variable *variable,
                                   const goldi_grid *grid, hid_t character)
{
    goldi_shape shape = grid->shape;

    goldi_shape_add(&shape, GOLD_MESSAGE_BYTES, character);
    return goldi_gridded_create(file, variable, grid, &shape, NULL);
}

/* Make one variable about the work. */
static gold_status create_one(hid_t file, const gold_study *study,
                              const goldi_grid *grid, hid_t character,
                              gold_task_kind kind, goldi_work work)
{
    static const double missing = (double)NAN;
    static const int32_t nobody = -1;
    goldi_variable variable = {.name = work_table[work].names[kind],
                               .type = goldi_work_type(work),
                               .long_name = work_table[work].titles[kind],
                               .units = work_table[work].units};

    if (work == GOLDI_MESSAGE) {
        return messages_create(file, &variable, grid, character);
    }
    if (work == GOLDI_STATUS) {
        return states_create(file, study, &variable, grid);
    }
    if (work == GOLDI_SECONDS || work == GOLDI_FLOPS) {
        variable.fill = &missing;
    } else if (work == GOLDI_RANK) {
        variable.fill = &nobody;
    }
    variable.is_fill_missing = variable.fill != NULL;
    return goldi_gridded_create(file, &variable, grid, &grid->shape, NULL);
}

gold_status goldi_work_create(hid_t file, const gold_study *study,
                              const goldi_grid *grid, hid_t character)
{
    for (int kind = 0; kind < goldi_n_kinds(study); kind++) {
        for (int work = 0; work < GOLDI_N_WORK; work++) {
            GOLD_TRY(create_one(file, study, grid, character,
                                (gold_task_kind)kind, (goldi_work)work));
        }
    }
    return GOLD_OK;
}
