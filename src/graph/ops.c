/* SPDX-License-Identifier: MIT */
#include "graph/op.h"

static const gold_op input;

/* To add a kind is to add its line. */
const gold_op *const FN(ops)[] = {
    &input,
    &FN(op_activation),
    &FN(op_add),
    &FN(op_avg_pool2d),
    &FN(op_conv2d),
    &FN(op_flatten),
    &FN(op_gain),
    &FN(op_global_avg_pool2d),
    &FN(op_group_norm),
    &FN(op_layer_norm),
    &FN(op_linear),
    &FN(op_max_pool2d),
    &FN(op_multiply),
    &FN(op_rms_norm),
    NULL,
};
