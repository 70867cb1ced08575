/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: rounds of a cycle become a loop, unless nobody wants
 * loops (compile-loop.h)
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_ROUNDS_H
#define VFIO_TRACE_SEQUENCE_COMPILE_ROUNDS_H

#include "tools/sequence/compile-internal.h"
#include "tools/sequence/compile-loop.h"

/**
 * compile_rounds_begin() - the first round begins
 * @c: the state
 * @loop: state of the loop
 */
void compile_rounds_begin(Compile *c, CompileLoop *loop);

/**
 * compile_round_end() - a round has ended
 * @c: the state
 * @loop: state of the loop
 */
void compile_round_end(Compile *c, CompileLoop *loop);

/**
 * compile_rounds_end() - there are no more rounds
 * @c: the state
 * @loop: state of the loop
 */
void compile_rounds_end(Compile *c, CompileLoop *loop);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_ROUNDS_H */
