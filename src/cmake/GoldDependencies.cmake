# SPDX-License-Identifier: MIT
# Finds the libraries, as imported targets of one name whoever ships them. Used
# by the build and, installed, by whoever links the library.

find_package(MPI REQUIRED COMPONENTS C)
find_package(Threads REQUIRED)

# FindHDF5 has HDF5's own compiler script compile a file of the build folder, and
# that script takes no path with spaces and the like: then it lies elsewhere.
set(gold_binary_dir ${CMAKE_CURRENT_BINARY_DIR})
if(NOT gold_binary_dir MATCHES "^[-A-Za-z0-9_./+@%:,~]*$")
  string(RANDOM LENGTH 16 gold_random)
  set(CMAKE_CURRENT_BINARY_DIR /tmp/goldilocks-hdf5-${gold_random})
endif()
set(HDF5_PREFER_PARALLEL ON)
find_package(HDF5 REQUIRED COMPONENTS C HL)
if(NOT CMAKE_CURRENT_BINARY_DIR STREQUAL gold_binary_dir)
  file(REMOVE_RECURSE ${CMAKE_CURRENT_BINARY_DIR})
  set(CMAKE_CURRENT_BINARY_DIR ${gold_binary_dir})
endif()
if(NOT HDF5_IS_PARALLEL)
  message(FATAL_ERROR "The HDF5 found (${HDF5_VERSION}) is not parallel: "
    "install libhdf5-openmpi-dev, or point HDF5_ROOT to a parallel build")
endif()
add_library(gold_hdf5 INTERFACE IMPORTED)
target_include_directories(gold_hdf5 SYSTEM INTERFACE ${HDF5_INCLUDE_DIRS})
target_link_libraries(gold_hdf5 INTERFACE ${HDF5_C_HL_LIBRARIES}
  ${HDF5_C_LIBRARIES})

# cblas.h and libopenblas from the same build: only its kernels are measured.
find_path(GOLD_OPENBLAS_INCLUDE openblas_config.h REQUIRED
  PATH_SUFFIXES openblas-pthread openblas openblas-serial)
find_library(GOLD_OPENBLAS_LIBRARY openblas REQUIRED
  PATH_SUFFIXES openblas-serial openblas-pthread)
add_library(gold_openblas INTERFACE IMPORTED)
target_include_directories(gold_openblas SYSTEM INTERFACE
  ${GOLD_OPENBLAS_INCLUDE})
target_link_libraries(gold_openblas INTERFACE ${GOLD_OPENBLAS_LIBRARY})

find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)

find_path(GOLD_YAML_INCLUDE yaml.h REQUIRED)
find_library(GOLD_YAML_LIBRARY yaml REQUIRED)
add_library(gold_yaml INTERFACE IMPORTED)
target_include_directories(gold_yaml SYSTEM INTERFACE ${GOLD_YAML_INCLUDE})
target_link_libraries(gold_yaml INTERFACE ${GOLD_YAML_LIBRARY})
