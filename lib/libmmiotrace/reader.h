/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: log reader, line by line
 *
 * A log that is compressed with zstd, gzip or xz is decompressed; a log in
 * several parts (parts.h) is read as if it were one file.  Of a bundle
 * (bundle.h), the log is read.
 */
#ifndef LIBMMIOTRACE_READER_H
#define LIBMMIOTRACE_READER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bytes of a line that the reader keeps.  Lines of logs are much shorter; a
 * file that is not a log must not fill the memory.
 */
#define MMT_READER_LINE_MAX (64u * 1024)

typedef struct MmtReader MmtReader;

/**
 * struct MmtLine: one line of a file
 * @p: its bytes, without the newline; valid until the next line is read
 * @len: number of bytes
 * @number: number of the line in its part, from 1 up
 * @unterminated: the file ends without a newline: the line may be incomplete
 * @overlong: the line has more than MMT_READER_LINE_MAX bytes; the others were
 *            dropped
 */
typedef struct MmtLine {
    const char *p;
    size_t len;
    uint64_t number;
    bool unterminated;
    bool overlong;
} MmtLine;

typedef enum MmtReadResult {
    MMT_READ_ERROR = -1,
    MMT_READ_END = 0,
    MMT_READ_LINE = 1,
    MMT_READ_REPLACED = 2,  /* only if the reader follows the log */
} MmtReadResult;

/**
 * mmt_reader_open() - open a log
 * @path: the file, or "-" for standard input
 * @error: where to store the error
 *
 * After a part whose last line is the mark "part N continues", the next part is
 * read; the mark and the next part's header are not returned.  If @path is a
 * later part itself, reading begins there, and includes its header.  A file
 * without a name has no next part, unless it is a bundle, which has all parts.
 *
 * Return: the reader, or NULL
 */
MmtReader *mmt_reader_open(const char *path, GError **error);

/**
 * mmt_reader_open_fd() - read a log from an open file
 * @fd: the file, which the caller closes after the reader is freed
 * @name: its name in messages
 *
 * It has no next part.
 *
 * Return: the reader
 */
MmtReader *mmt_reader_open_fd(int fd, const char *name);

/**
 * mmt_reader_open_stream() - read a log from a pipe or a socket
 * @fd: the pipe or socket; the reader closes it
 * @name: its name in messages
 *
 * The reader never waits: MMT_READ_END means that there are no more whole lines
 * at the moment, unless mmt_reader_ended().
 *
 * Return: the reader
 */
MmtReader *mmt_reader_open_stream(int fd, const char *name);

/**
 * mmt_reader_ended() - has the other end of a stream been closed?
 * @reader: the reader
 */
bool mmt_reader_ended(const MmtReader *reader);

/**
 * mmt_reader_is_file() - is the current part a regular file?
 * @reader: the reader
 *
 * Reading it never waits for others.
 */
bool mmt_reader_is_file(const MmtReader *reader);

/**
 * mmt_reader_follow() - keep reading at the end of the file, as `tail -f` does
 * @reader: the reader
 * @follow: whether to do so
 *
 * While following, MMT_READ_END means that there are no more whole lines at the
 * moment, and the next part need not exist yet.  If the log is emptied or
 * replaced by another one, MMT_READ_REPLACED is returned once, and reading
 * continues with the first line of the new log.  If it still is the same log
 * (`vfio-trace recover` truncates it first), reading continues as before.
 */
void mmt_reader_follow(MmtReader *reader, bool follow);

/**
 * mmt_reader_seek_tail() - skip the lines before the last ones
 * @reader: a reader from which nothing was read
 * @lines: minimum number of lines that are left
 *
 * Assumes that no line is longer than MMT_LINE_MAX.  Compressed parts are not
 * skipped.  Line numbers and mmt_reader_parts() are meaningless afterwards.
 */
void mmt_reader_seek_tail(MmtReader *reader, uint64_t lines);

/**
 * mmt_reader_next() - get the next line
 * @reader: the reader
 * @line: where to store it
 * @error: where to store the error
 *
 * Return: whether there is a line
 */
MmtReadResult mmt_reader_next(MmtReader *reader, MmtLine *line,
                              GError **error);

/* Bytes behind a block that may be read. */
#define MMT_READER_SLACK 128

/**
 * struct MmtBlock: some lines of a file
 * @p: the first byte; valid until the next block is read
 * @len: bytes.  The last one is a newline, unless @single
 * @number: number of the first line in its part, from 1 up
 * @single: it is one line, which need not end in a newline
 * @unterminated: as in MmtLine; only if @single
 * @overlong: likewise
 *
 * A line within a block may have more than MMT_READER_LINE_MAX bytes.
 */
typedef struct MmtBlock {
    const char *p;
    size_t len;
    uint64_t number;
    bool single;
    bool unterminated;
    bool overlong;
} MmtBlock;

/**
 * mmt_reader_next_block() - get the next lines, as many as are at hand
 * @reader: the reader
 * @block: where to store them
 * @error: where to store the error
 *
 * The lines are those that mmt_reader_next() would return; the two can be
 * mixed.
 *
 * Return: as mmt_reader_next()
 */
MmtReadResult mmt_reader_next_block(MmtReader *reader, MmtBlock *block,
                                    GError **error);

/**
 * mmt_reader_count() - say how many lines a block had
 * @reader: the reader
 * @lines: lines of the last block, unless it was a single one
 *
 * Whoever parses a block counts its lines anyway.
 */
void mmt_reader_count(MmtReader *reader, uint64_t lines);

/**
 * mmt_reader_name() - get the current file's name, for messages
 * @reader: the reader
 *
 * Return: name of the part that the last line was from; valid until the reader
 *         is freed, and the same pointer for the same part
 */
const char *mmt_reader_name(const MmtReader *reader);

/**
 * mmt_reader_parts() - get the number of parts so far
 * @reader: the reader
 */
unsigned mmt_reader_parts(const MmtReader *reader);

/**
 * mmt_reader_truncated() - is a compressed part truncated?
 * @reader: the reader, at the end of the log
 *
 * The text that could still be decompressed has been read.
 *
 * Return: name of the file that ends within a compressed frame, or NULL
 */
const char *mmt_reader_truncated(const MmtReader *reader);

/**
 * mmt_reader_free() - close a log
 * @reader: the reader, or NULL
 */
void mmt_reader_free(MmtReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MmtReader, mmt_reader_free)

#endif /* LIBMMIOTRACE_READER_H */
