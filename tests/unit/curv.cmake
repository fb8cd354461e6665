# SPDX-License-Identifier: MIT
include(${PROJECT_SOURCE_DIR}/tests/prop/support.cmake)
foreach(what spectrum probe)
  gold_add_numeric_test(unit.curv.${what} test_curv_${what}.c LABELS unit fast)
endforeach()
foreach(what directions sphere sparse blocks groups overflow memory)
  gold_add_numeric_test(unit.curv.${what} test_curv_${what}.c TYPED
    LABELS unit fast)
endforeach()
