/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: tracks of devices, regions and processors
 *
 *      trace
 *          phases
 *          marks
 *          ...
 *      0000:01:00.0 (8086:10d3)
 *          bar0
 *              accesses/s
 *              polls
 *              cpu 0
 *              cpu 1
 *
 * Tracks are made as they are needed.
 */
#ifndef VFIO_TRACE_EXPORT_PERFETTO_TRACKS_H
#define VFIO_TRACE_EXPORT_PERFETTO_TRACKS_H

#include <glib.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/export/perfetto-out.h"

typedef struct PerfettoTracks PerfettoTracks;

/* Tracks that are no region's, in the order in which they are shown */
typedef enum PerfettoCommon {
    PERFETTO_PHASES,
    PERFETTO_MARKS,
    PERFETTO_IRQS,
    PERFETTO_MACHINE,
    PERFETTO_LOOPS,
    PERFETTO_TRACER,
    PERFETTO_COMMON_TRACKS,
} PerfettoCommon;

/**
 * perfetto_tracks_new() - begin
 * @out: the output
 * @trace: the trace
 *
 * Return: the tracks, to be freed with perfetto_tracks_free()
 */
PerfettoTracks *perfetto_tracks_new(PerfettoOut *out, const MmtTrace *trace);

void perfetto_tracks_free(PerfettoTracks *tracks);

/**
 * perfetto_tracks_common() - get a track that is no region's
 * @tracks: the tracks
 * @which: the track
 */
uint64_t perfetto_tracks_common(PerfettoTracks *tracks, PerfettoCommon which);

/**
 * perfetto_tracks_region() - get the track of a region, which has no events
 * @tracks: the tracks
 * @region: number of the region
 */
uint64_t perfetto_tracks_region(PerfettoTracks *tracks, uint32_t region);

/**
 * perfetto_tracks_cpu() - get the track of a processor's accesses to a region
 * @tracks: the tracks
 * @region: number of the region
 * @cpu: number of the processor, or MMT_NO_CPU
 *
 * A trace can name more processors than anyone wants to look at: those beyond a
 * limit have one track.
 */
uint64_t perfetto_tracks_cpu(PerfettoTracks *tracks, uint32_t region,
                             uint32_t cpu);

/**
 * perfetto_tracks_polls() - get the track of a region's polls
 * @tracks: the tracks
 * @region: number of the region
 */
uint64_t perfetto_tracks_polls(PerfettoTracks *tracks, uint32_t region);

/**
 * perfetto_tracks_rate() - get the track of a region's rate of accesses
 * @tracks: the tracks
 * @region: number of the region
 */
uint64_t perfetto_tracks_rate(PerfettoTracks *tracks, uint32_t region);

#endif /* VFIO_TRACE_EXPORT_PERFETTO_TRACKS_H */
