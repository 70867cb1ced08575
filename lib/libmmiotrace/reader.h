/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: a log, line by line
 *
 * A log compressed with zstd is read as its text, one that lies in several
 * parts (parts.h) as if it had been written in one.
 */
#ifndef LIBMMIOTRACE_READER_H
#define LIBMMIOTRACE_READER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * As much of a line as the reader keeps.  No proper line comes near; a file
 * that is no log must not fill the memory.
 */
#define MMT_READER_LINE_MAX (64u * 1024)

typedef struct MmtReader MmtReader;

/**
 * struct MmtLine: one line of a file
 * @p: its bytes, without the newline; valid until the next one is read
 * @len: how many
 * @number: in its part, from 1 up
 * @unterminated: the file ends without a newline: the line may be cut off
 * @overlong: the line goes on after MMT_READER_LINE_MAX bytes; they are gone
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
 * @error: where to store why not
 *
 * A part that ends with the mark that says so is continued with the next one,
 * and neither that mark nor what the next one repeats is among the lines.
 * Where @path is itself a later part, reading begins with that, and with all
 * of it.  What has no name has no next part.
 *
 * Return: the reader, or NULL
 */
MmtReader *mmt_reader_open(const char *path, GError **error);

/**
 * mmt_reader_open_stream() - read what comes from somebody else
 * @fd: a pipe or a socket; taken over
 * @name: for messages
 *
 * Never waits: MMT_READ_END means that there are no more whole lines at the
 * moment, unless mmt_reader_ended().
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
 * mmt_reader_follow() - take no end for the last word
 * @reader: the reader
 * @follow: whether to do so
 *
 * Then MMT_READ_END means that there are no more whole lines at the moment.
 * A next part need not be there yet.  Where the log is emptied, or another
 * one takes its place, MMT_READ_REPLACED says so once, and reading goes on
 * with the first line of that; if it is the same log still (it was cut back
 * to be completed), reading goes on as if nothing had happened.
 */
void mmt_reader_follow(MmtReader *reader, bool follow);

/**
 * mmt_reader_seek_tail() - leave out what comes before the last lines
 * @reader: the reader, of which nothing was read
 * @lines: how many lines must be left at least
 *
 * Takes it that no line is longer than MMT_LINE_MAX.  Compressed parts are
 * read all the same.  Line numbers and mmt_reader_parts() are of no use then.
 */
void mmt_reader_seek_tail(MmtReader *reader, uint64_t lines);

/**
 * mmt_reader_next() - the next line
 * @reader: the reader
 * @line: where to store it
 * @error: where to store what went wrong
 *
 * Return: whether there is a line
 */
MmtReadResult mmt_reader_next(MmtReader *reader, MmtLine *line,
                              GError **error);

/**
 * mmt_reader_name() - what to call the file in messages
 * @reader: the reader
 *
 * Return: the part that the last line was from; valid until the reader is
 *         freed, and the same pointer for the same part
 */
const char *mmt_reader_name(const MmtReader *reader);

/**
 * mmt_reader_parts() - how many parts were there so far?
 * @reader: the reader
 */
unsigned mmt_reader_parts(const MmtReader *reader);

/**
 * mmt_reader_truncated() - was something cut off?
 * @reader: the reader, at the end of the log
 *
 * What could still be decompressed has been read.
 *
 * Return: the file that ends within a compressed frame, or NULL
 */
const char *mmt_reader_truncated(const MmtReader *reader);

/**
 * mmt_reader_free() - close a log
 * @reader: the reader, or NULL
 */
void mmt_reader_free(MmtReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MmtReader, mmt_reader_free)

#endif /* LIBMMIOTRACE_READER_H */
