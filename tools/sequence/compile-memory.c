/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: guest memory that a trace knows (see compile-memory.h)
 */
#include "tools/sequence/compile-memory.h"

#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "tools/analysis/memory.h"
#include "tools/sequence/limits.h"

/* Areas before they are joined, pages with contents */
#define AREAS_MAX (1u << 16)
#define PAGES_MAX (1u << 15)

/* Changes that are told */
#define CHANGES_MAX (1u << 16)

/**
 * struct Page: contents of a page
 * @number: its address / COMPILE_PAGE; first, since it is the hash table's key
 * @bytes: the bytes
 * @known: a bit for each of them
 */
typedef struct Page {
    gint64 number;
    uint8_t bytes[COMPILE_PAGE];
    uint8_t known[COMPILE_PAGE / 8];
} Page;

/**
 * struct Change: memory that had other contents before
 * @line: line that tells of it
 * @address: the first address
 */
typedef struct Change {
    uint64_t line;
    uint64_t address;
} Change;

/**
 * struct CompileMemory: the memory
 * @marks: puts the trace's marks together
 * @areas: CompileArea
 * @pages: set of Page
 * @line: line of what comes
 * @changes: Change
 * @next: the next one that compile_memory_changed() looks at
 * @by_device: the device may have written what comes: an interrupt was last
 */
struct CompileMemory {
    AnalysisMemory *marks;
    GArray *areas;
    GHashTable *pages;
    uint64_t line;
    GArray *changes;
    guint next;
    bool by_device;
};

static void take_thing(const AnalysisMemoryThing *thing, void *opaque);

static const AnalysisMemoryUser user = { .take = take_thing };

CompileMemory *compile_memory_new(void)
{
    CompileMemory *memory = g_new0(CompileMemory, 1);

    memory->marks = analysis_memory_new(&user, memory);
    memory->areas = g_array_new(FALSE, FALSE, sizeof(CompileArea));
    memory->pages = g_hash_table_new_full(g_int64_hash, g_int64_equal,
                                          g_free, NULL);
    memory->changes = g_array_new(FALSE, FALSE, sizeof(Change));
    return memory;
}

void compile_memory_add(CompileMemory *memory, uint64_t start, uint64_t len)
{
    CompileArea area = { .start = start & -(uint64_t)COMPILE_PAGE };

    if (!len || start > UINT64_MAX - COMPILE_PAGE - len) {
        return;
    }
    area.end = (start + len + COMPILE_PAGE - 1) & -(uint64_t)COMPILE_PAGE;
    if (memory->areas->len >= AREAS_MAX) {
        compile_memory_join(memory);
    }
    if (memory->areas->len < AREAS_MAX) {
        g_array_append_val(memory->areas, area);
    }
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const CompileArea *x = a, *y = b;

    return x->start < y->start ? -1 : x->start > y->start;
}

void compile_memory_join(CompileMemory *memory)
{
    guint i, n = 0;

    g_array_sort(memory->areas, compare);
    for (i = 0; i < memory->areas->len; i++) {
        CompileArea next = g_array_index(memory->areas, CompileArea, i);
        CompileArea *last = n ? &g_array_index(memory->areas, CompileArea,
                                               n - 1) : NULL;
        bool overlap = last && next.start < last->end;

        if (overlap || (last && next.start == last->end &&
                        next.end - last->start <= SEQUENCE_BUFFER_MAX)) {
            last->end = MAX(last->end, next.end);
        } else {
            g_array_index(memory->areas, CompileArea, n++) = next;
        }
    }
    g_array_set_size(memory->areas, n);
}

const CompileArea *compile_memory_find(const CompileMemory *memory,
                                       uint64_t address)
{
    guint low = 0, high = memory->areas->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const CompileArea *area = &g_array_index(memory->areas, CompileArea,
                                                 middle);

        if (address < area->start) {
            high = middle;
        } else if (address >= area->end) {
            low = middle + 1;
        } else {
            return area;
        }
    }
    return NULL;
}

static Page *get_page(const CompileMemory *memory, uint64_t address, bool make)
{
    gint64 number = address / COMPILE_PAGE;
    Page *page = g_hash_table_lookup(memory->pages, &number);

    if (!page && make && g_hash_table_size(memory->pages) < PAGES_MAX) {
        page = g_new0(Page, 1);
        page->number = number;
        g_hash_table_add(memory->pages, page);
    }
    return page;
}

/* Each line tells of one change. */
static void add_change(CompileMemory *memory, uint64_t address)
{
    Change change = { memory->line, address };
    const Change *last = memory->changes->len ?
                         &g_array_index(memory->changes, Change,
                                        memory->changes->len - 1) : NULL;

    if ((!last || last->line < change.line) &&
        memory->changes->len < CHANGES_MAX) {
        g_array_append_val(memory->changes, change);
    }
}

/* What is known already came earlier, and stays. */
static void put_byte(CompileMemory *memory, uint64_t address, uint8_t byte)
{
    Page *page = get_page(memory, address, true);
    unsigned at = address % COMPILE_PAGE;

    if (!page) {
        return;
    }
    if (!(page->known[at / 8] & 1 << at % 8)) {
        page->known[at / 8] |= 1 << at % 8;
        page->bytes[at] = byte;
    } else if (page->bytes[at] != byte) {
        add_change(memory, address);
    }
}

