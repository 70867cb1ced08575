/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: accesses by lane and time (see bins.h)
 */
#include "tools/report/bins.h"

#include <math.h>
#include <string.h>

#include "tools/report/json.h"

/* Width of the first bins: about a microsecond, or a line */
#define WIDTH_NS 1024
#define WIDTH_LINES 1

#define OTHERS (REPORT_LANES - 1)

/**
 * struct Lane: a lane that is in use
 * @number: region, processor or device; REPORT_NO_REGION, MMT_NO_CPU
 * @others: it is that of all others
 * @reads: reads by bin; of interrupts and marks, their number
 * @writes: writes by bin; NULL if @reads is all
 * @min: lowest offset by bin, in accesses; of regions only, as what follows
 * @max: highest offset
 * @latency_n: accesses with a latency; NULL if there was none so far
 * @latency_max: the longest one
 * @latency_sum: sum of them
 */
typedef struct Lane {
    uint32_t number;
    bool others;
    uint32_t *reads;
    uint32_t *writes;
    uint64_t *min;
    uint64_t *max;
    uint32_t *latency_n;
    uint32_t *latency_max;
    double *latency_sum;
} Lane;

/**
 * struct ReportBins: the bins
 * @width: width of a bin
 * @used: bins up to the last one in use
 * @regions: Lane, in the order of their first access
 * @cpus: likewise
 * @irqs: likewise
 * @marks: Lane, or none
 * @of_region: index in @regions, plus 1, by region
 */
struct ReportBins {
    uint64_t width;
    uint32_t used;
    GArray *regions;
    GArray *cpus;
    GArray *irqs;
    GArray *marks;
    uint8_t of_region[REPORT_REGIONS];
};

static void lane_clear(void *data)
{
    Lane *lane = data;

    g_free(lane->reads);
    g_free(lane->writes);
    g_free(lane->min);
    g_free(lane->max);
    g_free(lane->latency_n);
    g_free(lane->latency_max);
    g_free(lane->latency_sum);
}

static GArray *lanes_new(void)
{
    GArray *lanes = g_array_new(FALSE, TRUE, sizeof(Lane));

    g_array_set_clear_func(lanes, lane_clear);
    return lanes;
}

ReportBins *report_bins_new(void)
{
    ReportBins *bins = g_new0(ReportBins, 1);

    bins->regions = lanes_new();
    bins->cpus = lanes_new();
    bins->irqs = lanes_new();
    bins->marks = lanes_new();
    return bins;
}

void report_bins_free(ReportBins *bins)
{
    if (!bins) {
        return;
    }
    g_array_unref(bins->regions);
    g_array_unref(bins->cpus);
    g_array_unref(bins->irqs);
    g_array_unref(bins->marks);
    g_free(bins);
}

/* --- two bins become one ------------------------------------------------- */

static void halve_extent(Lane *lane)
{
    uint32_t i;

    for (i = 0; i < REPORT_BINS / 2; i++) {
        lane->min[i] = MIN(lane->min[2 * i], lane->min[2 * i + 1]);
        lane->max[i] = MAX(lane->max[2 * i], lane->max[2 * i + 1]);
    }
    memset(lane->min + i, 0xff, i * sizeof(*lane->min));
    memset(lane->max + i, 0, i * sizeof(*lane->max));
}

static void halve_latency(Lane *lane)
{
    uint32_t i;

    report_halve(lane->latency_n, REPORT_BINS);
    for (i = 0; i < REPORT_BINS / 2; i++) {
        lane->latency_max[i] = MAX(lane->latency_max[2 * i],
                                   lane->latency_max[2 * i + 1]);
        lane->latency_sum[i] = lane->latency_sum[2 * i] +
                               lane->latency_sum[2 * i + 1];
    }
    memset(lane->latency_max + i, 0, i * sizeof(*lane->latency_max));
    memset(lane->latency_sum + i, 0, i * sizeof(*lane->latency_sum));
}

static void halve_lanes(GArray *lanes)
{
    guint i;

    for (i = 0; i < lanes->len; i++) {
        Lane *lane = &g_array_index(lanes, Lane, i);

        report_halve(lane->reads, REPORT_BINS);
        if (lane->writes) {
            report_halve(lane->writes, REPORT_BINS);
        }
        if (lane->min) {
            halve_extent(lane);
        }
        if (lane->latency_n) {
            halve_latency(lane);
        }
    }
}

