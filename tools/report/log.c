/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: the data of one log (see log.h)
 */
#include "tools/report/log.h"

#include "tools/profile/devices.h"
#include "tools/profile/engine.h"
#include "tools/report/axis.h"
#include "tools/report/bins.h"
#include "tools/report/chunks.h"
#include "tools/report/json.h"
#include "tools/report/marks.h"
#include "tools/report/memory.h"
#include "tools/report/polls.h"
#include "tools/report/registers.h"
#include "tools/report/rows.h"
#include "tools/report/segments.h"
#include "tools/report/tally.h"

/*
 * Bytes of the log's room that are for the levels and tables, if they are not
 * more than half of it; single accesses have the rest.  Their lines, of which
 * there is more than of all else, have some percent of that.
 */
#define TABLES_BYTES (8u << 20)
#define LINES_PERCENT 40

/**
 * struct ReportLog: the data of a log
 * @trace: the log
 * @db: names of its registers
 * @blocks: where blocks go
 * @axis: places of its entries
 * @line: line of the last entry
 * @tally: counts
 * @bins: accesses by lane and time
 * @rows: by register
 * @segments: accesses in a row
 * @chunks: single accesses
 * @marks: marks
 * @polls: polls
 * @memory: guest memory
 * @devices: numbers of devices, for @profile
 * @profile: registers
 */
struct ReportLog {
    const MmtTrace *trace;
    AnalysisDb *db;
    ReportBlocks *blocks;
    ReportAxis axis;
    uint64_t line;
    ReportTally *tally;
    ReportBins *bins;
    ReportRows *rows;
    ReportSegments *segments;
    ReportChunks *chunks;
    ReportMarks *marks;
    ReportPolls *polls;
    ReportMemory *memory;
    ProfileDevices *devices;
    Profile *profile;
};

ReportLog *report_log_new(AnalysisTrace *a, ReportBlocks *blocks,
                          uint64_t room)
{
    ReportLog *log = g_new0(ReportLog, 1);
    uint64_t written = report_blocks_written(blocks);
    uint64_t single = room - MIN(room / 2, TABLES_BYTES);

    log->trace = analysis_trace(a);
    log->db = analysis_db(a);
    log->blocks = blocks;
    log->tally = report_tally_new(log->trace);
    log->bins = report_bins_new();
    log->rows = report_rows_new();
    log->segments = report_segments_new();
    log->chunks = report_chunks_new(blocks, written + single, room - single,
                                    written + single / 100 * LINES_PERCENT);
    log->marks = report_marks_new(log->trace, log->bins);
    log->polls = report_polls_new();
    log->memory = report_memory_new(log->trace, log->db, &log->axis);
    log->devices = profile_devices_new(log->trace);
    log->profile = profile_new(REPORT_REGISTERS);
    return log;
}

void report_log_free(ReportLog *log)
{
    if (!log) {
        return;
    }
    report_tally_free(log->tally);
    report_bins_free(log->bins);
    report_rows_free(log->rows);
    report_segments_free(log->segments);
    report_chunks_free(log->chunks);
    report_marks_free(log->marks);
    report_polls_free(log->polls);
    report_memory_free(log->memory);
    profile_devices_free(log->devices);
    profile_free(log->profile);
    g_free(log);
}

/* --- reading ------------------------------------------------------------- */

static uint32_t place_in_bins(ReportLog *log, uint64_t t)
{
    unsigned doubled;
    uint32_t bin = report_bins_place(log->bins, t, log->axis.timed, &doubled);

    while (doubled--) {
        report_rows_double(log->rows);
    }
    return bin;
}

