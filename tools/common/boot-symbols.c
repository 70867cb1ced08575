/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: files with the symbols of a guest (see boot-symbols.h)
 */
#include "tools/common/boot-symbols.h"

#include <string.h>

#define COMPRESSED ".zst"
#define SUFFIX ".kallsyms"

#define MARK "vfio-trace run: boot "
#define MARK_END " of the guest"

char *boot_symbols_path(const char *log, unsigned boot)
{
    g_autofree char *stem = g_strdup(log);
    g_autofree char *number = boot > 1 ? g_strdup_printf(".%u", boot)
                                       : g_strdup("");

    if (g_str_has_suffix(stem, COMPRESSED)) {
        stem[strlen(stem) - strlen(COMPRESSED)] = '\0';
    }
    return g_strconcat(stem, number, SUFFIX, NULL);
}

/* Return: the number at @text, up to @end; 0 if it is none of a boot */
static unsigned number_at(const char *text, const char *end)
{
    unsigned n = 0;

    if (text == end || *text == '0') {
        return 0;
    }
    for (; text < end; text++) {
        if (!g_ascii_isdigit(*text)) {
            return 0;
        }
        n = n * 10 + (*text - '0');
        if (n > BOOT_SYMBOLS_MAX) {
            return 0;
        }
    }
    return n;
}

bool boot_symbols_is_path(const char *log, const char *path)
{
    g_autofree char *first = boot_symbols_path(log, 1);
    size_t stem = strlen(first) - strlen(SUFFIX);
    size_t len = strlen(path);

    if (!strcmp(path, first)) {
        return true;
    }
    return len > stem + 1 + strlen(SUFFIX) && !strncmp(path, first, stem) &&
           path[stem] == '.' && g_str_has_suffix(path, SUFFIX) &&
           number_at(path + stem + 1, path + len - strlen(SUFFIX)) > 1;
}

char *boot_symbols_mark(unsigned boot)
{
    return g_strdup_printf(MARK "%u" MARK_END, boot);
}

unsigned boot_symbols_from_mark(const char *text, size_t len)
{
    size_t around = strlen(MARK) + strlen(MARK_END);

    if (len <= around || memcmp(text, MARK, strlen(MARK)) ||
        memcmp(text + len - strlen(MARK_END), MARK_END, strlen(MARK_END))) {
        return 0;
    }
    return number_at(text + strlen(MARK), text + len - strlen(MARK_END));
}
