/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: fields of the entries of rings
 *
 * A ring's layout is a domain of its device's register database: what are
 * registers there are the words of an entry.
 */
#ifndef VFIO_TRACE_ANALYSIS_LAYOUT_H
#define VFIO_TRACE_ANALYSIS_LAYOUT_H

#include <glib.h>

#include "libmmiotrace/mmiotrace.h"
#include "libregdb/view.h"

/* Regions of a trace that are looked at to find a device */
#define ANALYSIS_LAYOUT_REGIONS 4096

/**
 * analysis_layout_region() - find a device's first region
 * @trace: the trace
 * @device: its ID, as marks have it; the last device that had it is meant
 *
 * Return: number of the region, or MMT_NO_REGION
 */
uint32_t analysis_layout_region(const MmtTrace *trace, const char *device);

/**
 * typedef AnalysisLayoutTake - take a word of an entry
 * @reg: what it is; NULL: it has no name
 * @offset: its offset
 * @bits: its width
 * @value: its value
 * @opaque: the caller's
 */
typedef void AnalysisLayoutTake(const RegDbRegister *reg, uint64_t offset,
                                unsigned bits, uint64_t value, void *opaque);

/**
 * analysis_layout_each() - go through the words of an entry
 * @view: the layout
 * @bytes: the entry
 * @len: its length
 * @take: takes each; of bytes without a name, up to four that begin at a
 *        multiple of four are a word
 * @opaque: for @take
 */
void analysis_layout_each(RegDbView *view, const uint8_t *bytes, size_t len,
                          AnalysisLayoutTake *take, void *opaque);

#endif /* VFIO_TRACE_ANALYSIS_LAYOUT_H */
