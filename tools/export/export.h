/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: conversion of a trace to a format of format.h
 */
#ifndef VFIO_TRACE_EXPORT_EXPORT_H
#define VFIO_TRACE_EXPORT_EXPORT_H

#include <stdbool.h>

#include "tools/common/tool.h"
#include "tools/export/format.h"

/**
 * export_trace() - convert a trace
 * @verb: the verb, for messages
 * @format: the format
 * @log: the trace
 * @path: name of the output; NULL for standard output
 * @force: replace a file that exists
 *
 * Return: TOOL_OK; TOOL_FAULT if the trace is cut off or has damaged lines;
 *         TOOL_TROUBLE after an error was printed: no file was written
 */
ToolStatus export_trace(const Verb *verb, const ExportFormat *format,
                        const char *log, const char *path, bool force);

#endif /* VFIO_TRACE_EXPORT_EXPORT_H */
