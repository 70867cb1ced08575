/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: lines of umr's files (see umr-line.h) */
#include "libregdb/umr-line.h"

#include <string.h>

#include "libregdb/loader.h"

/* Digits of a number, with 0x */
#define NUMBER_MAX 24

static bool umr_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static void umr_split(RegDbUmrLines *lines, const char *p, const char *end)
{
    lines->n = 0;
    while (lines->n < REGDB_UMR_WORDS_MAX) {
        RegDbUmrWord *word = &lines->words[lines->n];

        while (p < end && umr_is_space(*p)) {
            p++;
        }
        if (p == end) {
            return;
        }
        word->p = p;
        while (p < end && !umr_is_space(*p)) {
            p++;
        }
        word->len = p - word->p;
        lines->n++;
    }
}

bool regdb_umr_next_line(RegDbUmrLines *lines)
{
    while (lines->p < lines->end) {
        const char *p = lines->p;
        const char *end = memchr(p, '\n', lines->end - p);

        lines->p = end ? end + 1 : lines->end;
        lines->line++;
        umr_split(lines, p, end ? end : lines->end);
        if (lines->n) {
            return true;
        }
    }
    return false;
}

bool regdb_umr_number(const RegDbUmrWord *word, uint64_t max, uint64_t *number)
{
    char text[NUMBER_MAX];
    uint64_t value;

    if (word->len >= sizeof(text)) {
        return false;
    }
    memcpy(text, word->p, word->len);
    text[word->len] = '\0';
    if (strlen(text) != word->len || !regdb_number(text, &value) ||
        value > max) {
        return false;
    }
    *number = value;
    return true;
}

bool regdb_umr_is(const RegDbUmrWord *word, const char *text)
{
    return word->len == strlen(text) && !memcmp(word->p, text, word->len);
}
