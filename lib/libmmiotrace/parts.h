/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: logs in numbered parts
 *
 * A log whose size is limited, or that is rotated, consists of several files.
 * Part 1 has the name that the user gave.  For part N+1, ".N" is appended to
 * that name, or inserted before a final ".zst": gpu.mmt, gpu.mmt.1, gpu.mmt.2;
 * gpu.mmt.zst, gpu.mmt.1.zst.
 *
 * To programs that do not know about parts, each part is a complete log: it
 * begins with VERSION and repeats the PCIDEV and MAP lines in force.  Three
 * marks tell the reader (reader.h) what is repeated:
 *
 *      part 1                          part 2
 *
 *      VERSION 20070824                VERSION 20070824
 *      ...                             MARK ... part 2 begins
 *      W 4 ...                         PCIDEV ...
 *      MARK ... part 1 continues       MAP ...
 *               in part 2              MARK ... part 2 header ends
 *                                      W 4 ...
 *
 * This file needs only GLib, since the device in QEMU uses it, too.
 */
#ifndef LIBMMIOTRACE_PARTS_H
#define LIBMMIOTRACE_PARTS_H

#include <glib.h>
#include <stddef.h>

#include "libmmiotrace/record.h"

/* Texts of the marks; parts are counted from 1. */
#define MMT_PART_FMT_CONTINUES \
    MMT_MARK_PREFIX "part %u continues in part %u"  /* N, N + 1; last line */
#define MMT_PART_FMT_BEGINS \
    MMT_MARK_PREFIX "part %u begins"                /* follows VERSION */
#define MMT_PART_FMT_HEADER_ENDS \
    MMT_MARK_PREFIX "part %u header ends"

typedef enum MmtPartMark {
    MMT_PART_NONE,          /* any other line */
    MMT_PART_CONTINUES,
    MMT_PART_BEGINS,
    MMT_PART_HEADER_ENDS,
} MmtPartMark;

/**
 * mmt_part_name() - get the file name of a part
 * @name: the log's name
 * @n: number of parts before it; 0 gives @name
 *
 * Return: its name, to be freed
 */
char *mmt_part_name(const char *name, unsigned n);

/**
 * mmt_part_next() - get the file name of the next part
 * @name: the part's file name
 * @part: the part's number, from 1 up
 *
 * Return: its name, to be freed; NULL if @name is not a name of part @part
 */
char *mmt_part_next(const char *name, unsigned part);

/**
 * mmt_part_mark_text() - get the text of a mark
 * @mark: the mark; not MMT_PART_NONE
 * @part: the number of the part that contains the mark
 *
 * Return: its text, to be freed
 */
char *mmt_part_mark_text(MmtPartMark mark, unsigned part);

/**
 * mmt_part_mark() - is a line one of these marks?
 * @line: the line, without its newline
 * @len: bytes of @line
 * @part: where to store the number of the part that contains the mark
 *
 * Return: which one, or MMT_PART_NONE
 */
MmtPartMark mmt_part_mark(const char *line, size_t len, unsigned *part);

#endif /* LIBMMIOTRACE_PARTS_H */
