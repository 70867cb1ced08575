/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: how a register is accessed
 */
#include "tools/profile/class.h"
#include "tools/profile/counts.h"

#include <inttypes.h>

bool profile_judge_back(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileBoth *both = reg->both;
    uint64_t differ;

    if (!both || !both->back) {
        return false;
    }
    finding->bits = profile_bits_some(&both->followed) |
                    (both->one & both->zero);
    finding->bits &= ~both->differ & profile_all_ones(reg);
    finding->bits |= profile_bits_two(&both->followed);
    differ = both->differ & reg->w->ones & ~finding->bits;
    if (!finding->bits ||
        __builtin_popcountll(finding->bits) + both->equal < 2) {
        return false;
    }
    finding->confidence = both->differ ? 75 : both->equal > 1 ? 95 : 70;
    profile_say(finding,
        "%" PRIu32 " of %" PRIu32
        " reads after a write gave what was written; ",
        both->equal, both->back);
    profile_say_bits(finding, finding->bits);
    profile_say(finding,
        __builtin_popcountll(finding->bits) == 1 ?
        " follows the write" : " follow the write");
    if (differ) {
        profile_say(finding, ", ");
        profile_say_bits(finding, differ);
        profile_say(finding,
            __builtin_popcountll(differ) == 1 ?
            " does not always" : " do not always");
    }
    return true;
}

bool profile_judge_constant(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileReads *r = reg->r;

    if (!r || reg->w || reg->unknown || reg->reads < READS_MIN ||
        r->values.n != 1 || !r->last || r->last == profile_all_ones(reg)) {
        return false;
    }
    finding->confidence = reg->reads >= READS_MANY ? 80 : 60;
    profile_say(finding,
        "all %" PRIu64 " reads gave 0x%" PRIx64, reg->reads, r->last);
    return true;
}

bool profile_judge_read_only(const ProfileRegister *reg,
                             ProfileFinding *finding)
{
    if (!reg->r || reg->w || reg->unknown || reg->reads < READS_MIN) {
        return false;
    }
    finding->confidence = reg->r->values.n > 1 ? 80 : 60;
    profile_say(finding, "read %" PRIu64 " times, ", reg->reads);
    profile_say_values(finding, &reg->r->values);
    profile_say(finding, ", never written");
    return true;
}

/*
 * A register that holds what is written to it needs no second write of the
 * same value; drivers do that when they start again, but not time and again.
 */
bool profile_judge_write_only(const ProfileRegister *reg,
                             ProfileFinding *finding)
{
    const ProfileWrites *w = reg->w;

    if (!w || reg->r || reg->unknown || !w->ones || profile_is_address(reg) ||
        (reg->writes < WRITES_MANY &&
         (reg->writes < WRITES_MIN || w->values.n > 1))) {
        return false;
    }
    finding->confidence = reg->writes >= WRITES_MANY ? 75 : 60;
    profile_say(finding, "written %" PRIu64 " times, ", reg->writes);
    profile_say_values(finding, &w->values);
    profile_say(finding, ", never read");
    return true;
}
