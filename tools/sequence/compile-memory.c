/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: guest memory that a trace knows (see compile-memory.h)
 *
 * Theory of operation
 *
 * Entries of rings and what they point to are always taken: the driver has
 * written them for this access, even if the same bytes were there before, as
 * the device may have written something else meanwhile.  Of watches and
 * snapshots, only what differs from all that was known is.  Nothing is written
 * earlier than the trace says: a device that goes by a bit in the entries
 * (xHCI) would take those of later doorbells for new.
 */
#include "tools/sequence/compile-memory.h"

#include <gio/gio.h>
#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "tools/analysis/memory.h"
#include "tools/sequence/compile-image.h"
#include "tools/sequence/compile-lacks.h"
#include "tools/sequence/compile-options.h"
#include "tools/sequence/limits.h"

/* Addresses of data that are kept */
#define EXACT_MAX (1u << 18)

/* Accesses among which is the one that a mark of memory belongs to */
#define ANNOUNCERS 16

/* Granularity of what differs, and gaps that are not worth another operation */
#define WORD 8
#define GAP 16

/**
 * struct Announcer: an access, or an interrupt
 * @line: its line
 * @by_device: what is in memory now, the device has written
 */
typedef struct Announcer {
    uint64_t line;
    bool by_device;
} Announcer;

/**
 * struct CompileMemory: the memory
 * @marks: puts the trace's marks together
 * @device: names of the device, or NULL
 * @areas: areas that are known
 * @exact: set of addresses of data whose length is known
 * @image: what memory has
 * @runs: what the driver wrote
 * @words: where addresses are in it
 * @lacks: what is missing
 * @announcers: the last ones
 * @n: number of announcers
 * @next: the next run of compile_memory_next()
 */
struct CompileMemory {
    AnalysisMemory *marks;
    char *device[2];
    CompileAreas *areas;
    GHashTable *exact;
    CompileImage *image;
    CompileRuns *runs;
    CompileWords *words;
    CompileLacks *lacks;
    Announcer announcers[ANNOUNCERS];
    uint64_t n;
    uint32_t next;
};

static void take_thing(const AnalysisMemoryThing *thing, void *opaque);

static const AnalysisMemoryUser user = { .take = take_thing };

CompileMemory *compile_memory_new(const GArray *ranges)
{
    CompileMemory *memory = g_new0(CompileMemory, 1);
    guint i;

    memory->marks = analysis_memory_new(&user, memory);
    memory->areas = compile_areas_new();
    memory->exact = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                          NULL);
    memory->image = compile_image_new();
    memory->runs = compile_runs_new();
    memory->words = compile_words_new();
    memory->lacks = compile_lacks_new();
    for (i = 0; ranges && i < ranges->len; i++) {
        CompileRange range = g_array_index(ranges, CompileRange, i);

        compile_areas_range(memory->areas, range.start, range.len);
    }
    return memory;
}

CompileAreas *compile_memory_areas(CompileMemory *memory)
{
    return memory->areas;
}

const CompileRuns *compile_memory_runs(const CompileMemory *memory)
{
    return memory->runs;
}

/* --- whose it is ----------------------------------------------------------- */

void compile_memory_device(CompileMemory *memory,
                           const MmtRegionDevice *device)
{
    g_free(memory->device[0]);
    g_free(memory->device[1]);
    memory->device[0] = g_strdup(device->name);
    memory->device[1] = g_strdup(device->id);
}

static bool is_ours(const CompileMemory *memory, MmtSpan id)
{
    return !id.p || !id.len || !memory->device[0] ||
           mmt_words_are(id, memory->device[0]) ||
           mmt_words_are(id, memory->device[1]);
}

static void add_announcer(CompileMemory *memory, uint64_t line,
                          bool by_device)
{
    memory->announcers[memory->n++ % ANNOUNCERS] =
        (Announcer) { line, by_device };
}

/* Return: what made the tracer look, shortly before a mark */
static const Announcer *find_announcer(const CompileMemory *memory,
                                       const AnalysisMemoryThing *thing)
{
    static const Announcer nobody;
    const Announcer *found = &nobody;
    uint64_t i;

    for (i = memory->n; i > 0 && i + ANNOUNCERS > memory->n; i--) {
        found = &memory->announcers[(i - 1) % ANNOUNCERS];
        if (found->line < thing->place.line) {
            return found;
        }
    }
    return found;
}

