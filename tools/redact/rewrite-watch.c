/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: watches
 *
 * A line that changes may complete a secret whose other part is in a line that
 * was logged before.  So all contents of a watch are kept, as they are in the
 * trace, and secrets are looked for around what has changed.  The contents as
 * they are written are kept, too: the sum of a watch depends on all lines.
 */
#include "tools/redact/rewrite-internal.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/mark-words.h"

/* Bytes before and behind a change that are looked at: a secret as a text */
#define AROUND 4096

void rewrite_watch_init(RedactWatch *watch)
{
    watch->in = memory_watches_new();
    watch->out = memory_watches_new();
    watch->runs = g_array_new(FALSE, FALSE, sizeof(AnalysisMemoryRun));
}

void rewrite_watch_clear(RedactWatch *watch)
{
    memory_watches_free(watch->in);
    memory_watches_free(watch->out);
    g_array_unref(watch->runs);
}

/* --- the end of a watch's marks ------------------------------------------ */

/* Bytes of a run, without secrets: the watch's lines as they are written */
static void write_run(RedactRewrite *rw, const AnalysisMemoryRun *run,
                      uint8_t *bytes)
{
    uint64_t at;

    for (at = 0; rw->what->snapshots && at < run->len;
         at += GMEM_WATCH_LINE) {
        rewrite_memory_bytes(rw, bytes + at,
                             MIN(GMEM_WATCH_LINE, run->len - at));
    }
    memory_watch_put(rw->watch.to, run->offset, bytes, run->len);
}

/* Runs that are near each other: from number @i up to before the result */
static guint find_group(const GArray *runs, guint i, uint64_t len,
                        uint64_t *from, uint64_t *to)
{
    const AnalysisMemoryRun *run = &g_array_index(runs, AnalysisMemoryRun, i);

    *from = run->offset - MIN(run->offset, AROUND);
    do {
        run = &g_array_index(runs, AnalysisMemoryRun, i);
        *to = run->offset + run->len + AROUND;
        i++;
    } while (i < runs->len &&
             g_array_index(runs, AnalysisMemoryRun, i).offset <= *to);
    *to = MIN(*to, len);
    return i;
}

static void write_group(RedactRewrite *rw, guint i, guint end, uint64_t from,
                        uint64_t to)
{
    RedactWatch *watch = &rw->watch;
    g_autofree uint8_t *bytes = g_memdup2(watch->from->bytes + from,
                                          to - from);

    if (!rw->what->snapshots || rewrite_verifies(rw)) {
        rewrite_memory_bytes(rw, bytes, to - from);
    }
    for (; i < end && !rewrite_verifies(rw); i++) {
        const AnalysisMemoryRun *run =
            &g_array_index(watch->runs, AnalysisMemoryRun, i);

        write_run(rw, run, bytes + (run->offset - from));
    }
}

/* Sums add up: what is not known of the watch stays as it is. */
static uint64_t new_sum(const RedactWatch *watch)
{
    return watch->from ? watch->sum - watch->from->sum + watch->to->sum : 0;
}

static void put_sum(const RedactHeld *held, uint64_t sum)
{
    g_autofree char *digits = g_strdup_printf("%" PRIx64, sum);
    size_t n = strspn(held->line->str + held->proof, "0123456789abcdefABCDEF");

    g_string_erase(held->line, held->proof, n);
    g_string_insert(held->line, held->proof, digits);
}

static void fill_lines(RedactRewrite *rw)
{
    const RedactWatch *watch = &rw->watch;
    guint i;

    for (i = 0; i < rw->held->len; i++) {
        RedactHeld *held = &g_array_index(rw->held, RedactHeld, i);

        if (held->proof) {
            put_sum(held, new_sum(watch));
        }
        if (held->n && watch->to) {
            rewrite_memory_hex(held->line->str + held->hex,
                               watch->to->bytes + held->from, held->n);
        }
    }
}

