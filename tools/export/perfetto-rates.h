/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: rates of accesses as numbers over time
 */
#ifndef VFIO_TRACE_EXPORT_PERFETTO_RATES_H
#define VFIO_TRACE_EXPORT_PERFETTO_RATES_H

#include <stdint.h>

#include "tools/export/perfetto-out.h"
#include "tools/export/perfetto-tracks.h"

typedef struct PerfettoRates PerfettoRates;

/**
 * perfetto_rates_new() - begin to count
 * @out: the output
 * @tracks: its tracks
 *
 * Return: the rates, to be freed with perfetto_rates_free()
 */
PerfettoRates *perfetto_rates_new(PerfettoOut *out, PerfettoTracks *tracks);

void perfetto_rates_free(PerfettoRates *rates);

/**
 * perfetto_rates_count() - count an access
 * @rates: the rates
 * @region: number of its region
 * @ns: its time, not less than that of the last one
 */
void perfetto_rates_count(PerfettoRates *rates, uint32_t region, uint64_t ns);

/**
 * perfetto_rates_end() - write what is pending
 * @rates: the rates
 */
void perfetto_rates_end(PerfettoRates *rates);

#endif /* VFIO_TRACE_EXPORT_PERFETTO_RATES_H */