static void take_access(ReportLog *log, const MmtEntry *entry, uint64_t t)
{
    ReportAccess access = {
        .entry = entry,
        .t = t,
        .bin = place_in_bins(log, t),
        .region = entry->region < REPORT_REGIONS ? entry->region
                                                 : REPORT_NO_REGION,
        .phase = MIN(entry->phase, REPORT_PHASES - 1),
    };

    access.line = mmt_trace_line(log->trace, entry, &access.len);
    access.latency = analysis_latency(access.line, access.len);
    report_tally_access(log->tally, &access);
    report_bins_access(log->bins, access.bin, &access);
    report_rows_take(log->rows, &access);
    report_segments_take(log->segments, &access,
                         report_bins_lane(log->bins, access.region));
    report_chunks_take(log->chunks, &access);
    report_polls_take(log->polls, entry);
}

static void take_entry(ReportLog *log, const MmtEntry *entry)
{
    uint64_t t = report_axis_take(&log->axis, entry);

    log->line = entry->line;
    report_tally_entry(log->tally, entry, t);
    report_memory_take(log->memory, entry);
    profile_add(log->profile, entry,
                profile_device_of(log->devices, entry->region));
    if (entry->kind <= MMT_ENTRY_UNKNOWN) {
        take_access(log, entry, t);
    } else if (entry->kind == MMT_ENTRY_MARK) {
        report_marks_take(log->marks, entry, t, place_in_bins(log, t));
    }
}

void report_log_take(ReportLog *log, const MmtEntry *entries, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        take_entry(log, &entries[i]);
    }
}

uint64_t report_log_accesses(const ReportLog *log)
{
    return report_tally_accesses(log->tally);
}

uint64_t report_log_single(const ReportLog *log)
{
    return report_chunks_single(log->chunks);
}

uint64_t report_log_single_line(const ReportLog *log)
{
    return report_chunks_last_line(log->chunks);
}

/* --- writing ------------------------------------------------------------- */

static void put_axis(const ReportLog *log, GString *json)
{
    MmtTotals totals = { 0 };

    mmt_trace_totals(log->trace, &totals);
    report_axis_put(&log->axis, json);
    report_json_number(json, "lines", log->line);
    report_json_number(json, "damaged", totals.damaged);
}

/*
 * Tables first: if there is no room for all, the heat map is left out.  Single
 * accesses have what is left.
 */
static void put_parts(ReportLog *log, GString *json)
{
    const ReportRowsOut out = {
        .blocks = log->blocks,
        .json = json,
        .db = log->db,
        .bins = report_bins_used(log->bins),
        .width = report_bins_width(log->bins),
        .phases = report_tally_phases(log->tally),
        .latency = report_tally_has_latency(log->tally),
    };

    report_tally_put_phases(log->tally, log->blocks, json);
    report_marks_put(log->marks, log->blocks, json, log->axis.last);
    report_bins_put(log->bins, log->blocks, json,
                    report_tally_has_cpus(log->tally), out.latency,
                    report_marks_devices(log->marks));
    profile_finish(log->profile);
    report_rows_sort(log->rows);
    report_registers_put(log->profile, log->trace, log->db, log->rows,
                         log->blocks, json);
    report_polls_put(log->polls, log->blocks, json, &log->axis, log->db);
    report_segments_put(log->segments, log->blocks, json);
    report_rows_put(log->rows, &out);
    report_memory_put(log->memory, log->blocks, json);
    report_chunks_put(log->chunks, json);
}

void report_log_put(ReportLog *log, const char *name, bool selected, bool cut,
                    GString *json)
{
    bool memory = report_memory_end(log->memory);

    /* the bins reach to the end, whatever entries are there */
    place_in_bins(log, log->axis.last);
    report_json_open(json, NULL, '{');
    report_json_text(json, "name", name);
    report_json_bool(json, "selected", selected);
    report_json_bool(json, "cut", cut);
    put_axis(log, json);
    report_tally_put_counts(log->tally, json, log->axis.timed,
                            report_marks_irqs(log->marks) > 0, memory);
    report_tally_put_regions(log->tally, log->bins, json);
    put_parts(log, json);
    report_json_number(json, "left-out", report_blocks_left_out(log->blocks));
    report_json_close(json, '}');
}
