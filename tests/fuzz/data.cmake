# SPDX-License-Identifier: MIT
# The decoders of data files under libFuzzer. Its sources are compiled again, with
# the fuzzer's own counters in them; what else they call is the library's.
if(GOLD_FUZZ AND CMAKE_C_COMPILER_ID MATCHES "Clang")
  add_executable(fuzz.idx fuzz_idx.c
    ${PROJECT_SOURCE_DIR}/src/data/source.c
    ${PROJECT_SOURCE_DIR}/src/data/idx.c
    ${PROJECT_SOURCE_DIR}/src/base/foreign.c
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
  gold_add_fuzz_test(data idx fuzz.idx 8192)
endif()