static void put_bytes(CompileMemory *memory, uint64_t address,
                      const uint8_t *bytes, uint64_t len)
{
    uint64_t i;

    if (memory->by_device || len > UINT64_MAX - address) {
        return;
    }
    for (i = 0; i < len; i++) {
        put_byte(memory, address + i, bytes[i]);
    }
}

static void take_bytes(CompileMemory *memory, uint64_t address,
                       const GByteArray *bytes)
{
    if (bytes && bytes->len) {
        compile_memory_add(memory, address, bytes->len);
        put_bytes(memory, address, bytes->data, bytes->len);
    }
}

static void take_ring(CompileMemory *memory, const AnalysisMemoryRing *ring)
{
    if (ring && ring->base && ring->count && ring->entry &&
        ring->count <= SEQUENCE_BUFFER_MAX / ring->entry) {
        compile_memory_add(memory, ring->base, ring->count * ring->entry);
    }
}

static void take_entry(CompileMemory *memory, const AnalysisMemoryThing *thing)
{
    guint i;

    take_ring(memory, thing->ring);
    take_bytes(memory, thing->at, thing->bytes);
    for (i = 0; thing->data && i < thing->data->len; i++) {
        const AnalysisMemoryData *data = thing->data->pdata[i];

        if (data->at && data->of && data->of <= SEQUENCE_BUFFER_MAX) {
            compile_memory_add(memory, data->at, data->of);
        }
        take_bytes(memory, data->at, data->bytes);
    }
}

static void take_watch(CompileMemory *memory, const AnalysisMemoryThing *thing)
{
    guint i;

    if (!thing->at || !thing->len || thing->len > SEQUENCE_BUFFER_MAX) {
        return;
    }
    compile_memory_add(memory, thing->at, thing->len);
    for (i = 0; thing->contents && thing->runs && i < thing->runs->len; i++) {
        const AnalysisMemoryRun *run = &g_array_index(thing->runs,
                                                      AnalysisMemoryRun, i);

        put_bytes(memory, thing->at + run->offset,
                  thing->contents + run->offset, run->len);
    }
}

static void take_thing(const AnalysisMemoryThing *thing, void *opaque)
{
    CompileMemory *memory = opaque;

    memory->line = thing->place.line;
    switch (thing->kind) {
    case ANALYSIS_MEMORY_SNAPSHOT:
        take_bytes(memory, thing->at, thing->bytes);
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
    default:
        break;
    }
}

static bool is_irq(MmtSpan text)
{
    MmtSpan name = mmt_mark_name(text);

    return name.p && mmt_mark_find(name.p, name.len) == MMT_MARK_IRQ;
}

void compile_memory_entry(CompileMemory *memory, MmtTrace *trace,
                          const MmtEntry *entry)
{
    MmtSpan text;

    if (analysis_memory_entry(memory->marks, trace, entry)) {
        return;
    }
    if (entry->kind <= MMT_ENTRY_UNKNOWN) {
        memory->by_device = entry->kind != MMT_ENTRY_WRITE;
    } else if (entry->kind == MMT_ENTRY_MARK &&
               (entry->flags & MMT_ENTRY_TRACER)) {
        text.p = mmt_trace_text(trace, entry, &text.len);
        memory->by_device |= is_irq(text);
    }
}

/* Addresses are words of 64 bits, as all devices have them that know more. */
static uint64_t count_addresses(const CompileMemory *memory,
                                const uint8_t *bytes, uint64_t len)
{
    uint64_t i, word, n = 0;

    for (i = 0; i + sizeof(word) <= len; i += sizeof(word)) {
        memcpy(&word, bytes + i, sizeof(word));
        word = GUINT64_FROM_LE(word);
        n += word && compile_memory_find(memory, word);
    }
    return n;
}

GBytes *compile_memory_contents(const CompileMemory *memory,
                                const CompileArea *area, uint64_t *addresses)
{
    uint64_t at, size = area->end - area->start;
    uint8_t *bytes = NULL;

    *addresses = 0;
    for (at = 0; at < size; at += COMPILE_PAGE) {
        const Page *page = get_page(memory, area->start + at, false);

        if (page) {
            bytes = bytes ? bytes : g_malloc0(size);
            memcpy(bytes + at, page->bytes, COMPILE_PAGE);
        }
    }
    if (!bytes) {
        return NULL;
    }
    *addresses = count_addresses(memory, bytes, size);
    return g_bytes_new_take(bytes, size);
}

bool compile_memory_changed(CompileMemory *memory, uint64_t line,
                            uint64_t *address)
{
    const Change *change;

    while (memory->next < memory->changes->len) {
        change = &g_array_index(memory->changes, Change, memory->next);
        if (change->line >= line) {
            *address = change->address;
            return change->line == line;
        }
        memory->next++;
    }
    return false;
}

void compile_memory_free(CompileMemory *memory)
{
    if (memory) {
        analysis_memory_free(memory->marks);
        g_array_unref(memory->areas);
        g_array_unref(memory->changes);
        g_hash_table_destroy(memory->pages);
        g_free(memory);
    }
}
