# SPDX-License-Identifier: MIT
# cmake -DPROGRAM=... -DFOLDER=... -P: the manual page of each command that the
# program lists, and its own.
execute_process(COMMAND ${PROGRAM} complete "goldilocks "
  OUTPUT_VARIABLE names RESULT_VARIABLE code)
string(REGEX MATCHALL "[a-z]+" names "${names}")
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
foreach(name IN LISTS names ITEMS "")
  string(JOIN "-" page goldilocks ${name})
  execute_process(COMMAND ${PROGRAM} help ${name} --format man
    OUTPUT_FILE ${FOLDER}/${page}.1 RESULT_VARIABLE more)
  math(EXPR code "${code} + ${more}")
endforeach()
if(NOT code EQUAL 0)
  message(FATAL_ERROR "no manual pages: ${PROGRAM} failed")
endif()
