/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: a device through VFIO
 *
 * Documentation/driver-api/vfio.rst of the kernel.
 */
#ifndef VFIO_TRACE_PLAY_VFIO_H
#define VFIO_TRACE_PLAY_VFIO_H

#include "tools/play/backend.h"
#include "tools/play/plan.h"
#include "tools/play/stop.h"

typedef struct PlayVfio PlayVfio;

/**
 * play_vfio_open() - open the device, which is bound to vfio-pci
 * @plan: the plan; its sequence says which regions, buffers and interrupts are
 *        needed
 * @stop: ends waiting
 * @error: where to store why not
 *
 * The device is reset if it can be.  Then its memory, its ports and bus
 * mastering are switched on, and the buffers have their first contents.
 *
 * Return: the device; or NULL
 */
PlayVfio *play_vfio_open(const PlayPlan *plan, PlayStop *stop, GError **error);

/**
 * play_vfio_backend() - get the functions of a device
 * @vfio: the device
 */
PlayBackend *play_vfio_backend(PlayVfio *vfio);

/**
 * play_vfio_was_reset() - could the device be reset?
 * @vfio: the device
 */
bool play_vfio_was_reset(const PlayVfio *vfio);

/**
 * play_vfio_quiet() - switch bus mastering off and reset the device
 * @vfio: the device
 *
 * From now on the buffers don't change.
 */
void play_vfio_quiet(PlayVfio *vfio);

/**
 * play_vfio_buffer() - get a buffer's contents
 * @vfio: the device
 * @i: its number
 */
const void *play_vfio_buffer(const PlayVfio *vfio, uint32_t i);

/**
 * play_vfio_close() - close a device
 * @vfio: the device, or NULL
 */
void play_vfio_close(PlayVfio *vfio);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlayVfio, play_vfio_close)

#endif /* VFIO_TRACE_PLAY_VFIO_H */
