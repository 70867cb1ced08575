/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: guest memory in a log, put together from its marks (see memory.h)
 *
 * Theory of operation
 *
 * The thing that is open is the one whose marks are being read.  A snapshot, an
 * entry or a datum is whole when it has its bytes, a watch when it has its
 * lines.  An entry stays open behind that, for its data, until something else
 * comes.  Marks of rings and cuts may stand between an entry and its data: an
 * entry may create a ring, and a bound may leave out some of its data.  Nor is
 * the header of another part of the log, which may come at any line, something
 * else.
 *
 * After a fault, the marks that go on with the same thing are not faults again:
 * @broken.
 */
#include "tools/analysis/memory.h"
#include "tools/analysis/memory-internal.h"

#include <inttypes.h>
#include <string.h>

/* Rings that are kept */
#define RINGS_MAX 65536

void memory_fault(AnalysisMemory *m, const AnalysisMemoryPlace *place,
                  const char *word, const char *fmt, ...)
{
    g_autofree char *message = NULL;
    va_list ap;

    if (m->user->fault) {
        va_start(ap, fmt);
        message = g_strdup_vprintf(fmt, ap);
        va_end(ap);
        m->user->fault(place, word, message, m->opaque);
    }
}

void memory_copy_word(MmtSpan word, char *buf)
{
    size_t len = word.p ? MIN(word.len, ANALYSIS_MEMORY_WORD - 1) : 0;

    if (len) {
        memcpy(buf, word.p, len);
    }
    buf[len] = '\0';
}

static void free_data(gpointer p)
{
    AnalysisMemoryData *data = p;

    g_byte_array_unref(data->bytes);
    g_free(data);
}

AnalysisMemory *analysis_memory_new(const AnalysisMemoryUser *user,
                                    void *opaque)
{
    AnalysisMemory *m = g_new0(AnalysisMemory, 1);

    m->user = user;
    m->opaque = opaque;
    m->rings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    m->watches = memory_watches_new();
    m->thing.bytes = g_byte_array_new();
    m->thing.data = g_ptr_array_new_with_free_func(free_data);
    m->thing.runs = g_array_new(FALSE, FALSE, sizeof(AnalysisMemoryRun));
    return m;
}

void analysis_memory_free(AnalysisMemory *m)
{
    if (m) {
        g_hash_table_unref(m->rings);
        memory_watches_free(m->watches);
        g_byte_array_unref(m->thing.bytes);
        g_ptr_array_unref(m->thing.data);
        g_array_unref(m->thing.runs);
        g_clear_pointer(&m->hash, g_checksum_free);
        g_free(m);
    }
}

void memory_close(AnalysisMemory *m)
{
    m->open = MEMORY_NOTHING;
    m->left = 0;
    m->watch = NULL;
    g_clear_pointer(&m->hash, g_checksum_free);
}

void memory_drop_datum(AnalysisMemory *m)
{
    if (m->into) {
        g_ptr_array_set_size(m->thing.data, m->thing.data->len - 1);
        m->into = NULL;
    }
}

void memory_give(AnalysisMemory *m, AnalysisMemoryKind kind)
{
    m->thing.kind = kind;
    m->user->take(&m->thing, m->opaque);
}

/* A thing whose own marks have no bytes begins and ends. */
void memory_begin(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                  const AnalysisMemoryPlace *place)
{
    AnalysisMemoryThing *t = &m->thing;

    g_byte_array_set_size(t->bytes, 0);
    g_ptr_array_set_size(t->data, 0);
    g_array_set_size(t->runs, 0);
    *t = (AnalysisMemoryThing) {
        .place = *place, .bytes = t->bytes, .data = t->data, .runs = t->runs,
        .map = mark->map, .addr = mark->addr, .index = mark->index,
        .at = mark->at, .left = mark->left, .lines = mark->lines,
        .len = mark->len,
    };
    memory_copy_word(mark->device, t->device);
    memory_copy_word(mark->name, t->name);
    memory_copy_word(mark->kind == MMT_MARK_MEMORY_CUT ? mark->why
                                                       : mark->state,
                     t->state);
    memory_copy_word(mark->on, t->on);
    m->broken = false;
}

/* --- what ends ----------------------------------------------------------- */

/* No more of the open thing will come. */
static void end_open(AnalysisMemory *m, bool report)
{
    static const char *const names[] = {
        [MEMORY_SNAPSHOT] = "snapshot",
        [MEMORY_ENTRY] = "entry",
        [MEMORY_DATA] = "data",
        [MEMORY_WATCH] = "watch",
    };
    uint64_t left = m->left;

    if (m->open != MEMORY_NOTHING && left && report) {
        const char *unit = m->open == MEMORY_WATCH ? "line" : "byte";

        memory_fault(m, &m->at, NULL, "%" PRIu64 " %s%s of the %s %s missing",
                     left, unit, left == 1 ? "" : "s", names[m->open],
                     left == 1 ? "is" : "are");
    }
    if (m->open == MEMORY_WATCH && left && m->watch) {
        memory_watch_doubt(m->watch);
    }
    if (m->open == MEMORY_DATA && left) {
        memory_drop_datum(m);
        left = 0;
        m->open = MEMORY_ENTRY;
    }
    if ((m->open == MEMORY_ENTRY || m->open == MEMORY_DATA) && !left) {
        memory_give(m, ANALYSIS_MEMORY_ENTRY);
    }
    memory_close(m);
}

void analysis_memory_settle(AnalysisMemory *m)
{
    if (!m->left) {
        end_open(m, false);
    }
}

