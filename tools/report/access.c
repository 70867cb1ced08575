/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: an access (see access.h)
 */
#include "tools/report/access.h"

#include <glib.h>
#include <string.h>

void report_halve(uint32_t *counts, uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n / 2; i++) {
        uint32_t sum = counts[2 * i];

        report_add(&sum, counts[2 * i + 1]);
        counts[i] = sum;
    }
    memset(counts + n / 2, 0, n / 2 * sizeof(*counts));
}

uint32_t report_latency(const char *line, size_t len)
{
    static const char key[] = " latency=";
    const size_t key_len = sizeof(key) - 1;
    const char *end = line + len;
    const char *p = memmem(line, len, key, key_len);
    uint64_t value = 0;

    if (!p || p + key_len == end || !g_ascii_isdigit(p[key_len])) {
        return REPORT_NO_LATENCY;
    }
    for (p += key_len; p < end && g_ascii_isdigit(*p); p++) {
        value = MIN(value * 10 + (*p - '0'), UINT32_MAX - 1);
    }
    return value;
}
