/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: samples of `vfio-trace status --watch` as text
 *
 * A sample is what status-rates.h says; it is printable when it is text.
 */
#ifndef VFIO_TRACE_STATUS_SHOW_H
#define VFIO_TRACE_STATUS_SHOW_H

#include <json-glib/json-glib.h>

/**
 * status_show_table() - a sample for a terminal
 * @sample: the sample
 *
 * Return: lines, each with its newline, to be freed
 */
char *status_show_table(JsonObject *sample);

/**
 * status_show_line() - a sample for a file
 * @sample: the sample
 *
 * Return: a line without its newline, to be freed
 */
char *status_show_line(JsonObject *sample);

#endif /* VFIO_TRACE_STATUS_SHOW_H */
