/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: reader of traces in every format (see mmiotrace.h)
 *
 * Theory of operation
 *
 * The reader (reader.h) gives blocks of whole lines.  mmt_trace_next() turns
 * the lines of one block into entries until the batch is full or the block
 * ends; so a batch never needs the text of two blocks, and nothing is copied.  The
 * fast parser (fast.h) is asked first if the trace is mmiotrace, then the
 * format's own parser (input.h).  An entry that is not selected is overwritten
 * by the next one.
 *
 * Memory: one batch, the reader's buffer, and the tables of regions, phases and
 * selected registers, each with a limit.
 */
#include "libmmiotrace/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libmmiotrace/fast.h"
#include "libmmiotrace/input.h"
#include "libmmiotrace/phases.h"
#include "libmmiotrace/record.h"
#include "libmmiotrace/select.h"

/* Entries of a batch: small enough for the processor's cache */
#define BATCH 1024

/**
 * struct MmtTrace: state of a trace
 * @reader: lines
 * @input: the parsers' state
 * @regions: devices and regions
 * @format: the format, or NULL as long as no line was recognised
 * @follow: the trace may grow
 * @fast: the fast parser takes lines of this format
 * @selection: what to select; what @select is made of
 * @select: the selection at work, or NULL if it selects everything
 * @phases: names of the phases
 * @phase: number of the current one
 * @access_selected: the last access was selected
 * @unterminated: the last line has no newline
 * @watch: called before each block, or NULL
 * @watch_opaque: its argument
 * @error: what went wrong, or NULL
 * @totals: what was read
 * @block: the lines that are being parsed
 * @p: the next one
 * @block_lines: lines of @block before @p
 * @starts: for each entry, where its line begins in @block
 * @ends: for each entry, where its line ends
 * @texts: for each mark, where its text begins; its end is in MmtEntry.value
 * @entries: the batch
 */
struct MmtTrace {
    MmtReader *reader;
    MmtInput input;
    MmtRegions *regions;
    const MmtInputFormat *format;
    bool follow;
    bool fast;
    const MmtSelection *selection;
    MmtSelect *select;
    MmtPhases phases;
    uint32_t phase;
    bool access_selected;
    bool unterminated;
    MmtTraceWatch *watch;
    void *watch_opaque;
    char *error;
    MmtTotals totals;
    MmtBlock block;
    const char *p;
    uint64_t block_lines;
    uint32_t starts[BATCH];
    uint32_t ends[BATCH];
    uint32_t texts[BATCH];
    MmtEntry entries[BATCH];
};

MmtTrace *mmt_trace_new(MmtReader *reader)
{
    MmtTrace *trace = g_new0(MmtTrace, 1);

    trace->reader = reader;
    trace->regions = mmt_regions_new();
    trace->input.regions = trace->regions;
    mmt_phases_init(&trace->phases);
    return trace;
}

MmtTrace *mmt_trace_open(const char *path, char **message)
{
    g_autoptr(GError) error = NULL;
    MmtReader *reader = mmt_reader_open(path, &error);

    if (!reader) {
        if (message) {
            *message = g_strdup(error->message);
        }
        return NULL;
    }
    return mmt_trace_new(reader);
}

void mmt_trace_free(MmtTrace *trace)
{
    if (!trace) {
        return;
    }
    mmt_select_free(trace->select);
    mmt_phases_clear(&trace->phases);
    mmt_regions_free(trace->regions);
    mmt_reader_free(trace->reader);
    g_free(trace->error);
    g_free(trace);
}

void mmt_trace_select(MmtTrace *trace, MmtSelection *selection)
{
    mmt_select_free(trace->select);
    trace->selection = selection;
    trace->select = mmt_select_new(selection, trace->regions);
    mmt_select_begin_phase(trace->select, 0, trace->phases.names->pdata[0]);
}

