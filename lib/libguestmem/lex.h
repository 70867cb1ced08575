/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: words of a rings file
 */
#ifndef LIBGUESTMEM_LEX_H
#define LIBGUESTMEM_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libguestmem/error.h"

typedef enum GmemTokenKind {
    GMEM_TOKEN_END,
    GMEM_TOKEN_NEWLINE,     /* end of a statement, however many lines */
    GMEM_TOKEN_NAME,
    GMEM_TOKEN_NUMBER,
    GMEM_TOKEN_STRING,
    GMEM_TOKEN_SIGN,
} GmemTokenKind;

/* A sign of two characters as one number */
#define GMEM_SIGN(a, b) ((a) | (b) << 8)

/**
 * struct GmemToken: a word
 * @kind: GmemTokenKind
 * @line: its line, from 1 up
 * @column: its column, in bytes from 1 up
 * @text: where it begins in the file
 * @len: its bytes
 * @number: of a number
 * @sign: of a sign: its character, or GMEM_SIGN()
 */
typedef struct GmemToken {
    GmemTokenKind kind;
    unsigned line;
    unsigned column;
    const char *text;
    size_t len;
    uint64_t number;
    unsigned sign;
} GmemToken;

/**
 * struct GmemLex: a text that is being read
 * @name: name of the file
 * @at: what follows @token
 * @end: behind the text
 * @begin: beginning of the line of @at
 * @line: number of that line
 * @token: the word that the parser is at
 * @error: where the first error is stored
 * @failed: there was an error
 */
typedef struct GmemLex {
    const char *name;
    const char *at;
    const char *end;
    const char *begin;
    unsigned line;
    GmemToken token;
    GError **error;
    bool failed;
} GmemLex;

/**
 * gmem_lex_begin() - begin to read a text: go to its first word
 * @lex: the text, to be filled in
 * @name: name of the file
 * @text: its text
 * @len: bytes of @text
 * @error: where errors are to be stored
 *
 * Return: false on error
 */
bool gmem_lex_begin(GmemLex *lex, const char *name, const char *text,
                    size_t len, GError **error);

/* gmem_lex_next() - go to the next word; false on error */
bool gmem_lex_next(GmemLex *lex);

/**
 * gmem_lex_next_id() - go to the next word, which may be VENDOR:DEVICE
 * @lex: the text
 * @vendor: where to store the vendor
 * @device: where to store the device
 * @is_id: where to store whether it is one; it is gone past then, and
 *         gmem_lex_next_id() or gmem_lex_next() reads on
 *
 * Return: false on error
 */
bool gmem_lex_next_id(GmemLex *lex, uint16_t *vendor, uint16_t *device,
                      bool *is_id);

/* gmem_token_is() - is it this name? */
bool gmem_token_is(const GmemToken *token, const char *name);

/* gmem_token_is_sign() - is it this sign? */
bool gmem_token_is_sign(const GmemToken *token, unsigned sign);

/**
 * gmem_token_show() - quote a word in a message
 * @token: the word
 *
 * Return: printable, at most some 50 characters; to be freed with g_free()
 */
char *gmem_token_show(const GmemToken *token);

/* gmem_token_string() - a string without its quotes, to be freed */
char *gmem_token_string(const GmemToken *token);

/**
 * gmem_fail_at() - store an error
 * @lex: the text
 * @token: where it is
 * @code: GmemError
 * @format: what is wrong; what was expected
 *
 * Only the first error is kept.
 *
 * Return: false
 */
bool gmem_fail_at(GmemLex *lex, const GmemToken *token, GmemError code,
                  const char *format, ...) G_GNUC_PRINTF(4, 5);

/* gmem_fail() - likewise, at the word that the parser is at: bad syntax */
bool gmem_fail(GmemLex *lex, const char *format, ...) G_GNUC_PRINTF(2, 3);

/**
 * gmem_fail_expected() - store an error: something else was expected
 * @lex: the text
 * @what: what was expected
 *
 * Return: false
 */
bool gmem_fail_expected(GmemLex *lex, const char *what);

#endif /* LIBGUESTMEM_LEX_H */