void rewrite_watch_end(RedactRewrite *rw)
{
    RedactWatch *watch = &rw->watch;
    guint i = 0;

    if (!watch->active) {
        return;
    }
    if (watch->from && watch->cut &&
        memory_watch_begin_again(watch->from, watch->runs, watch->sum)) {
        memory_watch_clear(watch->to);
    }
    while (watch->from && i < watch->runs->len) {
        uint64_t from, to;
        guint end = find_group(watch->runs, i, watch->len, &from, &to);

        write_group(rw, i, end, from, to);
        i = end;
    }
    fill_lines(rw);
    watch->active = watch->open = false;
    watch->from = watch->to = NULL;
}

/* --- marks --------------------------------------------------------------- */

/* Return: where the digits of the sum are, or 0 */
static size_t find_sum(const GString *line)
{
    static const char key[] = " sum=0x";
    const char *sum = strstr(line->str, key);

    return sum ? sum + sizeof(key) - 1 - line->str : 0;
}

static bool is_known(const AnalysisMemoryMark *mark)
{
    return mark->lines || !mmt_words_are(mark->state, "address-unknown");
}

void rewrite_watch(RedactRewrite *rw, const char *line,
                   const AnalysisMemoryMark *mark)
{
    RedactWatch *watch = &rw->watch;
    RedactHeld held = { 0 };

    rewrite_memory_end(rw);
    rewrite_memory_verify(rw, mark);
    if (mark->hex.p) {
        /* such a mark has no bytes */
        rewrite_leave_out(rw);
        return;
    }
    watch->active = true;
    watch->from = is_known(mark) ? memory_watches_get(watch->in, mark) : NULL;
    watch->to = is_known(mark) ? memory_watches_get(watch->out, mark) : NULL;
    if (watch->from && (mmt_words_are(mark->state, "first") ||
                        mmt_words_are(mark->state, "not-memory"))) {
        memory_watch_clear(watch->from);
        memory_watch_clear(watch->to);
    }
    watch->cut = mmt_words_are(mark->state, "cut");
    watch->sum = mark->sum;
    watch->at = mark->at;
    watch->len = mark->len;
    watch->left = mark->lines;
    watch->open = watch->left;
    g_array_set_size(watch->runs, 0);
    rewrite_memory_words(rw, line, mark);
    held.proof = find_sum(rw->line);
    rewrite_memory_hold(rw, held);
}

/* Are these lines of the watch, behind those before? */
static bool fits(const RedactWatch *watch, uint64_t offset, size_t n)
{
    const AnalysisMemoryRun *last = watch->runs->len
        ? &g_array_index(watch->runs, AnalysisMemoryRun,
                         watch->runs->len - 1) : NULL;

    return watch->open && watch->from && n && offset <= watch->len &&
           n <= watch->len - offset && offset % GMEM_WATCH_LINE == 0 &&
           (n % GMEM_WATCH_LINE == 0 || offset + n == watch->len) &&
           memory_watch_lines(n) <= watch->left &&
           (!last || offset >= last->offset + last->len);
}

void rewrite_watch_data(RedactRewrite *rw, const char *line,
                        const AnalysisMemoryMark *mark)
{
    RedactWatch *watch = &rw->watch;
    uint8_t bytes[ANALYSIS_MEMORY_MARK_BYTES];
    MmtSpan hex = redact_snapshot_hex(mark);
    size_t n = hex.p ? analysis_memory_bytes(hex, bytes) : 0;
    uint64_t offset = mark->at - watch->at;
    RedactHeld held = { .from = offset, .n = n };

    rewrite_memory_verify(rw, mark);
    if (!fits(watch, offset, n)) {
        rewrite_memory_stray(rw, line, mark);
        return;
    }
    memory_watch_put(watch->from, offset, bytes, n);
    memory_watch_add_run(watch->runs, offset, n);
    watch->left -= memory_watch_lines(n);
    watch->open = watch->left;
    rewrite_memory_words(rw, line, mark);
    held.hex = rw->line->len;
    rewrite_copy(rw, hex.p, hex.len);
    rewrite_memory_hold(rw, held);
}
