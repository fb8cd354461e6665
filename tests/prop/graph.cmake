# SPDX-License-Identifier: MIT
include(${PROJECT_SOURCE_DIR}/tests/prop/support.cmake)
foreach(what random values ways)
  gold_add_numeric_test(prop.graph.${what} test_graph_${what}.c DOUBLE
    LABELS prop)
  target_sources(test.prop.graph.${what} PRIVATE
    ${CMAKE_CURRENT_LIST_DIR}/graphs.c)
endforeach()

foreach(what laws limits)
  gold_add_numeric_test(prop.graph.${what} test_graph_${what}.c TYPED
    LABELS prop)
  foreach(precision f32 f64)
    target_sources(test.prop.graph.${what}.${precision} PRIVATE
      ${CMAKE_CURRENT_LIST_DIR}/graphs.c ${CMAKE_CURRENT_LIST_DIR}/scenes.c)
  endforeach()
endforeach()

# 5,000 graphs: ctest -L long
add_test(NAME long.graph.random COMMAND test.prop.graph.random)
gold_test_properties(long.graph.random 3600 1 prop slow long)
set_property(TEST long.graph.random APPEND PROPERTY ENVIRONMENT
  GOLD_GRAPHS=5000)
