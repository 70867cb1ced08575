/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: repeated lines at the beginning of a log's next part
 *
 * Programs that know nothing of parts can read each part of a log alone: it
 * repeats the lines that the others refer to (libmmiotrace/parts.h).  This
 * collects those lines while they are written.
 */
#ifndef HW_VFIO_TRACE_LOG_NEXT_PART_H
#define HW_VFIO_TRACE_LOG_NEXT_PART_H

#include "libmmiotrace/format.h"

/**
 * struct VFIOTraceParts: lines to repeat
 * @devices: PCIDEV lines and device marks of the devices that are not unplugged
 * @maps: MmtRecord of the mappings in force, by map id
 */
typedef struct VFIOTraceParts {
    GPtrArray *devices;
    GHashTable *maps;
} VFIOTraceParts;

/**
 * vfio_trace_parts_init() - initialize
 * @parts: the lines to repeat
 */
void vfio_trace_parts_init(VFIOTraceParts *parts);

/**
 * vfio_trace_parts_see() - add or remove a line, if the slot is one to repeat
 * @parts: the lines to repeat
 * @slot: the slot
 * @text: its text in the log
 * @len: bytes of @text
 */
void vfio_trace_parts_see(VFIOTraceParts *parts, const MmtSlot *slot,
                          const char *text, size_t len);

/**
 * vfio_trace_parts_end() - the last line of a part
 * @part: the part's number, from 0 up
 * @ns: the line's time
 *
 * Return: the text, to be freed
 */
char *vfio_trace_parts_end(uint32_t part, uint64_t ns);

/**
 * vfio_trace_parts_begin() - the first lines of a part
 * @parts: the lines to repeat
 * @part: the part's number, from 1 up
 * @fmt: the log's formatter
 *
 * Return: the text, to be freed
 */
GString *vfio_trace_parts_begin(VFIOTraceParts *parts, uint32_t part,
                                MmtFormatter *fmt);

/**
 * vfio_trace_parts_destroy() - free the collected lines
 * @parts: the lines to repeat
 */
void vfio_trace_parts_destroy(VFIOTraceParts *parts);

#endif /* HW_VFIO_TRACE_LOG_NEXT_PART_H */
