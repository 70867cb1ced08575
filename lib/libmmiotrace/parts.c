/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: logs in numbered parts (see parts.h)
 */
#include "libmmiotrace/parts.h"

#include <string.h>

#define COMPRESSED ".zst"

/* No log has more parts than can be counted with this many digits. */
#define PART_DIGITS 9

/* Bytes of @name before a final ".zst". */
static size_t stem_length(const char *name)
{
    size_t len = strlen(name);

    return g_str_has_suffix(name, COMPRESSED) ? len - strlen(COMPRESSED) : len;
}

char *mmt_part_name(const char *name, unsigned n)
{
    size_t stem = stem_length(name);

    if (!n) {
        return g_strdup(name);
    }
    return g_strdup_printf("%.*s.%u%s", (int)stem, name, n, name + stem);
}

char *mmt_part_next(const char *name, unsigned part)
{
    size_t stem = stem_length(name);
    g_autofree char *number = NULL;
    size_t len;

    if (part == 1) {
        return mmt_part_name(name, 1);
    }
    number = g_strdup_printf(".%u", part - 1);
    len = strlen(number);
    if (stem <= len || memcmp(name + stem - len, number, len)) {
        return NULL;
    }
    return g_strdup_printf("%.*s.%u%s", (int)(stem - len), name, part,
                           name + stem);
}

char *mmt_part_mark_text(MmtPartMark mark, unsigned part)
{
    switch (mark) {
    case MMT_PART_CONTINUES:
        return g_strdup_printf(MMT_PART_FMT_CONTINUES, part, part + 1);
    case MMT_PART_BEGINS:
        return g_strdup_printf(MMT_PART_FMT_BEGINS, part);
    case MMT_PART_HEADER_ENDS:
        return g_strdup_printf(MMT_PART_FMT_HEADER_ENDS, part);
    default:
        g_assert_not_reached();
    }
}

/* Number of digits in @line from @at on. */
static size_t digits(const char *line, size_t len, size_t at)
{
    size_t n = 0;

    while (at + n < len && g_ascii_isdigit(line[at + n])) {
        n++;
    }
    return n;
}

/* Offset of a MARK's text in the line; 0 if the line is not a MARK. */
static size_t mark_text(const char *line, size_t len)
{
    static const char keyword[] = "MARK ";
    size_t at = strlen(keyword);
    size_t n;

    if (len < at || memcmp(line, keyword, at)) {
        return 0;
    }
    n = digits(line, len, at);
    at += n;
    if (!n || at >= len || line[at] != '.') {
        return 0;
    }
    at++;
    n = digits(line, len, at);
    at += n;
    if (!n || at >= len || line[at] != ' ') {
        return 0;
    }
    return at + 1;
}

MmtPartMark mmt_part_mark(const char *line, size_t len, unsigned *part)
{
    static const char word[] = MMT_MARK_PREFIX "part ";
    size_t at = mark_text(line, len);
    size_t number = at + strlen(word);
    unsigned value = 0;
    MmtPartMark mark;
    size_t n;
    size_t i;

    if (!at || len < number || memcmp(line + at, word, strlen(word))) {
        return MMT_PART_NONE;
    }
    n = digits(line, len, number);
    if (n > PART_DIGITS) {
        return MMT_PART_NONE;
    }
    for (i = 0; i < n; i++) {
        value = value * 10 + (line[number + i] - '0');
    }
    if (!value) {
        return MMT_PART_NONE;
    }
    for (mark = MMT_PART_CONTINUES; mark <= MMT_PART_HEADER_ENDS; mark++) {
        g_autofree char *text = mmt_part_mark_text(mark, value);

        if (len - at == strlen(text) && !memcmp(line + at, text, len - at)) {
            *part = value;
            return mark;
        }
    }
    return MMT_PART_NONE;
}
