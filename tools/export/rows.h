/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: formats of rows, to standard output, a file or parts
 */
#ifndef VFIO_TRACE_EXPORT_ROWS_H
#define VFIO_TRACE_EXPORT_ROWS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/common/tool.h"
#include "tools/convert/sink.h"

/**
 * struct ExportRows: what is to be done
 * @sink: the format
 * @names: with names of registers
 * @path: name of the output; NULL for standard output
 * @force: replace files that exist
 * @max: rows of a part; 0 if the output has no parts
 */
typedef struct ExportRows {
    const ConvertSink *sink;
    bool names;
    const char *path;
    bool force;
    uint64_t max;
} ExportRows;

/**
 * export_rows() - convert traces
 * @verb: the verb, for messages
 * @job: what is to be done
 * @logs: the traces, which follow each other; NULL-terminated
 *
 * Return: TOOL_OK; TOOL_FAULT if a trace is cut off or has damaged lines;
 *         TOOL_TROUBLE after an error was printed: no file was written
 */
ToolStatus export_rows(const Verb *verb, const ExportRows *job, char **logs);

#endif /* VFIO_TRACE_EXPORT_ROWS_H */
