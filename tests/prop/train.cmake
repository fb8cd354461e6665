# SPDX-License-Identifier: MIT
include(${PROJECT_SOURCE_DIR}/tests/prop/support.cmake)
gold_add_numeric_test(prop.train.resume test_resume.c TYPED LABELS prop)
