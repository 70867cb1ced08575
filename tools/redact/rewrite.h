/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: the lines of a trace without what is secret
 *
 * Each line stays a line, in its form.  Lines that are not understood are left
 * out: nobody knows what is in them.
 */
#ifndef VFIO_TRACE_REDACT_REWRITE_H
#define VFIO_TRACE_REDACT_REWRITE_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"
#include "tools/redact/what.h"

typedef struct RedactRewrite RedactRewrite;

/**
 * redact_rewrite_new() - begin to write lines
 * @what: what is replaced
 * @trace: the trace
 * @db: names of its registers
 * @sink: takes the lines
 * @opaque: its argument
 */
RedactRewrite *redact_rewrite_new(const RedactWhat *what, MmtTrace *trace,
                                  AnalysisDb *db, RedactSink *sink,
                                  void *opaque);

/**
 * redact_verify_new() - begin to look for secrets in what was written
 * @what: the same; places of pieces are added
 * @trace: the output
 */
RedactRewrite *redact_verify_new(const RedactWhat *what, MmtTrace *trace);

/**
 * redact_rewrite_entry() - take a line
 * @rewrite: the state
 * @entry: its entry; the trace gives every line
 */
void redact_rewrite_entry(RedactRewrite *rewrite, const MmtEntry *entry);

/**
 * redact_rewrite_end() - write what is held back
 * @rewrite: the state
 */
void redact_rewrite_end(RedactRewrite *rewrite);

/**
 * redact_rewrite_counts() - get what was replaced
 * @rewrite: the state
 */
const RedactCounts *redact_rewrite_counts(const RedactRewrite *rewrite);

/**
 * redact_rewrite_each() - visit the registers of which bits were replaced
 * @rewrite: the state
 * @visit: called for each, in order, with the number of its accesses
 * @opaque: its argument
 */
void redact_rewrite_each(const RedactRewrite *rewrite,
                         void (*visit)(uint32_t region, uint64_t offset,
                                       uint64_t n, void *opaque),
                         void *opaque);

/**
 * redact_rewrite_leak() - get the secret that is still there
 * @rewrite: of redact_verify_new()
 * @line: where to store the line with which it is complete
 *
 * Return: the secret, or NULL
 */
const RedactSecret *redact_rewrite_leak(const RedactRewrite *rewrite,
                                        uint64_t *line);

void redact_rewrite_free(RedactRewrite *rewrite);

#endif /* VFIO_TRACE_REDACT_REWRITE_H */
