/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark: a text of bounded length (see text.h)
 */
#include <stdarg.h>
#include <string.h>

#include "guest-images/marker/text.h"

static const char digits[] = "0123456789abcdef";

void mark_text_clear(MarkText *t)
{
    t->len = 0;
    t->cut = 0;
    t->buf[0] = '\0';
}

void mark_text_add_bytes(MarkText *t, const char *bytes, size_t len)
{
    size_t room = MARK_LINE_MAX - t->len;
    size_t n = len < room ? len : room;

    memcpy(t->buf + t->len, bytes, n);
    t->len += n;
    t->cut += len - n;
    t->buf[t->len] = '\0';
}

void mark_text_add(MarkText *t, const char *string)
{
    mark_text_add_bytes(t, string, strlen(string));
}

static void add_digits(MarkText *t, uint64_t number, unsigned base, int width)
{
    char buf[24];
    char *p = buf + sizeof(buf);

    do {
        *--p = digits[number % base];
        number /= base;
        width--;
    } while (number || width > 0);
    mark_text_add_bytes(t, p, buf + sizeof(buf) - p);
}

void mark_text_add_number(MarkText *t, uint64_t number)
{
    add_digits(t, number, 10, 1);
}

void mark_text_add_hex(MarkText *t, uint64_t number)
{
    mark_text_add(t, "0x");
    add_digits(t, number, 16, 8);
}

void mark_text_add_seconds(MarkText *t, uint64_t us)
{
    add_digits(t, us / 1000000, 10, 1);
    mark_text_add(t, ".");
    add_digits(t, us % 1000000, 10, 6);
}

static void add_signed(MarkText *t, int number)
{
    if (number < 0) {
        mark_text_add(t, "-");
    }
    mark_text_add_number(t, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

void mark_text_format(MarkText *t, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    for (; *format; format++) {
        if (*format != '%') {
            mark_text_add_bytes(t, format, 1);
            continue;
        }
        format++;
        if (*format == 's') {
            mark_text_add(t, va_arg(ap, const char *));
        } else if (*format == 'u') {
            mark_text_add_number(t, va_arg(ap, unsigned));
        } else if (*format == 'd') {
            add_signed(t, va_arg(ap, int));
        } else {
            mark_text_add_bytes(t, format, 1);
        }
    }
    va_end(ap);
}

static void add_escaped(MarkText *t, unsigned char c)
{
    const char *known = c == '\n' ? "\\n" : c == '\t' ? "\\t" : NULL;

    if (known) {
        mark_text_add(t, known);
    } else if (c < ' ' || c == 0x7f) {
        mark_text_add(t, "\\x");
        add_digits(t, c, 16, 2);
    } else {
        mark_text_add_bytes(t, (const char *)&c, 1);
    }
}

void mark_text_add_word(MarkText *t, const char *word)
{
    bool quoted = !*word || strpbrk(word, " \t\n\"'");

    if (quoted) {
        mark_text_add(t, "\"");
    }
    for (; *word; word++) {
        if (*word == '"') {
            mark_text_add(t, "\\");
        }
        add_escaped(t, *word);
    }
    if (quoted) {
        mark_text_add(t, "\"");
    }
}

/* --- flaws --------------------------------------------------------------- */

/* Characters that the log replaces, beyond ASCII */
static const struct {
    uint32_t first, last;
} replaced[] = {
    { 0x80, 0x9f },
    { 0x61c, 0x61c },
    { 0x200e, 0x200f },
    { 0x2028, 0x202e },
    { 0x2066, 0x2069 },
};

/* The number of bytes after a first byte, or -1, and the first byte's bits */
static int utf8_length(unsigned char c, uint32_t *bits)
{
    static const struct {
        unsigned char mask, value;
    } kinds[] = {
        { 0x80, 0x00 }, { 0xe0, 0xc0 }, { 0xf0, 0xe0 }, { 0xf8, 0xf0 },
    };
    int n;

    for (n = 0; n < 4; n++) {
        if ((c & kinds[n].mask) == kinds[n].value) {
            *bits = c & ~kinds[n].mask;
            return n;
        }
    }
    return -1;
}

/* Reads a character of @len bytes at most; returns its length, 0 if invalid. */
static size_t utf8_character(const char *text, size_t len, uint32_t *c)
{
    static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
    int n = utf8_length(*text, c);
    int i;

    if (n < 0 || (size_t)n >= len) {
        return 0;
    }
    for (i = 1; i <= n; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
        *c = *c << 6 | (text[i] & 0x3f);
    }
    if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000)) {
        return 0;
    }
    return n + 1;
}

static bool is_replaced(uint32_t c)
{
    size_t i;

    if (c < ' ' || c == 0x7f) {
        return true;
    }
    for (i = 0; i < sizeof(replaced) / sizeof(replaced[0]); i++) {
        if (c >= replaced[i].first && c <= replaced[i].last) {
            return true;
        }
    }
    return false;
}

unsigned mark_text_flaws(const MarkText *t)
{
    unsigned flaws = t->cut || t->len > MARK_ROOM ? MARK_FLAW_LENGTH : 0;
    size_t i = 0;

    while (i < t->len) {
        uint32_t c;
        size_t n = utf8_character(t->buf + i, t->len - i, &c);

        if (!n) {
            flaws |= MARK_FLAW_ENCODING;
            n = 1;
        } else if (is_replaced(c)) {
            flaws |= MARK_FLAW_CONTROL;
        }
        i += n;
    }
    return flaws;
}
