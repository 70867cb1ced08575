/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: formatter of structured marks (see mark-put.h) */
#include "libmmiotrace/mark-put.h"

#include <glib.h>
#include <string.h>

#include "libmmiotrace/printable.h"
#include "libmmiotrace/put.h"

/**
 * struct MarkText: a mark's text while it is formatted
 * @buf: MMT_MARK_MAX bytes and a final NUL
 * @len: bytes used
 * @full: something did not fit: nothing may be added after the gap
 */
typedef struct MarkText {
    char *buf;
    size_t len;
    bool full;
} MarkText;

/* Kinds of values that the caller passes as text; the others are numbers */
static const bool mark_put_is_text[MMT_VALUES] = {
    [MMT_VALUE_WORD] = true,
    [MMT_VALUE_SHA256] = true,
    [MMT_VALUE_BYTES] = true,
    [MMT_VALUE_REGION] = true,
    [MMT_VALUE_TEXT] = true,
    [MMT_VALUE_FIELDS] = true,
    [MMT_VALUE_PROSE] = true,
};

static char *(*const mark_put_number[MMT_VALUES])(char *, uint64_t) = {
    [MMT_VALUE_DEC] = mmt_put_dec,
    [MMT_VALUE_HEX] = mmt_put_hex,
    [MMT_VALUE_SECONDS] = mmt_put_seconds,
};

/* Text of ours, which is printable */
static void mark_put_own(MarkText *text, const char *s, size_t len)
{
    size_t room = text->full ? 0 : MMT_MARK_MAX - text->len;
    size_t n = len < room ? len : room;

    memcpy(text->buf + text->len, s, n);
    text->len += n;
    text->full |= len > room;
}

static void mark_put_text(MarkText *text, const char *s, size_t len)
{
    size_t room = text->full ? 0 : MMT_MARK_MAX - text->len;

    text->len += mmt_printable(s, len, text->buf + text->len, room);
    text->full |= len > room;
}

static void mark_put_numbers(MarkText *text, MmtMarkKind kind,
                             const MmtMarkWord *word)
{
    const uint64_t *number = word->numbers ?: &word->number;
    char buf[MMT_PUT_NUMBER_MAX];
    size_t i;

    for (i = 0; i < word->count; i++) {
        if (i) {
            mark_put_own(text, " ", 1);
        }
        mark_put_own(text, buf, mark_put_number[kind](buf, number[i]) - buf);
    }
}

static void mark_put_word(MarkText *text, const MmtMarkKey *key,
                          const MmtMarkWord *word)
{
    g_assert((word->type == MMT_WORD_TEXT) == mark_put_is_text[key->kind]);
    g_assert(!word->numbers || (key->flags & MMT_KEY_REPEATED));
    mark_put_own(text, " ", 1);
    if (!(key->flags & MMT_KEY_BARE)) {
        mark_put_own(text, key->key, strlen(key->key));
        mark_put_own(text, "=", 1);
    }
    if (word->type == MMT_WORD_TEXT) {
        mark_put_text(text, word->text, strlen(word->text));
    } else {
        mark_put_numbers(text, key->kind, word);
    }
}

static const MmtMarkWord *mark_put_next(const MmtMarkWord *word)
{
    while (word->type == MMT_WORD_NONE) {
        word++;
    }
    return word;
}

size_t mmt_mark_put(MmtMark mark, const MmtMarkWord *words, char *buf)
{
    const MmtMarkForm *form = &mmt_mark_forms[mark];
    const MmtMarkWord *word = mark_put_next(words);
    MarkText text = { .buf = buf };
    const MmtMarkKey *key;

    mark_put_own(&text, MMT_MARK_PREFIX, strlen(MMT_MARK_PREFIX));
    mark_put_own(&text, form->name, strlen(form->name));
    for (key = form->key; key->key; key++) {
        if (word->type != MMT_WORD_END && !strcmp(word->key, key->key)) {
            mark_put_word(&text, key, word);
            word = mark_put_next(word + 1);
        } else {
            g_assert(key->flags & MMT_KEY_OPTIONAL);
        }
    }
    /* A word that is left does not belong to the mark, or not in this order. */
    g_assert(word->type == MMT_WORD_END);
    buf[text.len] = '\0';
    return text.len;
}

size_t mmt_mark_put_line(MmtMark mark, const MmtMarkWord *words, uint64_t ns,
                         char *buf)
{
    char *p = MMT_PUT_LITERAL(buf, "MARK ");

    p = mmt_put_time(p, ns);
    *p++ = ' ';
    p += mmt_mark_put(mark, words, p);
    p = MMT_PUT_LITERAL(p, "\n");
    *p = '\0';
    return p - buf;
}
