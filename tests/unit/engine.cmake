# SPDX-License-Identifier: MIT
include(${PROJECT_SOURCE_DIR}/tests/prop/support.cmake)
foreach(what records rows verdicts inspect curvature tracks end moments phases boundary)
  gold_add_numeric_test(unit.engine.${what} test_engine_${what}.c
    LABELS unit fast)
endforeach()
