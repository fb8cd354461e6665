/* SPDX-License-Identifier: MIT */
#include "graph/few.h"

#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "graph/run.h"
#include "graph/run_nodes.h"

enum {
    REALS = 1 << 22, /* of vectors turned at a time, aimed at */
    SAMPLES = 240,   /* so many of them at most; powers of two collide */
    LEAST = 48,
    ROWS = 256 /* of a product, aimed at */
};

static int compare(const void *a, const void *b)
{
    const gold_use *x = a;
    const gold_use *y = b;

    return x->column != y->column ? (x->column < y->column ? -1 : 1)
           : x->row != y->row     ? (x->row < y->row ? -1 : 1)
                                  : 0;
}

gold_status FN(run_sort_few)(gold_run *run, size_t q)
{
    const gold_node *node = node_at(run, q);
    gold_moves *moves = &run->moves[q];

    if (op_at(run, q)->product == NULL || !op_at(run, q)->product->is_matrix ||
        moves->start == NULL) {
        return GOLD_OK;
    }
    GOLD_TRY(GOLD_ALLOC(moves->start[run->plan.d], &moves->uses));
    for (size_t j = 0; j < run->plan.d; j++) {
        const gold_few few = gold_few_of(moves, j);

        for (size_t e = 0; e < few.n; e++) {
            const size_t at = few.entries[e].at;

            if (at < node->fan_out * node->fan_in) {
                moves->uses[moves->n_uses++] =
                    (gold_use){at % node->fan_in, at / node->fan_in, j,
                               few.entries[e].value};
            }
        }
    }
    qsort(moves->uses, moves->n_uses, sizeof *moves->uses, compare);
    return GOLD_OK;
}

static size_t clamp(size_t x, size_t least, size_t most)
{
    return x < least ? least : x < most ? x : most;
}

double FN(few_work)(const gold_node *node, const gold_moves *moves, size_t d,
                    size_t m)
{
    const double to_gather = 1.3; /* what it takes beside products */
    const double turned = 4.0;    /* multiplications, to turn a number */
    const double uses =
        (double)clamp(moves->n_uses, 0, node->fan_in * node->fan_out);

    return to_gather * uses * (double)(m * d) +
           turned * (double)(m * node->fan_out + d * node->fan_in);
}

/* Numbers of a sample that are turned. */
static size_t turned_of(const gold_node *node, size_t d, size_t m)
{
    return m * node->fan_out + d * node->fan_in;
}

static size_t samples_of(const gold_node *node, size_t n, size_t d, size_t m)
{
    return clamp(clamp(REALS / turned_of(node, d, m), LEAST, SAMPLES), 1, n);
}

/* Rows of a product: those of at least one use. */
static size_t rows_of(size_t m)
{
    return m > ROWS ? m : ROWS;
}

size_t FN(few_room)(const gold_node *node, size_t n, size_t d, size_t m)
{
    return samples_of(node, n, d, m) * (turned_of(node, d, m) + rows_of(m)) +
           rows_of(m) * d + m * d * d;
}

/* to (units, vectors, n) <- from (n, vectors, units). */
static void turn(size_t n, size_t vectors, size_t units, const real *from,
                 real *to)
{
    enum {
        TOGETHER = 16 /* samples, whose vectors are read one after another */
    };

    for (size_t i = 0; i < n; i += TOGETHER) {
        for (size_t v = 0; v < vectors; v++) {
            FN(turn)
            (clamp(n - i, 0, TOGETHER), units,
             (FN(matrix)){from + (i * vectors + v) * units, vectors * units},
             to + v * n + i, vectors * n);
        }
    }
}

/* Some samples. */
typedef struct panels {
    size_t n;
    size_t d;
    size_t m;
    real *delta; /* (out, m, n) */
    real *dx;    /* (in, d, n) */
    real *rows;  /* (rows, n) of delta */
    real *c;     /* (rows, d) */
    real *p;     /* (m, d, d) */
} panels;

/* Does use u take the row of the one before it? */
static bool shares_row(const gold_use *first, const gold_use *u)
{
    return u > first && u[-1].row == u->row;
}

/* Rows of delta for uses of one column from `first` on, as many as there is
 * room for; returns the end of these uses. */
static const gold_use *gather(const panels *at, const gold_use *first,
                              const gold_use *end, size_t *rows)
{
    const size_t size = at->m * at->n;
    const gold_use *u = first;

    *rows = 0;
    for (; u < end && u->column == first->column; u++) {
        if (shares_row(first, u)) {
            continue;
        }
        if (*rows + at->m > rows_of(at->m)) {
            break;
        }
        memcpy(at->rows + *rows * at->n, at->delta + u->row * size,
               size * sizeof *at->rows);
        *rows += at->m;
    }
    return u;
}

/* p += what uses [u, end) have of c. */
static void add_uses(const panels *at, const gold_use *first,
                     const gold_use *end)
{
    const size_t d = at->d;
    const real *c = at->c;

    for (const gold_use *u = first; u < end; u++) {
        c += u > first && !shares_row(first, u) ? at->m * d : 0;
        for (size_t r = 0; r < at->m; r++) {
            real *p = at->p + (r * d + u->direction) * d;

            for (size_t i = 0; i < d; i++) {
                p[i] += u->value * c[r * d + i];
            }
        }
    }
}

/* p <- P of the samples. */
static void take_samples(const gold_site *s, const panels *at,
                         const gold_moves *moves)
{
    const gold_use *end = moves->uses + moves->n_uses;
    size_t rows = 0;

    memset(at->p, 0, at->m * at->d * at->d * sizeof *at->p);
    for (const gold_use *u = moves->uses; u < end;) {
        const gold_use *next = gather(at, u, end, &rows);

        FN(product_nt)
        (rows, at->d, at->n, 1.0, (FN(matrix)){at->rows, at->n},
         (FN(matrix)){at->dx + u->column * at->d * at->n, at->n}, 0.0, at->c,
         at->d);
        *s->flops += 2.0 * (double)(rows * at->d) * (double)at->n;
        add_uses(at, u, next);
        u = next;
    }
}

void FN(few_second)(const gold_site *s, const gold_motion *by,
                    const gold_deltas *deltas, double *sums)
{
    const size_t d = by->d;
    const size_t m = deltas->m;
    const size_t most = samples_of(s->node, s->n, d, m);
    panels at = {.d = d, .m = m, .delta = s->scratch + s->node->n_scratch};

    at.dx = at.delta + most * m * s->out;
    at.rows = at.dx + most * d * s->in;
    at.c = at.rows + most * rows_of(m);
    at.p = at.c + rows_of(m) * d;
    for (size_t q = 0; q < s->n; q += most) {
        at.n = clamp(s->n - q, 0, most);
        turn(at.n, m, s->out, deltas->each + q * m * s->out, at.delta);
        turn(at.n, d, s->in, by->dx[0] + q * d * s->in, at.dx);
        take_samples(s, &at, &by->moves);
        for (size_t r = 0; r < m; r++) {
            for (size_t ij = 0; ij < d * d; ij++) {
                const double p = (double)at.p[r * d * d + ij];

                sums[r * d * d + ij] += p;
                sums[r * d * d + ij % d * d + ij / d] += p;
            }
        }
    }
}
