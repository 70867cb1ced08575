/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: samples of `vfio-trace status --watch` as text
 *
 * Samples are as in status-rates.h.  The text has printable characters only.
 */
#ifndef VFIO_TRACE_STATUS_SHOW_H
#define VFIO_TRACE_STATUS_SHOW_H

#include <json-glib/json-glib.h>

/**
 * status_show_table() - format a sample for a terminal
 * @sample: the sample
 *
 * Return: the lines, each with its newline, to be freed
 */
char *status_show_table(JsonObject *sample);

/**
 * status_show_line() - format a sample for a file
 * @sample: the sample
 *
 * Return: the line without its newline, to be freed
 */
char *status_show_line(JsonObject *sample);

#endif /* VFIO_TRACE_STATUS_SHOW_H */
