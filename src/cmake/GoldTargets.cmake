# SPDX-License-Identifier: MIT
# What every target of this project is compiled with, and typed sources.

add_library(gold_options INTERFACE)
target_compile_features(gold_options INTERFACE c_std_11)
target_compile_definitions(gold_options INTERFACE _POSIX_C_SOURCE=200809L)
# -ffp-contract=off: the same bits whether or not the CPU fuses multiply-add.
target_compile_options(gold_options INTERFACE -fno-math-errno
  -ffp-contract=off $<$<CONFIG:Release>:-O3>)
target_compile_options(gold_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow
  -Wconversion -Wsign-conversion -Wdouble-promotion -Wstrict-prototypes
  -Wmissing-prototypes -Wundef -Wvla -Wwrite-strings -Wcast-qual -Wformat=2)
if(GOLD_WERROR)
  target_compile_options(gold_options INTERFACE -Werror)
endif()
if(GOLD_MARCH)
  target_compile_options(gold_options INTERFACE -march=${GOLD_MARCH})
endif()
if(GOLD_SANITIZE)
  list(JOIN GOLD_SANITIZE "," gold_sanitizers)
  set(gold_sanitize_flags -fsanitize=${gold_sanitizers}
    -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_compile_options(gold_options INTERFACE ${gold_sanitize_flags})
  target_link_options(gold_options INTERFACE ${gold_sanitize_flags})
endif()
if(GOLD_COVERAGE)
  target_compile_options(gold_options INTERFACE --coverage)
  target_link_options(gold_options INTERFACE --coverage)
endif()

add_library(gold_random123 INTERFACE)
target_include_directories(gold_random123 SYSTEM INTERFACE
  ${GOLD_RANDOM123_INCLUDE})

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# What is installed finds the libraries that it was built with, in whatever
# folder they are; those of the loader itself are left out.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

# gold_sources(a.c b.c): sources of libgoldilocks, in this folder.
function(gold_sources)
  foreach(source IN LISTS ARGN)
    target_sources(goldilocks_lib PRIVATE
      ${CMAKE_CURRENT_SOURCE_DIR}/${source})
  endforeach()
endfunction()

# gold_typed_sources(a.c): the same, compiled once for float, once for double.
function(gold_typed_sources)
  foreach(source IN LISTS ARGN)
    target_sources(gold_f32 PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/${source})
    target_sources(gold_f64 PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/${source})
  endforeach()
endfunction()
