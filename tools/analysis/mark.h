/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: marks as text for people
 */
#ifndef VFIO_TRACE_ANALYSIS_MARK_H
#define VFIO_TRACE_ANALYSIS_MARK_H

#include <glib.h>

/**
 * analysis_put_mark() - append a mark's text
 * @text: the text, which may have any bytes
 * @len: its length
 * @out: where to append it; of a snapshot's data, only the number of bytes
 */
void analysis_put_mark(const char *text, size_t len, GString *out);

#endif /* VFIO_TRACE_ANALYSIS_MARK_H */
