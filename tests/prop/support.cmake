# SPDX-License-Identifier: MIT
# Tests of the numeric modules, with the helpers they share.
include_guard(GLOBAL)

set(GOLD_PROP_DIR ${CMAKE_CURRENT_LIST_DIR})

add_library(gold_test_support OBJECT ${GOLD_PROP_DIR}/support.c)
add_library(gold_test_problem_f32 OBJECT ${GOLD_PROP_DIR}/problem.c)
add_library(gold_test_problem_f64 OBJECT ${GOLD_PROP_DIR}/problem.c)
target_compile_definitions(gold_test_problem_f32 PRIVATE GOLD_PREC_F32)
target_compile_definitions(gold_test_problem_f64 PRIVATE GOLD_PREC_F64)
foreach(target gold_test_support gold_test_problem_f32 gold_test_problem_f64)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src
    ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${target} PRIVATE gold_options gold_dependencies
    PkgConfig::CMOCKA)
endforeach()

# gold_add_numeric_test(NAME SOURCE.c [TYPED | DOUBLE] [as gold_add_test])
# Without either word the source is of no precision; DOUBLE: f64 only.
function(gold_add_numeric_test name source)
  cmake_parse_arguments(ARG "TYPED;DOUBLE" "" "" ${ARGN})
  set(objects $<TARGET_OBJECTS:gold_test_support>)
  set(problems $<TARGET_OBJECTS:gold_test_problem_f32>
    $<TARGET_OBJECTS:gold_test_problem_f64>)
  if(ARG_TYPED)
    gold_add_test(${name} ${source} TYPED ${ARG_UNPARSED_ARGUMENTS})
    foreach(precision f32 f64)
      target_sources(test.${name}.${precision} PRIVATE ${objects} ${problems})
    endforeach()
  else()
    gold_add_test(${name} ${source} ${ARG_UNPARSED_ARGUMENTS})
    target_sources(test.${name} PRIVATE ${objects})
    if(ARG_DOUBLE)
      target_compile_definitions(test.${name} PRIVATE GOLD_PREC_F64)
      target_sources(test.${name} PRIVATE ${problems})
    endif()
  endif()
endfunction()
