/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: reader of traces in every format (see mmiotrace.h)
 *
 * Theory of operation
 *
 * Lines come in chunks (chunk.h), with an entry for each line.  Of ordinary
 * accesses of mmiotrace, the entry has all that the text alone says; for other
 * lines, the parser of the format (input.h) fills it in.  mmt_trace_next() adds
 * what depends on the lines before: region and offset, number, phase; and moves
 * the entries that are selected together.  So the text of a batch stays where
 * it is, and nothing is copied.
 *
 * Once a regular file proves to be large, a thread fills chunks ahead
 * (ahead.h).
 *
 * Memory: some chunks, the reader's buffer, and the tables of regions, phases
 * and selected registers, each with a limit.
 */
#include "libmmiotrace/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libmmiotrace/ahead.h"
#include "libmmiotrace/chunk.h"
#include "libmmiotrace/input.h"
#include "libmmiotrace/phases.h"
#include "libmmiotrace/printable.h"
#include "libmmiotrace/record.h"
#include "libmmiotrace/select.h"
#include "libmmiotrace/selection.h"

/* Entries of a batch: small enough for the processor's cache */
#define BATCH 1024

/* A trace with more bytes than this is worth a thread. */
#define AHEAD_BYTES (4u << 20)

/* Programs that were built with this header rely on it */
G_STATIC_ASSERT(sizeof(MmtEntry) == 64);
G_STATIC_ASSERT(sizeof(MmtTotals) == 128);

/**
 * struct MmtTrace: state of a trace
 * @reader: lines
 * @input: the parsers' state
 * @regions: devices and regions
 * @format: the format, or NULL as long as no line was recognised
 * @follow: the trace may grow
 * @keep_damaged: damaged lines are entries
 * @ended: the end was reached
 * @every_line: give lines without an entry, too
 * @replaced: number of times that the file was replaced
 * @selection: what @select is made of, or NULL
 * @select: the selection at work, or NULL if it selects everything
 * @phases: names of the phases
 * @phase: number of the current one
 * @keep_head: see mmt_trace_keep_head()
 * @keep_rings: see mmt_trace_keep_rings()
 * @access_selected: the last access was selected
 * @memory_selected: so was the last mark that begins with guest memory
 * @unterminated: the last line has no newline
 * @limit: bytes without an entry after which to return, or 0
 * @limit_bytes: bytes of text that the current call has read
 * @watch: called before each block, or NULL
 * @watch_opaque: its argument
 * @observe: sees accesses before they are selected, or NULL
 * @observe_opaque: its argument
 * @observe_below: it sees accesses at offsets below this,
 * @observe_regions: and those of regions with this number or a higher one
 * @batch_ends: it wants the current batch to end
 * @named: tests names of registers, or NULL
 * @named_opaque: its argument
 * @error: what went wrong, or NULL
 * @totals: what was read
 * @chunker: fills @own
 * @own: chunk of the batch, if there is no thread
 * @ahead: the thread, or NULL
 * @no_ahead: there will be no thread
 * @chunk: chunk of the batch: @own or one of @ahead's; NULL before the first
 * @next: the next line of @chunk
 * @texts: for each mark, where its text begins in @chunk's text; its length is
 *         in MmtEntry.value
 */
struct MmtTrace {
    MmtReader *reader;
    MmtInput input;
    MmtRegions *regions;
    const MmtInputFormat *format;
    bool follow;
    bool keep_damaged;
    bool ended;
    bool every_line;
    unsigned replaced;
    MmtSelection *selection;
    MmtSelect *select;
    MmtPhases phases;
    uint32_t phase;
    bool keep_head;
    bool keep_rings;
    bool access_selected;
    bool memory_selected;
    bool unterminated;
    uint64_t limit;
    uint64_t limit_bytes;
    MmtTraceWatch *watch;
    void *watch_opaque;
    MmtTraceObserve *observe;
    void *observe_opaque;
    uint64_t observe_below;
    uint32_t observe_regions;
    bool batch_ends;
    MmtSelectNamed *named;
    void *named_opaque;
    char *error;
    MmtTotals totals;
    MmtChunker chunker;
    MmtChunk own;
    MmtAhead *ahead;
    bool no_ahead;
    MmtChunk *chunk;
    size_t next;
    uint32_t texts[MMT_CHUNK_LINES];
};

