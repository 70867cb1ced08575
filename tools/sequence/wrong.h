/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: errors in a sequence
 */
#ifndef VFIO_TRACE_SEQUENCE_WRONG_H
#define VFIO_TRACE_SEQUENCE_WRONG_H

#include <glib.h>
#include <stdbool.h>

/**
 * sequence_wrong() - store an error about a sequence
 * @error: where to store it
 * @fmt: the message: what is wrong and what to do; it becomes printable
 *
 * Return: false
 */
bool sequence_wrong(GError **error, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

#endif /* VFIO_TRACE_SEQUENCE_WRONG_H */