/* Has the device written it?  Else the driver has. */
static bool is_by_device(const CompileMemory *memory,
                         const AnalysisMemoryThing *thing)
{
    return find_announcer(memory, thing)->by_device;
}

/* --- what the driver wrote ------------------------------------------------- */

static void add_run(CompileMemory *memory, const CompileRun *run,
                    const uint8_t *bytes)
{
    compile_image_put(memory->image, run->address, bytes, run->len);
    compile_runs_add(memory->runs, run, bytes);
}

/* Bytes of a ring's entry, or of what it points to */
static void take_bytes(CompileMemory *memory, const AnalysisMemoryThing *thing,
                       CompileRun *run, const GByteArray *bytes)
{
    if (!bytes || !bytes->len || bytes->len > UINT64_MAX - run->address) {
        return;
    }
    compile_areas_add(memory->areas, run->address, bytes->len);
    if (is_by_device(memory, thing)) {
        compile_image_put(memory->image, run->address, bytes->data,
                          bytes->len);
        return;
    }
    run->access = find_announcer(memory, thing)->line;
    run->len = bytes->len;
    add_run(memory, run, bytes->data);
}

/* Return: does a word of @bytes at @at differ from what is known? */
static bool differs(const CompileMemory *memory, uint64_t address,
                    const uint8_t *bytes, uint64_t at, uint64_t len)
{
    return at < len &&
           !compile_image_has(memory->image, address + at, bytes + at,
                              MIN(WORD, len - at));
}

/* Bytes that may be old: what is new of them */
static void take_changes(CompileMemory *memory,
                         const AnalysisMemoryThing *thing, CompileRun *run,
                         const uint8_t *bytes, uint64_t len)
{
    uint64_t address = run->address, at = 0, end, k;

    if (len > UINT64_MAX - address) {
        return;
    }
    if (is_by_device(memory, thing)) {
        compile_image_put(memory->image, address, bytes, len);
        return;
    }
    run->access = find_announcer(memory, thing)->line;
    while (at < len) {
        if (!differs(memory, address, bytes, at, len)) {
            at += WORD;
            continue;
        }
        for (end = k = at; k <= end + GAP; k += WORD) {
            end = differs(memory, address, bytes, k, len) ? k + WORD : end;
        }
        run->address = address + at;
        run->len = MIN(end, len) - at;
        add_run(memory, run, bytes + at);
        at = end;
    }
}

/* --- things ---------------------------------------------------------------- */

static void take_ring(CompileMemory *memory, const AnalysisMemoryRing *ring)
{
    if (!ring || !ring->base) {
        return;
    }
    compile_words_base(memory->words, ring->base);
    if (ring->count && ring->entry &&
        ring->count <= SEQUENCE_BUFFER_MAX / ring->entry) {
        compile_areas_add(memory->areas, ring->base,
                          ring->count * ring->entry);
    }
}

/* "prp[3]" is the fourth element of a list, and laid out as the others are. */
static bool is_list(const AnalysisMemoryData *data)
{
    return g_str_has_suffix(data->name, "]");
}

static uint32_t list_kind(CompileMemory *memory, const char *name)
{
    g_autoptr(GString) kind = g_string_new(NULL);
    const char *list = strrchr(name, ' ');

    g_string_append_len(kind, name, list - name);
    for (; *list; list++) {
        if (!g_ascii_isdigit(*list)) {
            g_string_append_c(kind, *list);
        }
    }
    return compile_words_kind(memory->words, kind->str);
}

static void add_exact(CompileMemory *memory, uint64_t address)
{
    gint64 *key;

    if (g_hash_table_size(memory->exact) < EXACT_MAX) {
        key = g_new(gint64, 1);
        *key = address;
        g_hash_table_add(memory->exact, key);
    }
}

/* What the device writes may have been longer, had there been more. */
static void take_extent(CompileMemory *memory,
                        const AnalysisMemoryThing *thing,
                        const AnalysisMemoryData *data, const char *name)
{
    if (data->at && data->of && data->of <= SEQUENCE_BUFFER_MAX) {
        compile_areas_add(memory->areas, data->at, data->of);
    }
    if (is_by_device(memory, thing)) {
        return;
    }
    if (data->at && data->of) {
        add_exact(memory, data->at);
    }
    if (data->bytes->len < data->of) {
        compile_lacks_bytes(memory->lacks,
                            find_announcer(memory, thing)->line, name,
                            data->bytes->len, data->of);
    }
}

