/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: decompressors
 *
 * One file for each format (unpack-*.c).  A compressed file is a sequence of
 * frames, which gzip calls members and xz calls streams.  A decompressor works
 * step by step, with memory that does not grow with the file.
 */
#ifndef LIBMMIOTRACE_UNPACK_H
#define LIBMMIOTRACE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct MmtUnpackIo: where a step reads and writes
 * @in: compressed bytes
 * @in_len: their number
 * @in_pos: how many of them were used
 * @out: where to store text
 * @out_len: bytes of @out
 * @out_pos: bytes stored
 */
typedef struct MmtUnpackIo {
    const unsigned char *in;
    size_t in_len;
    size_t in_pos;
    char *out;
    size_t out_len;
    size_t out_pos;
} MmtUnpackIo;

typedef enum MmtUnpackResult {
    MMT_UNPACK_MORE,    /* all is well; the frame has not ended */
    MMT_UNPACK_END,     /* a frame has ended; the next byte begins another */
    MMT_UNPACK_DAMAGED, /* the frame is damaged */
    MMT_UNPACK_REFUSED, /* the frame may be good, but is not decompressed */
} MmtUnpackResult;

/**
 * struct MmtMagic: the bytes that a file begins with
 * @bytes: the bytes
 * @len: their number; 0 if there are none
 * @mask: mask of the first of them
 */
typedef struct MmtMagic {
    unsigned char bytes[6];
    unsigned char len;
    unsigned char mask;
} MmtMagic;

/**
 * struct MmtUnpacker: a decompressor
 * @frame: what the format's frames are called, for messages
 * @magics: what a file of the format begins with
 * @padding: bytes of zero may follow a frame
 * @open: make a decompressor's state; returns NULL if there is no memory
 * @step: decompress until all input was used, @io->out is full or a frame has
 *        ended; if the result is an error, @why is its description
 * @free: free the state, or NULL
 */
typedef struct MmtUnpacker {
    const char *frame;
    MmtMagic magics[2];
    bool padding;
    void *(*open)(void);
    MmtUnpackResult (*step)(void *state, MmtUnpackIo *io, const char **why);
    void (*free)(void *state);
} MmtUnpacker;

extern const MmtUnpacker mmt_unpack_gzip;
extern const MmtUnpacker mmt_unpack_xz;
extern const MmtUnpacker mmt_unpack_zstd;

/**
 * mmt_unpack_find() - find the decompressor of a file
 * @p: first bytes of the file
 * @len: their number
 * @undecided: set to true if there are too few bytes to tell
 *
 * Return: the decompressor, or NULL if the file is not compressed or too few
 *         bytes are there
 */
const MmtUnpacker *mmt_unpack_find(const unsigned char *p, size_t len,
                                   bool *undecided);

#endif /* LIBMMIOTRACE_UNPACK_H */
