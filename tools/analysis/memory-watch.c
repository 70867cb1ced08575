/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: contents of the watches of a log (see memory-watch.h)
 */
#include "tools/analysis/memory-watch.h"

#include <string.h>

#include "libguestmem/line-sum.h"
#include "libguestmem/model.h"

/* Watches that are kept, whatever their size */
#define WATCHES_MAX 4096

/**
 * struct MemoryWatches: all watches
 * @watches: MemoryWatch by its key
 * @order: the same, oldest first
 * @bytes: their bytes
 */
struct MemoryWatches {
    GHashTable *watches;
    GQueue order;
    uint64_t bytes;
};

static void free_watch(gpointer p)
{
    MemoryWatch *watch = p;

    g_free(watch->key);
    g_free(watch->device);
    g_free(watch->bytes);
    g_free(watch->known);
    g_free(watch);
}

MemoryWatches *memory_watches_new(void)
{
    MemoryWatches *watches = g_new0(MemoryWatches, 1);

    watches->watches = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                             free_watch);
    g_queue_init(&watches->order);
    return watches;
}

void memory_watches_free(MemoryWatches *watches)
{
    if (watches) {
        g_queue_clear(&watches->order);
        g_hash_table_unref(watches->watches);
        g_free(watches);
    }
}

static void forget(MemoryWatches *watches, GList *link)
{
    MemoryWatch *watch = link->data;

    watches->bytes -= watch->len;
    g_queue_delete_link(&watches->order, link);
    g_hash_table_remove(watches->watches, watch->key);
}

/* The oldest watch, of a device or of all */
static GList *oldest_of(const MemoryWatches *watches, const char *device)
{
    GList *i = watches->order.head;

    while (device && i && strcmp(((MemoryWatch *)i->data)->device, device)) {
        i = i->next;
    }
    return i;
}

static uint64_t bytes_of(const MemoryWatches *watches, const char *device)
{
    uint64_t sum = 0;
    GList *i;

    for (i = watches->order.head; i; i = i->next) {
        const MemoryWatch *watch = i->data;

        sum += strcmp(watch->device, device) ? 0 : watch->len;
    }
    return sum;
}

static void make_room(MemoryWatches *watches, const char *device,
                      uint64_t len)
{
    uint64_t own = bytes_of(watches, device);
    GList *link;

    while (own + len > MEMORY_WATCH_DEVICE_MAX &&
           (link = oldest_of(watches, device))) {
        own -= ((MemoryWatch *)link->data)->len;
        forget(watches, link);
    }
    while ((watches->bytes + len > MEMORY_WATCH_ALL_MAX ||
            watches->order.length >= WATCHES_MAX) && watches->order.head) {
        forget(watches, watches->order.head);
    }
}

void memory_watch_clear(MemoryWatch *watch)
{
    const uint8_t *end = watch->known + memory_watch_lines(watch->len);
    uint8_t *known = watch->known;

    /* line by line: a hostile log may begin a large one again and again */
    while (watch->n_known && (known = memchr(known, 1, end - known))) {
        uint64_t offset = (known - watch->known) * GMEM_WATCH_LINE;

        memset(watch->bytes + offset, 0,
               MIN(GMEM_WATCH_LINE, watch->len - offset));
        *known++ = 0;
        watch->n_known--;
    }
    watch->sum = 0;
    watch->based = false;
}

static MemoryWatch *add(MemoryWatches *watches, char *key,
                        const AnalysisMemoryMark *mark)
{
    const char *name = strchr(key, ' ');
    g_autofree char *device = g_strndup(key, name - key);
    MemoryWatch *watch;

    make_room(watches, device, mark->len);
    watch = g_new0(MemoryWatch, 1);
    watch->key = key;
    watch->device = g_steal_pointer(&device);
    watch->at = mark->at;
    watch->len = mark->len;
    watch->bytes = g_malloc0(MAX(mark->len, 1));
    watch->known = g_malloc0(MAX(memory_watch_lines(mark->len), 1));
    watches->bytes += mark->len;
    g_hash_table_insert(watches->watches, key, watch);
    g_queue_push_tail(&watches->order, watch);
    return watch;
}