static void take_data(CompileMemory *memory, const AnalysisMemoryThing *thing,
                      const AnalysisMemoryData *data)
{
    g_autofree char *name = g_strdup_printf("%s %s", thing->name, data->name);
    bool list = is_list(data);
    CompileRun run = {
        .line = thing->place.line, .address = data->at,
        .kind = list ? list_kind(memory, name) : COMPILE_WORDS_DATA,
        .name = compile_runs_name(memory->runs, name),
        .order = list ? COMPILE_ORDER_LIST : COMPILE_ORDER_DATA,
    };

    take_extent(memory, thing, data, name);
    take_bytes(memory, thing, &run, data->bytes);
}

static void take_entry(CompileMemory *memory, const AnalysisMemoryThing *thing)
{
    CompileRun run = {
        .line = thing->place.line, .address = thing->at,
        .kind = compile_words_kind(memory->words, thing->name),
        .name = compile_runs_name(memory->runs, thing->name),
        .order = COMPILE_ORDER_ENTRY,
    };
    guint i;

    take_ring(memory, thing->ring);
    take_bytes(memory, thing, &run, thing->bytes);
    for (i = 0; thing->data && i < thing->data->len; i++) {
        take_data(memory, thing, thing->data->pdata[i]);
    }
}

static CompileRun any_run(CompileMemory *memory,
                          const AnalysisMemoryThing *thing)
{
    return (CompileRun) {
        .line = thing->place.line, .address = thing->at,
        .kind = COMPILE_WORDS_ANY,
        .name = *thing->name ? compile_runs_name(memory->runs, thing->name)
                             : 0,
    };
}

static void take_watch(CompileMemory *memory, const AnalysisMemoryThing *thing)
{
    guint i;

    if (!thing->at || !thing->len || thing->len > SEQUENCE_BUFFER_MAX) {
        return;
    }
    compile_areas_add(memory->areas, thing->at, thing->len);
    for (i = 0; thing->contents && thing->runs && i < thing->runs->len; i++) {
        const AnalysisMemoryRun *one = &g_array_index(thing->runs,
                                                      AnalysisMemoryRun, i);
        CompileRun run = any_run(memory, thing);

        run.address += one->offset;
        take_changes(memory, thing, &run, thing->contents + one->offset,
                     one->len);
    }
}

static void take_snapshot(CompileMemory *memory,
                          const AnalysisMemoryThing *thing)
{
    CompileRun run = any_run(memory, thing);

    if (thing->bytes && thing->bytes->len) {
        compile_areas_add(memory->areas, thing->at, thing->bytes->len);
        take_changes(memory, thing, &run, thing->bytes->data,
                     thing->bytes->len);
    }
}

static void take_cut(CompileMemory *memory, const AnalysisMemoryThing *thing)
{
    if (!is_by_device(memory, thing)) {
        compile_lacks_cut(memory->lacks, find_announcer(memory, thing)->line,
                          thing->name);
    }
}

static void take_thing(const AnalysisMemoryThing *thing, void *opaque)
{
    CompileMemory *memory = opaque;

    if (!is_ours(memory, (MmtSpan) { thing->device, strlen(thing->device) })) {
        return;
    }
    switch (thing->kind) {
    case ANALYSIS_MEMORY_SNAPSHOT:
        take_snapshot(memory, thing);
        break;
    case ANALYSIS_MEMORY_RING:
        take_ring(memory, thing->ring);
        break;
    case ANALYSIS_MEMORY_ENTRY:
        take_entry(memory, thing);
        break;
    case ANALYSIS_MEMORY_WATCH:
        take_watch(memory, thing);
        break;
    case ANALYSIS_MEMORY_CUT:
        take_cut(memory, thing);
        break;
    default:
        break;
    }
}

void compile_memory_entry(CompileMemory *memory, MmtTrace *trace,
                          const MmtEntry *entry)
{
    MmtSpan text, name;

    if (analysis_memory_entry(memory->marks, trace, entry)) {
        return;
    }
    if (entry->kind <= MMT_ENTRY_UNKNOWN) {
        add_announcer(memory, entry->line, entry->kind != MMT_ENTRY_WRITE);
    } else if (entry->kind == MMT_ENTRY_MARK &&
               (entry->flags & MMT_ENTRY_TRACER)) {
        text.p = mmt_trace_text(trace, entry, &text.len);
        name = mmt_mark_name(text);
        if (name.p && mmt_mark_find(name.p, name.len) == MMT_MARK_IRQ &&
            is_ours(memory, mmt_mark_value(text, "device"))) {
            add_announcer(memory, entry->line, true);
        }
    }
}

