/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the words of a mark (see mark-words.h)
 */
#include "tools/check/mark-words.h"

#include <glib.h>
#include <string.h>

/* As much of a foreign word as an error message quotes. */
#define PRINTABLE_MAX 40

bool words_are(MmtSpan span, const char *text)
{
    return span.len == strlen(text) && !memcmp(span.p, text, span.len);
}

MmtSpan words_next(MmtSpan *text)
{
    MmtSpan word = { 0 };

    while (text->len && *text->p == ' ') {
        text->p++;
        text->len--;
    }
    if (text->len) {
        const char *blank = memchr(text->p, ' ', text->len);

        word.p = text->p;
        word.len = blank ? (size_t)(blank - text->p) : text->len;
        text->p += word.len;
        text->len -= word.len;
    }
    return word;
}

bool words_have(MmtSpan text, const char *word)
{
    MmtSpan next;

    while ((next = words_next(&text)).p) {
        if (words_are(next, word)) {
            return true;
        }
    }
    return false;
}

MmtSpan words_before(MmtSpan text, const char *last)
{
    const size_t n = strlen(last);
    MmtSpan rest = text;
    MmtSpan word;

    while ((word = words_next(&rest)).p) {
        if (word.len >= n && !memcmp(word.p, last, n)) {
            return (MmtSpan) { text.p, word.p - text.p };
        }
    }
    return text;
}

static bool take_number(MmtSpan span, unsigned base, uint64_t *out)
{
    uint64_t v = 0;
    size_t i;

    for (i = 0; i < span.len; i++) {
        int d = g_ascii_xdigit_value(span.p[i]);

        if (d < 0 || d >= (int)base || v > (UINT64_MAX - d) / base) {
            return false;
        }
        v = v * base + d;
    }
    *out = v;
    return span.len != 0;
}

bool words_decimal(MmtSpan span, uint64_t *out)
{
    return take_number(span, 10, out);
}

bool words_hex(MmtSpan span, uint64_t *out)
{
    if (span.len < 2 || memcmp(span.p, "0x", 2)) {
        return false;
    }
    return take_number((MmtSpan) { span.p + 2, span.len - 2 }, 16, out);
}

uint64_t words_number(MmtSpan text, const char *key)
{
    MmtSpan value = mmt_mark_value(text, key);
    uint64_t v = 0;

    return value.p && (words_hex(value, &v) || words_decimal(value, &v)) ? v
                                                                         : 0;
}

char *words_printable(MmtSpan span)
{
    g_autofree char *text = g_strndup(span.p, MIN(span.len, PRINTABLE_MAX));

    return g_strescape(text, NULL);
}
