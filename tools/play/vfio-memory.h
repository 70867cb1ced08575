/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: buffers, mapped by the IOMMU
 */
#ifndef VFIO_TRACE_PLAY_VFIO_MEMORY_H
#define VFIO_TRACE_PLAY_VFIO_MEMORY_H

#include "tools/play/vfio-internal.h"

/**
 * vfio_memory_open() - make the buffers of a sequence
 * @vfio: the device, which is open
 * @seq: the sequence
 * @error: where to store why not
 */
bool vfio_memory_open(PlayVfio *vfio, const Sequence *seq, GError **error);

/**
 * vfio_memory_close() - unmap and free the buffers
 * @vfio: the device
 */
void vfio_memory_close(PlayVfio *vfio);

#endif /* VFIO_TRACE_PLAY_VFIO_MEMORY_H */
