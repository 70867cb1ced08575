/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: memory under watch
 *
 * A copy has what was handed out; a line differs from it, or was not handed out
 * yet, until it is.  Lines that a bound cuts off come at the next look, which
 * begins with them: lines that always change do not keep others waiting.
 */
#include "libguestmem/watch.h"
#include "libguestmem/line-sum.h"
#include "libguestmem/look.h"

#include <string.h>

/* Bytes read at a time: whole lines */
#define PIECE 4096

/**
 * struct GmemWatch: a watch's copy
 * @at: address
 * @len: bytes
 * @lines: number of lines
 * @next: where the next look begins
 * @missing: lines that were not handed out yet
 * @sum: sum of all lines that were
 * @copy: the bytes
 * @line_sum: of each line, what it adds to @sum
 * @had: whether a line was handed out, as bits
 * @changed: lines that are to be handed out now, as bits
 */
struct GmemWatch {
    uint64_t at;
    uint64_t len;
    uint64_t lines;
    uint64_t next;
    uint64_t missing;
    uint64_t sum;
    uint8_t *copy;
    uint64_t *line_sum;
    uint8_t *had;
    uint8_t *changed;
};

/* One look */
typedef struct WatchScan {
    uint64_t lines;         /* to hand out */
    uint64_t gaps;          /* between them: each begins a piece of its own */
    uint64_t behind;        /* behind the last one of them */
    uint64_t left;          /* changed ones that are not, or were not looked
                               at */
    uint64_t resume;        /* the first of those */
    bool ended;             /* by a bound, or because of what is no RAM */
    bool unreadable;
    const char *why;
} WatchScan;

/* --- bits and lines ------------------------------------------------------ */

static bool get_bit(const uint8_t *bits, uint64_t i)
{
    return bits[i / 8] >> i % 8 & 1;
}

static void set_bit(uint8_t *bits, uint64_t i)
{
    bits[i / 8] |= 1u << i % 8;
}

static uint64_t line_len(const GmemWatch *w, uint64_t line)
{
    return MIN(w->len - line * GMEM_WATCH_LINE, GMEM_WATCH_LINE);
}

/* --- the copy ------------------------------------------------------------ */

void gmem_watch_forget(GmemInstance *instance)
{
    GmemWatch *w = instance->watch;

    if (w) {
        instance->target->run->shared->watched -= w->len;
        g_free(w->copy);
        g_free(w->line_sum);
        g_free(w->had);
        g_free(w->changed);
        g_free(w);
        instance->watch = NULL;
    }
}

static bool make(GmemInstance *instance, uint64_t at, uint64_t len)
{
    GmemShared *shared = instance->target->run->shared;
    GmemWatch *w;

    gmem_watch_forget(instance);
    if (len > GMEM_WATCHES_BYTES - shared->watched) {
        return false;
    }
    shared->watched += len;
    w = instance->watch = g_new0(GmemWatch, 1);
    w->at = at;
    w->len = len;
    w->lines = (len + GMEM_WATCH_LINE - 1) / GMEM_WATCH_LINE;
    w->missing = w->lines;
    w->copy = g_malloc(len);
    w->line_sum = g_new0(uint64_t, w->lines);
    w->had = g_malloc0((w->lines + 7) / 8);
    w->changed = g_malloc0((w->lines + 7) / 8);
    return true;
}

/* --- comparing ----------------------------------------------------------- */

static void take_line(GmemWatch *w, uint64_t line, const uint8_t *data,
                      uint64_t len)
{
    uint64_t sum = gmem_line_sum(line, data, len);

    memcpy(w->copy + line * GMEM_WATCH_LINE, data, len);
    w->sum += sum - w->line_sum[line];
    w->line_sum[line] = sum;
    w->missing -= !get_bit(w->had, line);
    set_bit(w->had, line);
    set_bit(w->changed, line);
}

static void leave_line(WatchScan *scan, uint64_t line, const char *why)
{
    if (!scan->left) {
        scan->resume = line;
    }
    scan->left++;
    scan->why = scan->why ? scan->why : why;
}

/* A piece's other words take no more of the log than a line does. */
static bool has_room(const GmemShared *shared, WatchScan *scan, uint64_t line)
{
    uint64_t gaps = scan->gaps + (scan->lines && line != scan->behind);

    if (!shared->host->room(shared->opaque,
                            (scan->lines + gaps + 1) * GMEM_WATCH_LINE)) {
        return false;
    }
    scan->lines++;
    scan->gaps = gaps;
    scan->behind = line + 1;
    return true;
}

static void compare_line(GmemLook *look, GmemWatch *w, WatchScan *scan,
                         uint64_t line, const uint8_t *data)
{
    const GmemShared *shared = look->run->shared;
    uint64_t len = line_len(w, line);

    if (get_bit(w->had, line) &&
        !memcmp(data, w->copy + line * GMEM_WATCH_LINE, len)) {
        return;
    }
    if (!has_room(shared, scan, line)) {
        leave_line(scan, line, "ring-full");
        return;
    }
    take_line(w, line, data, len);
}

/* Looks at lines from @line on, up to @to, as many as one read brings.  Returns
   how many. */