uint32_t report_bins_place(ReportBins *bins, uint64_t t, bool timed,
                           unsigned *doubled)
{
    uint32_t bin;

    if (!bins->width) {
        bins->width = timed ? WIDTH_NS : WIDTH_LINES;
    }
    for (*doubled = 0; t / bins->width >= REPORT_BINS; ++*doubled) {
        bins->width *= 2;
        bins->used = (bins->used + 1) / 2;
        halve_lanes(bins->regions);
        halve_lanes(bins->cpus);
        halve_lanes(bins->irqs);
        halve_lanes(bins->marks);
    }
    bin = t / bins->width;
    bins->used = MAX(bins->used, bin + 1);
    return bin;
}

/* --- counting ------------------------------------------------------------ */

static Lane *add_lane(GArray *lanes, uint32_t number, bool writes)
{
    Lane *lane;

    g_array_set_size(lanes, lanes->len + 1);
    lane = &g_array_index(lanes, Lane, lanes->len - 1);
    lane->number = number;
    lane->others = lanes->len == REPORT_LANES;
    lane->reads = g_new0(uint32_t, REPORT_BINS);
    lane->writes = writes ? g_new0(uint32_t, REPORT_BINS) : NULL;
    return lane;
}

static Lane *find_lane(GArray *lanes, uint32_t number, bool writes)
{
    guint i;

    for (i = 0; i < lanes->len; i++) {
        Lane *lane = &g_array_index(lanes, Lane, i);

        if (lane->number == number || lane->others) {
            return lane;
        }
    }
    return add_lane(lanes, number, writes);
}

static Lane *find_region(ReportBins *bins, uint32_t region)
{
    Lane *lane;

    if (region < REPORT_REGIONS && bins->of_region[region]) {
        return &g_array_index(bins->regions, Lane,
                              bins->of_region[region] - 1);
    }
    lane = find_lane(bins->regions, region, true);
    if (!lane->min) {
        lane->min = g_new(uint64_t, REPORT_BINS);
        lane->max = g_new0(uint64_t, REPORT_BINS);
        memset(lane->min, 0xff, REPORT_BINS * sizeof(*lane->min));
    }
    if (region < REPORT_REGIONS) {
        bins->of_region[region] = lane - (Lane *)bins->regions->data + 1;
    }
    return lane;
}

static void count_latency(Lane *lane, uint32_t bin, uint32_t ns)
{
    if (!lane->latency_n) {
        lane->latency_n = g_new0(uint32_t, REPORT_BINS);
        lane->latency_max = g_new0(uint32_t, REPORT_BINS);
        lane->latency_sum = g_new0(double, REPORT_BINS);
    }
    report_add(&lane->latency_n[bin], 1);
    lane->latency_max[bin] = MAX(lane->latency_max[bin], ns);
    lane->latency_sum[bin] += ns;
}

void report_bins_access(ReportBins *bins, uint32_t bin,
                        const ReportAccess *access)
{
    Lane *region = find_region(bins, access->region);
    Lane *cpu = find_lane(bins->cpus, access->entry->cpu, true);
    uint64_t offset = access->entry->offset;

    if (report_access_writes(access)) {
        report_add(&region->writes[bin], 1);
        report_add(&cpu->writes[bin], 1);
    } else {
        report_add(&region->reads[bin], 1);
        report_add(&cpu->reads[bin], 1);
    }
    region->min[bin] = MIN(region->min[bin], offset);
    region->max[bin] = MAX(region->max[bin], offset);
    if (access->latency != REPORT_NO_LATENCY) {
        count_latency(region, bin, access->latency);
    }
}

void report_bins_mark(ReportBins *bins, uint32_t bin)
{
    report_add(&find_lane(bins->marks, 0, false)->reads[bin], 1);
}

void report_bins_irq(ReportBins *bins, uint32_t bin, uint32_t device)
{
    report_add(&find_lane(bins->irqs, device, false)->reads[bin], 1);
}

uint64_t report_bins_width(const ReportBins *bins)
{
    return bins->width ? bins->width : WIDTH_NS;
}

uint32_t report_bins_used(const ReportBins *bins)
{
    return bins->used;
}

