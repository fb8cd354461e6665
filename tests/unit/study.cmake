# SPDX-License-Identifier: MIT
foreach(idea example errors format limits overrides axes exclude find identity memory unite
  select steps
  keys defaults layers moments phases resolve words notes)
  gold_add_test(unit.study.${idea} test_study_${idea}.c LABELS unit fast)
endforeach()
gold_add_test(unit.task.partition test_task_partition.c LABELS unit prop fast)
gold_add_test(unit.task.cost test_task_cost.c LABELS unit fast)
gold_add_test(unit.schema.layout test_schema_layout.c LABELS unit fast)
