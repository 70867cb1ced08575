/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: accesses by lane and time, the timeline's coarse level
 *
 * A lane is a region, a processor, a device's interrupts, or the marks.  Time
 * is cut into bins.  How long the log is, is not known: where the bins do not
 * suffice, two become one, so that memory does not grow.
 */
#ifndef VFIO_TRACE_REPORT_BINS_H
#define VFIO_TRACE_REPORT_BINS_H

#include "tools/report/access.h"
#include "tools/report/block.h"

/* Bins at most, a power of two */
#define REPORT_BINS 16384

/* Lanes of each kind; the last one has all others */
#define REPORT_LANES 64

typedef struct ReportBins ReportBins;

ReportBins *report_bins_new(void);

/**
 * report_bins_place() - find the bin of a place
 * @bins: the bins
 * @t: the place on the axis
 * @timed: the axis has times
 * @doubled: set to how often two bins have become one
 *
 * Return: number of the bin
 */
uint32_t report_bins_place(ReportBins *bins, uint64_t t, bool timed,
                           unsigned *doubled);

/**
 * report_bins_access() - count an access
 * @bins: the bins
 * @bin: its bin
 * @access: the access
 */
void report_bins_access(ReportBins *bins, uint32_t bin,
                        const ReportAccess *access);

/**
 * report_bins_mark() - count a mark of a user or a guest
 * @bins: the bins
 * @bin: its bin
 */
void report_bins_mark(ReportBins *bins, uint32_t bin);

/**
 * report_bins_irq() - count an interrupt
 * @bins: the bins
 * @bin: its bin
 * @device: number of the device
 */
void report_bins_irq(ReportBins *bins, uint32_t bin, uint32_t device);

/**
 * report_bins_width() - get the width of a bin
 * @bins: the bins
 */
uint64_t report_bins_width(const ReportBins *bins);

/**
 * report_bins_used() - get the number of bins up to the last one in use
 * @bins: the bins
 */
uint32_t report_bins_used(const ReportBins *bins);

/**
 * report_bins_lane() - get the number of a region's lane in what is written
 * @bins: the bins
 * @region: number of the region in the page
 *
 * Return: the number, or UINT32_MAX if it has none of its own
 */
uint32_t report_bins_lane(const ReportBins *bins, uint32_t region);

/**
 * report_bins_put() - write the bins and their lanes
 * @bins: the bins
 * @blocks: where to write them
 * @json: the log's object: gets "bins" and "lanes"
 * @cpus: the log has processors
 * @latency: the log has latencies
 * @devices: names of the devices of interrupts, NULL-terminated
 */
void report_bins_put(ReportBins *bins, ReportBlocks *blocks, GString *json,
                     bool cpus, bool latency, char *const *devices);

void report_bins_free(ReportBins *bins);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportBins, report_bins_free)

#endif /* VFIO_TRACE_REPORT_BINS_H */
