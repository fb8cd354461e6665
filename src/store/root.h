/* SPDX-License-Identifier: MIT */
/** @file root.h Attributes of the root of a result file. */
#ifndef GOLD_STORE_ROOT_H
#define GOLD_STORE_ROOT_H

/* Names of root attributes that are read again. */
#define GOLDI_SCHEMA_VERSION  "schema_version"
#define GOLDI_STUDY_IDENTITY  "study_identity"
#define GOLDI_DATA_DIGEST     "data_sha256"
#define GOLDI_DATA_SAMPLES    "data_samples"
#define GOLDI_PROGRAM_VERSION "program_version"
#define GOLDI_CONFIG          "config"
#define GOLDI_OVERRIDES       "config_overrides"
#define GOLDI_N_TRAIN         "n_train"

/* The format before there was training; it is still read. */
#define GOLDI_FORMAT_UNTRAINED "1"

#endif
