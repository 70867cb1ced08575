/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: marks of watches (memory.h)
 *
 *      watch ... at=0x4000 len=1000 lines=16 sum=0x... state=first
 *      watch-data at=0x4000 HEX        six lines of 64 bytes
 *      watch-data at=0x4180 HEX        ...
 *      watch ... at=0x4000 len=1000 lines=1 sum=0x... state=changed
 *      watch-data at=0x4040 HEX
 *
 * The last line may be shorter.  The sum is that of all lines that have been
 * logged since the watch began.
 */
#include "tools/analysis/memory-internal.h"

#include <inttypes.h>
#include <string.h>


/* --- the end of a watch's marks ------------------------------------------ */

static void check_sum(AnalysisMemory *m)
{
    MemoryWatch *watch = m->watch;
    bool whole = watch->n_known == memory_watch_lines(watch->len);

    if (!strcmp(m->thing.state, "cut") &&
        memory_watch_begin_again(watch, m->thing.runs, m->sum)) {
        watch->based = true;
    }
    if (watch->sum != m->sum && (watch->based || whole) && !watch->doubted) {
        memory_fault(m, &m->at, NULL,
                     "the lines of %s have the sum 0x%" PRIx64
                     ", and not the mark's", m->thing.name, watch->sum);
        watch->doubted = true;
    }
    m->thing.whole = watch->n_known == memory_watch_lines(watch->len);
    m->thing.sound = m->thing.whole && watch->sum == m->sum;
    if (m->thing.sound) {
        watch->based = true;
        watch->doubted = false;
    }
    m->thing.contents = watch->bytes;
    m->thing.known = watch->known;
}

static void give_watch(AnalysisMemory *m)
{
    if (m->watch) {
        check_sum(m);
    }
    memory_give(m, ANALYSIS_MEMORY_WATCH);
    memory_close(m);
}

/* --- the mark ------------------------------------------------------------ */

static bool is_state(const AnalysisMemory *m, const char *state)
{
    return !strcmp(m->thing.state, state);
}

static void begin_watch(AnalysisMemory *m, const AnalysisMemoryMark *mark)
{
    MemoryWatch *watch = m->watch;

    if (is_state(m, "first") || is_state(m, "not-memory")) {
        memory_watch_clear(watch);
        watch->based = true;
        watch->begun = true;
        watch->doubted = false;
    } else if (!watch->begun) {
        watch->begun = true;
        watch->based = is_state(m, "cut") && !m->gap;
        if (!m->gap && (is_state(m, "changed") || is_state(m, "same"))) {
            memory_fault(m, &m->now, mark->text.p,
                         "no mark before has the first contents of %s",
                         m->thing.name);
        }
    }
}

static void check_lines(AnalysisMemory *m, const AnalysisMemoryMark *mark)
{
    uint64_t all = memory_watch_lines(mark->len);

    if (mark->lines > all) {
        memory_fault(m, &m->now, mark->text.p,
                     "lines=%" PRIu64 ", but len=%" PRIu64
                     " bytes are only %" PRIu64, mark->lines, mark->len, all);
        m->left = 0;
        m->broken = true;
    } else if (is_state(m, "first") && mark->left != all - mark->lines) {
        memory_fault(m, &m->now, mark->text.p,
                     "state=first, but lines=%" PRIu64 " and left=%" PRIu64
                     " of %" PRIu64, mark->lines, mark->left, all);
    } else if (is_state(m, "same") && mark->lines) {
        memory_fault(m, &m->now, mark->text.p,
                     "state=same, but lines=%" PRIu64, mark->lines);
    }
}

void memory_take_watch(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                       const AnalysisMemoryPlace *place)
{
    bool unknown;

    memory_begin(m, mark, place);
    m->at = *place;
    m->open = MEMORY_WATCH;
    m->left = mark->lines;
    m->next = mark->at;
    m->sum = mark->sum;
    unknown = is_state(m, "address-unknown");
    m->watch = unknown ? NULL : memory_watches_get(m->watches, mark);
    if (mark->len > GMEM_WATCH_MAX) {
        memory_fault(m, place, mark->text.p,
                     "len=%" PRIu64 " is more than the %d bytes that there can be",
                     mark->len, GMEM_WATCH_MAX);
    }
    if (m->watch) {
        begin_watch(m, mark);
    }
    check_lines(m, mark);
    if (m->broken) {
        memory_close(m);
        m->broken = true;
    } else if (!m->left) {
        give_watch(m);
    }
}

/* --- lines --------------------------------------------------------------- */

/* Return: are these lines of the watch that is open? */
static bool fits(AnalysisMemory *m, const AnalysisMemoryMark *mark, size_t n)
{
    uint64_t offset = mark->at - m->thing.at;
    uint64_t end = offset + n;

    if (mark->at < m->next || offset > m->thing.len ||
        n > m->thing.len - offset) {
        memory_fault(m, &m->now, mark->text.p,
                     "the lines are not in %s, %" PRIu64 " bytes at 0x%" PRIx64
                     ", or not behind those before", m->thing.name,
                     m->thing.len, m->thing.at);
        return false;
    }
    if (offset % GMEM_WATCH_LINE ||
        (end % GMEM_WATCH_LINE && end != m->thing.len)) {
        memory_fault(m, &m->now, mark->text.p,
                     "these are not whole lines of %s: a line has %d bytes",
                     m->thing.name, GMEM_WATCH_LINE);
        return false;
    }
    if (memory_watch_lines(n) > m->left) {
        memory_fault(m, &m->now, mark->text.p,
                     "these are more lines than the mark of %s says",
                     m->thing.name);
        return false;
    }
    return true;
}

static void drop(AnalysisMemory *m)
{
    if (m->open == MEMORY_WATCH && m->watch) {
        memory_watch_doubt(m->watch);
    }
    memory_close(m);
    m->broken = true;
}

void memory_take_lines(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                       const AnalysisMemoryPlace *place)
{
    uint8_t bytes[ANALYSIS_MEMORY_MARK_BYTES];
    size_t n = analysis_memory_bytes(mark->hex, bytes);
    uint64_t offset = mark->at - m->thing.at;

    if (!n) {
        memory_fault(m, place, mark->hex.p ?: mark->text.p + mark->text.len,
                     "1 to %d bytes expected, in pairs of hexadecimal digits",
                     ANALYSIS_MEMORY_MARK_BYTES);
        drop(m);
        return;
    }
    if (m->open != MEMORY_WATCH) {
        if (!m->broken) {
            memory_fault(m, place, mark->text.p,
                         "the lines belong to no watch");
        }
        return;
    }
    if (!fits(m, mark, n)) {
        drop(m);
        return;
    }
    if (m->watch) {
        memory_watch_put(m->watch, offset, bytes, n);
    }
    memory_watch_add_run(m->thing.runs, offset, n);
    m->next = mark->at + n;
    m->left -= memory_watch_lines(n);
    if (!m->left) {
        give_watch(m);
    }
}