uint32_t report_bins_lane(const ReportBins *bins, uint32_t region)
{
    uint32_t lane = region < REPORT_REGIONS ? bins->of_region[region] : 0;

    return lane && lane <= OTHERS ? lane - 1 : UINT32_MAX;
}

/* --- writing ------------------------------------------------------------- */

/**
 * struct Out: where lanes are written
 * @bins: the bins
 * @blocks: where their arrays go
 * @json: the log's object
 */
typedef struct Out {
    const ReportBins *bins;
    ReportBlocks *blocks;
    GString *json;
} Out;

static void put_counts(const Out *out, const char *name, const uint32_t *counts)
{
    report_block_put(out->blocks, out->json, name, REPORT_U32, counts,
                     out->bins->used);
}

static void put_extent(const Out *out, const Lane *lane, const char *name,
                       const uint64_t *offsets)
{
    g_autofree double *items = g_new(double, out->bins->used + 1);
    uint32_t i;

    for (i = 0; i < out->bins->used; i++) {
        items[i] = lane->min[i] > lane->max[i] ? (double)NAN : offsets[i];
    }
    report_block_put(out->blocks, out->json, name, REPORT_F64, items, i);
}

static void put_latency(const Out *out, const Lane *lane)
{
    put_counts(out, "latency-n", lane->latency_n);
    put_counts(out, "latency-max", lane->latency_max);
    report_block_put(out->blocks, out->json, "latency-sum", REPORT_F64,
                     lane->latency_sum, out->bins->used);
}

static void begin_lane(const Out *out, const char *kind, const Lane *lane)
{
    report_json_open(out->json, NULL, '{');
    report_json_text(out->json, "kind", kind);
    if (lane->others) {
        report_json_bool(out->json, "others", true);
    }
}

static void put_regions(const Out *out, bool latency)
{
    guint i;

    for (i = 0; i < out->bins->regions->len; i++) {
        const Lane *lane = &g_array_index(out->bins->regions, Lane, i);

        begin_lane(out, "region", lane);
        report_json_index(out->json, "region",
                          lane->others ? REPORT_NO_REGION : lane->number);
        put_counts(out, "reads", lane->reads);
        put_counts(out, "writes", lane->writes);
        put_extent(out, lane, "min", lane->min);
        put_extent(out, lane, "max", lane->max);
        if (latency && lane->latency_n) {
            put_latency(out, lane);
        }
        report_json_close(out->json, '}');
    }
}

static void put_cpus(const Out *out)
{
    guint i;

    for (i = 0; i < out->bins->cpus->len; i++) {
        const Lane *lane = &g_array_index(out->bins->cpus, Lane, i);

        begin_lane(out, "cpu", lane);
        report_json_index(out->json, "cpu",
                          lane->others ? MMT_NO_CPU : lane->number);
        put_counts(out, "reads", lane->reads);
        put_counts(out, "writes", lane->writes);
        report_json_close(out->json, '}');
    }
}

static void put_events(const Out *out, char *const *devices)
{
    guint i;

    for (i = 0; i < out->bins->irqs->len; i++) {
        const Lane *lane = &g_array_index(out->bins->irqs, Lane, i);

        begin_lane(out, "irq", lane);
        report_json_text(out->json, "device", devices[lane->number]);
        put_counts(out, "counts", lane->reads);
        report_json_close(out->json, '}');
    }
    for (i = 0; i < out->bins->marks->len; i++) {
        const Lane *lane = &g_array_index(out->bins->marks, Lane, i);

        begin_lane(out, "mark", lane);
        put_counts(out, "counts", lane->reads);
        report_json_close(out->json, '}');
    }
}

void report_bins_put(ReportBins *bins, ReportBlocks *blocks, GString *json,
                     bool cpus, bool latency, char *const *devices)
{
    Out out = { .bins = bins, .blocks = blocks, .json = json };

    report_json_open(json, "bins", '{');
    report_json_number(json, "n", bins->used);
    report_json_number(json, "width", report_bins_width(bins));
    report_json_close(json, '}');
    report_json_open(json, "lanes", '[');
    put_regions(&out, latency);
    if (cpus) {
        put_cpus(&out);
    }
    put_events(&out, devices);
    report_json_close(json, ']');
}
