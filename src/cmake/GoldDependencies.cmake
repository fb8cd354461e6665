# SPDX-License-Identifier: MIT
# Finds the libraries, as imported targets of one name whoever ships them, and
# says of all that are missing what they are for and where they come from. Used
# by the build and, installed, by whoever links the library.

# gold_need(FOUND what debian fedora conda spack variable)
set(gold_missing "")
macro(gold_need found what debian fedora conda spack variable)
  if(NOT ${found})
    string(APPEND gold_missing "\n  ${what}\n"
      "    Debian ${debian}, Fedora ${fedora}, conda ${conda}, Spack ${spack}\n"
      "    elsewhere: -D${variable}")
  endif()
endmacro()

find_package(Threads REQUIRED)
find_package(MPI COMPONENTS C QUIET)
gold_need(MPI_C_FOUND "MPI, between processes: https://www.open-mpi.org"
  libopenmpi-dev openmpi-devel openmpi openmpi MPI_HOME=PREFIX)

# FindHDF5 has HDF5's own compiler script compile a file of the build folder, and
# that script takes no path with spaces and the like: then it lies elsewhere.
set(gold_binary_dir ${CMAKE_CURRENT_BINARY_DIR})
if(NOT gold_binary_dir MATCHES "^[-A-Za-z0-9_./+@%:,~]*$")
  string(RANDOM LENGTH 16 gold_random)
  set(CMAKE_CURRENT_BINARY_DIR /tmp/goldilocks-hdf5-${gold_random})
endif()
set(HDF5_PREFER_PARALLEL ON)
find_package(HDF5 COMPONENTS C HL QUIET)
if(NOT CMAKE_CURRENT_BINARY_DIR STREQUAL gold_binary_dir)
  file(REMOVE_RECURSE ${CMAKE_CURRENT_BINARY_DIR})
  set(CMAKE_CURRENT_BINARY_DIR ${gold_binary_dir})
endif()
if(HDF5_FOUND AND NOT HDF5_IS_PARALLEL)
  set(gold_hdf5_found " (${HDF5_VERSION} was found, and is not parallel)")
  set(HDF5_FOUND FALSE)
endif()
gold_need(HDF5_FOUND "HDF5 with MPI, for result files: \
https://www.hdfgroup.org/solutions/hdf5${gold_hdf5_found}"
  libhdf5-openmpi-dev hdf5-openmpi-devel "'hdf5=*=mpi_openmpi*'" "'hdf5 +mpi +hl'"
  HDF5_ROOT=PREFIX)
add_library(gold_hdf5 INTERFACE IMPORTED)
target_include_directories(gold_hdf5 SYSTEM INTERFACE ${HDF5_INCLUDE_DIRS})
target_link_libraries(gold_hdf5 INTERFACE ${HDF5_C_HL_LIBRARIES}
  ${HDF5_C_LIBRARIES})

include(${CMAKE_CURRENT_LIST_DIR}/GoldBlas.cmake)

find_package(ZLIB QUIET)
gold_need(ZLIB_FOUND "zlib, for data in .gz: https://zlib.net"
  zlib1g-dev zlib-devel zlib zlib ZLIB_ROOT=PREFIX)
find_package(OpenSSL COMPONENTS Crypto QUIET)
gold_need(OpenSSL_FOUND "OpenSSL, for SHA-256: https://www.openssl.org"
  libssl-dev openssl-devel openssl openssl OPENSSL_ROOT_DIR=PREFIX)

find_path(GOLD_YAML_INCLUDE yaml.h)
find_library(GOLD_YAML_LIBRARY yaml)
if(GOLD_YAML_INCLUDE AND GOLD_YAML_LIBRARY)
  set(gold_yaml_found TRUE)
endif()
gold_need(gold_yaml_found
  "libyaml, for studies: https://github.com/yaml/libyaml"
  libyaml-dev libyaml-devel yaml libyaml
  "GOLD_YAML_LIBRARY=FILE -DGOLD_YAML_INCLUDE=FOLDER")

# Random123 is all headers and used by base only: who links us needs it not.
if(PROJECT_NAME STREQUAL goldilocks)
  find_path(GOLD_RANDOM123_INCLUDE Random123/philox.h)
  gold_need(GOLD_RANDOM123_INCLUDE "Random123, for random numbers (headers): \
https://github.com/DEShawResearch/random123"
    librandom123-dev Random123-devel random123 random123
    GOLD_RANDOM123_INCLUDE=FOLDER)
endif()

if(gold_missing)
  message(FATAL_ERROR "These libraries are missing, or their headers:"
    "${gold_missing}\n")
endif()

add_library(gold_yaml INTERFACE IMPORTED)
target_include_directories(gold_yaml SYSTEM INTERFACE ${GOLD_YAML_INCLUDE})
target_link_libraries(gold_yaml INTERFACE ${GOLD_YAML_LIBRARY})
