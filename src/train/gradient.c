/* SPDX-License-Identifier: MIT */
#include "train/gradient.h"

#include "goldilocks/memory.h"

#include "base/blocks.h"

gold_status FN(passes_init)(FN(passes) * passes, const gold_network *network,
                            double input_scale, double temperature, size_t most)
{
    *passes =
        (FN(passes)){.network = network,
                     .input_scale = input_scale,
                     .temperature = temperature,
                     .block = gold_pass_samples(
                         network->graph.most_units,
                         gold_graph_has_positions(&network->graph), most)};
    const gold_run_plan plan = {
        .graph = &network->graph, .n = passes->block, .m = 1};

    GOLD_TRY(FN(run_init)(&passes->run, &plan));
    GOLD_TRY(GOLD_ALLOC(network->n_out, &passes->logits));
    GOLD_TRY(GOLD_ALLOC(network->n_out, &passes->residual));
    return GOLD_ALLOC(network->n_out, &passes->p);
}

void FN(passes_fini)(FN(passes) * passes)
{
    FN(run_fini)(&passes->run);
    gold_free(passes->logits);
    gold_free(passes->residual);
    gold_free(passes->p);
    *passes = (FN(passes)){0};
}

/* Forward pass of a block: its numbers into `sums`, its residuals times
 * `scale` into the output's delta. */
static void pass_forward(FN(passes) * passes, const real *theta,
                         const gold_batch *block, double scale,
                         gold_pass_sums *sums)
{
    const size_t n_classes = passes->network->n_out;
    const gold_loss *loss = passes->network->loss;
    const gold_place end = FN(run_output)(&passes->run);
    gold_softmax softmax = {.p = passes->p};

    passes->run.plan.n = block->n;
    FN(run_forward)(&passes->run, theta, passes->input_scale, block->inputs);
    for (size_t i = 0; i < block->n; i++) {
        const gold_aim aim = FN(aim_of)(passes->network, block, i);
        const real *y = end.y + i * n_classes;

        for (size_t k = 0; k < n_classes; k++) {
            sums->zero_logits += y[k] == R(0.0) ? 1.0 : 0.0;
            passes->logits[k] = (double)y[k] / passes->temperature;
        }
        loss->predict(n_classes, passes->logits, aim, &softmax);
        sums->loss += softmax.loss;
        sums->entropy += softmax.entropy;
        sums->correct += softmax.top == aim.label ? 1.0 : 0.0;
        loss->slope(n_classes, passes->logits, aim, &softmax, passes->residual);
        for (size_t k = 0; k < n_classes; k++) {
            end.delta[i * n_classes + k] = (real)(scale * passes->residual[k]);
        }
    }
}

gold_pass_sums FN(evaluate)(FN(passes) * passes, const real *theta,
                            gold_batch samples)
{
    gold_pass_sums sums = {0};

    for (size_t i = 0; i < samples.n; i += passes->block) {
        const gold_batch part =
            FN(batch_part)(passes->network, samples, i, passes->block);

        pass_forward(passes, theta, &part, 0.0, &sums);
    }
    return sums;
}

gold_pass_sums FN(gradient)(FN(passes) * passes, const real *theta,
                            gold_batch samples, real *gradient)
{
    const double scale = 1.0 / ((double)samples.n * passes->temperature);
    gold_pass_sums sums = {0};

    for (size_t i = 0; i < samples.n; i += passes->block) {
        const gold_batch part =
            FN(batch_part)(passes->network, samples, i, passes->block);

        pass_forward(passes, theta, &part, scale, &sums);
        FN(run_pull)(&passes->run, i > 0, gradient);
    }
    return sums;
}
