/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: memory under watch
 */
#ifndef LIBGUESTMEM_WATCH_H
#define LIBGUESTMEM_WATCH_H

#include "libguestmem/engine-internal.h"

/* gmem_watch_look() - hand out the lines that changed since the last look */
void gmem_watch_look(GmemLook *look);

/* gmem_watch_forget() - free an instance's copy, if it has one */
void gmem_watch_forget(GmemInstance *instance);

#endif /* LIBGUESTMEM_WATCH_H */
