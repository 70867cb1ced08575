/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: data that an entry points to
 */
#include "libguestmem/item.h"
#include "libguestmem/look.h"

#include <string.h>

/* Appends an item's name to the path, and returns how long it was. */
static unsigned enter(GmemLook *look, const char *name)
{
    unsigned was = look->path_len;
    size_t len = strlen(name);

    if (was && was < GMEM_PATH_MAX - 1) {
        look->path[look->path_len++] = '.';
    }
    len = MIN(len, GMEM_PATH_MAX - 1 - look->path_len);
    memcpy(look->path + look->path_len, name, len);
    look->path_len += len;
    look->path[look->path_len] = '\0';
    return was;
}

static void leave(GmemLook *look, unsigned was)
{
    look->path_len = was;
    look->path[was] = '\0';
}

void gmem_item_unknown(GmemLook *look)
{
    GmemOut out = gmem_out(look->target, look->instance, look->event,
                           GMEM_OUT_DATA);
    const char *why;

    out.index = look->number;
    out.item = look->path;
    out.state = "address-unknown";
    why = gmem_look_put(look, &out, true);
    if (why) {
        gmem_look_cut(look, why, 0);
    }
}

/* An address that can't be evaluated is handed out as unknown; that of a
   command that is not known is not. */
static bool find(GmemLook *look, const GmemItem *item, uint64_t *at,
                 uint64_t *len)
{
    uint64_t unreadable = look->target->count.unreadable;

    if (gmem_look_eval(look, &item->len, len) &&
        (!*len || gmem_look_eval(look, &item->at, at))) {
        return *len;
    }
    if (look->target->count.unreadable != unreadable) {
        gmem_item_unknown(look);
    }
    return false;
}

static void put_data(GmemLook *look, const GmemItem *item)
{
    GmemOut out = gmem_out(look->target, look->instance, look->event,
                           GMEM_OUT_DATA);
    uint64_t max = item->max ? MIN(item->max, GMEM_DATA_MAX) : GMEM_DATA_MAX;
    uint64_t wanted;
    const char *why;

    if (!find(look, item, &out.at, &out.of)) {
        return;
    }
    wanted = MIN(out.of, max);
    out.data = look->run->shared->data;
    why = gmem_look_read(look, out.at, look->run->shared->data, wanted, true,
                         &out.len);
    if (!why) {
        out.index = look->number;
        out.item = look->path;
        if (out.len < wanted) {
            out.state = "not-memory";
            gmem_look_unreadable(look);
        }
        why = gmem_look_put(look, &out, true);
    }
    if (why) {
        gmem_look_cut(look, why, 0);
    }
}

void gmem_items(GmemLook *look, const GPtrArray *items)
{
    unsigned i;

    for (i = 0; items && i < items->len; i++) {
        const GmemItem *item = g_ptr_array_index(items, i);
        unsigned was;

        if (gmem_look_true(look, &item->when)) {
            was = enter(look, item->name);
            (item->is_list ? gmem_item_list : put_data)(look, item);
            leave(look, was);
        }
    }
}
