# SPDX-License-Identifier: MIT
include(${PROJECT_SOURCE_DIR}/tests/prop/support.cmake)
gold_add_numeric_test(unit.nn.network test_nn_network.c LABELS unit fast)
gold_add_numeric_test(unit.nn.forward test_nn_forward.c TYPED LABELS unit fast)
gold_add_numeric_test(unit.nn.convolution test_nn_convolution.c TYPED LABELS unit fast)
gold_add_numeric_test(unit.nn.draw test_nn_draw.c TYPED LABELS unit)
gold_add_numeric_test(unit.nn.streams test_nn_streams.c TYPED LABELS unit fast)
gold_add_numeric_test(unit.nn.softmax test_nn_softmax.c LABELS unit fast)
