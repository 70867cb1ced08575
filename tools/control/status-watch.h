/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: `vfio-trace status --watch`
 */
#ifndef VFIO_TRACE_STATUS_WATCH_H
#define VFIO_TRACE_STATUS_WATCH_H

#include "tools/qemu/target.h"

/* Limits of --watch, in seconds */
#define WATCH_SECONDS_MIN 0.1
#define WATCH_SECONDS_MAX 86400

/**
 * status_watch() - show periodically what QEMU traces
 * @verb: the verb, for messages
 * @target: the QEMU
 * @seconds: interval
 * @json: print JSON, one object per line
 *
 * When the user interrupts it, the process exits with success.
 *
 * Return: TOOL_FAULT after an error was printed: QEMU does not answer
 */
int status_watch(const Verb *verb, Target *target, double seconds, bool json);

#endif /* VFIO_TRACE_STATUS_WATCH_H */
