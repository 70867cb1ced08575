/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: what was written to buffers (see log-memory.h)
 *
 * A descriptor is written in pieces: its bytes, then the addresses in it.  The
 * log has what the device finds there when it is told, once.
 */
#include "tools/play/log-memory.h"

#include <glib.h>
#include <string.h>

#include "libguestmem/model.h"

#define PAGE 4096u

/* What is kept at once: 4 MiB, which are 9 MB in a log */
#define PAGES_MAX 1024

/**
 * struct Page: bytes of a page
 * @number: its address / PAGE
 * @name: the buffer's name
 * @bytes: the bytes
 * @known: a bit for each one that was written
 */
typedef struct Page {
    uint64_t number;
    const char *name;
    uint8_t bytes[PAGE];
    uint8_t known[PAGE / 8];
} Page;

/**
 * struct PlayLogMemory
 * @pages: Page, by address
 * @cut: there was more
 */
struct PlayLogMemory {
    GTree *pages;
    bool cut;
};

static gint compare(gconstpointer a, gconstpointer b, gpointer unused)
{
    uint64_t x = ((const Page *)a)->number;
    uint64_t y = ((const Page *)b)->number;

    (void)unused;
    return x < y ? -1 : x > y;
}

static GTree *new_pages(void)
{
    return g_tree_new_full(compare, NULL, NULL, g_free);
}

PlayLogMemory *play_log_memory_new(void)
{
    PlayLogMemory *memory = g_new0(PlayLogMemory, 1);

    memory->pages = new_pages();
    return memory;
}

static Page *get_page(PlayLogMemory *memory, const char *name, uint64_t number)
{
    Page *page = g_tree_lookup(memory->pages, &(Page) { .number = number });

    if (!page && g_tree_nnodes(memory->pages) < PAGES_MAX) {
        page = g_new0(Page, 1);
        page->number = number;
        page->name = name;
        g_tree_insert(memory->pages, page, page);
    }
    return page;
}

static void add_to_page(PlayLogMemory *memory, const PlayFill *fill,
                        size_t from, size_t n)
{
    uint64_t at = fill->at + from;
    Page *page = get_page(memory, fill->name, at / PAGE);
    size_t i;

    if (!page) {
        memory->cut = true;
        return;
    }
    memcpy(page->bytes + at % PAGE, fill->bytes + from, n);
    for (i = at % PAGE; i < at % PAGE + n; i++) {
        page->known[i / 8] |= 1 << i % 8;
    }
}

void play_log_memory_add(PlayLogMemory *memory, const PlayFill *fill)
{
    size_t done, n;

    for (done = 0; done < fill->len; done += n) {
        n = MIN(fill->len - done, PAGE - (fill->at + done) % PAGE);
        add_to_page(memory, fill, done, n);
    }
}

/**
 * struct Taker: what takes runs
 * @put: the callback
 * @opaque: for it
 * @name: the buffer of the run that is open
 * @at: its address
 * @run: its bytes
 */
typedef struct Taker {
    PlayPut *put;
    void *opaque;
    const char *name;
    uint64_t at;
    GByteArray *run;
} Taker;

static void end_run(Taker *taker)
{
    const PlayFill run = {
        .name = taker->name, .at = taker->at, .bytes = taker->run->data,
        .len = taker->run->len,
    };

    if (run.len) {
        taker->put(taker->opaque, &run);
        g_byte_array_set_size(taker->run, 0);
    }
}

/* Go on with the run if these bytes are next to it. */
static void take_bytes(Taker *taker, const Page *page, unsigned from,
                       unsigned n)
{
    uint64_t at = page->number * PAGE + from;

    if (taker->at + taker->run->len != at || taker->name != page->name ||
        taker->run->len + n > GMEM_SNAPSHOT_MAX) {
        end_run(taker);
        taker->at = at;
        taker->name = page->name;
    }
    g_byte_array_append(taker->run, page->bytes + from, n);
}

static bool is_known(const Page *page, unsigned i)
{
    return page->known[i / 8] & 1 << i % 8;
}

static gboolean take_page(gpointer key, gpointer value, gpointer opaque)
{
    const Page *page = value;
    unsigned from = 0;
    unsigned end = 0;

    (void)key;
    for (; end <= PAGE; end++) {
        if (end < PAGE && is_known(page, end)) {
            continue;
        }
        if (end > from) {
            take_bytes(opaque, page, from, end - from);
        }
        from = end + 1;
    }
    return FALSE;
}

bool play_log_memory_take(PlayLogMemory *memory, PlayPut *put, void *opaque)
{
    bool cut = memory->cut;
    Taker taker = { .put = put, .opaque = opaque };

    if (!g_tree_nnodes(memory->pages)) {
        return true;
    }
    taker.run = g_byte_array_new();
    g_tree_foreach(memory->pages, take_page, &taker);
    end_run(&taker);
    g_byte_array_unref(taker.run);
    g_tree_unref(memory->pages);
    memory->pages = new_pages();
    memory->cut = false;
    return !cut;
}

void play_log_memory_free(PlayLogMemory *memory)
{
    if (memory) {
        g_tree_unref(memory->pages);
        g_free(memory);
    }
}
