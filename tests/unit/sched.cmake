gold_add_test(unit.sched.queue test_sched_queue.c LABELS unit fast)
gold_add_test(unit.sched.model test_sched_model.c LABELS unit)
gold_add_test(unit.sched.coverage test_sched_coverage.c LABELS unit)
