/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: functions that the classes share
 */
#include "tools/profile/class.h"

#include <inttypes.h>

uint64_t profile_changes(const ProfileWrites *w)
{
    return (uint64_t)w->steps + w->backs + w->jumps;
}

uint64_t profile_all_ones(const ProfileRegister *reg)
{
    int width = g_bit_nth_msf(reg->widths, -1);

    return width >= 8 || width <= 0 ? UINT64_MAX : (1ull << (width * 8)) - 1;
}

void profile_say(ProfileFinding *finding, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    g_string_append_vprintf(finding->evidence, fmt, args);
    va_end(args);
}

/* "time", "times" */
const char *profile_plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* "bit 3", "bits 0-7, 12" */
void profile_say_bits(ProfileFinding *finding, uint64_t bits)
{
    bool first = true;
    int from;
    int to;

    profile_say(finding, __builtin_popcountll(bits) == 1 ? "bit " : "bits ");
    for (from = 0; from < 64; from = to + 1) {
        to = from;
        if (!(bits >> from & 1)) {
            continue;
        }
        while (to < 63 && bits >> (to + 1) & 1) {
            to++;
        }
        profile_say(finding, first ? "%d" : ", %d", from);
        if (to > from) {
            profile_say(finding, "-%d", to);
        }
        first = false;
    }
}

void profile_say_time(ProfileFinding *finding, uint64_t ns)
{
    if (ns >= 1000000000) {
        profile_say(finding, "%.1f s", ns / 1e9);
    } else if (ns >= 1000000) {
        profile_say(finding, "%.1f ms", ns / 1e6);
    } else {
        profile_say(finding, "%.1f us", ns / 1e3);
    }
}

void profile_say_values(ProfileFinding *finding, const ProfileValues *values)
{
    if (values->n > PROFILE_VALUES) {
        profile_say(finding, "more than %d values", PROFILE_VALUES);
    } else {
        profile_say(finding,
            "%" PRIu32 " value%s", values->n, profile_plural(values->n));
    }
}
