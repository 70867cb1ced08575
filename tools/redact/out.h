/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: the output, plain or compressed as its name says
 */
#ifndef VFIO_TRACE_REDACT_OUT_H
#define VFIO_TRACE_REDACT_OUT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct RedactOut RedactOut;

/**
 * redact_out_new() - begin to write
 * @name: name of the output: .zst, .gz and .xz compress
 * @stream: where to write
 */
RedactOut *redact_out_new(const char *name, FILE *stream);

/**
 * redact_out_write() - write text
 * @out: the output
 * @p: the text
 * @len: its length
 */
void redact_out_write(RedactOut *out, const char *p, size_t len);

/**
 * redact_out_end() - write what is left and free the output
 * @out: the output
 *
 * Return: true, or false if something could not be written (errno)
 */
bool redact_out_end(RedactOut *out);

#endif /* VFIO_TRACE_REDACT_OUT_H */
