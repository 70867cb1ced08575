/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: conversion of a trace to another format
 */
#ifndef VFIO_TRACE_CONVERT_CONVERT_H
#define VFIO_TRACE_CONVERT_CONVERT_H

#include "tools/common/tool.h"
#include "tools/convert/sink.h"

/**
 * convert_trace() - convert a trace
 * @verb: the verb, for messages
 * @path: the trace
 * @sink: the format
 * @names: with names of registers; the format must have ConvertSink.names
 * @write: takes the rows
 * @opaque: its argument
 *
 * Return: TOOL_OK; TOOL_FAULT if the trace is cut off or has damaged lines;
 *         TOOL_TROUBLE after an error was printed
 */
ToolStatus convert_trace(const Verb *verb, const char *path,
                         const ConvertSink *sink, bool names,
                         ConvertWrite *write, void *opaque);

/**
 * convert_print() - print rows to standard output: a ConvertWrite
 * @opaque: a GString, used if standard output is a terminal
 * @p: the rows
 * @len: their length
 */
ConvertWrite convert_print;

#endif /* VFIO_TRACE_CONVERT_CONVERT_H */
