/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: the parser's cursor; private to the parser
 *
 * The functions that all parts of the parser use: take a word, take a number,
 * set an error.  They are inline because reading a log spends its time in them.
 */
#ifndef LIBMMIOTRACE_CURSOR_H
#define LIBMMIOTRACE_CURSOR_H

#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/event.h"

#define MMT_NS_PER_SEC 1000000000ull

/* Bytes of an unexpected word that an error message quotes, at most. */
#define MMT_QUOTE_MAX 24

/**
 * struct MmtCursor: a position in a line that is being parsed
 * @start: first byte of the line
 * @p: the next byte
 * @end: end of the line, without the newline; points behind the last byte
 * @ev: the event to be filled in
 * @err: the error to be filled in
 */
typedef struct MmtCursor {
    const char *start;
    const char *p;
    const char *end;
    MmtEvent *ev;
    MmtParseError *err;
} MmtCursor;

/* Names of the fields, for messages. */
extern const char *const mmt_field_name[MMT_FIELD__MAX];

/**
 * struct MmtQuote: a word in printable form
 * @s: the word, or its beginning
 */
typedef struct MmtQuote {
    char s[MMT_QUOTE_MAX + 4];
} MmtQuote;

/**
 * mmt_cursor_quote() - quote a word of the line, in printable form
 * @c: the cursor
 * @at: start of the word
 */
MmtQuote mmt_cursor_quote(const MmtCursor *c, const char *at);

/**
 * mmt_cursor_set_error() - set the cursor's parse error
 * @c: the cursor
 * @field: name of the field, for messages
 * @at: position of the error in the line
 * @fmt: the message
 */
void mmt_cursor_set_error(MmtCursor *c, const char *field, const char *at,
                          const char *fmt, ...) G_GNUC_PRINTF(4, 5);

/* Sets the error; the value is false, and the compiler sees that */
#define mmt_cursor_fail(...) (mmt_cursor_set_error(__VA_ARGS__), false)

static inline bool mmt_cursor_at_word_end(const MmtCursor *c)
{
    return c->p == c->end || *c->p == ' ';
}

/* Take the blank before a field, and record the field's column. */
static inline bool mmt_cursor_begin_field(MmtCursor *c, MmtField field)
{
    const char *name = mmt_field_name[field];

    if (c->p == c->end) {
        return mmt_cursor_fail(c, name, c->p,
                               "%s is missing: the line ends", name);
    }
    if (*c->p != ' ') {
        return mmt_cursor_fail(c, name, c->p,
                               "a blank is missing before the %s", name);
    }
    c->p++;
    if (c->p == c->end) {
        return mmt_cursor_fail(c, name, c->p,
                               "%s is missing: the line ends", name);
    }
    if (*c->p == ' ') {
        return mmt_cursor_fail(c, name, c->p,
                               "two blanks before the %s; one expected", name);
    }
    if (!c->ev->column[field]) {
        c->ev->column[field] = c->p - c->start + 1;
    }
    return true;
}

static inline int mmt_digit(char ch)
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
 * Take digits of @base up to the first byte that is not a digit.  At least one
 * digit is required; @max is the largest number allowed.
 */
static inline bool mmt_take_digits(MmtCursor *c, const char *name,
                                   const char *word, unsigned base,
                                   uint64_t max, uint64_t *out)
{
    const char *first = c->p;
    uint64_t v = 0;

    while (c->p < c->end) {
        unsigned d = mmt_digit(*c->p);

        if (d >= base) {
            break;
        }
        if (d > max || v > (max - d) / base) {
            return mmt_cursor_fail(c, name, word,
                                   "%s %s is too large; at most %" PRIu64 " fits",
                                   name, mmt_cursor_quote(c, word).s, max);
        }
        v = v * base + d;
        c->p++;
    }
    if (c->p == first) {
        return mmt_cursor_fail(c, name, word,
                               "%s is '%s'; a %s number expected",
                               name, mmt_cursor_quote(c, word).s,
                               base == 10 ? "decimal" : "hexadecimal");
    }
    *out = v;
    return true;
}

/* Take a number that must be the whole word. */
static inline bool mmt_take_number(MmtCursor *c, const char *name,
                                   unsigned base, uint64_t max, uint64_t *out)
{
    const char *word = c->p;

    if (!mmt_take_digits(c, name, word, base, max, out)) {
        return false;
    }
    if (!mmt_cursor_at_word_end(c)) {
        return mmt_cursor_fail(c, name, c->p,
                               "%s is '%s'; a %s number expected",
                               name, mmt_cursor_quote(c, word).s,
                               base == 10 ? "decimal" : "hexadecimal");
    }
    return true;
}

/* Take a number that begins with 0x and must be the whole word. */
static inline bool mmt_take_word_hex(MmtCursor *c, const char *name,
                                     uint64_t *out)
{
    const char *word = c->p;

    if (c->end - c->p < 2 || memcmp(c->p, "0x", 2)) {
        return mmt_cursor_fail(c, name, word,
                               "%s is '%s'; a number beginning with 0x expected",
                               name, mmt_cursor_quote(c, word).s);
    }
    c->p += 2;
    if (!mmt_take_digits(c, name, word, 16, UINT64_MAX, out)) {
        return false;
    }
    if (!mmt_cursor_at_word_end(c)) {
        return mmt_cursor_fail(c, name, c->p,
                               "%s is '%s'; a hexadecimal number expected",
                               name, mmt_cursor_quote(c, word).s);
    }
    return true;
}

