/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace cat --as mmiotrace: lines that are mmiotrace already
 */
#ifndef VFIO_TRACE_CONVERT_KEEP_H
#define VFIO_TRACE_CONVERT_KEEP_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/convert/out.h"

typedef struct ConvertKeep ConvertKeep;

ConvertKeep *convert_keep_new(MmtTrace *trace, ConvertOut *out);

/**
 * convert_keep_entries() - write the lines of entries
 * @keep: the state
 * @entries: the entries
 * @n: their number
 */
void convert_keep_entries(ConvertKeep *keep, const MmtEntry *entries, size_t n);

/**
 * convert_keep_free() - end, and append to the notes
 * @keep: the state
 * @notes: the notes
 */
void convert_keep_free(ConvertKeep *keep, GString *notes);

/**
 * convert_keep_mark() - write a user's mark
 * @out: the output
 * @ns: its time
 * @text: any bytes; what would make it another kind of line gets "mark: "
 *        before it
 * @len: its length
 */
void convert_keep_mark(ConvertOut *out, uint64_t ns, const char *text,
                       size_t len);

/**
 * convert_keep_lost() - write the kernel's notice of lost events
 * @out: the output
 * @n: their number, or UINT64_MAX if it is not known
 */
void convert_keep_lost(ConvertOut *out, uint64_t n);

#endif /* VFIO_TRACE_CONVERT_KEEP_H */
