/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: errors and notes
 */
#ifndef VFIO_TRACE_RUN_ERROR_H
#define VFIO_TRACE_RUN_ERROR_H

#include <glib.h>
#include <stdbool.h>

#include "tools/common/tool.h"

#define RUN_ERROR run_error_quark()

/**
 * run_error_quark() - the domain of errors of 'vfio-trace run'
 */
GQuark run_error_quark(void);

/**
 * run_error() - set an error of this domain
 * @error: where to store it
 * @fmt: the message
 *
 * Return: false
 */
bool run_error(GError **error, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/**
 * run_note() - print a note: information that is not an error
 * @fmt: the text
 */
void run_note(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

/**
 * run_speak_as() - print notes in the name of another verb
 * @verb: the verb
 */
void run_speak_as(const Verb *verb);

#endif /* VFIO_TRACE_RUN_ERROR_H */
