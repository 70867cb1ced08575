/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: bytes that a driver writes to a device access by access
 *
 * Accesses go in one by one, uploads come out: firmware, tables, the contents
 * of an EEPROM.  There are four ways:
 *
 *  - port: one register is written again and again, or up to eight that follow
 *    each other, in turn;
 *  - window: registers are written one after the other, up or down, the same
 *    number of bytes apart (stride).  The window may be moved by a page
 *    register;
 *  - pair: an index register says where, a data register is written.  The index
 *    moves by the same step each time.  Several writes to the data register may
 *    follow one index (it increments by itself, or the index is that of a
 *    block);
 *  - fields: one register has an index and data in different bits, and each
 *    write has the next index.  What is read follows a write of its index, in
 *    the same register.
 *
 * Accesses of others may lie between: reads (a driver polls a status register),
 * and few writes (docs/extract.md has the limits).  With UploadOptions.reads,
 * the same is found for what is read: contents of a ROM or an EEPROM.
 */
#ifndef VFIO_TRACE_ANALYSIS_UPLOAD_H
#define VFIO_TRACE_ANALYSIS_UPLOAD_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/upload-types.h"

typedef struct UploadFinder UploadFinder;

/**
 * upload_new() - begin to look for uploads
 * @options: what is looked for
 * @sink: takes the uploads
 * @opaque: for @sink
 *
 * Return: to be freed with upload_free()
 */
UploadFinder *upload_new(const UploadOptions *options, UploadSink *sink,
                         void *opaque);

/**
 * upload_access() - take an access
 * @finder: the state
 * @entry: an access, of any region
 *
 * Memory is bounded: some 300 MiB, whatever comes.
 */
void upload_access(UploadFinder *finder, const MmtEntry *entry);

/**
 * upload_flush() - end all uploads
 * @finder: the state
 *
 * Call it at the end, and at what must not lie within an upload (a mark, with
 * @exact).
 */
void upload_flush(UploadFinder *finder);

/**
 * upload_free() - forget what is open and free the state
 * @finder: the state, or NULL
 */
void upload_free(UploadFinder *finder);

#endif /* VFIO_TRACE_ANALYSIS_UPLOAD_H */
