/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: accesses over time (see bins.h)
 */
#include "tools/serve/bins.h"

#include <inttypes.h>
#include <string.h>

#include "tools/report/json.h"

/* Writes, and what is not known to be a read; reads */
#define KINDS 2

/**
 * struct ServeBins: accesses over time
 * @width: width of a bin; 0 before the first access
 * @used: bins up to the last access
 * @lanes: lanes that have an access
 * @counts: accesses
 */
struct ServeBins {
    uint64_t width;
    uint32_t used;
    uint32_t lanes;
    uint64_t counts[SERVE_LANES][KINDS][SERVE_BINS];
};

ServeBins *serve_bins_new(void)
{
    return g_new0(ServeBins, 1);
}

static void halve(uint64_t *counts)
{
    uint32_t i;

    for (i = 0; i < SERVE_BINS / 2; i++) {
        counts[i] = counts[2 * i] + counts[2 * i + 1];
    }
    memset(counts + SERVE_BINS / 2, 0, SERVE_BINS / 2 * sizeof(*counts));
}

static void double_width(ServeBins *bins)
{
    unsigned lane;

    for (lane = 0; lane < SERVE_LANES; lane++) {
        halve(bins->counts[lane][0]);
        halve(bins->counts[lane][1]);
    }
    bins->width *= 2;
    bins->used = (bins->used + 1) / 2;
}

void serve_bins_take(ServeBins *bins, uint64_t t, bool timed, uint32_t region,
                     bool read)
{
    uint32_t lane = MIN(region, SERVE_LANES - 1);
    uint32_t bin;

    if (!bins->width) {
        bins->width = timed ? SERVE_BIN_NS : 1;
    }
    while (t / bins->width >= SERVE_BINS) {
        double_width(bins);
    }
    bin = t / bins->width;
    bins->used = MAX(bins->used, bin + 1);
    bins->lanes = MAX(bins->lanes, lane + 1);
    bins->counts[lane][read][bin]++;
}

uint64_t serve_bins_width(const ServeBins *bins)
{
    return bins->width;
}

uint32_t serve_bins_used(const ServeBins *bins)
{
    return bins->used;
}

static void put_counts(const uint64_t *counts, uint32_t from, uint32_t to,
                       const char *name, GString *json)
{
    uint32_t i;

    report_json_open(json, name, '[');
    for (i = from; i < to; i++) {
        report_json_number(json, NULL, counts[i]);
    }
    report_json_close(json, ']');
}

void serve_bins_put(const ServeBins *bins, uint32_t from, GString *json)
{
    uint32_t lane;

    report_json_open(json, "bins", '{');
    report_json_number(json, "width", bins->width);
    report_json_number(json, "used", bins->used);
    report_json_number(json, "from", from);
    report_json_open(json, "lanes", '[');
    for (lane = 0; lane < bins->lanes; lane++) {
        report_json_open(json, NULL, '{');
        put_counts(bins->counts[lane][1], from, bins->used, "reads", json);
        put_counts(bins->counts[lane][0], from, bins->used, "writes", json);
        report_json_close(json, '}');
    }
    report_json_close(json, ']');
    report_json_close(json, '}');
}

void serve_bins_free(ServeBins *bins)
{
    g_free(bins);
}
