/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: marks as text for people
 */
#ifndef VFIO_TRACE_ANALYSIS_MARK_H
#define VFIO_TRACE_ANALYSIS_MARK_H

#include <glib.h>

#include "libmmiotrace/trace.h"

/**
 * analysis_put_mark() - append a mark's text
 * @text: the text, which may have any bytes
 * @len: its length
 * @out: where to append it; of a snapshot's data, only the number of bytes
 */
void analysis_put_mark(const char *text, size_t len, GString *out);

/**
 * analysis_mark_shown() - the part of a mark that is shown to people
 * @entry: the mark
 * @text: its text
 *
 * Return: what a guest has said; a mark of the tracer without its prefix; all
 *         of any other
 */
MmtSpan analysis_mark_shown(const MmtEntry *entry, MmtSpan text);

#endif /* VFIO_TRACE_ANALYSIS_MARK_H */
