/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: from what the folder found to operations
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_ITEM_H
#define VFIO_TRACE_SEQUENCE_COMPILE_ITEM_H

#include "tools/sequence/compile-internal.h"

/**
 * compile_item() - compile an item; a FoldSink
 * @c: the state (Compile), whose pending accesses begin with the item's
 * @item: the item
 */
void compile_item(void *c, const FoldItem *item);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_ITEM_H */
