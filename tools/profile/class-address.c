/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: addresses of RAM
 */
#include "tools/profile/class.h"
#include "tools/profile/internal.h"

#include <inttypes.h>

/* A single address is one of a page, or has many bits. */
static bool is_likely_ram(uint64_t address)
{
    return !(address & 0xfff) || __builtin_popcountll(address >> 12) >= 6;
}

bool profile_is_address(const ProfileRegister *reg)
{
    const ProfileWrites *w = reg->w;

    if (!w || w->not_ram * 10ull > (uint64_t)w->ram + w->ram_pairs ||
        w->stream >= PROFILE_STREAM_MIN) {
        return false;
    }
    if (w->ram_pairs) {
        return w->ram_varied ||
               (w->ram_top < HIGH_LIKELY && is_likely_ram(w->ram_last));
    }
    return (w->ram && reg->widths >> 8) ||
           (w->ram >= 3 && w->ram_varied >= 2);
}

bool profile_judge_address(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileWrites *w = reg->w;
    uint64_t n;

    if (!profile_is_address(reg)) {
        return false;
    }
    n = (uint64_t)w->ram + w->ram_pairs;
    finding->confidence = w->ram_varied ? 90 : 75;
    profile_say(finding,
        "%" PRIu64 " write%s an address of RAM, like 0x%" PRIx64,
        n, n == 1 ? " is" : "s are", w->ram_last);
    if (reg->peer) {
        finding->peer = reg->peer;
        profile_say(finding,
            "; its upper half is +0x%" PRIx64, reg->peer->offset);
    } else if (reg->widths >> 8) {
        profile_say(finding, ", of 64 bits");
    }
    return true;
}

bool profile_judge_address_high(const ProfileRegister *reg,
                               ProfileFinding *finding)
{
    if (!reg->address_high) {
        return false;
    }
    finding->confidence = reg->w->ram_high > 1 ? 90 : 75;
    finding->peer = reg->peer;
    profile_say(finding,
        "written %" PRIu32
        " time%s together with the lower half at +0x%" PRIx64,
        reg->w->ram_high, profile_plural(reg->w->ram_high), reg->peer->offset);
    return true;
}
