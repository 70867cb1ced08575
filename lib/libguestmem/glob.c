/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: patterns with * and ?
 */
#include "libguestmem/glob.h"

#include <stddef.h>

/* The next character of UTF-8; the next byte of what is none */
static const char *next_char(const char *p)
{
    do {
        p++;
    } while ((*p & 0xc0) == 0x80);
    return p;
}

/*
 * If a text can match behind a `*`, it can with the shortest text for all `*`
 * before.  So only the last one needs to be tried again.
 */
bool gmem_glob_match(const char *glob, const char *text)
{
    const char *star = NULL;        /* behind the last `*` */
    const char *from = NULL;        /* text that it is tried with */

    while (*text) {
        if (*glob == '*') {
            star = ++glob;
            from = text;
        } else if (*glob == '?') {
            glob++;
            text = next_char(text);
        } else if (*glob && *glob == *text) {
            glob++;
            text++;
        } else if (star) {
            glob = star;
            from = next_char(from);
            text = from;
        } else {
            return false;
        }
    }
    while (*glob == '*') {
        glob++;
    }
    return !*glob;
}
