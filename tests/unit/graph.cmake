# SPDX-License-Identifier: MIT
gold_add_test(unit.graph.architecture test_graph_architecture.c
  LABELS unit fast)
