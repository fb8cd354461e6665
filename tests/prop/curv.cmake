# SPDX-License-Identifier: MIT
include(${PROJECT_SOURCE_DIR}/tests/prop/support.cmake)
foreach(what euler temperature trace gauss_newton bounds permutation basis
    surface sparse_dense monotone projection saturated logits layers)
  gold_add_numeric_test(prop.curv.${what} test_${what}.c TYPED LABELS prop)
endforeach()
gold_add_numeric_test(prop.curv.expected test_expected.c LABELS prop)
foreach(what jacobian gradient precision far_scatter slopes resample ratio
    great_circles)
  gold_add_numeric_test(prop.curv.${what} test_${what}.c DOUBLE LABELS prop)
endforeach()
foreach(what differences edge)
  gold_add_numeric_test(prop.curv.${what} test_${what}.c DOUBLE LABELS prop
    optimised)
endforeach()
