/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: how long accesses took (see latency.h)
 */
#include "tools/analysis/latency.h"

#include <glib.h>
#include <string.h>

uint32_t analysis_latency(const char *line, size_t len)
{
    static const char key[] = " latency=";
    const size_t key_len = sizeof(key) - 1;
    const char *end = line + len;
    const char *p = memmem(line, len, key, key_len);
    uint64_t value = 0;

    if (!p || p + key_len == end || !g_ascii_isdigit(p[key_len])) {
        return ANALYSIS_NO_LATENCY;
    }
    for (p += key_len; p < end && g_ascii_isdigit(*p); p++) {
        value = MIN(value * 10 + (*p - '0'), ANALYSIS_NO_LATENCY - 1);
    }
    return value;
}
