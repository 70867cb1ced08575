/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: accesses that wait for the folder
 *
 * What is equal in a row is kept as one.
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_PENDING_H
#define VFIO_TRACE_SEQUENCE_COMPILE_PENDING_H

#include "tools/sequence/compile-internal.h"

/**
 * compile_take() - take the next access
 * @c: the state, with accesses that wait
 */
MmtEntry compile_take(Compile *c);

/**
 * compile_take_many() - take several accesses
 * @c: the state, with so many that wait
 * @n: how many, at least 1
 *
 * Return: the last one
 */
MmtEntry compile_take_many(Compile *c, uint64_t n);

/**
 * compile_peek() - look at the next access
 * @c: the state, with accesses that wait
 */
const MmtEntry *compile_peek(const Compile *c);

/**
 * compile_taken() - forget the accesses that were taken
 * @c: the state
 */
void compile_taken(Compile *c);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_PENDING_H */
