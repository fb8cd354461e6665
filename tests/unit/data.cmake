# SPDX-License-Identifier: MIT
gold_add_test(unit.data.idx test_data_idx.c LABELS unit fast)
gold_add_test(unit.data.missing test_data_missing.c LABELS unit fast)
gold_add_test(unit.data.foreign test_data_foreign.c LABELS unit fast)
gold_add_test(unit.data.damaged test_data_damaged.c LABELS unit fast)
gold_add_test(unit.data.cifar test_data_cifar.c LABELS unit fast)
gold_add_test(unit.data.block test_data_block.c LABELS unit fast)
gold_add_test(unit.data.subset test_data_subset.c LABELS unit fast)
gold_add_test(unit.data.normalize test_data_normalize.c LABELS unit fast)
gold_add_test(unit.data.circles test_data_circles.c LABELS unit fast)
gold_add_test(unit.data.mixture test_data_mixture.c LABELS unit)
gold_add_test(unit.data.function test_data_function.c LABELS unit)
gold_add_test(unit.data.own test_data_own.c LABELS unit fast)
gold_add_test(unit.data.clusters test_data_clusters.c LABELS unit fast)
gold_add_test(unit.data.remarks test_data_remarks.c LABELS unit fast)
gold_add_test(unit.data.memory test_data_memory.c LABELS unit fast)
gold_add_test(unit.data.real test_data_real.c LABELS unit optimised)
target_compile_definitions(test.unit.data.real PRIVATE
  GOLD_TEST_FASHION_MNIST="/usr/share/datasets/fashion-mnist"
  GOLD_TEST_MNIST="${PROJECT_SOURCE_DIR}/../shared/data/mnist"
  GOLD_TEST_CIFAR10="${PROJECT_SOURCE_DIR}/../shared/data/cifar10-subset")
