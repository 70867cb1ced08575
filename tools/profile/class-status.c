/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: what the device changes
 */
#include "tools/profile/class.h"
#include "tools/profile/counts.h"

#include <inttypes.h>

bool profile_judge_polled(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfilePolls *polls = reg->polls;
    uint32_t most = 0;
    int bit;

    if (!polls || (polls->longest < 2 && polls->polls < 3) ||
        profile_is_counter(reg)) {
        return false;
    }
    for (bit = 0; bit < 64; bit++) {
        most = MAX(most, MAX(polls->rise[bit], polls->fall[bit]));
    }
    for (bit = 0; bit < 64; bit++) {
        uint64_t mask = 1ull << bit;

        if (MAX(polls->rise[bit], polls->fall[bit]) == most) {
            finding->bits |= mask;
            finding->rise |= polls->rise[bit] == most ? mask : 0;
        }
    }
    if (most * 10ull < polls->polls * 7ull ||
        __builtin_popcountll(finding->bits) > POLL_BITS_MAX) {
        return false;
    }
    finding->confidence = polls->polls >= 3 ? 95 : 75;
    profile_say_bits(finding, finding->bits);
    if (finding->bits == finding->rise) {
        profile_say(finding, " becoming 1");
    } else if (!finding->rise) {
        profile_say(finding, " becoming 0");
    } else {
        profile_say(finding, " changing");
    }
    profile_say(finding,
        " ended %" PRIu32 " of %" PRIu32 " poll%s, the longest after %" PRIu32
        " read%s",
        most, polls->polls, profile_plural(polls->polls), polls->longest,
        profile_plural(polls->longest));
    if (polls->longest_ns) {
        profile_say(finding, " and ");
        profile_say_time(finding, polls->longest_ns);
    }
    return true;
}

bool profile_judge_cleared(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileReads *r = reg->r;
    uint64_t hits;

    if (!r || reg->w || profile_is_counter(reg)) {
        return false;
    }
    hits = (uint64_t)r->cleared + r->cleared_later;
    if (hits < 2 || r->kept * 4ull > hits ||
        (r->cleared < 2 && (r->values.n < 3 || r->kept)) ||
        (reg->polls && reg->polls->polls >= hits)) {
        return false;
    }
    finding->confidence = r->cleared >= 2 && !r->kept ? 85 : 65;
    profile_say(finding,
        "%" PRIu64 " of %" PRIu64
        " times, the read after a value other than 0 gave 0",
        hits, hits + r->kept);
    return true;
}

/* Nearly all writes give back what was read, and that is not without effect. */
static bool is_echoed(const ProfileRegister *reg)
{
    const ProfileBoth *both = reg->both;
    uint64_t set = profile_bits_some(&both->followed) & reg->w->ones;

    if (reg->writes < 4 || both->echoes * 10ull < reg->writes * 9) {
        return false;
    }
    return (both->echoes_varied >= 2 && both->differ) ||
           (both->echoes >= ECHOES_MANY && !set &&
            __builtin_popcountll(reg->w->ones) <= 2);
}

bool profile_judge_acked(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileBoth *both = reg->both;

    if (!both) {
        return false;
    }
    finding->bits = profile_bits_two(&both->acked) &
                    ~profile_bits_some(&both->followed) &
                    ~profile_bits_some(&both->not_acked);
    if (is_echoed(reg)) {
        finding->confidence = finding->bits ? 85 : 65;
        finding->bits = reg->w->ones;
        profile_say(finding,
            "%" PRIu32 " of %" PRIu64
            " writes give back the value that was just read, ",
            both->echoes, reg->writes);
        profile_say_values(finding, &reg->w->values);
        return true;
    }
    if (!finding->bits) {
        return false;
    }
    finding->confidence = both->stayed ? 95 : 85;
    profile_say(finding, "%" PRIu32 " writes of 1 over 1 cleared ", both->acks);
    profile_say_bits(finding, finding->bits);
    if (both->stayed) {
        profile_say(finding, "; a 0 left ");
        profile_say_bits(finding, both->stayed);
    }
    return true;
}

bool profile_is_counter(const ProfileRegister *reg)
{
    const ProfileReads *r = reg->r;

    return r && reg->writes * 8 <= reg->reads && r->ups >= 4 &&
           r->sets < r->ups && r->values.n > 4 && r->wraps * 4ull <= r->ups &&
           (r->downs - r->wraps) * 32ull <= r->ups;
}

bool profile_judge_counter(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileReads *r = reg->r;
    uint64_t ns;

    if (reg->counter_low) {
        finding->confidence = 75;
        profile_say(finding,
            "lower half of the counter whose upper half is +0x%" PRIx64,
            reg->offset + 4);
        return true;
    }
    if (!profile_is_counter(reg)) {
        return false;
    }
    ns = r->last_ns - r->first_ns;
    finding->confidence = r->ups >= READS_MANY ? 90 : 75;
    profile_say(finding,
        "of %" PRIu64 " reads %" PRIu32 " gave more than the one before",
        reg->reads, r->ups);
    if (r->downs) {
        profile_say(finding, ", %" PRIu32 " less", r->downs);
    }
    if (!r->downs && ns && r->last > r->first && r->last_ns > r->first_ns) {
        profile_say(finding,
            "; about %.3g per second",
            (r->last - r->first) * 1e9 / ns);
    }
    return true;
}
