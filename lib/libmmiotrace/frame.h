/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: text to zstd frames
 *
 * A compressed log is a row of complete frames, each of whole lines: whatever
 * happens to its end, what is before can be read, and a frame can be added.
 */
#ifndef LIBMMIOTRACE_FRAME_H
#define LIBMMIOTRACE_FRAME_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Names of logs that are compressed end so. */
#define MMT_ZSTD_SUFFIX ".zst"

typedef struct MmtFramer MmtFramer;

/**
 * mmt_framer_new() - get ready to compress
 * @max: the most bytes that are put into one frame
 *
 * Return: the framer
 */
MmtFramer *mmt_framer_new(size_t max);

/**
 * mmt_framer_frame() - compress
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
 * mmt_frames_end() - where the last complete frame ends
 * @data: frames, the last of which may be cut off
 * @len: bytes of @data
 *
 * Only looks at where frames and blocks begin, not at what is in them.
 *
 * Return: bytes up to there
 */
size_t mmt_frames_end(const void *data, size_t len);

/**
 * mmt_framer_free() - done with compressing
 * @framer: the framer, or NULL
 */
void mmt_framer_free(MmtFramer *framer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MmtFramer, mmt_framer_free)

#endif /* LIBMMIOTRACE_FRAME_H */
