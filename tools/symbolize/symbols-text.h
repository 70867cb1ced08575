/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: text files that symbols come from, line by line
 */
#ifndef VFIO_TRACE_SYMBOLS_TEXT_H
#define VFIO_TRACE_SYMBOLS_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No list of symbols is that large: whatever it is, it stays on its disk. */
#define SYM_FILE_MAX (256u * 1024 * 1024)

/**
 * struct SymFile: a file, and how far it has been read
 * @path: its name
 * @text: all of it, with a final NUL
 * @next: the next line
 * @end: behind the last one
 * @number: of the line last taken, from 1 up
 * @line: that line, without its end and blanks there
 * @word: what sym_file_word() takes next
 */
typedef struct SymFile {
    char *path;
    char *text;
    const char *next;
    const char *end;
    unsigned number;
    struct {
        const char *p;
        const char *end;
    } line;
    const char *word;
} SymFile;

/**
 * sym_file_open() - read a file
 * @path: the file, or a pipe
 * @error: where to store why not
 *
 * UTF-16, in which PowerShell writes, is turned into UTF-8.
 *
 * Return: the file, or NULL
 */
SymFile *sym_file_open(const char *path, GError **error);

void sym_file_free(SymFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SymFile, sym_file_free)

/**
 * sym_file_line() - go to the next line that has something in it
 * @file: the file
 *
 * Return: true, or false if there is none
 */
bool sym_file_line(SymFile *file);

/**
 * sym_file_word() - take a word off the line
 * @file: the file
 * @len: where to store how long it is
 *
 * Return: the word, or NULL if there is none left
 */
const char *sym_file_word(SymFile *file, size_t *len);

/**
 * sym_hex() - understand a hexadecimal number
 * @p: its digits, perhaps with 0x before them, and ` between the halves
 * @len: bytes of @p
 * @value: where to store it
 *
 * Return: false if it is none, or has more than 64 bits
 */
bool sym_hex(const char *p, size_t len, uint64_t *value);

/**
 * sym_file_error() - tell what is wrong with the line last taken
 * @file: the file
 * @error: where to store it
 * @fmt: the message
 *
 * Return: false
 */
bool sym_file_error(const SymFile *file, GError **error, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

#endif /* VFIO_TRACE_SYMBOLS_TEXT_H */
