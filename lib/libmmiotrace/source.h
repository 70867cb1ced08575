/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: the text of one file, compressed or not
 *
 * What kind of file it is its first bytes tell, not its name.  The end of a
 * file is not final: if it has grown since, the next read goes on.
 */
#ifndef LIBMMIOTRACE_SOURCE_H
#define LIBMMIOTRACE_SOURCE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct MmtSource MmtSource;

/**
 * mmt_source_open() - open a file
 * @path: the file, or "-" for standard input
 * @error: where to store why not
 *
 * Return: the source, or NULL
 */
MmtSource *mmt_source_open(const char *path, GError **error);

/**
 * mmt_source_open_more() - open what belongs to a source that was opened
 * @path: the file: its next part, or what is at its name now
 * @first: the source that the user has named
 * @follow: @path may be a symbolic link
 * @error: where to store why not
 *
 * Nobody has named this file: whose directory it is could have put anything
 * there.  It must be a regular file of the first one's owner, or of root's, if
 * that was one.
 *
 * Return: the source, or NULL
 */
MmtSource *mmt_source_open_more(const char *path, const MmtSource *first,
                                bool follow, GError **error);

/**
 * mmt_source_open_stream() - read what comes from somebody else
 * @fd: a pipe or a socket; taken over, and not waited for any more
 * @name: for messages
 *
 * Return: the source
 */
MmtSource *mmt_source_open_stream(int fd, const char *name);

/**
 * mmt_source_ended() - has the other end of a stream been closed?
 * @source: the source
 */
bool mmt_source_ended(const MmtSource *source);

/**
 * mmt_source_read() - more of the text
 * @source: the source
 * @buf: where to store it
 * @len: bytes of @buf, at least one
 * @error: where to store what went wrong: the file, and where in it
 *
 * Return: bytes stored; 0 if there are no more now; -1 on error
 */
ssize_t mmt_source_read(MmtSource *source, char *buf, size_t len,
                        GError **error);

/**
 * mmt_source_name() - what to call it in messages
 * @source: the source
 */
const char *mmt_source_name(const MmtSource *source);

/**
 * mmt_source_in_frame() - does what was read end within a compressed frame?
 * @source: the source
 */
bool mmt_source_in_frame(const MmtSource *source);

/**
 * mmt_source_is_file() - is it a regular file, with a name of its own?
 * @source: the source
 */
bool mmt_source_is_file(const MmtSource *source);

/**
 * mmt_source_replaced() - has somebody put something else there?
 * @source: the source
 * @at_end: all of it was read: look whether the name leads elsewhere now, too
 *
 * A file that was emptied, or rewritten, or has shrunk.  What was read before
 * this said no was of the file as it had been.
 */
bool mmt_source_replaced(const MmtSource *source, bool at_end);

/**
 * mmt_source_peek_tail() - look at the end of a file
 * @source: the source
 * @buf: where to store the last bytes
 * @len: bytes of @buf
 * @size: where to store the size of the file; 0 if this can't be done: it is
 *        no regular file, is compressed, or can't be read
 *
 * Return: bytes stored, the whole file if it is that short
 */
size_t mmt_source_peek_tail(MmtSource *source, char *buf, size_t len,
                            uint64_t *size);

/**
 * mmt_source_seek() - leave out what comes before
 * @source: the source
 * @offset: where to go on in the text
 *
 * Return: false if this can't be done, or would be no gain
 */
bool mmt_source_seek(MmtSource *source, uint64_t offset);

void mmt_source_free(MmtSource *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MmtSource, mmt_source_free)

#endif /* LIBMMIOTRACE_SOURCE_H */
