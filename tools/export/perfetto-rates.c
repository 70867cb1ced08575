/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: rates of accesses (see perfetto-rates.h)
 *
 * Accesses are counted in intervals.  A number counts until the next one of its
 * track, so an interval with accesses needs one, and the first one without.
 */
#include "tools/export/perfetto-rates.h"

#include <glib.h>

#define RATES_INTERVAL_NS 10000000
#define RATES_IN_SECOND   (1000000000 / RATES_INTERVAL_NS)

/**
 * struct Rate: of a region
 * @interval: number of the interval
 * @count: accesses in it; 0 if there was none yet
 */
typedef struct Rate {
    uint64_t interval;
    uint64_t count;
} Rate;

struct PerfettoRates {
    PerfettoOut *out;
    PerfettoTracks *tracks;
    GArray *rates;
};

PerfettoRates *perfetto_rates_new(PerfettoOut *out, PerfettoTracks *tracks)
{
    PerfettoRates *rates = g_new0(PerfettoRates, 1);

    rates->out = out;
    rates->tracks = tracks;
    rates->rates = g_array_new(FALSE, TRUE, sizeof(Rate));
    return rates;
}

void perfetto_rates_free(PerfettoRates *rates)
{
    if (rates) {
        g_array_unref(rates->rates);
        g_free(rates);
    }
}

/* Write an interval, and that nothing is in the next one unless it is @next. */
static void rates_write(PerfettoRates *rates, uint32_t region,
                        const Rate *rate, uint64_t next)
{
    uint64_t track = perfetto_tracks_rate(rates->tracks, region);

    perfetto_out_number(rates->out, track,
                        rate->interval * RATES_INTERVAL_NS,
                        rate->count * RATES_IN_SECOND);
    if (next != rate->interval + 1) {
        perfetto_out_number(rates->out, track,
                            (rate->interval + 1) * RATES_INTERVAL_NS, 0);
    }
}

void perfetto_rates_count(PerfettoRates *rates, uint32_t region, uint64_t ns)
{
    uint64_t interval = ns / RATES_INTERVAL_NS;
    Rate *rate;

    if (region >= rates->rates->len) {
        g_array_set_size(rates->rates, region + 1);
    }
    rate = &g_array_index(rates->rates, Rate, region);
    if (rate->count && rate->interval != interval) {
        rates_write(rates, region, rate, interval);
        rate->count = 0;
    }
    rate->interval = interval;
    rate->count++;
}

void perfetto_rates_end(PerfettoRates *rates)
{
    uint32_t i;

    for (i = 0; i < rates->rates->len; i++) {
        const Rate *rate = &g_array_index(rates->rates, Rate, i);

        if (rate->count) {
            rates_write(rates, i, rate, 0);
        }
    }
}