void mmt_trace_set_bar(MmtTrace *trace, int number, uint64_t base,
                       uint64_t size)
{
    mmt_regions_set_bar(trace->regions, number, base, size);
}

void mmt_trace_set_pci(MmtTrace *trace, uint16_t vendor, uint16_t device)
{
    mmt_regions_set_pci(trace->regions, vendor, device);
}

static void begin_phase(MmtTrace *trace, uint32_t number)
{
    trace->phase = number;
    if (trace->select) {
        mmt_select_begin_phase(trace->select, number,
                               trace->phases.names->pdata[number]);
    }
}

/* A write that begins a phase, as the user has said */
static void begin_phase_at(MmtTrace *trace, const MmtEntry *entry)
{
    const MmtRegion *region = mmt_regions_get(trace->regions, entry->region);
    char name[80];
    int len = snprintf(name, sizeof(name), "%.40s+0x%" PRIx64 "=0x%" PRIx64,
                       region->name, entry->offset, entry->value);

    begin_phase(trace, mmt_phases_begin(&trace->phases, name, len));
}

/* Marks that say something of the access before them */
static bool is_about_access(const MmtTrace *trace)
{
    static const char *const names[] = {
        "failed ", "pending ", "unsynced ", "unverified ", "backtrace ",
        "symbols ", "snapshot ", "snapshot-data ", "stepped ", "step-failed ",
        "step-lost ", "refused ",
    };
    const size_t prefix = strlen(MMT_MARK_PREFIX);
    const char *text = trace->input.text + prefix;
    size_t len = trace->input.text_len;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        size_t n = strlen(names[i]);

        if (len >= prefix + n && !memcmp(text, names[i], n)) {
            return true;
        }
    }
    return false;
}

static bool take_access(MmtTrace *trace, MmtEntry *entry)
{
    trace->totals.accesses++;
    if (!trace->select) {
        entry->phase = trace->phase;
        return true;
    }
    if (entry->kind == MMT_ENTRY_WRITE &&
        mmt_select_has_phase_at(trace->select) &&
        mmt_select_phase_at(trace->select, entry)) {
        begin_phase_at(trace, entry);
    }
    entry->phase = trace->phase;
    trace->access_selected = mmt_select_access(trace->select, entry);
    return trace->access_selected;
}

static bool take_mark(MmtTrace *trace, MmtEntry *entry)
{
    MmtInput *input = &trace->input;
    bool tracer = entry->flags & MMT_ENTRY_TRACER;

    if (trace->select) {
        mmt_select_mark(trace->select, input->text, input->text_len);
    }
    if (!tracer) {
        begin_phase(trace, mmt_phases_begin_mark(&trace->phases, input->text,
                                                 input->text_len));
    }
    entry->phase = trace->phase;
    if (!trace->select) {
        return true;
    }
    if (tracer) {
        return !is_about_access(trace) || trace->access_selected;
    }
    return mmt_select_time(trace->select, entry);
}

/* Return: is the entry one for the caller? */
static inline bool take_entry(MmtTrace *trace, MmtEntry *entry)
{
    if (entry->kind <= MMT_ENTRY_UNKNOWN) {
        return take_access(trace, entry);
    }
    if (entry->kind == MMT_ENTRY_MARK) {
        return take_mark(trace, entry);
    }
    entry->phase = trace->phase;
    return true;
}

/* The line that begins at @start, as far as @end, into @entry */
static MmtInputResult parse_line(MmtTrace *trace, const char *start,
                                 const char *end, MmtEntry *entry)
{
    size_t len = end - start;
    MmtInputResult result;

    trace->input.text = NULL;
    trace->input.text_len = 0;
    if (len && start[len - 1] == '\r') {
        len--;
    }
    if (!len) {
        return MMT_INPUT_FOREIGN;
    }
    if (trace->format) {
        return trace->format->parse(&trace->input, start, len, entry);
    }
    result = mmt_input_find(&trace->input, start, len, entry, &trace->format);
    trace->fast = trace->format && trace->format->parse == mmt_input_mmiotrace;
    return result;
}

