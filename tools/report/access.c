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
