/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: blocks of data in a page
 *
 * A block is an element of the page: bytes, compressed with gzip, in base64.
 * docs/report-format.md describes it.  Nothing of a log is in the page in
 * another form, so that nothing of it can be markup.
 */
#ifndef VFIO_TRACE_REPORT_BLOCK_H
#define VFIO_TRACE_REPORT_BLOCK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct ReportBlocks ReportBlocks;

/**
 * typedef ReportItem - type of a block's items
 */
typedef enum ReportItem {
    REPORT_U8,
    REPORT_U16,
    REPORT_U32,
    REPORT_F64,
    REPORT_JSON,        /* items are bytes */
    REPORT_BYTES,       /* likewise */
} ReportItem;

/**
 * report_blocks_new() - begin to write blocks
 * @out: the page, whose first part was written
 * @max: bytes that all blocks may have
 */
ReportBlocks *report_blocks_new(FILE *out, uint64_t max);

/**
 * report_blocks_log() - begin with a log
 * @blocks: the blocks
 * @max: bytes that the blocks may have at the end of this log
 *
 * The blocks' names have the log's number.
 */
void report_blocks_log(ReportBlocks *blocks, uint64_t max);

/**
 * report_blocks_written() - get the bytes of all blocks so far
 * @blocks: the blocks
 */
uint64_t report_blocks_written(const ReportBlocks *blocks);

/**
 * report_blocks_left_out() - get the number of blocks of this log that did not
 *                            fit
 * @blocks: the blocks
 */
unsigned report_blocks_left_out(const ReportBlocks *blocks);

/**
 * report_block_put() - write an array, and append a reference to it
 * @blocks: the blocks
 * @json: where to append the reference; null if there was no room for it
 * @name: name of the reference, or NULL in a list
 * @type: type of its items
 * @data: the items
 * @n: their number
 *
 * Return: was it written?
 */
bool report_block_put(ReportBlocks *blocks, GString *json, const char *name,
                      ReportItem type, const void *data, size_t n);

/**
 * report_block_put_rows() - write bytes whose number is not that of its rows
 * @blocks: the blocks
 * @json: as for report_block_put()
 * @name: likewise
 * @type: name of the type: "planes" or "lines"
 * @data: the bytes
 * @len: their number
 * @rows: number of rows
 *
 * Return: was it written?
 */
bool report_block_put_rows(ReportBlocks *blocks, GString *json,
                           const char *name, const char *type,
                           const void *data, size_t len, size_t rows);

/**
 * report_block_pack() - compress a block, which may be written later
 * @blocks: the blocks
 * @data: its bytes
 * @len: their number
 *
 * Return: the block, to be released with g_byte_array_unref()
 */
GByteArray *report_block_pack(ReportBlocks *blocks, const void *data,
                              size_t len);

/**
 * report_block_put_packed() - write a block that is compressed, if it fits
 * @blocks: the blocks
 * @json: where to append the reference; nothing if there was no room for it
 * @name: name of the reference
 * @type: name of the type
 * @packed: the block
 * @rows: number of rows
 *
 * A block that does not fit is not one that is missing.
 *
 * Return: was it written?
 */
bool report_block_put_packed(ReportBlocks *blocks, GString *json,
                             const char *name, const char *type,
                             const GByteArray *packed, size_t rows);

/**
 * report_block_put_json() - report_block_put() of a text in JSON
 * @blocks: the blocks
 * @json: where to append the reference
 * @name: name of the reference
 * @text: the text
 */
bool report_block_put_json(ReportBlocks *blocks, GString *json,
                           const char *name, const GString *text);

/**
 * report_block_put_index() - write the index, for which there is always room
 * @blocks: the blocks
 * @index: the index, in JSON
 */
void report_block_put_index(ReportBlocks *blocks, const GString *index);

/**
 * report_blocks_free() - end
 * @blocks: the blocks, or NULL
 */
void report_blocks_free(ReportBlocks *blocks);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportBlocks, report_blocks_free)

#endif /* VFIO_TRACE_REPORT_BLOCK_H */