/* A line that the fast parser has taken */
static inline void fill_fast(MmtTrace *trace, const MmtFast *fast,
                             MmtEntry *entry)
{
    entry->kind = fast->is_write ? MMT_ENTRY_WRITE : MMT_ENTRY_READ;
    entry->width = fast->width;
    entry->flags = MMT_ENTRY_TIMED;
    entry->cpu = fast->extras & MMT_EXTRA_CPU ? fast->cpu : MMT_NO_CPU;
    entry->ns = fast->extras & MMT_EXTRA_NS ? fast->exact_ns : fast->ns;
    entry->value = fast->value;
    entry->address = fast->addr;
    entry->pc = fast->pc;
    mmt_input_locate(&trace->input, fast->map_id, entry);
}

/* Return: is the line an entry for the caller? */
static bool slow_line(MmtTrace *trace, const char *start, const char *end,
                      size_t n)
{
    MmtEntry *entry = &trace->entries[n];
    MmtInputResult result = MMT_INPUT_DAMAGED;

    *entry = (MmtEntry) { .cpu = MMT_NO_CPU, .region = MMT_NO_REGION,
                          .line = trace->totals.lines };
    if (end - start <= (ptrdiff_t)MMT_READER_LINE_MAX &&
        !trace->block.overlong) {
        result = parse_line(trace, start, end, entry);
    }
    if (result == MMT_INPUT_FOREIGN || result == MMT_INPUT_SKIP) {
        trace->totals.skipped++;
    } else if (result == MMT_INPUT_DAMAGED) {
        trace->totals.damaged++;
    }
    if (result != MMT_INPUT_ENTRY || !take_entry(trace, entry)) {
        return false;
    }
    if (trace->input.text) {
        trace->texts[n] = trace->input.text - trace->block.p;
        entry->value = trace->input.text_len;
    }
    return true;
}

/* Parse lines of the block until it or the batch ends; return the entries */
static size_t parse_block(MmtTrace *trace)
{
    const char *base = trace->block.p;
    const char *end = base + trace->block.len;
    const char *p = trace->p;
    size_t n = 0;

    while (p < end && n < BATCH) {
        const char *next = NULL;
        const char *start = p;
        MmtFast fast;
        bool taken;

        trace->totals.lines++;
        if (trace->fast && !trace->block.single) {
            next = mmt_fast_parse(p, &fast);
        }
        if (next) {
            MmtEntry *entry = &trace->entries[n];

            entry->line = trace->totals.lines;
            fill_fast(trace, &fast, entry);
            taken = take_access(trace, entry);
        } else {
            next = trace->block.single ? NULL : memchr(p, '\n', end - p);
            next = next ? next + 1 : end;
            taken = slow_line(trace, p, next - !trace->block.single, n);
        }
        trace->starts[n] = start - base;
        trace->ends[n] = next - !trace->block.single - base;
        n += taken;
        p = next;
        trace->block_lines++;
        if (trace->select && mmt_select_ended(trace->select)) {
            p = end;
        }
    }
    trace->p = p;
    return n;
}

static void set_error(MmtTrace *trace, const char *message)
{
    if (!trace->error) {
        trace->error = g_strdup(message);
    }
}

/* At the end: is there anything that was understood? */
static void check_understood(MmtTrace *trace)
{
    g_autoptr(GString) text = NULL;
    size_t i;

    if (trace->format || trace->error) {
        return;
    }
    text = g_string_new(mmt_reader_name(trace->reader));
    if (!trace->totals.lines) {
        g_string_append(text, " is empty: a trace expected");
    } else {
        g_string_append_printf(text, ": not a line of %" PRIu64
                               " is understood; expected is one of: ",
                               trace->totals.lines);
        for (i = 0; i < MMT_INPUT_FORMATS; i++) {
            g_string_append_printf(text, "%s%s", i ? "; " : "",
                                   mmt_input_formats[i].title);
        }
    }
    set_error(trace, text->str);
}

