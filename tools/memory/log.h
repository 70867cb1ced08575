/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace memory: memory as a log has it
 */
#ifndef VFIO_TRACE_MEMORY_LOG_H
#define VFIO_TRACE_MEMORY_LOG_H

#include "tools/common/tool.h"
#include "tools/memory/dump.h"

/**
 * struct MemoryLog: which memory
 * @path: the log
 * @name: name of the watch or snapshot
 * @device: ID of the device, or NULL: the only one that has such
 * @to: up to this time, line or mark, as --to of vfio-trace-selection(7); or
 *      NULL for the end
 */
typedef struct MemoryLog {
    const char *path;
    const char *name;
    const char *device;
    const char *to;
} MemoryLog;

/**
 * memory_log_write() - write the contents of a watch or a snapshot
 * @verb: the verb, for messages
 * @log: which
 * @dump: where to write
 * @any: where to store whether there is anything
 *
 * Return: TOOL_FAULT if the log does not have all of it, or it is not there;
 *         TOOL_TROUBLE if the log can't be read; after an error was printed
 */
ToolStatus memory_log_write(const Verb *verb, const MemoryLog *log,
                            MemoryDump *dump, bool *any);

#endif /* VFIO_TRACE_MEMORY_LOG_H */
