/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the module that writes CTF: a trace that babeltrace2's graph
 * writes
 *
 * The library pulls: a sink asks a source for messages.  Our events are pushed.
 * So the source is one of ours, with a queue: graph.c puts messages into it,
 * and runs the graph until the queue is empty.
 */
#ifndef VFIO_TRACE_CTF_INTERNAL_H
#define VFIO_TRACE_CTF_INTERNAL_H

#include <babeltrace2/babeltrace.h>

#include "tools/ctf/module.h"

/* Messages that wait for the graph */
#define CTF_QUEUE 1024

/**
 * struct CtfGraph: babeltrace2's objects
 * @graph: the graph: our source and the library's sink
 * @self: the source
 * @iterator: who gives out the queue
 * @queue: messages that wait, references of ours
 * @first: the first of them
 * @n: number of them
 * @ended: there are no more behind them
 */
typedef struct CtfGraph {
    bt_graph *graph;
    bt_self_component *self;
    bt_self_message_iterator *iterator;
    const struct bt_message *queue[CTF_QUEUE];
    size_t first;
    size_t n;
    bool ended;
} CtfGraph;

/**
 * ctf_graph_open() - make a graph that writes
 * @g: the graph, all 0; what was made of it is there also after an error
 * @path: the directory to write to, which does not exist
 * @error: where to store why not
 *
 * Return: true if messages can be put
 */
bool ctf_graph_open(CtfGraph *g, const char *path, GError **error);

/**
 * ctf_graph_put() - let the graph take a message, at once or later
 * @g: the graph
 * @message: the message, whose reference is taken; NULL for one that could not
 *           be made
 * @error: where to store why not
 */
bool ctf_graph_put(CtfGraph *g, const bt_message *message, GError **error);

/**
 * ctf_graph_end() - let the graph take all messages; there will be no more
 * @g: the graph
 * @error: where to store why not
 */
bool ctf_graph_end(CtfGraph *g, GError **error);

/**
 * ctf_graph_close() - let go of the graph
 * @g: the graph, after ctf_graph_end()
 */
void ctf_graph_close(CtfGraph *g);

/**
 * ctf_fail() - store what the library says went wrong
 * @error: where to store it
 * @what: what could not be done
 *
 * Return: false
 */
bool ctf_fail(GError **error, const char *what);

#endif /* VFIO_TRACE_CTF_INTERNAL_H */