/* Return: false if there are no more lines (at the moment) */
static bool next_block(MmtTrace *trace)
{
    g_autoptr(GError) error = NULL;
    MmtReadResult result;

    if (trace->error || (trace->select && mmt_select_ended(trace->select))) {
        return false;
    }
    if (trace->watch && !trace->watch(trace->watch_opaque)) {
        return false;
    }
    if (!trace->block.single) {
        mmt_reader_count(trace->reader, trace->block_lines);
    }
    trace->block_lines = 0;
    do {
        result = mmt_reader_next_block(trace->reader, &trace->block, &error);
    } while (result == MMT_READ_REPLACED);
    trace->p = trace->block.p;
    if (result == MMT_READ_LINE) {
        trace->totals.bytes += trace->block.len + trace->block.single -
                               trace->block.unterminated;
        trace->unterminated = trace->block.unterminated;
        return true;
    }
    trace->block.len = 0;
    if (result == MMT_READ_ERROR) {
        set_error(trace, error->message);
    } else if (!trace->follow) {
        check_understood(trace);
    }
    return false;
}

size_t mmt_trace_next(MmtTrace *trace, const MmtEntry **entries)
{
    size_t n = 0;

    *entries = trace->entries;
    while (!n) {
        if (trace->p == trace->block.p + trace->block.len &&
            !next_block(trace)) {
            break;
        }
        /* an empty line */
        if (trace->block.single && !trace->block.len) {
            trace->totals.lines++;
            trace->totals.skipped++;
            continue;
        }
        n = parse_block(trace);
    }
    trace->totals.selected += n;
    return n;
}

const char *mmt_trace_error(const MmtTrace *trace)
{
    return trace->error;
}

const char *mmt_trace_text(const MmtTrace *trace, const MmtEntry *entry,
                           size_t *len)
{
    size_t i = entry - trace->entries;

    if (entry->kind != MMT_ENTRY_MARK) {
        *len = 0;
        return "";
    }
    *len = entry->value;
    return trace->block.p + trace->texts[i];
}

const char *mmt_trace_line(const MmtTrace *trace, const MmtEntry *entry,
                           size_t *len)
{
    size_t i = entry - trace->entries;

    *len = trace->ends[i] - trace->starts[i];
    return trace->block.p + trace->starts[i];
}

uint32_t mmt_trace_regions(const MmtTrace *trace)
{
    return mmt_regions_count(trace->regions);
}

const MmtRegion *mmt_trace_region(const MmtTrace *trace, uint32_t number)
{
    return mmt_regions_get(trace->regions, number);
}

uint32_t mmt_trace_phases(const MmtTrace *trace)
{
    return trace->phases.names->len;
}

const char *mmt_trace_phase(const MmtTrace *trace, uint32_t number)
{
    return trace->phases.names->pdata[number];
}

void mmt_trace_totals(const MmtTrace *trace, MmtTotals *totals)
{
    *totals = trace->totals;
}

const char *mmt_trace_format(const MmtTrace *trace)
{
    return trace->format ? trace->format->name : NULL;
}

void mmt_trace_follow(MmtTrace *trace, bool follow)
{
    trace->follow = follow;
    mmt_reader_follow(trace->reader, follow);
}

void mmt_trace_watch(MmtTrace *trace, MmtTraceWatch *watch, void *opaque)
{
    trace->watch = watch;
    trace->watch_opaque = opaque;
}

const MmtReader *mmt_trace_reader(const MmtTrace *trace)
{
    return trace->reader;
}

const MmtRegions *mmt_trace_table(const MmtTrace *trace)
{
    return trace->regions;
}

bool mmt_trace_unterminated(const MmtTrace *trace)
{
    return trace->unterminated;
}
