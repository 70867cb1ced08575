/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: a log, line by line
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
 * @number: from 1 up
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
} MmtReadResult;

/**
 * mmt_reader_open() - open a log
 * @path: the file, or "-" for standard input
 * @error: where to store why not
 *
 * Return: the reader, or NULL
 */
MmtReader *mmt_reader_open(const char *path, GError **error);

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
 */
const char *mmt_reader_name(const MmtReader *reader);

/**
 * mmt_reader_free() - close a log
 * @reader: the reader, or NULL
 */
void mmt_reader_free(MmtReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MmtReader, mmt_reader_free)

#endif /* LIBMMIOTRACE_READER_H */
