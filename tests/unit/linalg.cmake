# SPDX-License-Identifier: MIT
include(${PROJECT_SOURCE_DIR}/tests/prop/support.cmake)
gold_add_numeric_test(unit.linalg.product test_linalg_product.c TYPED
  LABELS unit fast)
gold_add_numeric_test(unit.linalg.sums test_linalg_sums.c TYPED
  LABELS unit fast)
gold_add_numeric_test(unit.linalg.orthonormal test_linalg_orthonormal.c TYPED
  LABELS unit fast)
gold_add_numeric_test(unit.linalg.eigen test_linalg_eigen.c LABELS unit fast)
gold_add_numeric_test(unit.linalg.lanczos test_linalg_lanczos.c
  LABELS unit fast)
gold_add_numeric_test(unit.linalg.panels test_linalg_panels.c TYPED
  LABELS unit)
gold_add_numeric_test(unit.linalg.tile test_linalg_tile.c TYPED
  LABELS unit fast)
