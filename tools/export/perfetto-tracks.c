/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: tracks (see perfetto-tracks.h)
 */
#include "tools/export/perfetto-tracks.h"

#include <inttypes.h>

/* Tracks of processors: of all regions together */
#define TRACKS_CPUS_MAX 4096

#define RATE_UNIT "accesses/s"

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
 * @devices: tracks by the device's name
 * @parts: tracks by region and processor, or TRACK_...
 * @cpus: number of processors' tracks
 */
struct PerfettoTracks {
    PerfettoOut *out;
    const MmtTrace *trace;
    GHashTable *devices;
    GHashTable *parts;
    unsigned cpus;
};

PerfettoTracks *perfetto_tracks_new(PerfettoOut *out, const MmtTrace *trace)
{
    PerfettoTracks *tracks = g_new0(PerfettoTracks, 1);

    tracks->out = out;
    tracks->trace = trace;
    tracks->devices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                            g_free);
    tracks->parts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
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
    track = perfetto_out_track(tracks->out, 0, name->str, NULL);
    g_hash_table_insert(tracks->devices, g_strdup(region->device),
                        g_memdup2(&track, sizeof(track)));
    return track;
}

/* Name of a track below a region's, to be freed */
static char *tracks_name(uint32_t part)
{
    static const struct {
        uint32_t part;
        const char *name;
    } names[] = {
        { TRACK_CPUS, "accesses" },
        { TRACK_MORE_CPUS, "other cpus" },
        { TRACK_POLLS, "polls" },
        { TRACK_RATE, RATE_UNIT },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].part == part) {
            return g_strdup(names[i].name);
        }
    }
    return g_strdup_printf("cpu %" PRIu32, part);
}

static uint64_t tracks_make(PerfettoTracks *tracks, uint32_t number,
                            uint32_t part)
{
    const MmtRegion *region = mmt_trace_region(tracks->trace, number);
    g_autofree char *name = NULL;

    if (part == TRACK_REGION) {
        return perfetto_out_track(tracks->out, tracks_device(tracks, region),
                                  region->name, NULL);
    }
    name = tracks_name(part);
    return perfetto_out_track(tracks->out,
                              perfetto_tracks_region(tracks, number), name,
                              part == TRACK_RATE ? RATE_UNIT : NULL);
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
