/* SPDX-License-Identifier: MIT */
#include "engine/peak.h"

#include "goldilocks/memory.h"

#include "linalg/product.h"

gold_status FN(peak)(size_t order, double *began, double *flops,
                     double (*clock)(void))
{
    gold_status status = GOLD_OK;
    const size_t n = order * order;
    real *a = NULL;
    real *b = NULL;
    real *c = NULL;

    GOLD_GOTO(GOLD_ALLOC(n, &a));
    GOLD_GOTO(GOLD_ALLOC(n, &b));
    GOLD_GOTO(GOLD_ALLOC(n, &c));
    for (size_t i = 0; i < n; i++) {
        a[i] = (real)(i % 7);
        b[i] = (real)(i % 5);
    }
    *began = clock();
    FN(product)
    (order, order, order, 1.0, (FN(matrix)){a, order}, (FN(matrix)){b, order},
     0.0, c, order);
    *flops = 2.0 * (double)n * (double)order;

done:
    gold_free(c);
    gold_free(b);
    gold_free(a);
    return status;
}
