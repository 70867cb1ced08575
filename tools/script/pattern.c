/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: Lua's patterns, with a limit (see pattern.h)
 *
 * A pattern is a sequence of items: a class of characters with or without one
 * of * + - ?, a capture's begin or end, %b, %f, %1.  match_items() matches the
 * rest of a pattern; where there is a choice, it calls itself for each.
 */
#include "tools/script/pattern.h"

#include <ctype.h>
#include <string.h>

/* As Lua's: deeper patterns do not occur. */
#define DEPTH_MAX 200

static const char *match_items(ScriptMatch *m, const char *s, const char *p);

static const char *fail(ScriptMatch *m, const char *error)
{
    m->error = error;
    return NULL;
}

/* Return: false if the match must end */
static bool step(ScriptMatch *m)
{
    if (m->steps) {
        m->steps--;
    }
    return m->steps && !m->error;
}

/* --- classes ------------------------------------------------------------- */

/* Return: the end of the class that begins at @p, or NULL after an error */
static const char *class_end(ScriptMatch *m, const char *p)
{
    const char *end = m->pattern_end;

    if (*p == '%') {
        return p + 1 < end ? p + 2
                           : fail(m, "malformed pattern (ends with '%')");
    }
    if (*p != '[') {
        return p + 1;
    }
    p++;
    if (p < end && *p == '^') {
        p++;
    }
    do {
        if (p >= end) {
            return fail(m, "malformed pattern (missing ']')");
        }
        p += *p == '%' ? 2 : 1;
    } while (p >= end || *p != ']');
    return p + 1;
}

static bool is_in_class(unsigned char c, unsigned char letter)
{
    bool in;

    switch (tolower(letter)) {
    case 'a':
        in = isalpha(c);
        break;
    case 'c':
        in = iscntrl(c);
        break;
    case 'd':
        in = isdigit(c);
        break;
    case 'g':
        in = isgraph(c);
        break;
    case 'l':
        in = islower(c);
        break;
    case 'p':
        in = ispunct(c);
        break;
    case 's':
        in = isspace(c);
        break;
    case 'u':
        in = isupper(c);
        break;
    case 'w':
        in = isalnum(c);
        break;
    case 'x':
        in = isxdigit(c);
        break;
    case 'z':
        in = !c;
        break;
    default:
        return letter == c;
    }
    return in != (isupper(letter) != 0);
}

/* @p is behind '[', @last is the ']'. */
static bool is_in_set(ScriptMatch *m, unsigned char c, const char *p,
                      const char *last)
{
    bool inverse = *p == '^';

    for (p += inverse; p < last; p++) {
        step(m);
        if (*p == '%') {
            p++;
            if (is_in_class(c, *p)) {
                return !inverse;
            }
        } else if (p + 2 < last && p[1] == '-') {
            if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2]) {
                return !inverse;
            }
            p += 2;
        } else if ((unsigned char)*p == c) {
            return !inverse;
        }
    }
    return inverse;
}

/* Is the character at @s in the class from @p to @end? */
static bool is_one(ScriptMatch *m, const char *s, const char *p,
                   const char *end)
{
    unsigned char c;

    if (!step(m) || s >= m->subject_end) {
        return false;
    }
    c = *s;
    switch (*p) {
    case '.':
        return true;
    case '%':
        return is_in_class(c, p[1]);
    case '[':
        return is_in_set(m, c, p + 1, end - 1);
    default:
        return (unsigned char)*p == c;
    }
}

/* --- repetitions --------------------------------------------------------- */

/* As many as possible, then fewer */
static const char *match_most(ScriptMatch *m, const char *s, const char *p,
                              const char *end)
{
    ptrdiff_t n = 0;

    while (is_one(m, s + n, p, end)) {
        n++;
    }
    for (; n >= 0 && step(m); n--) {
        const char *result = match_items(m, s + n, end + 1);

        if (result) {
            return result;
        }
    }
    return NULL;
}

/* None, then more */
static const char *match_least(ScriptMatch *m, const char *s, const char *p,
                               const char *end)
{
    while (step(m)) {
        const char *result = match_items(m, s, end + 1);

        if (result) {
            return result;
        }
        if (!is_one(m, s, p, end)) {
            return NULL;
        }
        s++;
    }
    return NULL;
}

/* --- captures ------------------------------------------------------------ */

static const char *match_open(ScriptMatch *m, const char *s, const char *p)
{
    bool position = p + 1 < m->pattern_end && p[1] == ')';
    const char *result;

    if (m->n == SCRIPT_CAPTURES_MAX) {
        return fail(m, "too many captures");
    }
    m->captures[m->n].start = s;
    m->captures[m->n].len = position ? SCRIPT_CAPTURE_POSITION
                                     : SCRIPT_CAPTURE_OPEN;
    m->n++;
    result = match_items(m, s, p + (position ? 2 : 1));
    if (!result) {
        m->n--;
    }
    return result;
}

static const char *match_close(ScriptMatch *m, const char *s, const char *p)
{
    unsigned i = m->n;
    const char *result;

    do {
        if (!i--) {
            return fail(m, "invalid pattern capture");
        }
    } while (m->captures[i].len != SCRIPT_CAPTURE_OPEN);
    m->captures[i].len = s - m->captures[i].start;
    result = match_items(m, s, p + 1);
    if (!result) {
        m->captures[i].len = SCRIPT_CAPTURE_OPEN;
    }
    return result;
}

