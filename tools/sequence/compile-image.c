/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: what guest memory has (see compile-image.h)
 */
#include "tools/sequence/compile-image.h"

#include <string.h>

#include "tools/sequence/compile-areas.h"

#define PAGES_MAX (1u << 15)

/**
 * struct Page: a page
 * @number: its address / COMPILE_PAGE; first, since it is the hash table's key
 * @bytes: its bytes
 */
typedef struct Page {
    gint64 number;
    uint8_t bytes[COMPILE_PAGE];
} Page;

/**
 * struct CompileImage: the image
 * @pages: set of Page; the others are zero, or unknown if it is full
 */
struct CompileImage {
    GHashTable *pages;
};

CompileImage *compile_image_new(void)
{
    CompileImage *image = g_new0(CompileImage, 1);

    image->pages = g_hash_table_new_full(compile_address_hash,
                                         g_int64_equal, g_free, NULL);
    return image;
}

static bool is_full(const CompileImage *image)
{
    return g_hash_table_size(image->pages) >= PAGES_MAX;
}

static Page *find_page(const CompileImage *image, uint64_t address)
{
    gint64 number = address / COMPILE_PAGE;

    return g_hash_table_lookup(image->pages, &number);
}

static Page *get_page(CompileImage *image, uint64_t address)
{
    Page *page = find_page(image, address);

    if (!page && !is_full(image)) {
        page = g_new0(Page, 1);
        page->number = address / COMPILE_PAGE;
        g_hash_table_add(image->pages, page);
    }
    return page;
}

/* Return: how many of @len bytes at @address are in its page */
static size_t in_page(uint64_t address, uint64_t len)
{
    return MIN(len, COMPILE_PAGE - address % COMPILE_PAGE);
}

void compile_image_put(CompileImage *image, uint64_t address,
                       const uint8_t *bytes, uint64_t len)
{
    while (len) {
        size_t n = in_page(address, len);
        Page *page = get_page(image, address);

        if (page) {
            memcpy(page->bytes + address % COMPILE_PAGE, bytes, n);
        }
        address += n;
        bytes += n;
        len -= n;
    }
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
    return !len || (!bytes[0] && !memcmp(bytes, bytes + 1, len - 1));
}

bool compile_image_has(const CompileImage *image, uint64_t address,
                       const uint8_t *bytes, uint64_t len)
{
    while (len) {
        size_t n = in_page(address, len);
        const Page *page = find_page(image, address);

        if (page ? memcmp(page->bytes + address % COMPILE_PAGE, bytes, n) :
                   is_full(image) || !is_zero(bytes, n)) {
            return false;
        }
        address += n;
        bytes += n;
        len -= n;
    }
    return true;
}

void compile_image_free(CompileImage *image)
{
    if (image) {
        g_hash_table_destroy(image->pages);
        g_free(image);
    }
}
