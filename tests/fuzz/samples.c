/* SPDX-License-Identifier: MIT */
/* Reading a file of samples, and of vectors of parameters, of which nothing is
 * known. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/dataset.h"
#include "goldilocks/memory.h"

#include "mutation.h"

/* Read the study of set file, with more said of it. */
static gold_study *read_own(const char *path, const char *facts)
{
    static const char text[] = "study: own\ngrid: {seed: [0]}\n"
                               "data: {set: file, path: none}\n"
                               "network: {loss: mse}\ntrain: {steps: 1}\n";
    char lines[1024];
    gold_study *study = NULL;
    char *report = NULL;

    (void)snprintf(lines, sizeof lines,
                   "data.path=%s\nnetwork.init={file: %s}\n%s", path, path,
                   facts);
    if (gold_study_parse("study", text, strlen(text), lines, &study, &report) !=
        GOLD_OK) {
        (void)fprintf(stderr, "%s\n", report == NULL ? "" : report);
        exit(70); /* no exit code of the program */
    }
    return study;
}

/* All samples and vectors of the file, as a network gets them. */
gold_status read_samples(const char *path)
{
    gold_study *study = read_own(path, "");
    gold_dataset_plan *plan = NULL;
    char *facts = NULL;
    void *samples = NULL;
    gold_status status = gold_dataset_facts(study, &facts);

    if (status == GOLD_OK) {
        gold_study_destroy(&study);
        study = read_own(path, facts);
        status = gold_dataset_plan_create(study, &plan);
    }
    if (status == GOLD_OK) {
        status = gold_alloc(gold_dataset_bytes(plan), 1, &samples);
    }
    return status == GOLD_OK ? gold_dataset_fill(plan, samples) : status;
}
