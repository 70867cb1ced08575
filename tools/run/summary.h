/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: end-of-run summary
 */
#ifndef VFIO_TRACE_RUN_SUMMARY_H
#define VFIO_TRACE_RUN_SUMMARY_H

#include <stdbool.h>

/**
 * run_summary() - summarize the log after QEMU's end
 * @log: its path
 * @complete: where to store whether QEMU has completed it; true if that can't
 *            be determined
 *
 * Return: a summary, to be freed; or NULL if there is no regular file of that
 *         path
 */
char *run_summary(const char *log, bool *complete);

/**
 * run_summary_recover() - append the records that a killed QEMU has left in its
 *                         ring
 * @log: the log's path
 *
 * Return: true if 'vfio-trace recover' has succeeded
 */
bool run_summary_recover(const char *log);

#endif /* VFIO_TRACE_RUN_SUMMARY_H */
