# SPDX-License-Identifier: MIT
gold_add_test(unit.train.augment test_train_augment.c TYPED LABELS unit fast)
