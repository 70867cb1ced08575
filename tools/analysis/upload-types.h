/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: an upload, for upload.h
 */
#ifndef VFIO_TRACE_ANALYSIS_UPLOAD_TYPES_H
#define VFIO_TRACE_ANALYSIS_UPLOAD_TYPES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Bytes of an upload: by default at least, and at most */
#define UPLOAD_MIN_BYTES 64
#define UPLOAD_MAX_BYTES (64u << 20)

typedef enum UploadWay {
    UPLOAD_PORT,
    UPLOAD_WINDOW,
    UPLOAD_PAIR,
    UPLOAD_FIELDS,
} UploadWay;

/**
 * typedef UploadContent - what the values look like
 * @UPLOAD_DATA: data
 * @UPLOAD_FILL: one value, or with reads no more than two
 * @UPLOAD_COUNTING: numbers that grow: a queue's doorbell, not an upload
 */
typedef enum UploadContent {
    UPLOAD_DATA,
    UPLOAD_FILL,
    UPLOAD_COUNTING,
} UploadContent;

/**
 * typedef UploadEnd - why an upload ends where it does
 * @UPLOAD_END_FLUSH: upload_flush(): the trace ends, or the user wants it
 * @UPLOAD_END_OTHER: too many other accesses came
 * @UPLOAD_END_JUMP: the index or the offset jumps: another one begins
 * @UPLOAD_END_LIMIT: it has UploadOptions.max_bytes, or all uploads together
 *                    have too much; what follows is another one
 */
typedef enum UploadEnd {
    UPLOAD_END_FLUSH,
    UPLOAD_END_OTHER,
    UPLOAD_END_JUMP,
    UPLOAD_END_LIMIT,
} UploadEnd;

/**
 * struct UploadOptions: what is looked for
 * @min_bytes: uploads with fewer bytes are left out; 0: UPLOAD_MIN_BYTES
 * @max_bytes: those with more are cut; 0: UPLOAD_MAX_BYTES, which is also the
 *             most
 * @reads: look at what is read
 * @exact: only accesses that follow each other directly, all of one width, to a
 *         port or a window: accesses Upload.first to .last and no others are
 *         the upload; its bytes are in the order of accesses
 */
typedef struct UploadOptions {
    uint64_t min_bytes;
    uint64_t max_bytes;
    bool reads;
    bool exact;
} UploadOptions;

/**
 * struct Upload: an upload
 * @way: how it was made
 * @content: what the values look like
 * @end: why it ends
 * @reads: it was read
 * @region: number of its region
 * @width: bytes of its first access
 * @mixed: others have another width: the odd bytes at its end
 * @offset: offset of the register, or of the window's lowest register
 * @stride: window: what each access adds to the offset, negative if it goes
 *          down; else 0
 * @registers: port: number of its registers, which follow each other and are
 *             written in turn; else 1
 * @pages: window: number of its pages, if a register moves it; else 0
 * @page_bytes: bytes of each page, but perhaps of the last one
 * @index_region: pages: number of the page register's region
 * @index_offset: pair: offset of the index register; pages: the page register's
 * @index_first: pair, fields, pages: the first index, as written
 * @index_step: what is added to it each time
 * @index_bit: fields: the index's lowest bit in the register
 * @index_bits: number of its bits that change
 * @data_bit: the data's lowest bit in the register
 * @data_bits: number of its bits
 * @prior: port: a register was written directly before it, perhaps an index
 * @prior_offset: its offset
 * @prior_value: what was written to it
 * @blocks: of a pair, fields or pages, number of indexes; of a port, parts with
 *          a handshake before each
 * @accesses: number of its accesses
 * @other_reads: accesses of others that lie between: reads
 * @other_writes: and writes, without those to the index register
 * @bytes: its bytes, from the lowest offset or index on, each access
 *         little-endian; what a stride leaves out is not in it
 * @first: number of its first access; upload_access() counts from 0
 * @last: number of its last access
 * @first_line: line of its first access
 * @last_line: line of its last access
 * @first_ns: time of its first access, 0 if not known
 * @last_ns: time of its last access
 * @phase: phase of its first access
 */
typedef struct Upload {
    UploadWay way;
    UploadContent content;
    UploadEnd end;
    bool reads;
    uint32_t region;
    unsigned width;
    bool mixed;
    uint64_t offset;
    int64_t stride;
    unsigned registers;
    uint64_t pages;
    uint64_t page_bytes;
    uint32_t index_region;
    uint64_t index_offset;
    uint64_t index_first;
    int64_t index_step;
    unsigned index_bit;
    unsigned index_bits;
    unsigned data_bit;
    unsigned data_bits;
    bool prior;
    uint64_t prior_offset;
    uint64_t prior_value;
    uint64_t blocks;
    uint64_t accesses;
    uint64_t other_reads;
    uint64_t other_writes;
    GByteArray *bytes;
    uint64_t first;
    uint64_t last;
    uint64_t first_line;
    uint64_t last_line;
    uint64_t first_ns;
    uint64_t last_ns;
    uint32_t phase;
} Upload;

/**
 * typedef UploadSink - take an upload
 * @opaque: upload_new()'s
 * @upload: the upload, valid during the call
 *
 * They come in the order in which they end.
 */
typedef void UploadSink(void *opaque, const Upload *upload);

#endif /* VFIO_TRACE_ANALYSIS_UPLOAD_TYPES_H */
