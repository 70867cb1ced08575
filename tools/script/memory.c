/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: guest memory, as the snapshots of a log show it (see memory.h)
 */
#include "tools/script/memory.h"

#include <string.h>

#define PAGE_BITS 12
#define PAGE_BYTES (1u << PAGE_BITS)

/* Pages that are kept: 16 MiB of data */
#define PAGES_MAX 4096

/* Devices whose addresses are told apart: what the key has room for */
#define DEVICES_MAX (1u << PAGE_BITS)

/**
 * struct Page: a page of memory
 * @key: number of the page, and above it that of the device
 * @known: one bit for each byte
 * @data: the bytes
 */
typedef struct Page {
    guint64 key;
    uint8_t known[PAGE_BYTES / 8];
    uint8_t data[PAGE_BYTES];
} Page;

/**
 * struct ScriptMemory: pages
 * @pages: Page by its key
 * @order: the pages, oldest first
 */
struct ScriptMemory {
    GHashTable *pages;
    GQueue order;
};

ScriptMemory *script_memory_new(void)
{
    ScriptMemory *memory = g_new0(ScriptMemory, 1);

    memory->pages = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                          g_free);
    g_queue_init(&memory->order);
    return memory;
}

void script_memory_free(ScriptMemory *memory)
{
    if (memory) {
        g_hash_table_unref(memory->pages);
        g_queue_clear(&memory->order);
        g_free(memory);
    }
}

static guint64 key_of(unsigned device, uint64_t address)
{
    return address >> PAGE_BITS |
           (uint64_t)(device % DEVICES_MAX) << (64 - PAGE_BITS);
}

static Page *get_page(ScriptMemory *memory, unsigned device, uint64_t address)
{
    guint64 key = key_of(device, address);
    Page *page = g_hash_table_lookup(memory->pages, &key);

    if (page) {
        return page;
    }
    if (g_queue_get_length(&memory->order) == PAGES_MAX) {
        page = g_queue_pop_head(&memory->order);
        g_hash_table_remove(memory->pages, &page->key);
    }
    page = g_new0(Page, 1);
    page->key = key;
    g_hash_table_insert(memory->pages, &page->key, page);
    g_queue_push_tail(&memory->order, page);
    return page;
}

void script_memory_put(ScriptMemory *memory, unsigned device, uint64_t address,
                       const uint8_t *bytes, size_t len)
{
    while (len) {
        unsigned at = address % PAGE_BYTES;
        size_t n = MIN(len, PAGE_BYTES - at);
        Page *page = get_page(memory, device, address);
        size_t i;

        memcpy(page->data + at, bytes, n);
        for (i = at; i < at + n; i++) {
            page->known[i / 8] |= 1 << i % 8;
        }
        address += n;
        bytes += n;
        len -= n;
    }
}

bool script_memory_get(const ScriptMemory *memory, unsigned device,
                       uint64_t address, uint8_t *bytes, size_t len)
{
    while (len) {
        unsigned at = address % PAGE_BYTES;
        size_t n = MIN(len, PAGE_BYTES - at);
        guint64 key = key_of(device, address);
        const Page *page = g_hash_table_lookup(memory->pages, &key);
        size_t i;

        if (!page) {
            return false;
        }
        for (i = at; i < at + n; i++) {
            if (!(page->known[i / 8] & 1 << i % 8)) {
                return false;
            }
        }
        if (bytes) {
            memcpy(bytes, page->data + at, n);
            bytes += n;
        }
        address += n;
        len -= n;
    }
    return true;
}
