/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: places of accesses
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_PLACE_H
#define VFIO_TRACE_SEQUENCE_COMPILE_PLACE_H

#include "tools/sequence/compile-internal.h"

/**
 * compile_place() - find the place of an access in a sequence
 * @c: the state
 * @entry: the access
 * @region: where to store the region's number
 * @offset: where to store the offset
 *
 * Return: NULL, or why there is none; static
 */
const char *compile_place(Compile *c, const MmtEntry *entry, uint8_t *region,
                          uint64_t *offset);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_PLACE_H */
