/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: written values that follow from what was read
 *
 * If a driver reads a clock and writes that plus a second, the values of two
 * logs differ, but their distance from what was read does not.  The same value
 * may be written again later.
 */
#ifndef VFIO_TRACE_DIFF_SOURCE_H
#define VFIO_TRACE_DIFF_SOURCE_H

#include "tools/diff/log.h"

/* Tokens before a write in which the access is searched */
#define DIFF_SOURCE_REACH 32

/**
 * struct DiffSource: where two different values come from
 * @place: the read, or the write of the same value
 * @plus: what was added in both logs, modulo the width of the write
 */
typedef struct DiffSource {
    uint32_t place;
    uint64_t plus;
} DiffSource;

/**
 * diff_source_find() - find the access that explains two different values
 * @a: a log
 * @ia: number of a write in it
 * @b: the other log
 * @ib: number of the write with another value in it
 * @source: where to store it
 *
 * Return: is there such an access shortly before?
 */
bool diff_source_find(const DiffLog *a, uint64_t ia, const DiffLog *b,
                      uint64_t ib, DiffSource *source);

#endif /* VFIO_TRACE_DIFF_SOURCE_H */
