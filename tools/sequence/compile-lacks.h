/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: what a trace does not say of the driver's memory
 *
 * There may be a thousand of each: it is said once, at the first, and counted.
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_LACKS_H
#define VFIO_TRACE_SEQUENCE_COMPILE_LACKS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct CompileLacks CompileLacks;

CompileLacks *compile_lacks_new(void);

/**
 * compile_lacks_bytes() - the trace has fewer bytes than there were
 * @lacks: the state
 * @access: line of the access
 * @name: what was written
 * @len: bytes that the trace has
 * @of: bytes that there were
 */
void compile_lacks_bytes(CompileLacks *lacks, uint64_t access,
                         const char *name, uint64_t len, uint64_t of);

/**
 * compile_lacks_cut() - the tracer has left something out
 * @lacks: the state
 * @access: line of the access
 * @name: of what
 */
void compile_lacks_cut(CompileLacks *lacks, uint64_t access,
                       const char *name);

/**
 * compile_lacks_guess() - it is not sure that words are addresses
 * @lacks: the state
 * @access: line of the access
 * @name: where they are
 * @offset: their offset there
 */
void compile_lacks_guess(CompileLacks *lacks, uint64_t access,
                         const char *name, uint64_t offset);

/**
 * compile_lacks_finish() - all was told
 * @lacks: the state
 */
void compile_lacks_finish(CompileLacks *lacks);

/**
 * compile_lacks_next() - get what is to be said
 * @lacks: the state, finished
 * @line: line of an access; grows from call to call
 *
 * Return: the next remark of this access or of one before it; NULL: no more
 */
const char *compile_lacks_next(CompileLacks *lacks, uint64_t line);

void compile_lacks_free(CompileLacks *lacks);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_LACKS_H */
