/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: what is kept of a log that grows
 *
 * Counts, accesses over time, the newest lines and marks: memory does not grow
 * with the log.
 */
#ifndef VFIO_TRACE_SERVE_LIVE_H
#define VFIO_TRACE_SERVE_LIVE_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/log/decoded.h"
#include "tools/report/axis.h"
#include "tools/serve/bins.h"
#include "tools/serve/newest.h"

/* Regions and processors that are counted for themselves */
#define SERVE_REGIONS 64
#define SERVE_CPUS    256

/* Lines and marks that are kept */
#define SERVE_LINES 2000
#define SERVE_MARKS 500

#define SERVE_KINDS 3

/**
 * enum ServeState: what is known of the log's end
 */
typedef enum ServeState {
    SERVE_READING,          /* what it had at the start is still read */
    SERVE_LIVE,             /* all of it was read: it may grow */
    SERVE_ENDED,            /* it has its end mark */
    SERVE_CUT,              /* it has none, and does not grow any more */
    SERVE_FAILED,           /* it can't be read; @message says why */
} ServeState;

/**
 * struct ServeLive: what is kept
 * @trace: the log
 * @name: its name
 * @state: its state
 * @message: what else is to be said of the state, or NULL
 * @version: grows with each change
 * @epoch: how often the log was replaced by another one
 * @before: totals of the logs that were replaced
 * @axis: places of entries
 * @counts: accesses by kind
 * @regions: likewise of each region; the last one has all others
 * @cpus: accesses of each processor
 * @lost: events that are missing
 * @lost_unknown: there are more of them, and nobody knows how many
 * @bins: accesses over time
 * @lines: the newest lines, decoded
 * @marks: the newest marks
 */
typedef struct ServeLive {
    const MmtTrace *trace;
    const char *name;
    ServeState state;
    char *message;
    uint64_t version;
    uint64_t epoch;
    MmtTotals before;
    ReportAxis axis;
    uint64_t counts[SERVE_KINDS];
    uint64_t regions[SERVE_REGIONS][SERVE_KINDS];
    uint64_t cpus[SERVE_CPUS];
    uint64_t lost;
    bool lost_unknown;
    ServeBins *bins;
    ServeNewest *lines;
    ServeNewest *marks;
} ServeLive;

/**
 * serve_live_new() - begin
 * @trace: the log
 * @name: its name, which lives as long
 */
ServeLive *serve_live_new(const MmtTrace *trace, const char *name);

/**
 * serve_live_take() - take an entry
 * @live: what is kept
 * @entry: the entry
 * @text: how it is shown: its lines, decoded; empty if it is not
 */
void serve_live_take(ServeLive *live, const MmtEntry *entry,
                     const GString *text);

/**
 * serve_live_say() - add a line that is no entry
 * @live: what is kept
 * @text: the line: of a script
 */
void serve_live_say(ServeLive *live, const GString *text);

/**
 * serve_live_state() - the log has another state
 * @live: what is kept
 * @state: the state
 * @message: what else is to be said, or NULL
 */
void serve_live_state(ServeLive *live, ServeState state, const char *message);

/**
 * serve_live_replaced() - what follows is of another log
 * @live: what is kept, which is dropped
 * @before: the trace's totals before it
 */
void serve_live_replaced(ServeLive *live, const MmtTotals *before);

/**
 * serve_live_lines() - count the lines of the log
 * @live: what is kept
 * @damaged: where to store how many of them are damaged, or NULL
 *
 * Return: their number
 */
uint64_t serve_live_lines(const ServeLive *live, uint64_t *damaged);

void serve_live_free(ServeLive *live);

#endif /* VFIO_TRACE_SERVE_LIVE_H */
