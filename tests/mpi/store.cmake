# SPDX-License-Identifier: MIT
gold_add_test(mpi.store.roundtrip test_store_roundtrip.c NP 1 2 3 LABELS mpi)
gold_add_test(mpi.store.resume test_store_resume.c NP 1 2 LABELS mpi)
gold_add_test(mpi.store.order test_store_order.c NP 1 LABELS mpi)
gold_add_test(mpi.store.other_file test_store_other_file.c NP 1 2 LABELS mpi)

gold_add_test(mpi.store.kill test_store_kill.c LABELS mpi optimised)
target_compile_definitions(test.mpi.store.kill PRIVATE
  GOLD_MPIRUN="${MPIEXEC_EXECUTABLE}"
  GOLD_MOMENTS="$<TARGET_FILE:gold_moments>")
add_dependencies(test.mpi.store.kill gold_moments)
set_tests_properties(mpi.store.kill PROPERTIES PROCESSORS 2)

# The file as others see it: xarray with both engines, netCDF's own tools.
gold_add_test(mpi.store.sample test_store_sample.c NP 2 LABELS mpi)
set_tests_properties(mpi.store.sample.np2 PROPERTIES
  WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} FIXTURES_SETUP store_sample)
# Debian's python3, where its packages of netCDF readers are.
find_program(GOLD_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
if(GOLD_PYTHON)
  add_test(NAME e2e.store.netcdf COMMAND ${GOLD_PYTHON}
    ${PROJECT_SOURCE_DIR}/tests/e2e/check_netcdf.py
    ${CMAKE_CURRENT_BINARY_DIR}/store_sample.h5)
  set_tests_properties(e2e.store.netcdf PROPERTIES FIXTURES_REQUIRED
    store_sample SKIP_RETURN_CODE 77 LABELS "e2e;optimised"
    TIMEOUT 1800)
endif()
