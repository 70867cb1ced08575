/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: regions of a device through VFIO
 */
#ifndef VFIO_TRACE_PLAY_VFIO_REGION_H
#define VFIO_TRACE_PLAY_VFIO_REGION_H

#include "tools/play/vfio-internal.h"

/**
 * vfio_region_open() - ask for a region, and map it if that is possible
 * @vfio: the device
 * @i: its number
 * @needed: bytes that it must have
 * @error: where to store that it does not have them
 */
bool vfio_region_open(PlayVfio *vfio, unsigned i, uint64_t needed,
                      GError **error);

/**
 * vfio_region_read() - PlayBackend.read
 * @backend: the device
 * @region: the region
 * @offset: the offset
 * @width: bytes
 * @value: where to store the value
 * @error: where to store why not
 */
bool vfio_region_read(PlayBackend *backend, unsigned region, uint64_t offset,
                      unsigned width, uint64_t *value, GError **error);

/**
 * vfio_region_write() - PlayBackend.write
 * @backend: the device
 * @region: the region
 * @offset: the offset
 * @width: bytes
 * @value: the value
 * @error: where to store why not
 */
bool vfio_region_write(PlayBackend *backend, unsigned region, uint64_t offset,
                       unsigned width, uint64_t value, GError **error);

/**
 * vfio_region_close() - unmap all regions
 * @vfio: the device
 */
void vfio_region_close(PlayVfio *vfio);

#endif /* VFIO_TRACE_PLAY_VFIO_REGION_H */
