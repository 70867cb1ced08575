/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: what is known only when all operations are there
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_FINISH_H
#define VFIO_TRACE_SEQUENCE_COMPILE_FINISH_H

#include "tools/sequence/model.h"

/**
 * typedef CompileEffect - does a read change something?
 * @opaque: of compile_drop()
 * @op: the read
 */
typedef bool CompileEffect(void *opaque, const SeqOp *op);

/**
 * compile_drop() - leave reads out that have no effect
 * @seq: the sequence
 * @effect: tells of a read or check
 * @opaque: its first argument
 *
 * Reads that a later write needs stay.
 */
void compile_drop(Sequence *seq, CompileEffect *effect, void *opaque);

/**
 * compile_limits() - fit waiting times and sizes of regions
 * @seq: the sequence
 *
 * An operation waits an hour at most, in all rounds together.  Regions that are
 * used are as long as the operations need them.
 */
void compile_limits(Sequence *seq);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_FINISH_H */