/* --- the end --------------------------------------------------------------- */

static CompileThing thing_of(const CompileMemory *memory,
                             const CompileRun *run)
{
    return (CompileThing) {
        .kind = run->kind, .address = run->address, .len = run->len,
        .bytes = compile_runs_bytes(memory->runs, run),
    };
}

/**
 * struct Targets: what a run points to
 * @memory: the memory
 * @run: the run
 */
typedef struct Targets {
    CompileMemory *memory;
    const CompileRun *run;
} Targets;

/* Of memory whose length the trace does not say, a page */
static void take_word(void *opaque, const CompileWord *word)
{
    const Targets *targets = opaque;
    CompileMemory *memory = targets->memory;
    const CompileRun *run = targets->run;
    gint64 key = word->value;

    if (word->placed && !g_hash_table_contains(memory->exact, &key)) {
        compile_areas_add(memory->areas, word->value, COMPILE_PAGE);
    }
    if (word->guess) {
        compile_lacks_guess(memory->lacks, run->access,
                            compile_runs_text(memory->runs, run),
                            word->offset);
    }
}

static void add_targets(CompileMemory *memory)
{
    uint32_t i, n = compile_runs_count(memory->runs);

    compile_areas_join(memory->areas);
    for (i = 0; i < n; i++) {
        const CompileRun *run = compile_runs_at(memory->runs, i);
        CompileThing thing = thing_of(memory, run);

        compile_words_learn(memory->words, memory->areas, &thing);
    }
    compile_words_decide(memory->words);
    for (i = 0; i < n; i++) {
        Targets targets = { memory, compile_runs_at(memory->runs, i) };

        compile_memory_words(memory, targets.run, take_word, &targets);
    }
    compile_areas_join(memory->areas);
}

bool compile_memory_finish(CompileMemory *memory, GError **error)
{
    analysis_memory_end(memory->marks, false);
    if (compile_runs_full(memory->runs)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                    "the driver has written more than %u MiB of memory, or %u parts of it, in this trace: select a part of the trace",
                    COMPILE_RUNS_BYTES >> 20, COMPILE_RUNS_MAX);
        return false;
    }
    compile_runs_finish(memory->runs);
    add_targets(memory);
    compile_lacks_finish(memory->lacks);
    return true;
}

void compile_memory_lines(const CompileMemory *memory, GArray *lines)
{
    uint32_t i, n = compile_runs_count(memory->runs);
    uint64_t last = 0, line;

    for (i = 0; i < n; i++) {
        line = compile_runs_at(memory->runs, i)->access;
        if (line != last) {
            g_array_append_val(lines, line);
        }
        last = line;
    }
}

/* --- the second reading ---------------------------------------------------- */

const CompileRun *compile_memory_next(CompileMemory *memory, uint64_t line)
{
    const CompileRun *run;

    if (memory->next == compile_runs_count(memory->runs)) {
        return NULL;
    }
    run = compile_runs_at(memory->runs, memory->next);
    if (run->access > line) {
        return NULL;
    }
    memory->next++;
    return run;
}

const char *compile_memory_remark(CompileMemory *memory, uint64_t line)
{
    return compile_lacks_next(memory->lacks, line);
}

void compile_memory_words(const CompileMemory *memory, const CompileRun *run,
                          CompileWordTake *take, void *opaque)
{
    CompileThing thing = thing_of(memory, run);

    compile_words_find(memory->words, memory->areas, &thing, take, opaque);
}

void compile_memory_free(CompileMemory *memory)
{
    if (memory) {
        analysis_memory_free(memory->marks);
        g_free(memory->device[0]);
        g_free(memory->device[1]);
        compile_areas_free(memory->areas);
        g_hash_table_destroy(memory->exact);
        compile_image_free(memory->image);
        compile_runs_free(memory->runs);
        compile_words_free(memory->words);
        compile_lacks_free(memory->lacks);
        g_free(memory);
    }
}
