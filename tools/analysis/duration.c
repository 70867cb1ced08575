/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: durations for people
 */
#include "tools/analysis/duration.h"

void analysis_put_duration(GString *text, uint64_t ns)
{
    static const struct {
        uint64_t ns;
        const char *name;
    } units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" },
                  { 1, "ns" } };
    unsigned i = 0;

    while (i < G_N_ELEMENTS(units) - 1 && ns < units[i].ns) {
        i++;
    }
    g_string_append_printf(text, "%.3g %s", (double)ns / units[i].ns,
                           units[i].name);
}
