/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: operations are appended
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_OP_H
#define VFIO_TRACE_SEQUENCE_COMPILE_OP_H

#include "tools/sequence/compile-internal.h"

/**
 * compile_op() - append an operation
 * @c: the state
 * @kind: what it does
 * @line: line of the trace
 *
 * Return: the operation; one that goes nowhere if there are too many, and
 *         @c->full is set
 */
SeqOp *compile_op(Compile *c, SeqKind kind, uint64_t line);

/**
 * compile_note() - say what can't be compiled
 * @c: the state
 * @line: line of the trace
 * @fmt: as for printf()
 *
 * The same one in a row is said once.
 */
void compile_note(Compile *c, uint64_t line, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_OP_H */
