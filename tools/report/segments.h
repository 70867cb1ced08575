/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: accesses in a row, the level below the bins of time
 *
 * A segment has as many accesses as any other.  Where much happens in a short
 * time, segments are finer than bins.  If there are too many, two become one.
 */
#ifndef VFIO_TRACE_REPORT_SEGMENTS_H
#define VFIO_TRACE_REPORT_SEGMENTS_H

#include "tools/report/access.h"
#include "tools/report/bins.h"
#include "tools/report/block.h"

/* Segments at most, an even number */
#define REPORT_SEGMENTS 32768

/* Regions that are counted in segments: those that come first */
#define REPORT_SEGMENT_LANES 16

typedef struct ReportSegments ReportSegments;

ReportSegments *report_segments_new(void);

/**
 * report_segments_take() - count an access
 * @segments: the segments
 * @access: the access
 * @lane: its region's lane, or UINT32_MAX
 */
void report_segments_take(ReportSegments *segments, const ReportAccess *access,
                          uint32_t lane);

/**
 * report_segments_put() - write "segments"
 * @segments: the segments
 * @blocks: where blocks go
 * @json: the log's object
 */
void report_segments_put(const ReportSegments *segments, ReportBlocks *blocks,
                         GString *json);

void report_segments_free(ReportSegments *segments);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportSegments, report_segments_free)

#endif /* VFIO_TRACE_REPORT_SEGMENTS_H */
