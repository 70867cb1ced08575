/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: reader of text files with symbols, line by line
 */
#ifndef VFIO_TRACE_SYMBOLS_TEXT_H
#define VFIO_TRACE_SYMBOLS_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Maximum size of a file in bytes; no list of symbols is this large */
#define SYM_FILE_MAX (256u * 1024 * 1024)

/**
 * struct SymFile: a file and the reading position
 * @path: name of the file
 * @text: its text, with a final NUL
 * @next: the next line
 * @end: end of the last line
 * @number: number of the current line, from 1 up
 * @indented: the current line begins with a blank
 * @line: the current line, without the newline and blanks at both ends
 * @word: where sym_file_word() continues
 */
typedef struct SymFile {
    char *path;
    char *text;
    const char *next;
    const char *end;
    unsigned number;
    bool indented;
    struct {
        const char *p;
        const char *end;
    } line;
    const char *word;
} SymFile;

/**
 * sym_file_open() - read a file
 * @path: the file, or a pipe
 * @error: where to store the error
 *
 * UTF-16, which PowerShell writes, is converted to UTF-8.
 *
 * Return: the file, or NULL
 */
SymFile *sym_file_open(const char *path, GError **error);

void sym_file_free(SymFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SymFile, sym_file_free)

/**
 * sym_file_line() - go to the next line that is not empty
 * @file: the file
 *
 * Return: true, or false at the end of the file
 */
bool sym_file_line(SymFile *file);

/**
 * sym_file_rewind() - go before the first line
 * @file: the file
 */
void sym_file_rewind(SymFile *file);

/**
 * sym_file_word() - take the next word of the line
 * @file: the file
 * @len: where to store its length
 *
 * Return: the word, or NULL if there is none left
 */
const char *sym_file_word(SymFile *file, size_t *len);

/**
 * sym_hex() - parse a hexadecimal number
 * @p: its digits, optionally with 0x before them, and ` between the halves
 * @len: length of @p in bytes
 * @value: where to store the number
 *
 * Return: false if it is not a number, or has more than 64 bits
 */
bool sym_hex(const char *p, size_t len, uint64_t *value);

/**
 * sym_file_error() - set an error with the file's name and the line number
 * @file: the file
 * @error: where to store the error
 * @fmt: the message
 *
 * Return: false
 */
bool sym_file_error(const SymFile *file, GError **error, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

#endif /* VFIO_TRACE_SYMBOLS_TEXT_H */
