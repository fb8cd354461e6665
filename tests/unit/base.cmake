# SPDX-License-Identifier: MIT
find_package(Threads REQUIRED)
gold_add_test(unit.base.memory test_base_memory.c LABELS unit fast)
gold_add_test(unit.base.random test_base_random.c LABELS unit fast)
gold_add_test(unit.base.status test_base_status.c LABELS unit fast)
target_link_libraries(test.unit.base.status PRIVATE Threads::Threads)
gold_add_test(unit.base.digest test_base_digest.c LABELS unit fast)
gold_add_test(unit.base.errand test_base_errand.c LABELS unit fast)
gold_add_test(unit.base.utf8 test_base_utf8.c LABELS unit fast)
