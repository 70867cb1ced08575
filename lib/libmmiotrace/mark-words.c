/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: parser of structured marks (see mark-words.h) */
#include "libmmiotrace/mark-words.h"

#include <glib.h>
#include <string.h>

/* Bytes of a log's word that an error message quotes */
#define PRINTABLE_MAX 40

bool mmt_words_are(MmtSpan span, const char *text)
{
    return span.len == strlen(text) &&
           (!span.len || !memcmp(span.p, text, span.len));
}

MmtSpan mmt_words_next(MmtSpan *text)
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

bool mmt_words_have(MmtSpan text, const char *word)
{
    MmtSpan next;

    while ((next = mmt_words_next(&text)).p) {
        if (mmt_words_are(next, word)) {
            return true;
        }
    }
    return false;
}

MmtSpan mmt_words_before(MmtSpan text, const char *key)
{
    const size_t n = strlen(key);
    MmtSpan rest = text;
    MmtSpan word;

    while ((word = mmt_words_next(&rest)).p) {
        if (word.len > n && !memcmp(word.p, key, n) && word.p[n] == '=') {
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

bool mmt_words_decimal(MmtSpan span, uint64_t *out)
{
    return take_number(span, 10, out);
}

bool mmt_words_hex(MmtSpan span, uint64_t *out)
{
    if (span.len < 2 || memcmp(span.p, "0x", 2)) {
        return false;
    }
    return take_number((MmtSpan) { span.p + 2, span.len - 2 }, 16, out);
}

uint64_t mmt_words_number(MmtSpan text, const char *key)
{
    MmtSpan value = mmt_mark_value(text, key);
    uint64_t v = 0;

    if (!value.p ||
        (!mmt_words_hex(value, &v) && !mmt_words_decimal(value, &v))) {
        return 0;
    }
    return v;
}

char *mmt_words_printable(MmtSpan span)
{
    g_autofree char *text = g_strndup(span.p, MIN(span.len, PRINTABLE_MAX));

    return g_strescape(text, NULL);
}

MmtSpan mmt_mark_name(MmtSpan text)
{
    const size_t prefix = strlen(MMT_MARK_PREFIX);
    MmtSpan rest = { text.p + prefix, text.len - prefix };
    MmtSpan name;

    if (text.len < prefix || memcmp(text.p, MMT_MARK_PREFIX, prefix)) {
        return (MmtSpan) { 0 };
    }
    name = mmt_words_next(&rest);
    return name.p ? name : (MmtSpan) { text.p + prefix, 0 };
}

MmtSpan mmt_mark_said(MmtSpan text)
{
    static const char key[] = " text=";
    const char *said = text.len
                       ? memmem(text.p, text.len, key, sizeof(key) - 1) : NULL;

    if (!said) {
        return (MmtSpan) { 0 };
    }
    said += sizeof(key) - 1;
    return (MmtSpan) { said, text.p + text.len - said };
}

/* --- values -------------------------------------------------------------- */

static bool is_word(MmtSpan value)
{
    return value.len != 0;
}

static bool is_anything(MmtSpan value)
{
    (void)value;
    return true;
}

static bool is_dec(MmtSpan value)
{
    uint64_t v;

    return mmt_words_decimal(value, &v);
}

static bool is_hex(MmtSpan value)
{
    uint64_t v;

    return mmt_words_hex(value, &v);
}

static bool is_seconds(MmtSpan value)
{
    const char *point = memchr(value.p, '.', value.len);

    return point && is_dec((MmtSpan) { value.p, point - value.p }) &&
           is_dec((MmtSpan) { point + 1,
                              value.p + value.len - (point + 1) });
}

static bool is_digits(MmtSpan value)
{
    size_t i;

    for (i = 0; i < value.len; i++) {
        if (!g_ascii_isxdigit(value.p[i]) || g_ascii_isupper(value.p[i])) {
            return false;
        }
    }
    return true;
}

static bool is_sha256(MmtSpan value)
{
    return value.len == 64 && is_digits(value);
}

static bool is_bytes(MmtSpan value)
{
    return mmt_words_are(value, "none") ||
           (value.len && !(value.len % 2) && is_digits(value));
}

static const struct {
    bool (*is)(MmtSpan value);
    const char *wanted;
} kinds[MMT_VALUES] = {
    [MMT_VALUE_WORD] = { is_word, "a word" },
    [MMT_VALUE_DEC] = { is_dec, "a decimal number" },
    [MMT_VALUE_HEX] = { is_hex, "a number beginning with 0x" },
    [MMT_VALUE_SECONDS] = { is_seconds, "seconds with a fraction" },
    [MMT_VALUE_SHA256] = { is_sha256, "64 hexadecimal digits" },
    [MMT_VALUE_BYTES] = { is_bytes, "bytes as hexadecimal digits" },
    [MMT_VALUE_REGION] = { is_word, "a region" },
    [MMT_VALUE_TEXT] = { is_anything, "text" },
    [MMT_VALUE_FIELDS] = { is_anything, "extra fields" },
    [MMT_VALUE_PROSE] = { is_anything, "text" },
};

static bool is_chosen(MmtSpan value, const char *choice)
{
    while (choice) {
        size_t n = strcspn(choice, "|");

        if (value.len == n && !memcmp(value.p, choice, n)) {
            return true;
        }
        choice = choice[n] ? choice + n + 1 : NULL;
    }
    return false;
}

bool mmt_mark_value_sound(const MmtMarkKey *key, MmtSpan value)
{
    return key->choice ? is_chosen(value, key->choice)
                       : kinds[key->kind].is(value);
}

const char *mmt_mark_value_wanted(const MmtMarkKey *key)
{
    return key->choice ?: kinds[key->kind].wanted;
}