/* %1: what the capture has.  Return: the place behind it, or NULL */
static const char *skip_capture(ScriptMatch *m, const char *s, char digit)
{
    unsigned i = digit - '1';
    size_t len;

    if (digit == '0' || i >= m->n ||
        m->captures[i].len == SCRIPT_CAPTURE_OPEN) {
        return fail(m, "invalid capture index in the pattern");
    }
    /* as Lua: a position never matches */
    len = m->captures[i].len;
    if (len > (size_t)(m->subject_end - s) ||
        memcmp(m->captures[i].start, s, len)) {
        return NULL;
    }
    m->steps -= m->steps > len / 16 ? len / 16 : m->steps;
    return s + len;
}

/* %bxy: balanced.  Return: the place behind it, or NULL */
static const char *skip_balanced(ScriptMatch *m, const char *s, const char *p)
{
    size_t depth = 1;

    if (p + 1 >= m->pattern_end) {
        return fail(m, "malformed pattern (missing arguments to '%b')");
    }
    if (s >= m->subject_end || *s != p[0]) {
        return NULL;
    }
    while (++s < m->subject_end && step(m)) {
        if (*s == p[1]) {
            if (!--depth) {
                return s + 1;
            }
        } else if (*s == p[0]) {
            depth++;
        }
    }
    return NULL;
}

/* %f[set].  Return: the place behind the set in the pattern, or NULL */
static const char *skip_frontier(ScriptMatch *m, const char *s, const char *p)
{
    unsigned char before = s == m->subject ? 0 : s[-1];
    unsigned char here = s == m->subject_end ? 0 : *s;
    const char *end;

    if (p >= m->pattern_end || *p != '[') {
        return fail(m, "missing '[' after '%f' in pattern");
    }
    end = class_end(m, p);
    if (!end || is_in_set(m, before, p + 1, end - 1) ||
        !is_in_set(m, here, p + 1, end - 1)) {
        return NULL;
    }
    return end;
}

/* --- items --------------------------------------------------------------- */

/*
 * An item that is not repeated.  Return: the place behind it in the pattern,
 * and @s is moved; or NULL
 */
static const char *skip_class(ScriptMatch *m, const char **s, const char *p,
                              const char *end)
{
    if (!is_one(m, *s, p, end)) {
        return NULL;
    }
    (*s)++;
    return end;
}

/* %b, %f, %1.  Return: as skip_class(); @p itself if it is something else */
static const char *skip_special(ScriptMatch *m, const char **s, const char *p)
{
    const char *next;

    if (*p != '%' || p + 1 >= m->pattern_end) {
        return p;
    }
    if (p[1] == 'f') {
        return skip_frontier(m, *s, p + 2);
    }
    if (p[1] == 'b') {
        next = skip_balanced(m, *s, p + 2);
        p += 4;
    } else if (isdigit((unsigned char)p[1])) {
        next = skip_capture(m, *s, p[1]);
        p += 2;
    } else {
        return p;
    }
    if (next) {
        *s = next;
    }
    return next ? p : NULL;
}

/* Matches items one after the other until there is a choice. */
static const char *match_row(ScriptMatch *m, const char *s, const char *p)
{
    while (step(m)) {
        const char *end;
        const char *next;
        char repeat;

        if (p == m->pattern_end) {
            return s;
        }
        if (*p == '(') {
            return match_open(m, s, p);
        }
        if (*p == ')') {
            return match_close(m, s, p);
        }
        if (*p == '$' && p + 1 == m->pattern_end) {
            return s == m->subject_end ? s : NULL;
        }
        next = skip_special(m, &s, p);
        if (!next) {
            return NULL;
        }
        if (next != p) {
            p = next;
            continue;
        }
        end = class_end(m, p);
        if (!end) {
            return NULL;
        }
        repeat = end < m->pattern_end ? *end : 0;
        if (repeat == '*' || repeat == '+') {
            if (repeat == '+' && !is_one(m, s, p, end)) {
                return NULL;
            }
            return match_most(m, s + (repeat == '+'), p, end);
        }
        if (repeat == '-') {
            return match_least(m, s, p, end);
        }
        if (repeat == '?') {
            const char *result = is_one(m, s, p, end)
                                 ? match_items(m, s + 1, end + 1) : NULL;

            if (result) {
                return result;
            }
            p = end + 1;
            continue;
        }
        p = skip_class(m, &s, p, end);
        if (!p) {
            return NULL;
        }
    }
    return NULL;
}

static const char *match_items(ScriptMatch *m, const char *s, const char *p)
{
    const char *result;

    if (m->depth == DEPTH_MAX) {
        return fail(m, "pattern too complex");
    }
    m->depth++;
    result = match_row(m, s, p);
    m->depth--;
    return result;
}

const char *script_match(ScriptMatch *match, const char *at)
{
    const char *result;
    unsigned i;

    match->error = NULL;
    match->depth = 0;
    match->n = 0;
    result = match_items(match, at, match->pattern);
    if (match->error || !match->steps) {
        return NULL;
    }
    for (i = 0; result && i < match->n; i++) {
        if (match->captures[i].len == SCRIPT_CAPTURE_OPEN) {
            return fail(match, "unfinished capture");
        }
    }
    return result;
}
