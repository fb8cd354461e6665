# SPDX-License-Identifier: MIT
# The BLAS, as the target gold_blas: OpenBLAS, or what GOLD_BLAS names.
include(CheckFunctionExists)

set(GOLD_BLAS "" CACHE STRING "Libraries that have CBLAS and LAPACK, such as \
mkl_rt, or blis;lapack; empty for OpenBLAS")
add_library(gold_blas INTERFACE IMPORTED)

# gold_blas_has(FUNCTION): whether the libraries have it; asked once for each
# choice of them.
function(gold_blas_has function)
  string(MD5 choice "${gold_blas_libraries}")
  set(CMAKE_REQUIRED_LIBRARIES ${gold_blas_libraries} m)
  set(CMAKE_REQUIRED_QUIET ON)
  check_function_exists(${function} gold_${function}_${choice})
  set(gold_has_${function} ${gold_${function}_${choice}} PARENT_SCOPE)
endfunction()

if(GOLD_BLAS)
  find_path(GOLD_BLAS_INCLUDE NAMES cblas.h mkl_cblas.h
    PATH_SUFFIXES cblas blis)
  set(gold_blas_libraries "")
  foreach(name IN LISTS GOLD_BLAS)
    if(NOT IS_ABSOLUTE "${name}")
      find_library(gold_blas_${name} ${name})
      set(name "${gold_blas_${name}}")
    endif()
    list(APPEND gold_blas_libraries ${name})
  endforeach()
  gold_blas_has(cblas_dgemm)
  gold_blas_has(dsyev_)
  gold_blas_has(openblas_get_corename)
  if(GOLD_BLAS_INCLUDE AND gold_has_cblas_dgemm AND gold_has_dsyev_)
    set(gold_blas_found TRUE)
  endif()
  gold_need(gold_blas_found "cblas.h, CBLAS and LAPACK in '${GOLD_BLAS}'"
    liblapack-dev lapack-devel liblapack netlib-lapack
    "GOLD_BLAS='FILE;FILE' -DGOLD_BLAS_INCLUDE=FOLDER")
  if(NOT gold_has_openblas_get_corename)
    message(STATUS "BLAS ${GOLD_BLAS}, not OpenBLAS: files do not tell its "
      "kernel, so results may differ in the last bits unseen; it keeps to one "
      "thread only where it heeds OMP_NUM_THREADS, which the program sets to 1")
  endif()
else()
  # cblas.h and libopenblas from the same build: only its kernels are measured.
  find_path(GOLD_OPENBLAS_INCLUDE openblas_config.h
    PATH_SUFFIXES openblas-pthread openblas openblas-serial)
  find_library(GOLD_OPENBLAS_LIBRARY openblas
    PATH_SUFFIXES openblas-serial openblas-pthread)
  if(GOLD_OPENBLAS_INCLUDE AND GOLD_OPENBLAS_LIBRARY)
    set(gold_blas_found TRUE)
  endif()
  gold_need(gold_blas_found
    "OpenBLAS, for products of matrices: https://www.openblas.net"
    libopenblas-dev openblas-devel openblas openblas
    "GOLD_OPENBLAS_LIBRARY=FILE -DGOLD_OPENBLAS_INCLUDE=FOLDER, or another BLAS: GOLD_BLAS")
  set(GOLD_BLAS_INCLUDE ${GOLD_OPENBLAS_INCLUDE})
  set(gold_blas_libraries ${GOLD_OPENBLAS_LIBRARY})
  set(gold_has_openblas_get_corename TRUE)
endif()

if(gold_blas_found)
  list(TRANSFORM gold_blas_libraries REPLACE ".*/" "" OUTPUT_VARIABLE names)
  list(JOIN names " " names)
  target_include_directories(gold_blas SYSTEM INTERFACE ${GOLD_BLAS_INCLUDE})
  target_link_libraries(gold_blas INTERFACE ${gold_blas_libraries})
  target_compile_definitions(gold_blas INTERFACE "GOLD_BLAS_NAMES=\"${names}\"")
  if(gold_has_openblas_get_corename)
    target_compile_definitions(gold_blas INTERFACE GOLD_OPENBLAS)
  endif()
  # That of MKL has another name.
  if(NOT EXISTS ${GOLD_BLAS_INCLUDE}/cblas.h)
    file(WRITE ${PROJECT_BINARY_DIR}/generated/mkl/cblas.h
      "#include <mkl_cblas.h>\n")
    target_include_directories(gold_blas SYSTEM INTERFACE
      ${PROJECT_BINARY_DIR}/generated/mkl)
  endif()
endif()
