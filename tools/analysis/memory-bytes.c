/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: marks of snapshots, and of entries and their data (memory.h)
 *
 *      snapshot ... at=0x1000 len=400 sha256=HEX
 *      snapshot-data at=0x1000 HEX         384 bytes
 *      snapshot-data at=0x1180 HEX         16 bytes
 *
 *      entry ... index=3 at=0x2000 len=64 HEX
 *      data ... index=3 name=prp1 at=0x3000 len=512 of=4096 HEX    256 bytes
 *      snapshot-data at=0x3100 HEX         256 bytes
 *
 * Accesses of other vCPUs may stand between the marks of a snapshot.
 */
#include "tools/analysis/memory-internal.h"

#include <inttypes.h>
#include <string.h>

/* Data of one entry that are kept, and their bytes */
#define DATA_MAX       4096
#define DATA_BYTES_MAX (8u * 1024 * 1024)

static char *line_name(const AnalysisMemory *m)
{
    return m->at.file == m->now.file
        ? g_strdup_printf("line %" PRIu64, m->at.line)
        : g_strdup_printf("line %" PRIu64 " of %s", m->at.line, m->at.file);
}

/* What is open is not what it should be: drop it. */
static void drop(AnalysisMemory *m)
{
    if (m->open == MEMORY_DATA) {
        /* what came before is fine */
        memory_drop_datum(m);
        m->open = MEMORY_ENTRY;
        m->left = 0;
    } else {
        memory_close(m);
    }
    m->broken = true;
}

static void give_snapshot(AnalysisMemory *m)
{
    if (m->hash && strcmp(g_checksum_get_string(m->hash), m->sha256)) {
        memory_fault(m, &m->at, NULL,
                     "the snapshot's bytes do not have its sha256");
    }
    memory_give(m, ANALYSIS_MEMORY_SNAPSHOT);
    memory_close(m);
}

/* Bytes have come: is it whole? */
static void settle(AnalysisMemory *m)
{
    if (m->left) {
        return;
    }
    if (m->open == MEMORY_SNAPSHOT) {
        give_snapshot(m);
    } else if (m->open == MEMORY_ENTRY) {
        memory_give(m, ANALYSIS_MEMORY_HEAD);
    } else if (m->into) {
        memory_give(m, ANALYSIS_MEMORY_DATA);
    }
}

static void add_bytes(AnalysisMemory *m, const uint8_t *bytes, size_t n)
{
    if (m->into) {
        g_byte_array_append(m->into, bytes, n);
    }
    if (m->hash) {
        g_checksum_update(m->hash, bytes, n);
    }
    m->next += n;
    m->left -= n;
}

/* Open a thing of @len bytes, of which the mark may have some. */
static void open_bytes(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                       MemoryOpen open, uint64_t max, GByteArray *into)
{
    uint8_t bytes[ANALYSIS_MEMORY_MARK_BYTES];
    size_t n = analysis_memory_bytes(mark->hex, bytes);

    m->open = open;
    m->at = m->now;
    m->next = mark->at;
    m->left = mark->len;
    m->into = into;
    if (mark->len > max) {
        memory_fault(m, &m->now, NULL,
                     "len=%" PRIu64
                     " is more than the %" PRIu64
                     " bytes that there can be",
                     mark->len, max);
        drop(m);
    } else if (mark->hex.p && !n) {
        memory_fault(m, &m->now, mark->hex.p,
                     "1 to %d bytes expected, in pairs of hexadecimal digits",
                     ANALYSIS_MEMORY_MARK_BYTES);
        drop(m);
    } else if (n > mark->len) {
        memory_fault(m, &m->now, mark->hex.p,
                     "the mark has %zu bytes, but says len=%" PRIu64, n,
                     mark->len);
        drop(m);
    } else {
        add_bytes(m, bytes, n);
        settle(m);
    }
}

void memory_take_snapshot(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                          const AnalysisMemoryPlace *place)
{
    AnalysisMemoryMark head = *mark;

    memory_begin(m, mark, place);
    head.hex.p = NULL;
    if (m->user->fault) {
        m->hash = g_checksum_new(G_CHECKSUM_SHA256);
        g_snprintf(m->sha256, sizeof(m->sha256), "%.*s",
                   (int)MIN(mark->sha256.len, 64), mark->sha256.p ?: "");
    }
    open_bytes(m, &head, MEMORY_SNAPSHOT, GMEM_SNAPSHOT_MAX, m->thing.bytes);
}

