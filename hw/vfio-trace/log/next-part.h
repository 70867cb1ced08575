/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: how a log's next part begins
 *
 * Each part of a log can be read alone by programs that know nothing of parts:
 * it repeats the lines without which the others mean nothing
 * (libmmiotrace/parts.h).  They are remembered here as they go by.
 */
#ifndef HW_VFIO_TRACE_LOG_NEXT_PART_H
#define HW_VFIO_TRACE_LOG_NEXT_PART_H

#include "libmmiotrace/format.h"

/**
 * struct VFIOTraceParts: what is remembered
 * @pcidevs: PCIDEV lines, char *, each once
 * @maps: MmtRecord of the mappings in force, by map id
 */
typedef struct VFIOTraceParts {
    GPtrArray *pcidevs;
    GHashTable *maps;
} VFIOTraceParts;

/**
 * vfio_trace_parts_init() - begin to remember
 * @parts: the memory
 */
void vfio_trace_parts_init(VFIOTraceParts *parts);

/**
 * vfio_trace_parts_see() - a slot goes by
 * @parts: the memory
 * @slot: the slot
 * @text: what it has become
 * @len: bytes of @text
 */
void vfio_trace_parts_see(VFIOTraceParts *parts, const MmtSlot *slot,
                          const char *text, size_t len);

/**
 * vfio_trace_parts_end() - the last line of a part
 * @part: its number, from 0 up
 * @ns: the time to give to it
 *
 * Return: the text, to be freed
 */
char *vfio_trace_parts_end(uint32_t part, uint64_t ns);

/**
 * vfio_trace_parts_begin() - the first lines of a part
 * @parts: the memory
 * @part: its number, from 1 up
 * @fmt: the log's formatter
 *
 * Return: the text
 */
GString *vfio_trace_parts_begin(VFIOTraceParts *parts, uint32_t part,
                                MmtFormatter *fmt);

/**
 * vfio_trace_parts_destroy() - forget
 * @parts: the memory
 */
void vfio_trace_parts_destroy(VFIOTraceParts *parts);

#endif /* HW_VFIO_TRACE_LOG_NEXT_PART_H */