/* Take a word that is only the character @sign, instead of a number. */
static inline bool mmt_take_sign(MmtCursor *c, char sign)
{
    if (c->p == c->end || *c->p != sign) {
        return false;
    }
    c->p++;
    if (!mmt_cursor_at_word_end(c)) {
        c->p--;
        return false;
    }
    return true;
}

static inline bool mmt_take_width_number(MmtCursor *c)
{
    const char *name = mmt_field_name[MMT_FIELD_WIDTH];
    const char *word = c->p;
    uint64_t v;

    if (!mmt_take_number(c, name, 10, UINT32_MAX, &v)) {
        return false;
    }
    if (v != 1 && v != 2 && v != 4 && v != 8) {
        return mmt_cursor_fail(c, name, word,
                               "width is %" PRIu64 "; 1, 2, 4 or 8 expected",
                               v);
    }
    c->ev->width = v;
    return true;
}

/* Take seconds, a point and 9 digits, or 6 digits if @micro. */
static inline bool mmt_take_seconds(MmtCursor *c, const char *name, bool micro,
                                    uint64_t *ns)
{
    const char *want = micro ? "6 or 9" : "9";
    const char *word = c->p;
    const char *point;
    uint64_t sec;
    uint64_t frac;
    size_t digits;

    if (!mmt_take_digits(c, name, word, 10, UINT64_MAX / MMT_NS_PER_SEC,
                         &sec)) {
        return false;
    }
    point = c->p;
    if (c->p < c->end && *c->p == '.') {
        c->p++;
    }
    if (point == c->p || c->p == c->end || mmt_digit(*c->p) > 9 ||
        !mmt_take_digits(c, name, word, 10, UINT64_MAX, &frac) ||
        !mmt_cursor_at_word_end(c)) {
        return mmt_cursor_fail(c, name, c->p,
                               "%s is '%s'; seconds, a point and %s digits expected",
                               name, mmt_cursor_quote(c, word).s, want);
    }
    digits = c->p - point - 1;
    if (digits != 9 && !(micro && digits == 6)) {
        return mmt_cursor_fail(c, name, point + 1,
                               "%s has %zu digits after the point; %s expected",
                               name, digits, want);
    }
    if (digits == 6) {
        frac *= 1000;
    }
    if (sec == UINT64_MAX / MMT_NS_PER_SEC &&
        frac > UINT64_MAX % MMT_NS_PER_SEC) {
        return mmt_cursor_fail(c, name, word, "%s %s is too large", name,
                               mmt_cursor_quote(c, word).s);
    }
    *ns = sec * MMT_NS_PER_SEC + frac;
    return true;
}

static inline bool mmt_take_map_id_number(MmtCursor *c)
{
    const char *name = mmt_field_name[MMT_FIELD_MAP_ID];
    const char *word = c->p;
    uint64_t v;

    if (!mmt_take_number(c, name, 10, INT32_MAX, &v)) {
        return false;
    }
    if (v == 0) {
        return mmt_cursor_fail(c, name, word,
                               "map id is 0; 1 or more expected");
    }
    c->ev->map_id = v;
    return true;
}

/* Take the rest of the line, without bytes that end a string or a line. */
static inline bool mmt_take_rest(MmtCursor *c, MmtField field, MmtSpan *span)
{
    const char *p;

    c->ev->column[field] = c->p - c->start + 1;
    span->p = c->p;
    span->len = c->end - c->p;
    for (p = c->p; p < c->end; p++) {
        if (*p == '\0' || *p == '\n' || *p == '\r') {
            return mmt_cursor_fail(c, mmt_field_name[field], p,
                                   "a %s inside the line",
                                   *p == '\0' ? "zero byte" :
                                   *p == '\n' ? "newline" : "carriage return");
        }
    }
    c->p = c->end;
    return true;
}

static inline bool mmt_take_literal(MmtCursor *c, const char *s)
{
    size_t n = strlen(s);

    if ((size_t)(c->end - c->p) < n || memcmp(c->p, s, n)) {
        return false;
    }
    c->p += n;
    return true;
}

/**
 * mmt_take_extra() - take the extra fields, up to the end of the line
 * @c: the cursor, at the blank before them or at the end of the line
 *
 * Return: true, or false with the reason in the cursor's error
 */
bool mmt_take_extra(MmtCursor *c);

/**
 * mmt_recognize_config() - turn a config space mark into an access event
 * @ev: an MMT_EVENT_MARK; becomes an access to config space if it is a valid
 *      one, and is not changed otherwise: anyone may have written the mark
 */
void mmt_recognize_config(MmtEvent *ev);

#endif /* LIBMMIOTRACE_CURSOR_H */
