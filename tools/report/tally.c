/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: counts of a log (see tally.h)
 */
#include "tools/report/tally.h"

#include <string.h>

#include "tools/analysis/register.h"
#include "tools/report/json.h"

/* Reads, writes, accesses of unknown direction, by MmtEntryKind */
#define KINDS 3

static const char *const kinds[KINDS] = { "reads", "writes", "unknown" };

/**
 * struct Phase: a phase
 * @seen: it has an entry
 * @line: line of the first one
 * @from: place of the first one
 * @to: place of the last one
 * @counts: its accesses
 */
typedef struct Phase {
    bool seen;
    uint64_t line;
    uint64_t from;
    uint64_t to;
    uint64_t counts[KINDS];
} Phase;

/**
 * struct ReportTally: counts of a log
 * @trace: the log
 * @counts: all accesses
 * @regions: those of each region; the last of all others
 * @phases: the phases
 * @n_phases: their number
 * @lost: events that are missing
 * @lost_unknown: it is not known how many more
 * @cpus: there are processors
 * @pcs: there are program counters
 * @latency: there are latencies
 */
struct ReportTally {
    const MmtTrace *trace;
    uint64_t counts[KINDS];
    uint64_t regions[REPORT_REGIONS + 1][KINDS];
    Phase phases[REPORT_PHASES];
    uint32_t n_phases;
    uint64_t lost;
    bool lost_unknown;
    bool cpus;
    bool pcs;
    bool latency;
};

ReportTally *report_tally_new(const MmtTrace *trace)
{
    ReportTally *tally = g_new0(ReportTally, 1);

    tally->trace = trace;
    return tally;
}

void report_tally_free(ReportTally *tally)
{
    g_free(tally);
}

void report_tally_access(ReportTally *tally, const ReportAccess *access)
{
    const MmtEntry *e = access->entry;

    tally->counts[e->kind]++;
    tally->regions[MIN(access->region, REPORT_REGIONS)][e->kind]++;
    tally->phases[access->phase].counts[e->kind]++;
    tally->cpus |= e->cpu != MMT_NO_CPU;
    tally->pcs |= e->pc != 0;
    tally->latency |= access->latency != REPORT_NO_LATENCY;
}

void report_tally_entry(ReportTally *tally, const MmtEntry *entry, uint64_t t)
{
    uint32_t number = MIN(entry->phase, REPORT_PHASES - 1);
    Phase *phase = &tally->phases[number];

    if (!phase->seen) {
        phase->seen = true;
        phase->line = entry->line;
        phase->from = t;
    }
    phase->to = t;
    tally->n_phases = MAX(tally->n_phases, number + 1);
    if (entry->kind != MMT_ENTRY_LOST) {
        return;
    }
    if (entry->value == UINT64_MAX) {
        tally->lost_unknown = true;
    } else {
        tally->lost += entry->value;
    }
}

uint32_t report_tally_phases(const ReportTally *tally)
{
    return tally->n_phases;
}

uint64_t report_tally_accesses(const ReportTally *tally)
{
    return tally->counts[0] + tally->counts[1] + tally->counts[2];
}

bool report_tally_has_cpus(const ReportTally *tally)
{
    return tally->cpus;
}

bool report_tally_has_latency(const ReportTally *tally)
{
    return tally->latency;
}

static void put_kinds(const uint64_t counts[KINDS], GString *json)
{
    unsigned i;

    for (i = 0; i < KINDS; i++) {
        report_json_number(json, kinds[i], counts[i]);
    }
}

void report_tally_put_counts(const ReportTally *tally, GString *json,
                             bool timed, bool irqs, bool memory)
{
    report_json_number(json, "accesses", report_tally_accesses(tally));
    put_kinds(tally->counts, json);
    report_json_number(json, "lost", tally->lost);
    report_json_bool(json, "lost-unknown", tally->lost_unknown);
    report_json_open(json, "has", '{');
    report_json_bool(json, "time", timed);
    report_json_bool(json, "cpu", tally->cpus);
    report_json_bool(json, "pc", tally->pcs);
    report_json_bool(json, "latency", tally->latency);
    report_json_bool(json, "irq", irqs);
    report_json_bool(json, "memory", memory);
    report_json_close(json, '}');
}

