# SPDX-License-Identifier: MIT
include(${PROJECT_SOURCE_DIR}/tests/prop/support.cmake)
gold_add_test(unit.graph.architecture test_graph_architecture.c
  LABELS unit fast)
gold_add_numeric_test(unit.graph.phi test_graph_phi.c LABELS unit fast)
