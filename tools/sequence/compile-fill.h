/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: operations on memory
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_FILL_H
#define VFIO_TRACE_SEQUENCE_COMPILE_FILL_H

#include "tools/sequence/compile-internal.h"

/**
 * compile_fill() - append what the driver wrote to memory before an access
 * @c: the state
 * @line: the access's line
 *
 * What it wrote before earlier accesses is appended as well, if it was not yet.
 */
void compile_fill(Compile *c, uint64_t line);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_FILL_H */
