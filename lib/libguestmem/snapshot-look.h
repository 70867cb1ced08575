/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: snapshots of memory
 */
#ifndef LIBGUESTMEM_SNAPSHOT_LOOK_H
#define LIBGUESTMEM_SNAPSHOT_LOOK_H

#include "libguestmem/engine-internal.h"

/* gmem_snapshot_look() - hand out all bytes of a snapshot */
void gmem_snapshot_look(GmemLook *look);

#endif /* LIBGUESTMEM_SNAPSHOT_LOOK_H */
