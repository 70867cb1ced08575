/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: a window that is moved by a page register
 *
 * Theory of operation
 *
 * A page is a window at the same place, as long as the one before it; the last
 * one may be shorter.  A register that was written before each of two pages,
 * with another value, may be the page register.  Its step must then stay the
 * same.
 */
#include "tools/analysis/upload-pages.h"

#include <string.h>

/**
 * struct Mover: a register that may be the page register
 * @last: what was written to it last
 * @first: what was written before the first page
 * @step: what is added each time
 */
typedef struct Mover {
    UploadPageWrite last;
    uint64_t first;
    int64_t step;
} Mover;

/**
 * struct UploadPages: pages
 * @up: the upload that they make
 * @page_bytes: bytes of each, but perhaps of the last one
 * @movers: registers that may be the page register
 * @n_movers: their number
 */
struct UploadPages {
    Upload up;
    Mover movers[UPLOAD_PAGE_WRITES];
    unsigned n_movers;
};

bool upload_step_fits(int64_t step, uint64_t bytes)
{
    uint64_t n = step < 0 ? -(uint64_t)step : (uint64_t)step;

    while (n && !(n & 1)) {
        n >>= 1;
    }
    while (bytes && !(bytes & 1)) {
        bytes >>= 1;
    }
    return n == bytes || step == 1 || step == -1;
}

/* --- the page register --------------------------------------------------- */

/* Return: the last write to the same register, or NULL */
static const UploadPageWrite *find(const UploadPageWrites *writes,
                                   const UploadPageWrite *like)
{
    unsigned i;

    for (i = writes->n; i > 0; i--) {
        const UploadPageWrite *write = &writes->v[i - 1];

        if (write->region == like->region && write->offset == like->offset &&
            write->width == like->width) {
            return write;
        }
    }
    return NULL;
}

static int64_t step_of(const UploadPageWrite *from, const UploadPageWrite *to)
{
    unsigned unused = 64 - to->width * 8;

    return (int64_t)((to->value - from->value) << unused) >> unused;
}

/* Registers that were written before the first page and before the second */
static UploadPages *begin(const UploadPageWrites *first, uint64_t bytes,
                          const UploadPageWrites *between)
{
    UploadPages *pages = g_new0(UploadPages, 1);
    unsigned i;

    for (i = 0; i < between->n; i++) {
        const UploadPageWrite *to = &between->v[i];
        const UploadPageWrite *from = find(first, to);
        Mover mover = { .last = *to };

        if (!from || find(between, to) != to) {
            continue;
        }
        mover.first = from->value;
        mover.step = step_of(from, to);
        if (mover.step && upload_step_fits(mover.step, bytes)) {
            pages->movers[pages->n_movers++] = mover;
        }
    }
    if (!pages->n_movers) {
        g_free(pages);
        return NULL;
    }
    pages->up.bytes = g_byte_array_new();
    return pages;
}

/* Return: how many of the registers have gone on; they are the first ones */
static unsigned go_on(Mover *movers, unsigned n,
                      const UploadPageWrites *between)
{
    unsigned i, left = 0;

    for (i = 0; i < n; i++) {
        const UploadPageWrite *to = find(between, &movers[i].last);

        if (to && step_of(&movers[i].last, to) == movers[i].step) {
            movers[left] = movers[i];
            movers[left++].last = *to;
        }
    }
    return left;
}

UploadPages *upload_pages_turn(UploadPages *pages,
                               const UploadPageWrites *first, uint64_t bytes,
                               const UploadPageWrites *between)
{
    Mover movers[UPLOAD_PAGE_WRITES];
    unsigned left;

    if (!pages) {
        return begin(first, bytes, between);
    }
    memcpy(movers, pages->movers, sizeof(movers));
    left = go_on(movers, pages->n_movers, between);
    if (!left || bytes != pages->up.page_bytes) {
        return NULL;
    }
    memcpy(pages->movers, movers, sizeof(movers));
    pages->n_movers = left;
    return pages;
}

/* --- the pages ----------------------------------------------------------- */

/* Pages that look different are data. */
static UploadContent join_content(const UploadPages *pages, const Upload *page)
{
    return !pages->up.pages || pages->up.content == page->content
           ? page->content : UPLOAD_DATA;
}

void upload_pages_add(UploadPages *pages, const Upload *page)
{
    Upload *up = &pages->up;

    up->content = join_content(pages, page);
    if (!up->pages) {
        GByteArray *bytes = up->bytes;

        *up = *page;
        up->bytes = bytes;
        up->page_bytes = page->bytes->len;
    } else {
        up->accesses += page->accesses;
        up->other_reads += page->other_reads;
        up->other_writes += page->other_writes;
        up->mixed |= page->mixed;
        up->last = page->last;
        up->last_line = page->last_line;
        up->last_ns = page->last_ns;
        up->end = page->end;
    }
    up->pages++;
    g_byte_array_append(up->bytes, page->bytes->data, page->bytes->len);
}

bool upload_pages_fit(const UploadPages *pages, const Upload *page)
{
    return page->bytes->len <= pages->up.page_bytes;
}

uint64_t upload_pages_count(const UploadPages *pages)
{
    return pages ? pages->up.pages : 0;
}

uint64_t upload_pages_bytes(const UploadPages *pages)
{
    return pages ? pages->up.bytes->len : 0;
}

void upload_reverse(GByteArray *bytes, size_t unit)
{
    g_autofree uint8_t *copy = g_memdup2(bytes->data, bytes->len);
    size_t from, left = bytes->len;

    for (from = 0; from < bytes->len; from += unit) {
        size_t n = MIN(unit, bytes->len - from);

        left -= n;
        memcpy(bytes->data + left, copy + from, n);
    }
}

const Upload *upload_pages_get(UploadPages *pages)
{
    const Mover *mover = &pages->movers[pages->n_movers - 1];
    Upload *up = &pages->up;

    if (up->pages == 1) {
        up->pages = 0;
        return up;
    }
    up->index_region = mover->last.region;
    up->index_offset = mover->last.offset;
    up->index_first = mover->first;
    up->index_step = mover->step;
    up->blocks = up->pages;
    /* What went down comes from the lowest page on. */
    if (mover->step < 0) {
        upload_reverse(up->bytes, up->page_bytes);
    }
    return up;
}

void upload_pages_free(UploadPages *pages)
{
    if (pages) {
        g_byte_array_unref(pages->up.bytes);
        g_free(pages);
    }
}
