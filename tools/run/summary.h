/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: end-of-run summary
 */
#ifndef VFIO_TRACE_RUN_SUMMARY_H
#define VFIO_TRACE_RUN_SUMMARY_H

#include <stdbool.h>

/**
 * run_summary() - look at the log once it is closed
 * @log: its path
 * @complete: where to store whether QEMU has brought it to its end; true
 *            where that can't be seen
 *
 * Return: a sentence about it, to be freed; or NULL if there is no such file,
 *         or it is something else than a file
 */
char *run_summary(const char *log, bool *complete);

/**
 * run_summary_recover() - append what a killed QEMU has left in memory
 * @log: the log's path
 *
 * Return: true if 'vfio-trace recover' says so
 */
bool run_summary_recover(const char *log);

#endif /* VFIO_TRACE_RUN_SUMMARY_H */
