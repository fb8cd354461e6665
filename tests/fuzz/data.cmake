# SPDX-License-Identifier: MIT
# The decoders of data files under libFuzzer. Its sources are compiled again, with
# the fuzzer's own counters in them; what else they call is the library's.
if(GOLD_FUZZ AND CMAKE_C_COMPILER_ID MATCHES "Clang")
  set(GOLD_FUZZ_SECONDS 60 CACHE STRING "Seconds for each fuzz target")
  add_executable(fuzz.idx fuzz_idx.c
    ${PROJECT_SOURCE_DIR}/src/data/source.c
    ${PROJECT_SOURCE_DIR}/src/data/idx.c
    ${PROJECT_SOURCE_DIR}/src/data/idx_foreign.c
    ${PROJECT_SOURCE_DIR}/src/data/batches.c
    ${PROJECT_SOURCE_DIR}/src/data/files.c
    ${PROJECT_SOURCE_DIR}/src/base/status.c
    ${PROJECT_SOURCE_DIR}/src/base/memory.c)
  target_include_directories(fuzz.idx PRIVATE ${PROJECT_SOURCE_DIR}/src
    ${PROJECT_SOURCE_DIR}/include)
  target_compile_options(fuzz.idx PRIVATE -g -O1
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)
  target_link_options(fuzz.idx PRIVATE -fsanitize=fuzzer,address,undefined)
  target_link_libraries(fuzz.idx PRIVATE gold_options goldilocks_lib)
  # New inputs go to the build folder, which comes first; the stored ones are
  # only read.
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/found_idx)
  add_test(NAME fuzz.data.idx COMMAND fuzz.idx -max_len=8192
    -max_total_time=${GOLD_FUZZ_SECONDS} -timeout=300 -rss_limit_mb=2048
    ${CMAKE_CURRENT_BINARY_DIR}/found_idx
    ${CMAKE_CURRENT_SOURCE_DIR}/corpus_idx)
  math(EXPR gold_fuzz_timeout "${GOLD_FUZZ_SECONDS} + 1800")
  set_tests_properties(fuzz.data.idx PROPERTIES LABELS "fuzz;slow"
    TIMEOUT ${gold_fuzz_timeout})
endif()
