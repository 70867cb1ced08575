/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: logs for vfio-trace convert, and what its outputs have
 */
#ifndef TESTS_UNIT_EXPORT_LOG_H
#define TESTS_UNIT_EXPORT_LOG_H

#include <glib.h>

#define EXPORT_HEAD \
    "VERSION 20070824\n" \
    "PCIDEV 0100 808610d3 b feb80000 fec00000 0 0 0 0 0 " \
    "20000 1000 0 0 0 0 0 nic\n" \
    "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0\n" \
    "MAP 1.000000 2 0xfec00000 0x0 0x1000 0x0 0\n"

/* Marks that a hostile guest writes, for programs of all kinds */
#define EXPORT_HOSTILE \
    EXPORT_HEAD \
    "MARK 1.000001 '); DROP TABLE accesses; --\n" \
    "MARK 1.000002 =cmd|' /C calc'!A0\n" \
    "MARK 1.000003 \"a\",\"b\"\n" \
    "MARK 1.000004 <script>alert(1)</script>\n" \
    "MARK 1.000005 \033]0;owned\007 \xff\xfe \xe2\x80\xae\n" \
    "MARK 1.000006 $end $enddefinitions #0 %s%n\\\n" \
    "R 4 1.000007 1 0xfeb80008 0x1 0x0 0\n"

/**
 * export_log() - make a log
 * @n: number of its accesses, to 24 registers of two BARs, with all widths
 *     and some marks
 *
 * Return: the text
 */
GString *export_log(unsigned n);

/**
 * export_small() - write a log of ten accesses
 *
 * Return: its path, to be freed
 */
char *export_small(void);

/**
 * export_path() - a path in the test's directory
 * @name: the file's name
 *
 * Return: the path, to be freed
 */
char *export_path(const char *name);

/**
 * export_read() - read a text as it stands, decompressed
 * @path: its path
 *
 * Return: the text, to be freed
 */
char *export_read(const char *path);

/**
 * export_as() - what `cat --as` prints
 * @log: path of a log
 * @format: the format
 *
 * Return: the text, to be freed
 */
char *export_as(const char *log, const char *format);

/**
 * export_files() - list the files of the test whose names begin with a word
 * @prefix: the word
 *
 * Return: their names in order, each with a space behind it
 */
char *export_files(const char *prefix);

#endif /* TESTS_UNIT_EXPORT_LOG_H */
