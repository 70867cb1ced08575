/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: accesses over time
 *
 * The log's time is cut into bins.  When it goes on for longer, two of them
 * become one: their number stays the same, and so does the memory.
 */
#ifndef VFIO_TRACE_SERVE_BINS_H
#define VFIO_TRACE_SERVE_BINS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SERVE_BINS 1024

/* Regions with a lane of their own; the last one has all others. */
#define SERVE_LANES 17

/* Width of a bin at first, in nanoseconds */
#define SERVE_BIN_NS 1000000

typedef struct ServeBins ServeBins;

ServeBins *serve_bins_new(void);

/**
 * serve_bins_take() - count an access
 * @bins: the bins
 * @t: its place on the axis
 * @timed: the axis is one of nanoseconds, not of lines
 * @region: its region
 * @read: it is a read
 */
void serve_bins_take(ServeBins *bins, uint64_t t, bool timed, uint32_t region,
                     bool read);

/**
 * serve_bins_width() - get the width of a bin
 * @bins: the bins
 */
uint64_t serve_bins_width(const ServeBins *bins);

/**
 * serve_bins_used() - get the number of bins up to the last access
 * @bins: the bins
 */
uint32_t serve_bins_used(const ServeBins *bins);

/**
 * serve_bins_put() - append the lanes from a bin on
 * @bins: the bins
 * @from: the first bin
 * @json: an object, which gets "bins"
 */
void serve_bins_put(const ServeBins *bins, uint32_t from, GString *json);

void serve_bins_free(ServeBins *bins);

#endif /* VFIO_TRACE_SERVE_BINS_H */
