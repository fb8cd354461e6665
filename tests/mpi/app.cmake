# SPDX-License-Identifier: MIT
gold_add_test(mpi.app.reading test_app_reading.c NP 1 LABELS mpi)
