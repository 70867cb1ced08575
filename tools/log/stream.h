/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: logs that come through a socket or a FIFO
 */
#ifndef VFIO_TRACE_LOG_STREAM_H
#define VFIO_TRACE_LOG_STREAM_H

#include "tools/common/tool.h"

#define LOG_STREAM_FILE  -1
#define LOG_STREAM_ERROR -2

/**
 * log_stream_open() - open a log that is a socket or a FIFO
 * @verb: the verb, for messages
 * @name: the log, which may begin with "unix:"; set to its path
 *
 * Return: the stream, for mmt_reader_open_stream(); LOG_STREAM_FILE if the log
 *         is a file, or does not exist; LOG_STREAM_ERROR after an error was
 *         printed
 */
int log_stream_open(const Verb *verb, const char **name);

#endif /* VFIO_TRACE_LOG_STREAM_H */