/* --- regions ------------------------------------------------------------- */

/* Return: number of a device in the list; it is added if it is not there */
static uint32_t put_device(GHashTable *numbers, const MmtRegion *region,
                           GString *list)
{
    uint32_t number = g_hash_table_size(numbers);
    gpointer found;

    if (g_hash_table_lookup_extended(numbers, region->device, NULL, &found)) {
        return GPOINTER_TO_UINT(found);
    }
    g_hash_table_insert(numbers, (gpointer)region->device,
                        GUINT_TO_POINTER(number));
    report_json_open(list, NULL, '{');
    report_json_text(list, "name", region->device);
    report_json_hex(list, "vendor", region->vendor);
    report_json_hex(list, "id", region->device_id);
    report_json_close(list, '}');
    return number;
}

static void put_region(const MmtRegion *region, const AnalysisNames *names,
                       uint32_t number, uint32_t device, GString *list)
{
    g_autoptr(GString) label = g_string_new(NULL);

    analysis_put_region(names, number, label);
    report_json_open(list, NULL, '{');
    report_json_number(list, "device", device);
    report_json_text(list, "name", region->name);
    report_json_text(list, "label", label->str);
    if (region->number != MMT_REGION_OTHER) {
        report_json_number(list, "number", region->number);
    }
    report_json_hex(list, "base", region->base);
    report_json_hex(list, "size", region->size);
    report_json_bool(list, "synthetic", region->synthetic);
}

static bool is_used(const uint64_t counts[KINDS])
{
    return counts[0] || counts[1] || counts[2];
}

void report_tally_put_regions(const ReportTally *tally, const ReportBins *bins,
                              GString *json)
{
    g_autoptr(GHashTable) numbers = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GString) devices = g_string_new(NULL);
    g_autoptr(GString) list = g_string_new(NULL);
    AnalysisNames names = analysis_names(tally->trace, NULL);
    uint32_t n = MIN(mmt_trace_regions(tally->trace), REPORT_REGIONS);
    uint32_t i;

    for (i = 0; i < n; i++) {
        const MmtRegion *region = mmt_trace_region(tally->trace, i);

        put_region(region, &names, i, put_device(numbers, region, devices),
                   list);
        put_kinds(tally->regions[i], list);
        report_json_index(list, "lane", report_bins_lane(bins, i));
        report_json_close(list, '}');
    }
    report_json_open(json, "devices", '[');
    g_string_append_len(json, devices->str, devices->len);
    report_json_close(json, ']');
    report_json_open(json, "regions", '[');
    g_string_append_len(json, list->str, list->len);
    report_json_close(json, ']');
    if (is_used(tally->regions[REPORT_REGIONS])) {
        report_json_open(json, "other-regions", '{');
        put_kinds(tally->regions[REPORT_REGIONS], json);
        report_json_close(json, '}');
    }
}

/* --- phases -------------------------------------------------------------- */

void report_tally_put_phases(const ReportTally *tally, ReportBlocks *blocks,
                             GString *json)
{
    g_autoptr(GString) text = g_string_new("[");
    bool further = mmt_trace_phases(tally->trace) > REPORT_PHASES;
    uint32_t i;

    for (i = 0; i < tally->n_phases; i++) {
        const Phase *phase = &tally->phases[i];

        report_json_open(text, NULL, '{');
        report_json_number(text, "n", i);
        if (further && i == REPORT_PHASES - 1) {
            report_json_text(text, "name", "further phases");
            report_json_bool(text, "further", true);
        } else {
            report_json_text(text, "name", mmt_trace_phase(tally->trace, i));
        }
        report_json_number(text, "line", phase->line);
        report_json_number(text, "from", phase->from);
        report_json_number(text, "to", phase->to);
        put_kinds(phase->counts, text);
        report_json_close(text, '}');
    }
    report_json_close(text, ']');
    report_block_put_json(blocks, json, "phases", text);
}