MemoryWatch *memory_watches_get(MemoryWatches *watches,
                                const AnalysisMemoryMark *mark)
{
    g_autofree char *key = analysis_memory_key(mark);
    MemoryWatch *watch = g_hash_table_lookup(watches->watches, key);

    if (watch && watch->at == mark->at && watch->len == mark->len) {
        return watch;
    }
    if (watch) {
        forget(watches, g_queue_find(&watches->order, watch));
    }
    if (mark->len > MEMORY_WATCH_MAX) {
        return NULL;
    }
    return add(watches, g_steal_pointer(&key), mark);
}

void memory_watch_doubt(MemoryWatch *watch)
{
    watch->based = false;
    watch->doubted = true;
}

void memory_watches_lost(MemoryWatches *watches)
{
    GList *i;

    for (i = watches->order.head; i; i = i->next) {
        memory_watch_doubt(i->data);
    }
}

static void put_line(MemoryWatch *watch, uint64_t number,
                     const uint8_t *line, size_t len)
{
    uint8_t *place = watch->bytes + number * GMEM_WATCH_LINE;

    if (watch->known[number]) {
        watch->sum -= gmem_line_sum(number, place, len);
    }
    watch->n_known += !watch->known[number];
    watch->known[number] = 1;
    memcpy(place, line, len);
    watch->sum += gmem_line_sum(number, line, len);
}

void memory_watch_put(MemoryWatch *watch, uint64_t offset,
                      const uint8_t *bytes, uint64_t len)
{
    uint64_t done = 0;

    while (done < len) {
        uint64_t n = MIN(len - done, GMEM_WATCH_LINE);

        put_line(watch, (offset + done) / GMEM_WATCH_LINE, bytes + done, n);
        done += n;
    }
}

/* --- runs ---------------------------------------------------------------- */

void memory_watch_add_run(GArray *runs, uint64_t offset, uint64_t len)
{
    AnalysisMemoryRun run = { .offset = offset, .len = len };
    AnalysisMemoryRun *last = runs->len
        ? &g_array_index(runs, AnalysisMemoryRun, runs->len - 1) : NULL;

    if (last && last->offset + last->len == offset) {
        last->len += len;
    } else {
        g_array_append_val(runs, run);
    }
}

void memory_watch_keep(MemoryWatch *watch, const GArray *runs)
{
    uint64_t n = memory_watch_lines(watch->len), i;

    for (i = 0; i < runs->len; i++) {
        const AnalysisMemoryRun *run = &g_array_index(runs, AnalysisMemoryRun,
                                                      i);

        memset(watch->known + run->offset / GMEM_WATCH_LINE, 2,
               memory_watch_lines(run->len));
    }
    for (i = 0; i < n; i++) {
        uint8_t *line = watch->bytes + i * GMEM_WATCH_LINE;
        size_t len = MIN(GMEM_WATCH_LINE, watch->len - i * GMEM_WATCH_LINE);

        if (watch->known[i] == 1) {
            watch->sum -= gmem_line_sum(i, line, len);
            memset(line, 0, len);
            watch->n_known--;
        }
        watch->known[i] = watch->known[i] == 2;
    }
}

static uint64_t run_sum(const MemoryWatch *watch, const AnalysisMemoryRun *run)
{
    uint64_t offset, sum = 0;

    for (offset = run->offset; offset < run->offset + run->len;
         offset += GMEM_WATCH_LINE) {
        sum += gmem_line_sum(offset / GMEM_WATCH_LINE, watch->bytes + offset,
                             MIN(GMEM_WATCH_LINE, watch->len - offset));
    }
    return sum;
}

bool memory_watch_begin_again(MemoryWatch *watch, const GArray *runs,
                              uint64_t sum)
{
    uint64_t fresh = 0;
    guint i;

    if (watch->sum == sum) {
        return false;
    }
    for (i = 0; i < runs->len; i++) {
        fresh += run_sum(watch, &g_array_index(runs, AnalysisMemoryRun, i));
    }
    if (fresh == sum) {
        memory_watch_keep(watch, runs);
    }
    return fresh == sum;
}
