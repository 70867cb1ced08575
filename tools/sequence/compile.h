/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: from a trace to a sequence
 *
 * A trace is read twice.  The first time, it tells what its registers are,
 * which memory of the guest it knows, and which runs of writes are uploads:
 *
 *      while ((n = analysis_next(a, &entries)) > 0) {
 *          compile_learn(c, trace, &entries[i]);
 *      }
 *      if (!compile_learned(c, &error)) ...
 *
 * The second time, the same entries become operations:
 *
 *          compile_entry(c, trace, db, &entries[i]);
 *      seq = compile_finish(c, &error);
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_H
#define VFIO_TRACE_SEQUENCE_COMPILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"
#include "tools/sequence/compile-options.h"
#include "tools/sequence/model.h"

typedef struct Compile Compile;

/**
 * compile_new() - begin with a trace
 * @options: what the user wants; must live as long as the state
 *
 * Return: to be freed with compile_free()
 */
Compile *compile_new(const CompileOptions *options);

/**
 * compile_learn() - take an entry of the first reading
 * @c: the state
 * @trace: the trace
 * @entry: the entry, in the array of the last mmt_trace_next()
 */
void compile_learn(Compile *c, MmtTrace *trace, const MmtEntry *entry);

/**
 * compile_learned() - end the first reading
 * @c: the state
 * @error: where to store why the trace can't be compiled: no accesses,
 *         accesses to several devices, or too much memory
 *
 * Names of devices in @error are printable.
 */
bool compile_learned(Compile *c, GError **error);

/**
 * compile_entry() - take an entry of the second reading
 * @c: the state
 * @trace: the trace
 * @db: names of its registers, or NULL
 * @entry: the entry, in the array of the last mmt_trace_next()
 *
 * Return: false if there are too many operations; reading on is of no use
 */
bool compile_entry(Compile *c, MmtTrace *trace, AnalysisDb *db,
                   const MmtEntry *entry);

/**
 * compile_finish() - end the second reading
 * @c: the state
 * @error: where to store why there is no sequence
 *
 * Return: the sequence, to be freed with sequence_free(); or NULL
 */
Sequence *compile_finish(Compile *c, GError **error);

/**
 * compile_free() - free the state
 * @c: the state, or NULL
 */
void compile_free(Compile *c);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Compile, compile_free)

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_H */
