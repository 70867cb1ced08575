/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: reader of one file's text, compressed or not
 *
 * The first bytes of the file determine its format, not its name.  The end of a
 * file is not final: if the file has grown, the next read continues.
 *
 * Of a bundle (bundle.h), the text is that of the log in it, part by part.
 */
#ifndef LIBMMIOTRACE_SOURCE_H
#define LIBMMIOTRACE_SOURCE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "libmmiotrace/bundle.h"

typedef struct MmtSource MmtSource;

/**
 * mmt_source_open() - open a file
 * @path: the file, or "-" for standard input
 * @error: where to store the error
 *
 * Return: the source, or NULL
 */
MmtSource *mmt_source_open(const char *path, GError **error);

/**
 * mmt_source_open_more() - open a file that belongs to an open source
 * @path: the file: the next part, or the file that has the source's name now
 * @first: the open source
 * @follow: @path may be a symbolic link
 * @error: where to store the error
 *
 * The user did not name this file: the directory's owner may have put anything
 * there.  It must be a regular file and, if @first is one, too, belong to the
 * owner of @first or to root.
 *
 * Return: the source, or NULL
 */
MmtSource *mmt_source_open_more(const char *path, const MmtSource *first,
                                bool follow, GError **error);

/**
 * mmt_source_open_fd() - read from an open file
 * @fd: the file, which the caller closes after the source is freed
 * @name: its name in messages
 *
 * Return: the source
 */
MmtSource *mmt_source_open_fd(int fd, const char *name);

/**
 * mmt_source_open_stream() - read from a pipe or a socket
 * @fd: the pipe or socket; it becomes non-blocking, and the source closes it
 * @name: its name in messages
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
 * mmt_source_read() - read more of the text
 * @source: the source
 * @buf: where to store it
 * @len: bytes of @buf, at least one
 * @error: where to store the error, with the file and the position in it
 *
 * Return: bytes stored; 0 if there are no more at the moment; -1 on error
 */
ssize_t mmt_source_read(MmtSource *source, char *buf, size_t len,
                        GError **error);

/**
 * mmt_source_is_bundle() - is it a bundle?
 * @source: the source, of which something was read
 */
bool mmt_source_is_bundle(const MmtSource *source);

/**
 * mmt_source_next_part() - go on to the next part of a bundle's log
 * @source: the source, a bundle, at the end of a part
 * @error: where to store the error: also that there is no other part
 *
 * Return: MMT_BUNDLE_MEMBER, MMT_BUNDLE_WAIT or MMT_BUNDLE_ERROR
 */
MmtBundleResult mmt_source_next_part(MmtSource *source, GError **error);

/**
 * mmt_source_drain() - the log has ended: empty a pipe that a bundle comes from
 * @source: any source
 *
 * Who writes into the pipe should not fail.
 */
void mmt_source_drain(MmtSource *source);

/**
 * mmt_source_bundle() - read a bundle member by member
 * @source: a source of which nothing was read, and nothing is read then
 * @error: where to store the error: also that it is not a bundle
 *
 * Return: the bundle, which belongs to the source; or NULL
 */
MmtBundle *mmt_source_bundle(MmtSource *source, GError **error);

/**
 * mmt_source_part() - get the name of the current part of a bundle's log
 * @source: the source, a bundle
 */
const char *mmt_source_part(const MmtSource *source);

/**
 * mmt_source_name() - get its name, for messages
 * @source: the source
 */
const char *mmt_source_name(const MmtSource *source);

/**
 * mmt_source_mode() - get the permissions of its file
 * @source: the source
 *
 * Return: those that it had when it was opened; 0 if it is not a regular file
 */
mode_t mmt_source_mode(const MmtSource *source);

/**
 * mmt_source_in_frame() - does the text read so far end within a frame?
 * @source: the source
 */
bool mmt_source_in_frame(const MmtSource *source);

/**
 * mmt_source_in_packed() - do the bytes read so far end within a compressed
 *                          frame?
 * @source: the source
 *
 * mmt_source_in_frame() is about the log in a bundle, this about all of it.
 */
bool mmt_source_in_packed(const MmtSource *source);

/**
 * mmt_source_is_file() - is it a regular file that was opened by its name?
 * @source: the source
 */
bool mmt_source_is_file(const MmtSource *source);

/**
 * mmt_source_replaced() - was the file replaced?
 * @source: the source
 * @at_end: all of it was read: also check if another file has its name now
 *
 * A file that was emptied or rewritten, or has shrunk, counts as replaced.  If
 * the result is false, the bytes read before the call are the old file's.
 */
bool mmt_source_replaced(const MmtSource *source, bool at_end);

/**
 * mmt_source_peek_tail() - read the end of a file, without moving on
 * @source: the source
 * @buf: where to store the last bytes
 * @len: bytes of @buf
 * @size: where to store the size of the file; 0 if the file is not a regular
 *        file, is compressed, or can't be read
 *
 * Return: bytes stored; the whole file if it is shorter than @len
 */
size_t mmt_source_peek_tail(MmtSource *source, char *buf, size_t len,
                            uint64_t *size);

/**
 * mmt_source_seek() - skip text
 * @source: the source
 * @offset: offset in the text where reading continues
 *
 * Return: false if this is not possible, or if @offset is not ahead
 */
bool mmt_source_seek(MmtSource *source, uint64_t offset);

void mmt_source_free(MmtSource *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MmtSource, mmt_source_free)

#endif /* LIBMMIOTRACE_SOURCE_H */
