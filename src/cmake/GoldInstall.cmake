# SPDX-License-Identifier: MIT
# The program, the library with its headers, what find_package(goldilocks)
# needs, the studies, the scripts for jobs, the Python package, the papers.
include(CMakePackageConfigHelpers)

set(gold_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/goldilocks)

set_target_properties(gold_dependencies PROPERTIES EXPORT_NAME dependencies)
install(TARGETS goldilocks_lib gold_dependencies EXPORT goldilocksTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT goldilocksTargets NAMESPACE goldilocks::
  DESTINATION ${gold_package_dir})
if(TARGET goldilocks)
  install(TARGETS goldilocks RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/goldilocks
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/configs
  DESTINATION ${CMAKE_INSTALL_DATADIR}/goldilocks
  FILES_MATCHING PATTERN *.yaml PATTERN KEYS.md)
# Side by side as in the sources: the scripts find each other, and from there
# the program in ../../bin. Not those that build.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/jobs
  DESTINATION ${CMAKE_INSTALL_DATADIR}/goldilocks USE_SOURCE_PERMISSIONS
  FILES_MATCHING PATTERN *.sh PATTERN *.sbatch PATTERN *.job PATTERN README.md
  PATTERN packages.sh EXCLUDE PATTERN quickstart.sh EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/analysis
  DESTINATION ${CMAKE_INSTALL_DATADIR}/goldilocks USE_SOURCE_PERMISSIONS
  FILES_MATCHING PATTERN *.py PATTERN pyproject.toml
  PATTERN tests EXCLUDE PATTERN figures EXCLUDE PATTERN notebooks EXCLUDE
  PATTERN __pycache__ EXCLUDE PATTERN .* EXCLUDE PATTERN build EXCLUDE
  PATTERN *.egg-info EXCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md
  ${PROJECT_SOURCE_DIR}/CITATION.cff DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/src/cmake/goldilocksConfig.cmake.in
  ${PROJECT_BINARY_DIR}/goldilocksConfig.cmake
  INSTALL_DESTINATION ${gold_package_dir})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/goldilocksConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/goldilocksConfig.cmake
  ${PROJECT_BINARY_DIR}/goldilocksConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/src/cmake/GoldDependencies.cmake
  ${PROJECT_SOURCE_DIR}/src/cmake/GoldBlas.cmake
  DESTINATION ${gold_package_dir})

# pkg-config: the libraries that were found, since a static one names none.
set(gold_pc_libs ${HDF5_C_HL_LIBRARIES} ${HDF5_C_LIBRARIES}
  ${gold_blas_libraries} ${GOLD_YAML_LIBRARY} ${MPI_C_LIBRARIES}
  ${ZLIB_LIBRARIES} ${OPENSSL_CRYPTO_LIBRARY} ${CMAKE_THREAD_LIBS_INIT} -lm)
list(REMOVE_DUPLICATES gold_pc_libs)
list(JOIN gold_pc_libs " " gold_pc_libs)
list(TRANSFORM MPI_C_INCLUDE_DIRS PREPEND -I OUTPUT_VARIABLE gold_pc_cflags)
list(JOIN gold_pc_cflags " " gold_pc_cflags)
file(RELATIVE_PATH gold_to_include /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig
  /p/${CMAKE_INSTALL_INCLUDEDIR})
configure_file(${PROJECT_SOURCE_DIR}/src/cmake/goldilocks.pc.in
  ${PROJECT_BINARY_DIR}/goldilocks.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/goldilocks.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# cpack -G DEB, cpack -G TGZ: what is installed as one file. A package for other
# machines is of a build with a GOLD_MARCH that they all have.
set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_VENDOR "the Goldilocks developers")
set(CPACK_PACKAGE_CONTACT "the Goldilocks developers <root@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS openmpi-bin)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/src/cmake/deb/prerm)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS
  "python3-h5py, python3-h5netcdf, python3-matplotlib, python3-scipy, python3-xarray")
include(CPack)
