/* SPDX-License-Identifier: MIT */
/** @file kinds.h The known kinds of networks, each as the list that it is. */
#ifndef GOLD_GRAPH_KINDS_H
#define GOLD_GRAPH_KINDS_H

#include "goldilocks/graph.h"

/** Does a kind take its inputs as plain vectors, whatever their shape? */
bool goldi_takes_vectors(gold_network_kind kind);

#endif
