/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: what an entry points to
 */
#ifndef LIBGUESTMEM_ITEM_H
#define LIBGUESTMEM_ITEM_H

#include "libguestmem/engine-internal.h"

/**
 * gmem_items() - hand out what the entry in a look's scope points to
 * @look: the look
 * @items: GmemItem; or NULL
 */
void gmem_items(GmemLook *look, const GPtrArray *items);

/* gmem_item_list() - of an item that is a list; its name is in the path */
void gmem_item_list(GmemLook *look, const GmemItem *item);

/* gmem_item_unknown() - an item's address is not known */
void gmem_item_unknown(GmemLook *look);

#endif /* LIBGUESTMEM_ITEM_H */
