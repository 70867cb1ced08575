/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: tracks (see perfetto-tracks.h)
 */
#include "tools/export/perfetto-tracks.h"

#include <inttypes.h>

/* Tracks of processors: of all regions together */
#define TRACKS_CPUS_MAX 4096

#define RATE_UNIT "accesses/s"

/* Place of a region that is not one of a device's numbers: behind those */
#define TRACK_RANK_OTHER 1000

/* Place of processor 0 in a region */
#define TRACK_RANK_CPU 10

/* Tracks of a region that are no processor's: numbers in place of one's */
#define TRACK_CPUS      MMT_NO_CPU
#define TRACK_MORE_CPUS (UINT32_MAX - 1)
#define TRACK_POLLS     (UINT32_MAX - 2)
#define TRACK_RATE      (UINT32_MAX - 3)
#define TRACK_REGION    (UINT32_MAX - 4)
#define TRACK_LAST_CPU  (UINT32_MAX - 5)

/**
 * struct PerfettoTracks: the state
 * @out: the output
 * @trace: the trace
 * @root: the track above @common, or 0
 * @common: tracks that are no region's; 0 if not needed yet
 * @devices: tracks by the device's name
 * @parts: tracks by region and processor, or TRACK_...
 * @cpus: number of processors' tracks
 */
struct PerfettoTracks {
    PerfettoOut *out;
    const MmtTrace *trace;
    uint64_t root;
    uint64_t common[PERFETTO_COMMON_TRACKS];
    GHashTable *devices;
    GHashTable *parts;
    unsigned cpus;
};

/* g_int64_hash() of some versions takes the part only, not the region. */
static guint key_hash(gconstpointer p)
{
    uint64_t key = *(const gint64 *)p;

    return (key >> 32) * UINT32_C(0x9e3779b1) ^ (uint32_t)key;
}

PerfettoTracks *perfetto_tracks_new(PerfettoOut *out, const MmtTrace *trace)
{
    PerfettoTracks *tracks = g_new0(PerfettoTracks, 1);

    tracks->out = out;
    tracks->trace = trace;
    tracks->devices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                            g_free);
    tracks->parts = g_hash_table_new_full(key_hash, g_int64_equal, g_free,
                                          g_free);
    return tracks;
}

void perfetto_tracks_free(PerfettoTracks *tracks)
{
    if (tracks) {
        g_hash_table_unref(tracks->devices);
        g_hash_table_unref(tracks->parts);
        g_free(tracks);
    }
}

uint64_t perfetto_tracks_common(PerfettoTracks *tracks, PerfettoCommon which)
{
    static const char *const names[PERFETTO_COMMON_TRACKS] = {
        [PERFETTO_PHASES] = "phases",
        [PERFETTO_MARKS] = "marks",
        [PERFETTO_IRQS] = "interrupts",
        [PERFETTO_MACHINE] = "machine",
        [PERFETTO_LOOPS] = "loops",
        [PERFETTO_TRACER] = "tracer",
    };

    if (!tracks->root) {
        tracks->root = perfetto_out_track(tracks->out, &(PerfettoTrack) {
            .name = "trace",
        });
    }
    if (!tracks->common[which]) {
        tracks->common[which] = perfetto_out_track(tracks->out,
                                                   &(PerfettoTrack) {
            .parent = tracks->root,
            .rank = which,
            .name = names[which],
        });
    }
    return tracks->common[which];
}

static uint64_t tracks_device(PerfettoTracks *tracks, const MmtRegion *region)
{
    const uint64_t *known = g_hash_table_lookup(tracks->devices,
                                                region->device);
    g_autoptr(GString) name = NULL;
    uint64_t track;

    if (known) {
        return *known;
    }
    name = g_string_new(*region->device ? region->device : "device");
    if (region->vendor) {
        g_string_append_printf(name, " (%04x:%04x)", region->vendor,
                               region->device_id);
    }
    track = perfetto_out_track(tracks->out, &(PerfettoTrack) {
        .name = name->str,
    });
    g_hash_table_insert(tracks->devices, g_strdup(region->device),
                        g_memdup2(&track, sizeof(track)));
    return track;
}

/* Make a track below a region's. */
static uint64_t tracks_part(PerfettoTracks *tracks, uint64_t parent,
                            uint32_t part)
{
    static const struct {
        uint32_t part;
        PerfettoTrack track;
    } parts[] = {
        { TRACK_RATE, { .rank = 0, .name = RATE_UNIT, .unit = RATE_UNIT } },
        { TRACK_POLLS, { .rank = 1, .name = "polls" } },
        { TRACK_CPUS, { .rank = 2, .name = "accesses" } },
        { TRACK_MORE_CPUS, { .rank = INT32_MAX, .name = "other cpus" } },
    };
    g_autofree char *name = g_strdup_printf("cpu %" PRIu32, part);
    PerfettoTrack track = {
        .rank = TRACK_RANK_CPU + MIN(part, INT32_MAX - TRACK_RANK_CPU - 1),
        .name = name,
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].part == part) {
            track = parts[i].track;
        }
    }
    track.parent = parent;
    return perfetto_out_track(tracks->out, &track);
}

static uint64_t tracks_make(PerfettoTracks *tracks, uint32_t number,
                            uint32_t part)
{
    const MmtRegion *region = mmt_trace_region(tracks->trace, number);

    if (part != TRACK_REGION) {
        return tracks_part(tracks, perfetto_tracks_region(tracks, number),
                           part);
    }
    return perfetto_out_track(tracks->out, &(PerfettoTrack) {
        .parent = tracks_device(tracks, region),
        .rank = region->number < 0 ? TRACK_RANK_OTHER : region->number,
        .name = region->name,
    });
}

static uint64_t *tracks_find(PerfettoTracks *tracks, uint32_t region,
                             uint32_t part)
{
    gint64 key = (gint64)((uint64_t)region << 32 | part);

    return g_hash_table_lookup(tracks->parts, &key);
}

static uint64_t tracks_get(PerfettoTracks *tracks, uint32_t region,
                           uint32_t part)
{
    gint64 key = (gint64)((uint64_t)region << 32 | part);
    const uint64_t *known = tracks_find(tracks, region, part);
    uint64_t track;

    if (known) {
        return *known;
    }
    track = tracks_make(tracks, region, part);
    g_hash_table_insert(tracks->parts, g_memdup2(&key, sizeof(key)),
                        g_memdup2(&track, sizeof(track)));
    return track;
}

uint64_t perfetto_tracks_region(PerfettoTracks *tracks, uint32_t region)
{
    return tracks_get(tracks, region, TRACK_REGION);
}

uint64_t perfetto_tracks_cpu(PerfettoTracks *tracks, uint32_t region,
                             uint32_t cpu)
{
    const uint64_t *known;

    if (cpu == MMT_NO_CPU) {
        return tracks_get(tracks, region, TRACK_CPUS);
    }
    known = cpu > TRACK_LAST_CPU ? NULL : tracks_find(tracks, region, cpu);
    if (known) {
        return *known;
    }
    if (cpu > TRACK_LAST_CPU || tracks->cpus >= TRACKS_CPUS_MAX) {
        return tracks_get(tracks, region, TRACK_MORE_CPUS);
    }
    tracks->cpus++;
    return tracks_get(tracks, region, cpu);
}

uint64_t perfetto_tracks_polls(PerfettoTracks *tracks, uint32_t region)
{
    return tracks_get(tracks, region, TRACK_POLLS);
}

uint64_t perfetto_tracks_rate(PerfettoTracks *tracks, uint32_t region)
{
    return tracks_get(tracks, region, TRACK_RATE);
}
