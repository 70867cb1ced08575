/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the difference of two texts
 */
#ifndef VFIO_TRACE_VIRT_DIFF_H
#define VFIO_TRACE_VIRT_DIFF_H

#include <glib.h>
#include <stdbool.h>

/**
 * virt_diff() - what must change to get from one text to another
 * @from: the one
 * @to: the other
 * @name: what the texts are, for the heading
 * @colour: for a terminal
 *
 * Return: a unified diff with three lines of context, to be freed with
 *         g_free(); empty if the texts are the same
 */
char *virt_diff(const char *from, const char *to, const char *name,
                bool colour);

#endif /* VFIO_TRACE_VIRT_DIFF_H */
