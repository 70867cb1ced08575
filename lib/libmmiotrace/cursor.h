/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: a line on its way to becoming an event; the parser's own
 *
 * What every part of the parser needs: the next word, a number, a reason why
 * not.  Inline, since this is what reading a log consists of.
 */
#ifndef LIBMMIOTRACE_CURSOR_H
#define LIBMMIOTRACE_CURSOR_H

#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/parse.h"

#define NS_PER_SEC 1000000000ull

/* As much of a foreign word as an error message quotes. */
#define QUOTE_MAX 24

/**
 * struct Cursor: a line on its way to becoming an event
 * @start: its first byte
 * @p: the next byte
 * @end: behind its last byte, the end of line left out
 * @ev: the event
 * @err: the reason
 */
typedef struct Cursor {
    const char *start;
    const char *p;
    const char *end;
    MmtEvent *ev;
    MmtParseError *err;
} Cursor;

/* Names of the fields, for people; NULL where an event has no such field. */
extern const char *const mmt_field_name[MMT_FIELD__MAX];

/**
 * struct Quote: a word, fit to be shown
 * @s: the word, or its beginning
 */
typedef struct Quote {
    char s[QUOTE_MAX + 4];
} Quote;

/**
 * mmt_cursor_quote() - the word at some place, fit to be shown
 * @c: the cursor
 * @at: where it begins
 */
Quote mmt_cursor_quote(const Cursor *c, const char *at);

static inline Quote quote(const Cursor *c, const char *at)
{
    return mmt_cursor_quote(c, at);
}

/**
 * mmt_cursor_fail() - say why the line is none
 * @c: the cursor
 * @field: name of the field, for people
 * @at: what is wrong
 * @fmt: the message
 */
void mmt_cursor_fail(Cursor *c, const char *field, const char *at,
                     const char *fmt, ...) G_GNUC_PRINTF(4, 5);

/* The compiler is to see that it is always false. */
#define fail(...) (mmt_cursor_fail(__VA_ARGS__), false)

static inline bool at_end_of_word(const Cursor *c)
{
    return c->p == c->end || *c->p == ' ';
}

/* Take the blank before a field, and note where the field begins. */
static inline bool begin_field(Cursor *c, MmtField field)
{
    const char *name = mmt_field_name[field];

    if (c->p == c->end) {
        return fail(c, name, c->p, "%s is missing: the line ends", name);
    }
    if (*c->p != ' ') {
        return fail(c, name, c->p, "a blank is missing before the %s", name);
    }
    c->p++;
    if (c->p == c->end) {
        return fail(c, name, c->p, "%s is missing: the line ends", name);
    }
    if (*c->p == ' ') {
        return fail(c, name, c->p, "two blanks before the %s; one expected",
                    name);
    }
    if (!c->ev->column[field]) {
        c->ev->column[field] = c->p - c->start + 1;
    }
    return true;
}

static inline int digit_of(char ch)
{
    if (ch >= '0' && ch <= '9') {
        return ch - '0';
    }
    if (ch >= 'a' && ch <= 'f') {
        return ch - 'a' + 10;
    }
    if (ch >= 'A' && ch <= 'F') {
        return ch - 'A' + 10;
    }
    return 16;
}

/*
 * Digits of a base up to the first byte that is none.  At least one is
 * needed; @max is the largest number allowed.
 */
static inline bool take_digits(Cursor *c, const char *name, const char *word,
                        unsigned base, uint64_t max, uint64_t *out)
{
    const char *first = c->p;
    uint64_t v = 0;

    while (c->p < c->end) {
        unsigned d = digit_of(*c->p);

        if (d >= base) {
            break;
        }
        if (d > max || v > (max - d) / base) {
            return fail(c, name, word, "%s %s is too large; at most %" PRIu64
                        " fits", name, quote(c, word).s, max);
        }
        v = v * base + d;
        c->p++;
    }
    if (c->p == first) {
        return fail(c, name, word, "%s is '%s'; a %s number expected", name,
                    quote(c, word).s, base == 10 ? "decimal" : "hexadecimal");
    }
    *out = v;
    return true;
}

/* A number that must fill its field. */
static inline bool take_number(Cursor *c, const char *name, unsigned base,
                        uint64_t max, uint64_t *out)
{
    const char *word = c->p;

    if (!take_digits(c, name, word, base, max, out)) {
        return false;
    }
    if (!at_end_of_word(c)) {
        return fail(c, name, c->p, "%s is '%s'; a %s number expected", name,
                    quote(c, word).s, base == 10 ? "decimal" : "hexadecimal");
    }
    return true;
}

