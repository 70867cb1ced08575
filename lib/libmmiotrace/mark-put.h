/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: formatter of structured marks
 *
 * The table of marks (marks.h) defines a mark's name, the order of its keys,
 * and whether a number is decimal:
 *
 *      mmt_mark_put(MMT_MARK_P2P,
 *                   MMT_WORDS(MMT_TEXT("device", "dut0"),
 *                             MMT_TEXT("region", "bar=0"),
 *                             MMT_NUMBER("map", 1),
 *                             MMT_TEXT("state", error ? "none" : "mapped"),
 *                             error ? MMT_NUMBER("errno", error)
 *                                   : MMT_NO_WORD), buf);
 *
 * Words must be in the order of the table, and only optional ones may be
 * missing.  Anything else is the caller's error and fails an assertion;
 * tests/static/test_marks.py checks every such call in the sources.  Nothing
 * is allocated.
 */
#ifndef LIBMMIOTRACE_MARK_PUT_H
#define LIBMMIOTRACE_MARK_PUT_H

#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/marks.h"

typedef enum MmtWordType {
    MMT_WORD_END,       /* after the last word */
    MMT_WORD_NONE,      /* an optional word that is absent */
    MMT_WORD_TEXT,
    MMT_WORD_NUMBERS,
} MmtWordType;

/**
 * struct MmtMarkWord: a word of a mark to write
 * @type: MmtWordType
 * @key: its key in the table
 * @text: the value, if it is text
 * @number: the value, if it is a single number
 * @numbers: the value, if it is several numbers; NULL otherwise
 * @count: number of @numbers
 */
typedef struct MmtMarkWord {
    MmtWordType type;
    const char *key;
    const char *text;
    uint64_t number;
    const uint64_t *numbers;
    size_t count;
} MmtMarkWord;

/* Text value: a word, a region, bytes, or the rest of the mark */
#define MMT_TEXT(k, t) \
    ((MmtMarkWord) { .type = MMT_WORD_TEXT, .key = (k), .text = (t) })

/* Number value; in nanoseconds if the table says seconds */
#define MMT_NUMBER(k, n) \
    ((MmtMarkWord) { .type = MMT_WORD_NUMBERS, .key = (k), .number = (n), \
                     .count = 1 })

/* Several numbers, for a key that may be repeated */
#define MMT_NUMBERS(k, p, n) \
    ((MmtMarkWord) { .type = MMT_WORD_NUMBERS, .key = (k), .numbers = (p), \
                     .count = (n) })

/* An optional word that is absent */
#define MMT_NO_WORD ((MmtMarkWord) { .type = MMT_WORD_NONE })

/* The words of a mark: at least one, which may be MMT_NO_WORD */
#define MMT_WORDS(...) \
    ((const MmtMarkWord[]) { __VA_ARGS__, { .type = MMT_WORD_END } })

/**
 * mmt_mark_put() - format the text of a mark
 * @mark: the mark
 * @words: its words, by MMT_WORDS()
 * @buf: at least MMT_MARK_MAX + 1 bytes; gets the text, beginning with the
 *       prefix "vfio-trace: ", and a final NUL
 *
 * Values are sanitized as by mmt_mark_sanitize(); a text that is too long for a
 * mark is truncated.
 *
 * Return: length of the text
 */
size_t mmt_mark_put(MmtMark mark, const MmtMarkWord *words, char *buf);

/**
 * mmt_mark_put_line() - format the line of a mark
 * @mark: the mark
 * @words: its words, by MMT_WORDS()
 * @ns: its time
 * @buf: at least MMT_LINE_MAX bytes; gets the line with a newline and a
 *       final NUL
 *
 * Return: length of the line
 */
size_t mmt_mark_put_line(MmtMark mark, const MmtMarkWord *words, uint64_t ns,
                         char *buf);

#endif /* LIBMMIOTRACE_MARK_PUT_H */
