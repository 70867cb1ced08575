/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace symbolize: lines of a trace, as mmiotrace
 */
#ifndef VFIO_TRACE_SYMBOLIZE_LINES_H
#define VFIO_TRACE_SYMBOLIZE_LINES_H

#include <glib.h>
#include <stdbool.h>

#include "libmmiotrace/reader.h"
#include "libmmiotrace/trace.h"

/**
 * typedef LinesTake - take a line
 * @opaque: of lines_read()
 * @line: the line
 *
 * Return: false to end reading
 */
typedef bool LinesTake(void *opaque, const MmtLine *line);

/**
 * lines_read() - read all lines of a trace
 * @trace: a trace from which nothing was read.  Without a selection, lines that
 *         are not of mmiotrace are taken, too
 * @take: takes the lines
 * @opaque: its argument
 * @notes: gets what could not be converted, or stays empty
 * @error: where to store the error
 *
 * Traces in another format are converted, if that has program counters.
 *
 * Return: true, or false on error
 */
bool lines_read(MmtTrace *trace, LinesTake *take, void *opaque, GString *notes,
                GError **error);

#endif /* VFIO_TRACE_SYMBOLIZE_LINES_H */
