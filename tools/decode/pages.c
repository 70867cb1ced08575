/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: contents of a device's memory (see pages.h)
 */
#include "tools/decode/pages.h"

#include <glib.h>

#define PAGE_BYTES 4096u
#define PAGE_WORDS (PAGE_BYTES / 4)

/* Pages that are found without the hash table: accesses go to some in turns */
#define RECENT 64

/**
 * struct Page: 4 KiB
 * @address: of the first byte
 * @known: a bit for each word
 * @words: the contents
 */
typedef struct Page {
    uint64_t address;
    uint32_t known[PAGE_WORDS / 32];
    uint32_t words[PAGE_WORDS];
} Page;

/**
 * struct DecodePages: contents
 * @pages: address -> Page
 * @total: number of pages of all devices
 * @recent: pages that were used last, by the lowest bits of their number
 * @full: there were too many
 */
struct DecodePages {
    GHashTable *pages;
    unsigned *total;
    Page *recent[RECENT];
    bool full;
};

DecodePages *decode_pages_new(unsigned *total)
{
    DecodePages *pages = g_new0(DecodePages, 1);

    pages->total = total;
    pages->pages = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                         g_free);
    return pages;
}

void decode_pages_free(DecodePages *pages)
{
    if (pages) {
        g_hash_table_unref(pages->pages);
        g_free(pages);
    }
}

static Page *find(DecodePages *pages, uint64_t address)
{
    Page **recent = &pages->recent[address / PAGE_BYTES % RECENT];

    address -= address % PAGE_BYTES;
    if (!*recent || (*recent)->address != address) {
        Page *page = g_hash_table_lookup(pages->pages, &address);

        if (!page) {
            return NULL;
        }
        *recent = page;
    }
    return *recent;
}

void decode_pages_put(DecodePages *pages, uint64_t address, uint32_t word)
{
    Page *page = find(pages, address);
    unsigned i = address % PAGE_BYTES / 4;

    if (!page) {
        if (*pages->total >= DECODE_PAGES_MAX) {
            pages->full = true;
            return;
        }
        (*pages->total)++;
        page = g_new0(Page, 1);
        page->address = address - address % PAGE_BYTES;
        g_hash_table_insert(pages->pages, &page->address, page);
    }
    page->words[i] = word;
    page->known[i / 32] |= 1u << i % 32;
}

bool decode_pages_get(DecodePages *pages, uint64_t address, uint32_t *word)
{
    const Page *page = find(pages, address);
    unsigned i = address % PAGE_BYTES / 4;

    *word = page ? page->words[i] : 0;
    return page && (page->known[i / 32] & 1u << i % 32);
}

bool decode_pages_full(const DecodePages *pages)
{
    return pages->full;
}
