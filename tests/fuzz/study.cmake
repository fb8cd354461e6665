# SPDX-License-Identifier: MIT
# The reader of studies under libFuzzer. Its sources are compiled again, with
# the fuzzer's own counters in them; what else they call is the library's.
if(GOLD_FUZZ AND CMAKE_C_COMPILER_ID MATCHES "Clang")
  set(GOLD_FUZZ_SECONDS 60 CACHE STRING "Seconds for each fuzz target")
  get_target_property(gold_fuzzed goldilocks_lib SOURCES)
  list(FILTER gold_fuzzed INCLUDE REGEX
    "/src/study/|/src/base/(status|memory|random|digest|nearest|utf8)\\.c$")
  add_executable(fuzz.study fuzz_study.c ${gold_fuzzed})
  target_include_directories(fuzz.study PRIVATE ${PROJECT_SOURCE_DIR}/src
    ${PROJECT_SOURCE_DIR}/include)
  target_compile_options(fuzz.study PRIVATE -g -O1
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)
  target_link_options(fuzz.study PRIVATE -fsanitize=fuzzer,address,undefined)
  target_link_libraries(fuzz.study PRIVATE gold_options goldilocks_lib)
  # New inputs go to the build folder, which comes first; the stored ones are
  # only read.
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/found_study)
  add_test(NAME fuzz.study.yaml COMMAND fuzz.study -max_len=4096
    -max_total_time=${GOLD_FUZZ_SECONDS} -timeout=300 -rss_limit_mb=2048
    ${CMAKE_CURRENT_BINARY_DIR}/found_study
    ${CMAKE_CURRENT_SOURCE_DIR}/corpus_study)
  math(EXPR gold_fuzz_timeout "${GOLD_FUZZ_SECONDS} + 1800")
  set_tests_properties(fuzz.study.yaml PROPERTIES LABELS "fuzz;slow"
    TIMEOUT ${gold_fuzz_timeout})
endif()
