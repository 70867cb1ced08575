/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: compression of text into zstd frames
 *
 * A compressed log is a sequence of complete frames, each of whole lines: if
 * its end is damaged, the frames before can be read, and frames can be added.
 */
#ifndef LIBMMIOTRACE_FRAME_H
#define LIBMMIOTRACE_FRAME_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Suffix of compressed logs' names. */
#define MMT_ZSTD_SUFFIX ".zst"

typedef struct MmtFramer MmtFramer;

/**
 * mmt_framer_new() - create a compressor
 * @max: maximum bytes of text in one frame
 *
 * Return: the framer
 */
MmtFramer *mmt_framer_new(size_t max);

/**
 * mmt_framer_frame() - compress text into one frame
 * @framer: the framer
 * @text: the text
 * @len: its length in bytes, at most the framer's @max
 * @out: where to store the frame; valid until the next call
 *
 * One thread at a time.
 *
 * Return: bytes of the frame
 */
size_t mmt_framer_frame(MmtFramer *framer, const char *text, size_t len,
                        const char **out);

/**
 * mmt_frames_end() - find the end of the last complete frame
 * @data: frames; the last one may be truncated
 * @len: bytes of @data
 *
 * Reads only the headers of frames and blocks, not their contents.
 *
 * Return: bytes up to that end
 */
size_t mmt_frames_end(const void *data, size_t len);

/**
 * mmt_framer_free() - free a compressor
 * @framer: the framer, or NULL
 */
void mmt_framer_free(MmtFramer *framer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MmtFramer, mmt_framer_free)

#endif /* LIBMMIOTRACE_FRAME_H */
