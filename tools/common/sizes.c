/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: parser and formatter of memory sizes (see sizes.h)
 */
#include "tools/common/sizes.h"

#include <inttypes.h>
#include <string.h>

bool size_parse(const char *text, uint64_t *bytes, GError **error)
{
    static const char units[] = "KMGT";
    char *end;
    uint64_t value = g_ascii_strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, g_ascii_toupper(*end)) : NULL;
    unsigned shift = unit ? 10 * (unit - units + 1) : 20;

    if (!g_ascii_isdigit(*text) || (*end && !unit) || (unit && end[1]) ||
        !value || value > (uint64_t)INT64_MAX >> shift) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "%s: invalid size: use 8G or 512M, for example", text);
        return false;
    }
    *bytes = value << shift;
    return true;
}

char *size_text(uint64_t size)
{
    static const char units[] = "KMGTPE";
    size_t unit = 0;

    while (size && !(size % 1024) && unit < strlen(units)) {
        size /= 1024;
        unit++;
    }
    return unit ? g_strdup_printf("%" PRIu64 "%c", size, units[unit - 1])
                : g_strdup_printf("%" PRIu64, size);
}
