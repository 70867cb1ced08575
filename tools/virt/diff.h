/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: unified diff of two texts
 */
#ifndef VFIO_TRACE_VIRT_DIFF_H
#define VFIO_TRACE_VIRT_DIFF_H

#include <glib.h>
#include <stdbool.h>

/**
 * virt_diff() - compare two texts
 * @from: the old text
 * @to: the new text
 * @name: name of the texts, for the heading
 * @colour: use colours, for a terminal
 *
 * Return: a unified diff with three lines of context, to be freed with
 *         g_free(); empty if the texts are the same
 */
char *virt_diff(const char *from, const char *to, const char *name,
                bool colour);

#endif /* VFIO_TRACE_VIRT_DIFF_H */
