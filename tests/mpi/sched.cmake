gold_add_test(mpi.sched.sweep test_sched_sweep.c NP 1 2 3 5 LABELS mpi fast)
gold_add_test(mpi.sched.failure test_sched_failure.c NP 1 2 3 5
  LABELS mpi fast)
gold_add_test(mpi.sched.stop test_sched_stop.c NP 1 2 3 5 LABELS mpi fast)
gold_add_test(mpi.sched.progress test_sched_progress.c NP 1 3 LABELS mpi fast)
gold_add_test(mpi.sched.agree test_sched_agree.c NP 1 2 3 5 LABELS mpi fast)
gold_add_test(mpi.sched.idle test_sched_idle.c NP 3 LABELS mpi)
gold_add_test(mpi.sched.sleep test_sched_sleep.c NP 3 LABELS mpi)
