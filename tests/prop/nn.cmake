# SPDX-License-Identifier: MIT
include(${PROJECT_SOURCE_DIR}/tests/prop/support.cmake)
gold_add_numeric_test(prop.nn.homogeneity test_homogeneity.c TYPED LABELS prop)
gold_add_numeric_test(prop.nn.wide_limit test_wide_limit.c TYPED LABELS prop)
gold_add_numeric_test(prop.nn.hessian_product test_hessian_product.c TYPED
  LABELS prop)
