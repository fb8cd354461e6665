# SPDX-License-Identifier: MIT
# The reader of studies under libFuzzer. Its sources are compiled again, with
# the fuzzer's own counters in them; what else they call is the library's.
if(GOLD_FUZZ AND CMAKE_C_COMPILER_ID MATCHES "Clang")
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
  gold_add_fuzz_test(study yaml fuzz.study 4096)
endif()
