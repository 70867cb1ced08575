/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: accesses in a row (see segments.h)
 */
#include "tools/report/segments.h"

#include <string.h>

#include "tools/report/json.h"

/* Accesses of the first segments */
#define SIZE_FIRST 4

/**
 * struct Segment: accesses in a row
 * @t0: place of the first one
 * @t1: place of the last one
 * @line: line of the first one
 * @counts: reads and writes by lane
 */
typedef struct Segment {
    uint64_t t0;
    uint64_t t1;
    uint64_t line;
    uint32_t counts[2][REPORT_SEGMENT_LANES];
} Segment;

/**
 * struct ReportSegments: the segments
 * @size: accesses of each but the last
 * @n: number of segments
 * @in_last: accesses of the last one
 * @lanes: lanes that were seen, less than REPORT_SEGMENT_LANES
 * @segments: the segments
 */
struct ReportSegments {
    uint64_t size;
    uint32_t n;
    uint64_t in_last;
    uint32_t lanes;
    Segment *segments;
};

ReportSegments *report_segments_new(void)
{
    ReportSegments *s = g_new0(ReportSegments, 1);

    s->size = SIZE_FIRST;
    s->segments = g_new(Segment, REPORT_SEGMENTS);
    return s;
}

void report_segments_free(ReportSegments *s)
{
    if (s) {
        g_free(s->segments);
        g_free(s);
    }
}

static void join(Segment *to, const Segment *a, const Segment *b)
{
    Segment sum = *a;
    unsigned way, i;

    sum.t1 = b->t1;
    for (way = 0; way < G_N_ELEMENTS(sum.counts); way++) {
        for (i = 0; i < REPORT_SEGMENT_LANES; i++) {
            report_add(&sum.counts[way][i], b->counts[way][i]);
        }
    }
    *to = sum;
}

/* All segments are full when this is called, and their number is even. */
static void halve(ReportSegments *s)
{
    uint32_t i;

    for (i = 0; i < s->n / 2; i++) {
        join(&s->segments[i], &s->segments[2 * i], &s->segments[2 * i + 1]);
    }
    s->n /= 2;
    s->size *= 2;
    s->in_last = s->size;
}

static Segment *begin(ReportSegments *s, const ReportAccess *access)
{
    Segment *segment;

    if (s->n == REPORT_SEGMENTS) {
        halve(s);
    }
    segment = &s->segments[s->n++];
    memset(segment, 0, sizeof(*segment));
    segment->t0 = access->t;
    segment->line = access->entry->line;
    s->in_last = 0;
    return segment;
}

void report_segments_take(ReportSegments *s, const ReportAccess *access,
                          uint32_t lane)
{
    Segment *segment = s->n && s->in_last < s->size ? &s->segments[s->n - 1]
                                                    : begin(s, access);

    s->in_last++;
    segment->t1 = access->t;
    if (lane < REPORT_SEGMENT_LANES) {
        report_add(&segment->counts[report_access_writes(access)][lane], 1);
        s->lanes = MAX(s->lanes, lane + 1);
    }
}

static void put_places(const ReportSegments *s, ReportBlocks *blocks,
                       GString *json)
{
    g_autofree double *t0 = g_new(double, s->n + 1);
    g_autofree double *t1 = g_new(double, s->n + 1);
    g_autofree double *line = g_new(double, s->n + 1);
    uint32_t i;

    for (i = 0; i < s->n; i++) {
        t0[i] = s->segments[i].t0;
        t1[i] = s->segments[i].t1;
        line[i] = s->segments[i].line;
    }
    report_block_put(blocks, json, "t0", REPORT_F64, t0, s->n);
    report_block_put(blocks, json, "t1", REPORT_F64, t1, s->n);
    report_block_put(blocks, json, "line", REPORT_F64, line, s->n);
}

static void put_counts(const ReportSegments *s, ReportBlocks *blocks,
                       GString *json, const char *name, unsigned way)
{
    g_autofree uint32_t *counts = g_new(uint32_t,
                                        (size_t)s->n * s->lanes + 1);
    uint32_t lane, i;

    for (lane = 0; lane < s->lanes; lane++) {
        for (i = 0; i < s->n; i++) {
            counts[(size_t)lane * s->n + i] = s->segments[i].counts[way][lane];
        }
    }
    report_block_put(blocks, json, name, REPORT_U32, counts,
                     (size_t)s->n * s->lanes);
}

void report_segments_put(const ReportSegments *s, ReportBlocks *blocks,
                         GString *json)
{
    uint32_t lane;

    report_json_open(json, "segments", '{');
    report_json_number(json, "n", s->n);
    report_json_number(json, "size", s->size);
    report_json_open(json, "lanes", '[');
    for (lane = 0; lane < s->lanes; lane++) {
        report_json_number(json, NULL, lane);
    }
    report_json_close(json, ']');
    put_places(s, blocks, json);
    put_counts(s, blocks, json, "reads", 0);
    put_counts(s, blocks, json, "writes", 1);
    report_json_close(json, '}');
}
