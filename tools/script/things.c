/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what the log has of guest memory, for scripts
 *
 * Snapshots, entries and watches go into the table 'memory' of the scripts,
 * and to the functions that they have registered.
 */
#include <string.h>

#include "libmmiotrace/trace.h"
#include "tools/script/internal.h"

/* Devices whose memory is told apart, and regions that are looked at */
#define DEVICES_MAX 256
#define REGIONS_MAX 4096

/* Number of a device, by its name */
static unsigned device_number(Scripts *all, const char *name)
{
    gpointer found;
    unsigned number;

    if (g_hash_table_lookup_extended(all->devices, name, NULL, &found)) {
        return GPOINTER_TO_UINT(found);
    }
    number = MIN(g_hash_table_size(all->devices), DEVICES_MAX - 1);
    if (g_hash_table_size(all->devices) < DEVICES_MAX) {
        g_hash_table_insert(all->devices, g_strdup(name),
                            GUINT_TO_POINTER(number));
    }
    return number;
}

unsigned script_device(Scripts *scripts)
{
    const MmtRegion *region;

    if (!scripts->device_known) {
        region = mmt_trace_region(scripts->trace, scripts->last_region);
        scripts->device = region ? device_number(scripts, region->device) : 0;
        scripts->device_known = true;
    }
    return scripts->device;
}

/*
 * A mark has the device's ID in QEMU, which may have been another device's: the
 * last one is meant.
 */
static void set_device(Scripts *all, const AnalysisMemoryThing *thing)
{
    const MmtRegions *table = mmt_trace_table(all->trace);
    uint32_t i = MIN(mmt_trace_regions(all->trace), REGIONS_MAX);

    g_strlcpy(all->thing_device, thing->device, sizeof(all->thing_device));
    while (i-- > 0) {
        const MmtRegionDevice *device = mmt_regions_device(table, i);

        if (!strcmp(device->name, thing->device)) {
            g_strlcpy(all->thing_device, device->id,
                      sizeof(all->thing_device));
            break;
        }
    }
    all->device = device_number(all, all->thing_device);
    all->device_known = true;
}

static bool has_register(const MmtRegion *region,
                         const AnalysisMemoryThing *thing)
{
    return region->number <= MMT_REGION_ROM &&
           region->number != MMT_REGION_OTHER &&
           thing->addr - region->base < region->size;
}

/* The region of a snapshot's register; else the device's first one */
static uint32_t find_region(const Scripts *all,
                            const AnalysisMemoryThing *thing)
{
    uint32_t n = MIN(mmt_trace_regions(all->trace), REGIONS_MAX);
    uint32_t first = MMT_NO_REGION;
    uint32_t i;

    for (i = 0; i < n; i++) {
        const MmtRegion *region = mmt_trace_region(all->trace, i);

        if (strcmp(region->device, all->thing_device)) {
            continue;
        }
        if (thing->map && has_register(region, thing)) {
            return i;
        }
        first = MIN(first, i);
    }
    return thing->map ? MMT_NO_REGION : first;
}

/*
 * A snapshot is wanted as the write that has triggered it is; without a
 * register, by filters that name none.
 */
static void call_snapshot(Script *script, const MmtEntry *entry)
{
    Scripts *all = script->all;
    const MmtRegion *region = mmt_trace_region(all->trace, all->region);
    MmtEntry access = { .kind = MMT_ENTRY_WRITE, .region = all->region };

    if (region) {
        access.offset = all->thing->map ? all->thing->addr - region->base
                                        : UINT64_MAX;
        script_call_wanted(script, script->shots, &access,
                           script_push_snapshot, entry);
    }
}

static void call_entry(Script *script, const MmtEntry *entry)
{
    script_call_things(script, SCRIPT_ENTRY, entry);
}

static void call_watch(Script *script, const MmtEntry *entry)
{
    script_call_things(script, SCRIPT_WATCH, entry);
}

static void call_cut(Script *script, const MmtEntry *entry)
{
    script_call_things(script, SCRIPT_CUT, entry);
}

static void keep(Scripts *all, uint64_t at, const uint8_t *bytes, size_t len)
{
    script_memory_put(all->memory, all->device, at, bytes, len);
}

/* What the thing shows of memory */
static void keep_memory(Scripts *all, const AnalysisMemoryThing *thing)
{
    guint i;

    if (thing->kind == ANALYSIS_MEMORY_SNAPSHOT ||
        thing->kind == ANALYSIS_MEMORY_HEAD) {
        keep(all, thing->at, thing->bytes->data, thing->bytes->len);
    } else if (thing->kind == ANALYSIS_MEMORY_DATA) {
        const AnalysisMemoryData *data =
            thing->data->pdata[thing->data->len - 1];

        keep(all, data->at, data->bytes->data, data->bytes->len);
    } else if (thing->kind == ANALYSIS_MEMORY_WATCH && thing->contents) {
        for (i = 0; i < thing->runs->len; i++) {
            const AnalysisMemoryRun *run =
                &g_array_index(thing->runs, AnalysisMemoryRun, i);

            keep(all, thing->at + run->offset, thing->contents + run->offset,
                 run->len);
        }
    }
}

/* An entry of a ring is whole when something else has come: it is before. */
static void take(const AnalysisMemoryThing *thing, void *opaque)
{
    static void (*const calls[])(Script *, const MmtEntry *) = {
        [ANALYSIS_MEMORY_SNAPSHOT] = call_snapshot,
        [ANALYSIS_MEMORY_ENTRY] = call_entry,
        [ANALYSIS_MEMORY_WATCH] = call_watch,
        [ANALYSIS_MEMORY_CUT] = call_cut,
    };
    Scripts *all = opaque;
    const MmtEntry *now = all->entry;
    MmtEntry first = {
        .kind = MMT_ENTRY_MARK, .line = thing->place.line,
        .ns = thing->place.ns, .phase = thing->place.phase,
        .flags = MMT_ENTRY_TRACER |
                 (thing->place.timed ? MMT_ENTRY_TIMED : 0),
    };

    all->thing = thing;
    set_device(all, thing);
    keep_memory(all, thing);
    if (thing->kind < G_N_ELEMENTS(calls) && calls[thing->kind]) {
        all->region = find_region(all, thing);
        if (thing->kind == ANALYSIS_MEMORY_SNAPSHOT && now) {
            first = *now;
        }
        all->entry = &first;
        script_each(all, &first, calls[thing->kind]);
        all->entry = now;
        all->region = MMT_NO_REGION;
    }
    all->thing = NULL;
}

const AnalysisMemoryUser script_things = { .take = take };
