/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: reading two logs with the same places
 */
#ifndef VFIO_TRACE_DIFF_READ_H
#define VFIO_TRACE_DIFF_READ_H

#include "tools/common/tool.h"
#include "tools/diff/log.h"

/**
 * diff_read_windows() - fill the windows of two logs
 * @verb: the verb, for messages
 * @a: a log
 * @b: the other one
 * @pairs: arguments of --pair, NULL-terminated, or NULL
 *
 * Pairs their devices, and leaves out what one of them can not have, both as
 * far as the logs were read; their tokens get places of both.
 *
 * Return: false after an error was printed
 */
bool diff_read_windows(const Verb *verb, DiffLog *a, DiffLog *b, char **pairs);

/**
 * diff_read_end() - print what was left out, and what is wrong with a log
 * @verb: the verb
 * @log: the log, which was read
 * @quiet: say nothing of what was left out
 *
 * Return: as diff_log_finish()
 */
ToolStatus diff_read_end(const Verb *verb, DiffLog *log, bool quiet);

#endif /* VFIO_TRACE_DIFF_READ_H */
