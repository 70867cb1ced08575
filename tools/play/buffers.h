/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: files with the contents of buffers
 */
#ifndef VFIO_TRACE_PLAY_BUFFERS_H
#define VFIO_TRACE_PLAY_BUFFERS_H

#include "tools/play/plan.h"

/**
 * play_buffers_check() - check that the files can be written
 * @plan: the plan
 * @error: where to store why not
 */
bool play_buffers_check(const PlayPlan *plan, GError **error);

/**
 * typedef PlayBytes - get the contents of a buffer
 * @opaque: as passed along with the callback
 * @i: the buffer's number
 */
typedef const void *PlayBytes(const void *opaque, uint32_t i);

/**
 * play_buffers_save() - write a file for each buffer: "NAME.bin"
 * @plan: the plan
 * @bytes: gets their contents
 * @opaque: for @bytes
 * @error: where to store why not
 */
bool play_buffers_save(const PlayPlan *plan, PlayBytes *bytes,
                       const void *opaque, GError **error);

#endif /* VFIO_TRACE_PLAY_BUFFERS_H */
