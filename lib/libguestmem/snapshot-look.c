/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: snapshots of memory
 */
#include "libguestmem/snapshot-look.h"
#include "libguestmem/look.h"

/* A snapshot that is missing is handed out without bytes, too. */
static void put_empty(GmemLook *look, GmemOut *out, const char *state)
{
    out->len = 0;
    out->state = state;
    gmem_out_put(look->run, out);
}

static bool find(GmemLook *look, GmemOut *out)
{
    const GmemStatement *is = look->target->is;

    if (gmem_look_eval(look, &is->base, &out->at) &&
        gmem_look_eval(look, &is->len, &out->of)) {
        return true;
    }
    if (!look->why) {
        put_empty(look, out, "address-unknown");
    }
    return false;
}

static void put(GmemLook *look, GmemOut *out, uint64_t wanted)
{
    const char *why;

    if (out->len < wanted) {
        out->state = "not-memory";
        gmem_look_unreadable(look);
    }
    why = gmem_look_put(look, out, false);
    if (why) {
        gmem_look_cut(look, why, 1);
    } else {
        look->target->count.entries++;
    }
}

void gmem_snapshot_look(GmemLook *look)
{
    const GmemShared *shared = look->run->shared;
    GmemOut out = gmem_out(look->target, look->instance, look->event,
                           GMEM_OUT_SNAPSHOT);
    uint64_t wanted;
    const char *why;

    out.data = shared->data;
    if (!find(look, &out)) {
        return;
    }
    wanted = MIN(out.of, GMEM_SNAPSHOT_MAX);
    if (!shared->host->room(shared->opaque, wanted)) {
        look->target->count.cut++;
        put_empty(look, &out, "ring-full");
        return;
    }
    why = gmem_look_read(look, out.at, shared->data, wanted, false, &out.len);
    if (why) {
        gmem_look_cut(look, why, 1);
    } else {
        put(look, &out, wanted);
    }
}
