/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: an access, as all parts of a page's data get it
 */
#ifndef VFIO_TRACE_REPORT_ACCESS_H
#define VFIO_TRACE_REPORT_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/latency.h"

/* Regions that are told apart */
#define REPORT_REGIONS 1024

/* Number of all other regions, and of none */
#define REPORT_NO_REGION UINT32_MAX

/* Phases that are told apart; the last one has all others */
#define REPORT_PHASES 256

/* A latency that is not known */
#define REPORT_NO_LATENCY ANALYSIS_NO_LATENCY

/**
 * struct ReportAccess: an access
 * @entry: its entry
 * @t: its place on the axis
 * @bin: its bin
 * @region: its region in the page: less than REPORT_REGIONS, or
 *          REPORT_NO_REGION
 * @phase: its phase in the page, less than REPORT_PHASES
 * @latency: nanoseconds, or REPORT_NO_LATENCY
 * @line: its line
 * @len: bytes of @line
 */
typedef struct ReportAccess {
    const MmtEntry *entry;
    uint64_t t;
    uint32_t bin;
    uint32_t region;
    uint32_t phase;
    uint32_t latency;
    const char *line;
    size_t len;
} ReportAccess;

/**
 * report_access_writes() - is it counted with the writes?
 * @access: the access
 *
 * Where there are two counts only, accesses of unknown direction are writes.
 */
static inline bool report_access_writes(const ReportAccess *access)
{
    return access->entry->kind != MMT_ENTRY_READ;
}

/**
 * report_add() - add to a count that stops at its largest value
 * @count: the count
 * @n: what to add
 */
static inline void report_add(uint32_t *count, uint32_t n)
{
    *count = *count > UINT32_MAX - n ? UINT32_MAX : *count + n;
}

/**
 * report_halve() - let two neighbours of an array become one
 * @counts: the counts
 * @n: their number, even; the second half becomes 0
 */
void report_halve(uint32_t *counts, uint32_t n);

#endif /* VFIO_TRACE_REPORT_ACCESS_H */