/* A number that begins with 0x and fills its word. */
static inline bool take_word_hex(Cursor *c, const char *name, uint64_t *out)
{
    const char *word = c->p;

    if (c->end - c->p < 2 || memcmp(c->p, "0x", 2)) {
        return fail(c, name, word, "%s is '%s'; a number beginning with 0x "
                    "expected", name, quote(c, word).s);
    }
    c->p += 2;
    if (!take_digits(c, name, word, 16, UINT64_MAX, out)) {
        return false;
    }
    if (!at_end_of_word(c)) {
        return fail(c, name, c->p, "%s is '%s'; a hexadecimal number expected",
                    name, quote(c, word).s);
    }
    return true;
}

/* A word of that one character, in the place of a number. */
static inline bool take_sign(Cursor *c, char sign)
{
    if (c->p == c->end || *c->p != sign) {
        return false;
    }
    c->p++;
    if (!at_end_of_word(c)) {
        c->p--;
        return false;
    }
    return true;
}

static inline bool take_width_number(Cursor *c)
{
    const char *name = mmt_field_name[MMT_FIELD_WIDTH];
    const char *word = c->p;
    uint64_t v;

    if (!take_number(c, name, 10, UINT32_MAX, &v)) {
        return false;
    }
    if (v != 1 && v != 2 && v != 4 && v != 8) {
        return fail(c, name, word, "width is %" PRIu64 "; 1, 2, 4 or 8 "
                    "expected", v);
    }
    c->ev->width = v;
    return true;
}

/* Seconds, a point and 9 digits, or, if that is allowed, 6. */
static inline bool take_seconds(Cursor *c, const char *name, bool micro,
                         uint64_t *ns)
{
    const char *want = micro ? "6 or 9" : "9";
    const char *word = c->p;
    const char *point;
    uint64_t sec;
    uint64_t frac;
    size_t digits;

    if (!take_digits(c, name, word, 10, UINT64_MAX / NS_PER_SEC, &sec)) {
        return false;
    }
    point = c->p;
    if (c->p < c->end && *c->p == '.') {
        c->p++;
    }
    if (point == c->p || c->p == c->end || digit_of(*c->p) > 9 ||
        !take_digits(c, name, word, 10, UINT64_MAX, &frac) ||
        !at_end_of_word(c)) {
        return fail(c, name, c->p, "%s is '%s'; seconds, a point and %s "
                    "digits expected", name, quote(c, word).s, want);
    }
    digits = c->p - point - 1;
    if (digits != 9 && !(micro && digits == 6)) {
        return fail(c, name, point + 1, "%s has %zu digits after the point; "
                    "%s expected", name, digits, want);
    }
    if (digits == 6) {
        frac *= 1000;
    }
    if (sec == UINT64_MAX / NS_PER_SEC && frac > UINT64_MAX % NS_PER_SEC) {
        return fail(c, name, word, "%s %s is too large", name,
                    quote(c, word).s);
    }
    *ns = sec * NS_PER_SEC + frac;
    return true;
}

static inline bool take_map_id_number(Cursor *c)
{
    const char *name = mmt_field_name[MMT_FIELD_MAP_ID];
    const char *word = c->p;
    uint64_t v;

    if (!take_number(c, name, 10, INT32_MAX, &v)) {
        return false;
    }
    if (v == 0) {
        return fail(c, name, word, "map id is 0; 1 or more expected");
    }
    c->ev->map_id = v;
    return true;
}

/* The rest of the line, which a reader that takes strings must see whole. */
static inline bool take_rest(Cursor *c, MmtField field, MmtSpan *span)
{
    const char *p;

    c->ev->column[field] = c->p - c->start + 1;
    span->p = c->p;
    span->len = c->end - c->p;
    for (p = c->p; p < c->end; p++) {
        if (*p == '\0' || *p == '\n' || *p == '\r') {
            return fail(c, mmt_field_name[field], p, "a %s inside the line",
                        *p == '\0' ? "zero byte" :
                        *p == '\n' ? "newline" : "carriage return");
        }
    }
    c->p = c->end;
    return true;
}

static inline bool take_literal(Cursor *c, const char *s)
{
    size_t n = strlen(s);

    if ((size_t)(c->end - c->p) < n || memcmp(c->p, s, n)) {
        return false;
    }
    c->p += n;
    return true;
}

/**
 * mmt_take_extra() - take the extra fields up to the end of the line
 * @c: the cursor, at the blank before them or at the end
 *
 * Return: true, or false with the reason in the cursor's error
 */
bool mmt_take_extra(Cursor *c);

/**
 * mmt_recognize_config() - make an event of a mark that is one
 * @ev: an MMT_EVENT_MARK; becomes an access to config space if it is a sound
 *      one, and is left alone otherwise: who wrote it is not known
 */
void mmt_recognize_config(MmtEvent *ev);

#endif /* LIBMMIOTRACE_CURSOR_H */
