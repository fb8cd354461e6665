# SPDX-License-Identifier: MIT
# The program, the library with its headers, what find_package(goldilocks)
# needs, and the studies.
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
  FILES_MATCHING PATTERN *.yaml PATTERN *.json)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

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
  DESTINATION ${gold_package_dir})
