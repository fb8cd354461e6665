# SPDX-License-Identifier: MIT
gold_add_test(unit.store.lock test_store_lock.c LABELS unit)
target_compile_definitions(test.unit.store.lock PRIVATE _GNU_SOURCE)
gold_add_test(unit.store.output test_store_output.c LABELS unit)
gold_add_test(unit.store.point test_store_point.c LABELS unit)
gold_add_test(unit.store.create test_store_create.c LABELS unit)
gold_add_test(unit.store.foreign test_store_foreign.c LABELS unit)
gold_add_test(unit.store.train test_store_train.c LABELS unit)
gold_add_test(unit.store.checkpoint test_store_checkpoint.c LABELS unit)
