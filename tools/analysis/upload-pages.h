/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: a window that is moved by a page register, for upload.c
 */
#ifndef VFIO_TRACE_ANALYSIS_UPLOAD_PAGES_H
#define VFIO_TRACE_ANALYSIS_UPLOAD_PAGES_H

#include "tools/analysis/upload-types.h"

/* Writes before a page that are looked at: one may be of the page register */
#define UPLOAD_PAGE_WRITES 4

/* Bytes of a page at least: a few registers are often written again */
#define UPLOAD_PAGE_BYTES 64

/**
 * struct UploadPageWrite: a write, perhaps to a page register
 * @region: its region
 * @offset: its offset
 * @width: bytes
 * @value: what was written
 */
typedef struct UploadPageWrite {
    uint32_t region;
    uint64_t offset;
    unsigned width;
    uint64_t value;
} UploadPageWrite;

/* Such writes, the oldest first */
typedef struct UploadPageWrites {
    UploadPageWrite v[UPLOAD_PAGE_WRITES];
    unsigned n;
} UploadPageWrites;

typedef struct UploadPages UploadPages;

/**
 * upload_step_fits() - may an index that moves so count blocks?
 * @step: what is added to it
 * @bytes: bytes of a block
 *
 * It counts blocks, or units of which a block has a power of two.
 */
bool upload_step_fits(int64_t step, uint64_t bytes);

/**
 * upload_reverse() - put parts of an upload in the opposite order
 * @bytes: the upload
 * @unit: bytes of each part; the last one may be shorter
 */
void upload_reverse(GByteArray *bytes, size_t unit);

/**
 * upload_pages_turn() - does a page begin?
 * @pages: the pages before it, or NULL if there is only one
 * @first: writes before that one, if there is only one
 * @bytes: bytes of the page that ends
 * @between: writes since that one
 *
 * Return: @pages, or new ones to be freed with upload_pages_free(), with the
 *         page register that has moved; NULL if none has, as far as it must
 */
UploadPages *upload_pages_turn(UploadPages *pages,
                               const UploadPageWrites *first, uint64_t bytes,
                               const UploadPageWrites *between);

/**
 * upload_pages_add() - add a page that is complete
 * @pages: the pages before it, empty at first
 * @page: the page, its bytes in the order of offsets
 */
void upload_pages_add(UploadPages *pages, const Upload *page);

/**
 * upload_pages_fit() - may this be the last page?
 * @pages: the pages before it
 * @page: a page that is complete
 */
bool upload_pages_fit(const UploadPages *pages, const Upload *page);

/**
 * upload_pages_count() - count the pages that were added
 * @pages: the pages, or NULL
 */
uint64_t upload_pages_count(const UploadPages *pages);

/**
 * upload_pages_bytes() - count their bytes
 * @pages: the pages, or NULL
 */
uint64_t upload_pages_bytes(const UploadPages *pages);

/**
 * upload_pages_get() - get the upload that the pages make
 * @pages: the pages, to which no more are added
 *
 * Return: the upload, valid until the pages are freed
 */
const Upload *upload_pages_get(UploadPages *pages);

/**
 * upload_pages_free() - forget the pages
 * @pages: the pages, or NULL
 */
void upload_pages_free(UploadPages *pages);

#endif /* VFIO_TRACE_ANALYSIS_UPLOAD_PAGES_H */
