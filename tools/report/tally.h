/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: counts of a log, its regions and its phases
 */
#ifndef VFIO_TRACE_REPORT_TALLY_H
#define VFIO_TRACE_REPORT_TALLY_H

#include "tools/report/access.h"
#include "tools/report/bins.h"
#include "tools/report/block.h"

typedef struct ReportTally ReportTally;

ReportTally *report_tally_new(const MmtTrace *trace);

/**
 * report_tally_access() - count an access
 * @tally: the counts
 * @access: the access
 */
void report_tally_access(ReportTally *tally, const ReportAccess *access);

/**
 * report_tally_entry() - note an entry, whatever it is
 * @tally: the counts
 * @entry: the entry
 * @t: its place on the axis
 */
void report_tally_entry(ReportTally *tally, const MmtEntry *entry, uint64_t t);

/**
 * report_tally_phases() - get the number of phases that are told apart
 * @tally: the counts
 */
uint32_t report_tally_phases(const ReportTally *tally);

/**
 * report_tally_accesses() - get the number of accesses
 * @tally: the counts
 */
uint64_t report_tally_accesses(const ReportTally *tally);

/**
 * report_tally_put_counts() - write "accesses", "reads", ..., and "has"
 * @tally: the counts
 * @json: the log's object
 * @timed: the log has times
 * @irqs: it has interrupts
 * @memory: it has guest memory
 */
void report_tally_put_counts(const ReportTally *tally, GString *json,
                             bool timed, bool irqs, bool memory);

/**
 * report_tally_put_regions() - write "devices" and "regions"
 * @tally: the counts
 * @bins: have the regions' lanes
 * @json: the log's object
 */
void report_tally_put_regions(const ReportTally *tally, const ReportBins *bins,
                              GString *json);

/**
 * report_tally_put_phases() - write "phases"
 * @tally: the counts
 * @blocks: where blocks go
 * @json: the log's object
 */
void report_tally_put_phases(const ReportTally *tally, ReportBlocks *blocks,
                             GString *json);

/**
 * report_tally_has_cpus() - does the log have processors?
 * @tally: the counts
 */
bool report_tally_has_cpus(const ReportTally *tally);

/**
 * report_tally_has_latency() - does it have latencies?
 * @tally: the counts
 */
bool report_tally_has_latency(const ReportTally *tally);

void report_tally_free(ReportTally *tally);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportTally, report_tally_free)

#endif /* VFIO_TRACE_REPORT_TALLY_H */