MmtTrace *mmt_trace_new(MmtReader *reader)
{
    MmtTrace *trace = g_new0(MmtTrace, 1);

    trace->reader = reader;
    trace->observe_regions = UINT32_MAX;
    trace->chunker = (MmtChunker) { .reader = reader, .max_lines = BATCH };
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

MmtTrace *mmt_trace_open_fd(int fd, const char *name)
{
    return mmt_trace_new(mmt_reader_open_fd(fd, name));
}

void mmt_trace_free(MmtTrace *trace)
{
    if (!trace) {
        return;
    }
    mmt_ahead_free(trace->ahead);
    mmt_select_free(trace->select);
    mmt_selection_free(trace->selection);
    mmt_phases_clear(&trace->phases);
    mmt_regions_free(trace->regions);
    mmt_reader_free(trace->reader);
    g_free(trace->error);
    g_free(trace);
}

void mmt_trace_select(MmtTrace *trace, MmtSelection *selection)
{
    MmtSelection *old = trace->selection;

    mmt_select_free(trace->select);
    trace->selection = NULL;
    trace->select = NULL;
    if (selection) {
        trace->selection = mmt_selection_use(selection);
        trace->select = mmt_select_new(selection, trace->regions);
        mmt_select_name(trace->select, trace->named, trace->named_opaque);
        mmt_select_begin_phase(trace->select, trace->phase,
                               trace->phases.names->pdata[trace->phase]);
    }
    mmt_selection_free(old);
}

void mmt_trace_keep_damaged(MmtTrace *trace, bool keep)
{
    trace->keep_damaged = keep;
}

void mmt_trace_set_bar(MmtTrace *trace, int number, uint64_t base,
                       uint64_t size)
{
    if (number >= 0 && number <= MMT_REGION_ROM) {
        mmt_regions_set_bar(trace->regions, number, base, size);
    }
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

/* Is it a mark of the tracer with one of these names? */
static bool is_one_of(const MmtTrace *trace, const char *const *names,
                      size_t n_names)
{
    const size_t prefix = strlen(MMT_MARK_PREFIX);
    const char *text = trace->input.text + prefix;
    size_t len = trace->input.text_len;
    size_t i;

    for (i = 0; i < n_names; i++) {
        size_t n = strlen(names[i]);

        if (len >= prefix + n && !memcmp(text, names[i], n)) {
            return true;
        }
    }
    return false;
}

/* Marks that say something of the access before them */
static bool is_about_access(const MmtTrace *trace)
{
    static const char *const names[] = {
        "failed ", "pending ", "unsynced ", "unverified ", "backtrace ",
        "symbols ", "snapshot ", "stepped ", "step-failed ", "step-lost ",
        "refused ",
    };

    return is_one_of(trace, names, G_N_ELEMENTS(names));
}

/* Marks that go on with a mark of guest memory, which has the first bytes */
static bool is_more_memory(const MmtTrace *trace)
{
    static const char *const names[] = { "snapshot-data ", "watch-data " };

    return is_one_of(trace, names, G_N_ELEMENTS(names));
}

static bool is_ring(const MmtTrace *trace)
{
    static const char *const names[] = { "ring " };

    return is_one_of(trace, names, G_N_ELEMENTS(names));
}

static bool is_memory(const MmtTrace *trace)
{
    static const char *const names[] = {
        "snapshot ", "entry ", "data ", "watch ",
    };

    return is_one_of(trace, names, G_N_ELEMENTS(names));
}

static bool take_access(MmtTrace *trace, MmtEntry *entry)
{
    trace->totals.accesses++;
    if ((entry->offset < trace->observe_below ||
         entry->region >= trace->observe_regions) && trace->observe &&
        trace->observe(entry, trace->observe_opaque)) {
        trace->batch_ends = true;
    }
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

/* Is a mark of the tracer selected? */
static bool select_tracer(MmtTrace *trace, MmtEntry *entry)
{
    bool selected;

    if (is_more_memory(trace)) {
        return trace->memory_selected;
    }
    selected = is_about_access(trace) ? trace->access_selected :
               trace->keep_head || mmt_select_time(trace->select, entry);
    if (is_memory(trace)) {
        trace->memory_selected = selected;
    }
    if (!selected && trace->keep_rings && is_ring(trace)) {
        entry->flags |= MMT_ENTRY_ASIDE;
        return true;
    }
    return selected;
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
    return tracer ? select_tracer(trace, entry)
                  : mmt_select_time(trace->select, entry);
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
    return !trace->select || trace->keep_head ||
           mmt_select_time(trace->select, entry);
}

/* The line that begins at @start, as far as @end, into @entry */
static MmtInputResult parse_line(MmtTrace *trace, const char *start,
                                 const char *end, MmtEntry *entry)
{
    size_t len = end - start;

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
    return mmt_input_find(&trace->input, start, len, entry, &trace->format);
}

/* Return: is the line an entry for the caller? */
static bool take_damaged(MmtTrace *trace, MmtEntry *entry)
{
    uint64_t line = trace->totals.lines;

    trace->totals.damaged++;
    if (!trace->totals.first_damaged) {
        trace->totals.first_damaged = line;
    }
    *entry = (MmtEntry) { .kind = MMT_ENTRY_DAMAGED, .cpu = MMT_NO_CPU,
                          .region = MMT_NO_REGION, .phase = trace->phase,
                          .line = line };
    return trace->keep_damaged || trace->every_line;
}

/* A line without an entry, for who wants every line */
static bool take_line(MmtTrace *trace, MmtEntry *entry)
{
    *entry = (MmtEntry) { .kind = MMT_ENTRY_OTHER, .cpu = MMT_NO_CPU,
                          .region = MMT_NO_REGION, .phase = trace->phase,
                          .line = trace->totals.lines };
    return true;
}

/* What is known of devices matters for what comes next. */
static void observe_ids(MmtTrace *trace)
{
    static const MmtEntry device = { .kind = MMT_ENTRY_DEVICE,
                                     .region = MMT_NO_REGION };

    if (trace->observe && trace->observe(&device, trace->observe_opaque)) {
        trace->batch_ends = true;
    }
}

/*
 * The line of entry @i of the chunk, which becomes entry @n, not behind it.
 * Return: is it an entry for the caller?
 */
static bool slow_line(MmtTrace *trace, size_t i, size_t n)
{
    const char *start = trace->chunk->text + trace->chunk->starts[i];
    const char *end = trace->chunk->text + trace->chunk->ends[i];
    MmtEntry *entry = &trace->chunk->entries[n];
    MmtInputResult result = MMT_INPUT_DAMAGED;
    uint64_t ids = mmt_regions_ids(trace->regions);

    *entry = (MmtEntry) { .cpu = MMT_NO_CPU, .region = MMT_NO_REGION,
                          .line = trace->totals.lines };
    if (end - start <= (ptrdiff_t)MMT_READER_LINE_MAX &&
        !trace->chunk->overlong) {
        result = parse_line(trace, start, end, entry);
    }
    if (mmt_regions_ids(trace->regions) != ids) {
        observe_ids(trace);
    }
    if (result == MMT_INPUT_FOREIGN || result == MMT_INPUT_SKIP) {
        /* the kernel's comments are no other program's lines */
        trace->totals.skipped += *start != '#';
    } else if (result == MMT_INPUT_DAMAGED) {
        return take_damaged(trace, entry);
    }
    if (result != MMT_INPUT_ENTRY) {
        return trace->every_line && take_line(trace, entry);
    }
    if (!take_entry(trace, entry)) {
        return false;
    }
    if (trace->input.text) {
        trace->texts[n] = trace->input.text - trace->chunk->text;
        entry->value = trace->input.text_len;
    }
    return true;
}

/* An access that the fast parser has taken; likewise */
static inline bool fast_line(MmtTrace *trace, size_t i, size_t n)
{
    MmtEntry *entry = &trace->chunk->entries[n];
    uint32_t map_id = trace->chunk->entries[i].region;

    if (n != i) {
        *entry = trace->chunk->entries[i];
    }
    entry->line = trace->totals.lines;
    mmt_input_locate(&trace->input, map_id, entry);
    return take_access(trace, entry);
}

/*
 * Turn the chunk's next lines into at most @max entries for the caller.
 * Return: their number
 */
static size_t take_chunk(MmtTrace *trace, size_t max)
{
    MmtChunk *chunk = trace->chunk;
    bool is_mmiotrace = trace->format == &mmt_input_formats[0];
    size_t n = 0;
    size_t i;

    for (i = trace->next; i < chunk->n && n < max; i++) {
        bool taken;

        if (trace->select && mmt_select_ended(trace->select)) {
            i = chunk->n;
            break;
        }
        trace->totals.lines++;
        if (is_mmiotrace && chunk->entries[i].kind != MMT_CHUNK_SLOW) {
            taken = fast_line(trace, i, n);
        } else {
            taken = slow_line(trace, i, n);
            is_mmiotrace = trace->format == &mmt_input_formats[0];
        }
        chunk->starts[n] = chunk->starts[i];
        chunk->ends[n] = chunk->ends[i];
        n += taken;
        if (trace->batch_ends) {
            i++;
            break;
        }
    }
    trace->next = i;
    return n;
}

void mmt_trace_fail(MmtTrace *trace, const char *message)
{
    size_t len = strlen(message);

    if (!trace->error) {
        trace->error = g_malloc(len + 1);
        mmt_printable(message, len, trace->error, len);
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
    mmt_trace_fail(trace, text->str);
}

/* Is it time to read ahead in a thread?  A pipe would keep the thread waiting. */
static void consider_ahead(MmtTrace *trace)
{
    if (trace->no_ahead || trace->totals.bytes < AHEAD_BYTES) {
        return;
    }
    trace->no_ahead = true;
    if (!trace->follow && mmt_ahead_has_processor() &&
        mmt_reader_is_file(trace->reader)) {
        trace->ahead = mmt_ahead_new(&trace->chunker);
    }
}

static MmtReadResult fill_chunk(MmtTrace *trace, GError **error)
{
    consider_ahead(trace);
    if (trace->ahead) {
        trace->chunk = mmt_ahead_take(trace->ahead);
        return trace->chunk ? MMT_READ_LINE
                            : mmt_ahead_result(trace->ahead, error);
    }
    trace->chunk = &trace->own;
    return mmt_chunk_fill(&trace->chunker, &trace->own, error);
}

/* Return: false if there are no more lines (at the moment) */
static bool next_chunk(MmtTrace *trace)
{
    g_autoptr(GError) error = NULL;
    MmtReadResult result;

    if (mmt_trace_ended(trace) ||
        (trace->limit && trace->limit_bytes >= trace->limit)) {
        return false;
    }
    if (trace->watch && !trace->watch(trace->watch_opaque)) {
        return false;
    }
    while ((result = fill_chunk(trace, &error)) == MMT_READ_REPLACED) {
        trace->replaced++;
    }
    trace->next = 0;
    if (result == MMT_READ_LINE) {
        trace->totals.bytes += trace->chunk->bytes;
        trace->limit_bytes += trace->chunk->bytes;
        trace->unterminated = trace->chunk->unterminated;
        return true;
    }
    trace->chunk = NULL;
    if (result == MMT_READ_ERROR) {
        mmt_trace_fail(trace, error->message);
    } else if (!trace->follow) {
        trace->ended = true;
        if (!trace->every_line) {
            check_understood(trace);
        }
    }
    return false;
}

static bool has_lines(const MmtTrace *trace)
{
    return trace->chunk && trace->next < trace->chunk->n;
}

/* What was observed in the batch before counts from now on. */
static void begin_batch(MmtTrace *trace)
{
    if (trace->observe) {
        trace->batch_ends = false;
        trace->observe(NULL, trace->observe_opaque);
    }
}

size_t mmt_trace_take(MmtTrace *trace, const MmtEntry **entries, size_t max)
{
    size_t n = 0;

    *entries = NULL;
    trace->limit_bytes = 0;
    if (trace->error) {
        /* the last batch may have lines left: mmt_trace_columns() fails */
        return 0;
    }
    begin_batch(trace);
    while (!n && (has_lines(trace) || next_chunk(trace))) {
        n = take_chunk(trace, max);
        *entries = trace->chunk->entries;
        if (!n) {
            begin_batch(trace);
        }
    }
    trace->totals.selected += n;
    return n;
}

size_t mmt_trace_next(MmtTrace *trace, const MmtEntry **entries)
{
    return mmt_trace_take(trace, entries, MMT_CHUNK_LINES);
}

bool mmt_trace_ended(const MmtTrace *trace)
{
    return trace->error || trace->ended ||
           (trace->select && mmt_select_ended(trace->select));
}

const char *mmt_trace_error(const MmtTrace *trace)
{
    return trace->error;
}

/* Return: MMT_CHUNK_LINES if the entry is not in the batch */
static size_t index_of(const MmtTrace *trace, const MmtEntry *entry)
{
    uintptr_t offset;

    if (!trace->chunk) {
        return MMT_CHUNK_LINES;
    }
    offset = (uintptr_t)entry - (uintptr_t)trace->chunk->entries;
    return MIN(offset / sizeof(MmtEntry), MMT_CHUNK_LINES);
}

const char *mmt_trace_text(const MmtTrace *trace, const MmtEntry *entry,
                           size_t *len)
{
    size_t i = index_of(trace, entry);

    if (i == MMT_CHUNK_LINES || entry->kind != MMT_ENTRY_MARK) {
        *len = 0;
        return "";
    }
    *len = entry->value;
    return trace->chunk->text + trace->texts[i];
}

const char *mmt_trace_line(const MmtTrace *trace, const MmtEntry *entry,
                           size_t *len)
{
    size_t i = index_of(trace, entry);

    if (i == MMT_CHUNK_LINES) {
        *len = 0;
        return "";
    }
    *len = trace->chunk->ends[i] - trace->chunk->starts[i];
    return trace->chunk->text + trace->chunk->starts[i];
}

uint32_t mmt_trace_regions(const MmtTrace *trace)
{
    return mmt_regions_count(trace->regions);
}

const MmtRegion *mmt_trace_region(const MmtTrace *trace, uint32_t number)
{
    return number < mmt_regions_count(trace->regions) ?
           mmt_regions_get(trace->regions, number) : NULL;
}

uint32_t mmt_trace_phases(const MmtTrace *trace)
{
    return trace->phases.names->len;
}

const char *mmt_trace_phase(const MmtTrace *trace, uint32_t number)
{
    return number < trace->phases.names->len ?
           trace->phases.names->pdata[number] : NULL;
}

void mmt_trace_totals(const MmtTrace *trace, MmtTotals *totals)
{
    *totals = trace->totals;
    totals->incomplete = trace->ended &&
        (trace->unterminated || mmt_reader_truncated(trace->reader));
}

const char *mmt_trace_format(const MmtTrace *trace)
{
    return trace->format ? trace->format->name : NULL;
}

void mmt_trace_follow(MmtTrace *trace, bool follow)
{
    if (trace->ahead) {
        /* too late: the reader is the thread's */
        return;
    }
    trace->follow = follow;
    mmt_reader_follow(trace->reader, follow);
}

void mmt_trace_limit(MmtTrace *trace, uint64_t bytes)
{
    trace->limit = bytes;
}

void mmt_trace_keep_head(MmtTrace *trace)
{
    trace->keep_head = true;
}

void mmt_trace_keep_rings(MmtTrace *trace)
{
    trace->keep_rings = true;
}

void mmt_trace_watch(MmtTrace *trace, MmtTraceWatch *watch, void *opaque)
{
    trace->watch = watch;
    trace->watch_opaque = opaque;
}

void mmt_trace_observe(MmtTrace *trace, uint64_t below, uint32_t regions,
                       MmtTraceObserve *observe, void *opaque)
{
    trace->observe = observe;
    trace->observe_opaque = opaque;
    trace->observe_below = observe ? below : 0;
    trace->observe_regions = observe ? regions : UINT32_MAX;
}

void mmt_trace_name(MmtTrace *trace, MmtSelectNamed *named, void *opaque)
{
    trace->named = named;
    trace->named_opaque = opaque;
    if (trace->select) {
        mmt_select_name(trace->select, named, opaque);
    }
}

const char *mmt_trace_unmatched(const MmtTrace *trace, unsigned i)
{
    return trace->select ? mmt_select_unmatched(trace->select, i) : NULL;
}

const char *mmt_trace_devices(const MmtTrace *trace, unsigned i,
                              GPtrArray *found)
{
    return trace->select ? mmt_select_devices(trace->select, i, found) : NULL;
}

unsigned mmt_trace_missed(const MmtTrace *trace)
{
    return trace->select ? mmt_select_missed(trace->select) : 0;
}

void mmt_trace_every_line(MmtTrace *trace)
{
    trace->every_line = true;
}

unsigned mmt_trace_replaced(const MmtTrace *trace)
{
    return trace->replaced;
}

const MmtReader *mmt_trace_reader(const MmtTrace *trace)
{
    return trace->reader;
}

const MmtRegions *mmt_trace_table(const MmtTrace *trace)
{
    return trace->regions;
}

bool mmt_trace_overlong(const MmtTrace *trace)
{
    return trace->chunk && trace->chunk->overlong;
}

bool mmt_trace_unterminated(const MmtTrace *trace)
{
    return trace->unterminated;
}
