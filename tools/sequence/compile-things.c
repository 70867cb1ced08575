/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: what a trace says of guest memory
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

#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "tools/sequence/compile-memory-internal.h"
#include "tools/sequence/limits.h"

/* Addresses of data that are kept */
#define EXACT_MAX (1u << 18)

/* Rings that the device writes */
#define RINGS_MAX 4096

/* Granularity of what differs, and gaps that are not worth another operation */
#define WORD 8
#define GAP 16

/* --- whose it is --------------------------------------------------------- */

static bool is_ours(const CompileMemory *memory, MmtSpan id)
{
    return !id.p || !id.len || !memory->device[0] ||
           mmt_words_are(id, memory->device[0]) ||
           mmt_words_are(id, memory->device[1]);
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

/*
 * Has the device written it?  Else the driver has.  Logs of before 2026-12 do
 * not say whose a ring is: what came once behind an interrupt, the device
 * writes.
 */
static bool is_by_device(CompileMemory *memory,
                         const AnalysisMemoryThing *thing)
{
    bool is_ring = thing->kind == ANALYSIS_MEMORY_ENTRY;

    if (thing->ring && thing->ring->by_device) {
        return true;
    }
    if (!find_announcer(memory, thing)->by_device) {
        return is_ring && g_hash_table_contains(memory->device_rings,
                                                thing->name);
    }
    if (is_ring && g_hash_table_size(memory->device_rings) < RINGS_MAX) {
        g_hash_table_add(memory->device_rings, g_strdup(thing->name));
    }
    return true;
}

/* --- what the driver wrote ----------------------------------------------- */

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

/* --- things -------------------------------------------------------------- */

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
    return compile_words_kind(memory->words, kind->str, true);
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

/* A datum of one word is there for the word: it is an entry of a table. */
static uint32_t data_kind(CompileMemory *memory, const AnalysisMemoryData *data,
                          const char *name)
{
    if (is_list(data)) {
        return list_kind(memory, name);
    }
    return data->of == WORD && data->at % WORD == 0 ? COMPILE_WORDS_ANY
                                                    : COMPILE_WORDS_DATA;
}

static void take_data(CompileMemory *memory, const AnalysisMemoryThing *thing,
                      const AnalysisMemoryData *data)
{
    g_autofree char *name = g_strdup_printf("%s %s", thing->name, data->name);
    CompileRun run = {
        .line = thing->place.line, .address = data->at,
        .kind = data_kind(memory, data, name),
        .name = compile_runs_name(memory->runs, name),
        .order = is_list(data) ? COMPILE_ORDER_LIST : COMPILE_ORDER_DATA,
    };

    take_extent(memory, thing, data, name);
    take_bytes(memory, thing, &run, data->bytes);
}

static void take_entry(CompileMemory *memory, const AnalysisMemoryThing *thing)
{
    CompileRun run = {
        .line = thing->place.line, .address = thing->at,
        .kind = compile_words_kind(memory->words, thing->name, false),
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

    /* As long as our device is not known, only rings can be of use. */
    if (!is_ours(memory, (MmtSpan) { thing->device, strlen(thing->device) }) ||
        (!memory->device[0] && thing->kind != ANALYSIS_MEMORY_RING)) {
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

const AnalysisMemoryUser compile_memory_user = { .take = take_thing };

/* What becomes of an entry that is no mark of memory */
static void note_announcer(CompileMemory *memory, MmtTrace *trace,
                           const MmtEntry *entry)
{
    MmtSpan text, name;

    if (entry->kind <= MMT_ENTRY_UNKNOWN) {
        memory->by_device = entry->kind != MMT_ENTRY_WRITE;
    } else if (entry->kind != MMT_ENTRY_MARK) {
        return;
    } else if (entry->flags & MMT_ENTRY_TRACER) {
        text.p = mmt_trace_text(trace, entry, &text.len);
        name = mmt_mark_name(text);
        if (!name.p || mmt_mark_find(name.p, name.len) != MMT_MARK_IRQ ||
            !is_ours(memory, mmt_mark_value(text, "device"))) {
            return;
        }
        memory->by_device = true;
    }
    /* Else it is a marker, at which nobody has to have written anything. */
    memory->announcers[memory->n++ % ANNOUNCERS] =
        (Announcer) { entry->line, memory->by_device };
}

void compile_memory_entry(CompileMemory *memory, MmtTrace *trace,
                          const MmtEntry *entry)
{
    if (!analysis_memory_entry(memory->marks, trace, entry)) {
        note_announcer(memory, trace, entry);
    }
}