void memory_take_more(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                      const AnalysisMemoryPlace *place)
{
    uint8_t bytes[ANALYSIS_MEMORY_MARK_BYTES];
    size_t n = analysis_memory_bytes(mark->hex, bytes);
    bool open = m->open != MEMORY_NOTHING && m->open != MEMORY_WATCH;

    if (!n) {
        memory_fault(m, place, mark->hex.p ?: mark->text.p + mark->text.len,
                     "1 to %d bytes expected, in pairs of hexadecimal digits",
                     ANALYSIS_MEMORY_MARK_BYTES);
        drop(m);
    } else if (!open || !m->left) {
        if (!m->broken) {
            memory_fault(m, place, mark->text.p,
                         "the data belongs to no snapshot, entry or data");
        }
    } else if (mark->at != m->next || n > m->left) {
        g_autofree char *where = line_name(m);

        memory_fault(m, place, mark->text.p,
                     "the data is not what is still missing of the %s in %s: %"
                     PRIu64 " bytes at 0x%" PRIx64,
                     m->open == MEMORY_SNAPSHOT ? "snapshot" :
                     m->open == MEMORY_ENTRY ? "entry" : "data", where,
                     m->left, m->next);
        drop(m);
    } else {
        add_bytes(m, bytes, n);
        settle(m);
    }
}

/* --- rings --------------------------------------------------------------- */

static void check_geometry(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                           const AnalysisMemoryRing *ring)
{
    if (ring->entry && (mark->len > ring->entry ||
                        (mark->len < ring->entry && !mark->state.p))) {
        memory_fault(m, &m->now, mark->text.p,
                     "the entry has %" PRIu64 " bytes, but those of %s have %"
                     PRIu64, mark->len, m->thing.name, ring->entry);
    }
    /* in a ring that is read while its entries are valid, index= goes on */
    if (ring->count && mark->index >= ring->count &&
        mark->at == ring->base + mark->index * ring->entry) {
        memory_fault(m, &m->now, mark->text.p,
                     "index=%" PRIu64 " is behind the %" PRIu64
                     " entries of %s", mark->index, ring->count,
                     m->thing.name);
    }
}

void memory_take_entry(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                       const AnalysisMemoryPlace *place)
{
    AnalysisMemoryRing *ring = memory_find_ring(m, mark);

    memory_begin(m, mark, place);
    m->data_bytes = 0;
    m->thing.ring = ring;
    if (ring && strcmp(ring->state, "deleted")) {
        check_geometry(m, mark, ring);
    } else if ((ring || !m->gap) &&
               strcmp(m->thing.state, "address-unknown")) {
        memory_fault(m, place, mark->text.p,
                     "no mark before says that there is a ring %s",
                     m->thing.name);
    }
    open_bytes(m, mark, MEMORY_ENTRY, GMEM_ENTRY_MAX, m->thing.bytes);
}

/* --- data ---------------------------------------------------------------- */

static bool is_same(MmtSpan word, const char *text)
{
    char copy[ANALYSIS_MEMORY_WORD];

    memory_copy_word(word, copy);
    return !strcmp(copy, text);
}

/* Does the datum belong to the entry that is open? */
static bool is_of_entry(const AnalysisMemory *m,
                        const AnalysisMemoryMark *mark)
{
    return (m->open == MEMORY_ENTRY || m->open == MEMORY_DATA) &&
           mark->index == m->thing.index &&
           is_same(mark->device, m->thing.device) &&
           is_same(mark->name, m->thing.name);
}

static AnalysisMemoryData *add_data(AnalysisMemory *m,
                                    const AnalysisMemoryMark *mark)
{
    AnalysisMemoryData *data = g_new0(AnalysisMemoryData, 1);

    memory_copy_word(mark->item, data->name);
    memory_copy_word(mark->state, data->state);
    data->at = mark->at;
    data->of = mark->of;
    data->bytes = g_byte_array_new();
    g_ptr_array_add(m->thing.data, data);
    m->data_bytes += mark->len;
    return data;
}

/* The bytes of the entry or the datum before are missing. */
static bool is_early(AnalysisMemory *m, const AnalysisMemoryPlace *place)
{
    if (!m->left) {
        return false;
    }
    memory_fault(m, place, NULL,
                 "%" PRIu64 " byte%s of the %s before %s missing", m->left,
                 m->left == 1 ? "" : "s",
                 m->open == MEMORY_ENTRY ? "entry" : "data",
                 m->left == 1 ? "is" : "are");
    drop(m);
    return m->open == MEMORY_NOTHING;
}

void memory_take_data(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                      const AnalysisMemoryPlace *place)
{
    if (!is_of_entry(m, mark)) {
        if (!m->broken) {
            memory_fault(m, place, mark->text.p,
                         "the data belongs to no entry: the one before is not %.*s with index=%"
                         PRIu64, (int)MIN(mark->name.len, 40), mark->name.p ?: "",
                         mark->index);
        }
        m->broken = true;
        return;
    }
    if (is_early(m, place)) {
        return;
    }
    m->broken = false;
    if (mark->len > mark->of) {
        memory_fault(m, place, mark->text.p,
                     "len=%" PRIu64 ", but the entry says that there are of=%"
                     PRIu64 " bytes", mark->len, mark->of);
    }
    if (m->thing.data->len >= DATA_MAX || mark->len > DATA_BYTES_MAX ||
        m->data_bytes + mark->len > DATA_BYTES_MAX) {
        m->thing.left_out++;
        open_bytes(m, mark, MEMORY_DATA, GMEM_DATA_MAX, NULL);
        return;
    }
    open_bytes(m, mark, MEMORY_DATA, GMEM_DATA_MAX, add_data(m, mark)->bytes);
}