static uint64_t scan_piece(GmemLook *look, WatchScan *scan, uint64_t line,
                           uint64_t to)
{
    GmemWatch *w = look->instance->watch;
    uint8_t *data = look->run->shared->data;
    uint64_t offset = line * GMEM_WATCH_LINE;
    uint64_t left = gmem_budget_left(&look->run->budget);
    uint64_t bytes = MIN((to - line) * GMEM_WATCH_LINE, w->len - offset);
    uint64_t wanted = MIN(bytes, PIECE);
    const char *why;
    uint64_t whole;
    uint64_t got;
    uint64_t i;

    if (wanted > left) {
        wanted = left - left % GMEM_WATCH_LINE;
    }
    why = wanted ? gmem_look_read(look, w->at + offset, data, wanted, false,
                                  &got) :
          gmem_budget_why(&look->run->budget);
    if (why) {
        scan->why = scan->why ? scan->why : why;
        scan->ended = true;
        return 0;
    }
    whole = (got == w->len - offset ? got + GMEM_WATCH_LINE - 1 : got) /
            GMEM_WATCH_LINE;
    for (i = 0; i < whole; i++) {
        compare_line(look, w, scan, line + i, data + i * GMEM_WATCH_LINE);
    }
    scan->unreadable = scan->ended = got < wanted;
    return whole;
}

/* Looks at lines from @from to @to, unless it ends before. */
static void scan_range(GmemLook *look, WatchScan *scan, uint64_t from,
                       uint64_t to)
{
    while (from < to && !scan->ended) {
        from += scan_piece(look, scan, from, to);
    }
    if (from < to) {
        scan->resume = scan->left ? scan->resume : from;
        scan->left += to - from;
    }
}

/* --- handing out --------------------------------------------------------- */

static const char *state_of(const GmemWatch *w, const WatchScan *scan,
                            bool first)
{
    if (scan->unreadable && w->missing == w->lines) {
        return "not-memory";
    }
    if (first) {
        return "first";
    }
    return scan->left ? "cut" : scan->lines ? "changed" : "same";
}

static void put_lines(GmemLook *look, GmemWatch *w, uint64_t from, uint64_t to)
{
    GmemOut out = gmem_out(look->target, look->instance, look->event,
                           GMEM_OUT_LINES);

    out.at = w->at + from * GMEM_WATCH_LINE;
    out.data = w->copy + from * GMEM_WATCH_LINE;
    out.len = MIN(to * GMEM_WATCH_LINE, w->len) - from * GMEM_WATCH_LINE;
    look->target->count.bytes += out.len;
    gmem_out_put(look->run, &out);
}

/* Runs of neighbours, by address */
static void put_changed(GmemLook *look, GmemWatch *w)
{
    uint64_t i;
    uint64_t from;

    for (i = 0; i < w->lines; i++) {
        if (i % 8 == 0 && !w->changed[i / 8]) {
            i += 7;
            continue;
        }
        if (get_bit(w->changed, i)) {
            for (from = i; i < w->lines && get_bit(w->changed, i);) {
                i++;
            }
            put_lines(look, w, from, i);
        }
    }
    memset(w->changed, 0, (w->lines + 7) / 8);
}

static void put_watch(GmemLook *look, const WatchScan *scan, const char *state)
{
    const GmemWatch *w = look->instance->watch;
    GmemOut out = gmem_out(look->target, look->instance, look->event,
                           GMEM_OUT_WATCH);

    out.state = state;
    if (w) {
        out.at = w->at;
        out.of = w->len;
        out.sum = w->sum;
    }
    out.lines = scan->lines;
    out.left = scan->left;
    look->target->count.entries += scan->lines;
    gmem_out_put(look->run, &out);
}

/* --- the look ------------------------------------------------------------ */

/* Returns whether the watch begins. */
static bool prepare(GmemLook *look, bool *first)
{
    const GmemStatement *is = look->target->is;
    GmemInstance *instance = look->instance;
    const WatchScan none = { 0 };
    uint64_t at;
    uint64_t len;

    if (!gmem_look_eval(look, &is->base, &at) ||
        !gmem_look_eval(look, &is->len, &len)) {
        if (!look->why) {
            put_watch(look, &none, "address-unknown");
        }
        return false;
    }
    if (!len || len > GMEM_WATCH_MAX || at + len - 1 < at) {
        gmem_look_unreadable(look);
        return false;
    }
    *first = !instance->watch || instance->watch->at != at ||
             instance->watch->len != len;
    if (*first && !make(instance, at, len)) {
        gmem_look_cut(look, "trigger",
                      (len + GMEM_WATCH_LINE - 1) / GMEM_WATCH_LINE);
        return false;
    }
    return true;
}

void gmem_watch_look(GmemLook *look)
{
    WatchScan scan = { 0 };
    GmemWatch *w;
    uint64_t begin;
    bool first;

    if (!prepare(look, &first)) {
        return;
    }
    w = look->instance->watch;
    begin = w->next;
    scan_range(look, &scan, begin, w->lines);
    scan_range(look, &scan, 0, begin);
    w->next = scan.left ? scan.resume : 0;
    put_watch(look, &scan, state_of(w, &scan, first));
    put_changed(look, w);
    if (scan.unreadable) {
        gmem_look_unreadable(look);
        w->next = 0;
    }
    if (scan.why) {
        gmem_look_cut(look, scan.why, scan.left);
    }
}
