# SPDX-License-Identifier: MIT
include(${PROJECT_SOURCE_DIR}/tests/prop/support.cmake)
foreach(what euler temperature trace gauss_newton bounds permutation basis
    surface sparse_dense monotone projection saturated logits layers masked)
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

# Laws of what is computed without what relu switches off, which small networks
# are only where a kernel is forced.
foreach(what euler.f32 euler.f64 trace.f32 trace.f64 gauss_newton.f64
    permutation.f64 saturated.f32 jacobian gradient)
  add_test(NAME prop.curv.${what}.masked
    COMMAND test.prop.curv.${what})
  gold_test_properties(prop.curv.${what}.masked 1800 1 prop)
  set_property(TEST prop.curv.${what}.masked APPEND PROPERTY ENVIRONMENT
    GOLD_KERNEL=plain)
endforeach()