/* What is not whole yet may go on behind lines of other threads. */
void analysis_memory_other(AnalysisMemory *m)
{
    if (!m->in_header) {
        analysis_memory_settle(m);
    }
}

void analysis_memory_lost(AnalysisMemory *m)
{
    end_open(m, false);
    memory_watches_lost(m->watches);
    m->broken = true;
    m->gap = true;
}

void analysis_memory_end(AnalysisMemory *m, bool complete)
{
    end_open(m, complete);
    m->broken = true;
}

/* --- rings, cuts --------------------------------------------------------- */

/* What is open stays so. */
static void give_aside(AnalysisMemory *m, AnalysisMemoryKind kind,
                       const AnalysisMemoryMark *mark,
                       const AnalysisMemoryPlace *place,
                       const AnalysisMemoryRing *ring)
{
    AnalysisMemoryThing thing = {
        .kind = kind, .place = *place, .at = mark->at, .left = mark->left,
        .ring = ring,
    };

    memory_copy_word(mark->device, thing.device);
    memory_copy_word(mark->name, thing.name);
    memory_copy_word(kind == ANALYSIS_MEMORY_CUT ? mark->why : mark->state,
                     thing.state);
    m->user->take(&thing, m->opaque);
}

static void take_rings(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                       const AnalysisMemoryPlace *place)
{
    give_aside(m, ANALYSIS_MEMORY_RINGS, mark, place, NULL);
}

static void take_cut(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                     const AnalysisMemoryPlace *place)
{
    give_aside(m, ANALYSIS_MEMORY_CUT, mark, place, NULL);
}

AnalysisMemoryRing *memory_find_ring(AnalysisMemory *m,
                                     const AnalysisMemoryMark *mark)
{
    g_autofree char *key = analysis_memory_key(mark);

    return g_hash_table_lookup(m->rings, key);
}

static AnalysisMemoryRing *add_ring(AnalysisMemory *m,
                                    const AnalysisMemoryMark *mark)
{
    AnalysisMemoryRing *ring = g_new0(AnalysisMemoryRing, 1);

    if (g_hash_table_size(m->rings) >= RINGS_MAX) {
        g_hash_table_remove_all(m->rings);
        m->thing.ring = NULL;
        m->gap = true;
    }
    g_hash_table_insert(m->rings, analysis_memory_key(mark), ring);
    return ring;
}

/* A reset or deleted ring may be without its geometry: it has the old one. */
static void take_ring(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                      const AnalysisMemoryPlace *place)
{
    AnalysisMemoryRing *ring = memory_find_ring(m, mark);

    ring = ring ? ring : add_ring(m, mark);
    if (mark->count || mark->entry || !mark->state.p) {
        ring->base = mark->at;
        ring->count = mark->count;
        ring->entry = mark->entry;
    }
    if (mark->layout.p) {
        memory_copy_word(mark->layout, ring->layout);
    }
    ring->by_device |= mmt_words_are(mark->by, "device");
    memory_copy_word(mark->state, ring->state);
    give_aside(m, ANALYSIS_MEMORY_RING, mark, place, ring);
}

/* --- marks --------------------------------------------------------------- */

/**
 * struct MarkTake: what becomes of a kind of mark
 * @begins: it begins a thing: what is open ends
 * @take: takes it
 */
typedef struct MarkTake {
    bool begins;
    void (*take)(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                 const AnalysisMemoryPlace *place);
} MarkTake;

static const MarkTake takes[MMT_MARKS] = {
    [MMT_MARK_SNAPSHOT] = { true, memory_take_snapshot },
    [MMT_MARK_SNAPSHOT_DATA] = { false, memory_take_more },
    [MMT_MARK_RINGS] = { false, take_rings },
    [MMT_MARK_RING] = { false, take_ring },
    [MMT_MARK_ENTRY] = { true, memory_take_entry },
    [MMT_MARK_DATA] = { false, memory_take_data },
    [MMT_MARK_WATCH] = { true, memory_take_watch },
    [MMT_MARK_WATCH_DATA] = { false, memory_take_lines },
    [MMT_MARK_MEMORY_CUT] = { false, take_cut },
};

/* "part N continues in part M" up to "part N header ends": lines of before */
static void take_part(AnalysisMemory *m, MmtSpan text)
{
    if (mmt_words_have(text, "continues") || mmt_words_have(text, "begins")) {
        m->in_header = true;
    } else if (mmt_words_have(text, "header")) {
        m->in_header = false;
    }
}

void analysis_memory_before(AnalysisMemory *m, MmtSpan text)
{
    MmtSpan name = mmt_mark_name(text);
    MmtMark kind = name.p ? mmt_mark_find(name.p, name.len) : MMT_MARKS;

    if (kind == MMT_MARKS || !takes[kind].take) {
        if (kind != MMT_MARK_PART) {
            analysis_memory_other(m);
        }
    } else if (takes[kind].begins) {
        analysis_memory_settle(m);
    }
}

bool analysis_memory_mark(AnalysisMemory *m, MmtSpan text,
                          const AnalysisMemoryPlace *place)
{
    AnalysisMemoryMark mark;

    if (!analysis_memory_parse(text, &mark)) {
        if (mmt_words_are(mmt_mark_name(text), "part")) {
            take_part(m, text);
        } else {
            analysis_memory_other(m);
        }
        return false;
    }
    if (takes[mark.kind].begins) {
        end_open(m, true);
    }
    m->now = *place;
    m->in_header = false;
    takes[mark.kind].take(m, &mark, place);
    return true;
}
