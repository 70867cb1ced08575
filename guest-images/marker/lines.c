/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark: lines of a stream (see lines.h)
 */
#include <string.h>

#include "guest-images/marker/lines.h"

void mark_lines_init(MarkLines *l)
{
    mark_text_clear(&l->line);
    l->cr = false;
    l->whole = false;
}

static size_t before_end(const char *bytes, size_t len)
{
    size_t n;

    for (n = 0; n < len && bytes[n] != '\n' && bytes[n]; n++) {
        continue;
    }
    return n;
}

static void add(MarkLines *l, const char *bytes, size_t len)
{
    if (!len) {
        return;
    }
    if (l->cr) {
        mark_text_add(&l->line, "\r");
    }
    l->cr = bytes[len - 1] == '\r';
    mark_text_add_bytes(&l->line, bytes, len - l->cr);
}

bool mark_lines_next(MarkLines *l, const char **bytes, size_t *len)
{
    size_t n = before_end(*bytes, *len);
    bool ended = n < *len;

    if (l->whole) {
        mark_lines_init(l);
    }
    add(l, *bytes, n);
    *bytes += n + ended;
    *len -= n + ended;
    if (!ended) {
        return false;
    }
    l->cr = false;
    l->whole = l->line.len > 0;
    return l->whole;
}

bool mark_lines_end(MarkLines *l)
{
    return !l->whole && l->line.len > 0;
}
