/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: rings, doorbells and ports for bulk data
 */
#include "tools/profile/class.h"
#include "tools/profile/internal.h"

#include <inttypes.h>

static bool is_one_hot(const ProfileValues *values)
{
    uint32_t i;

    for (i = 0; i < MIN(values->n, PROFILE_VALUES); i++) {
        if (values->v[i] & (values->v[i] - 1)) {
            return false;
        }
    }
    return true;
}

bool profile_counts_up(const ProfileWrites *w)
{
    return w->values.n > 4 && profile_changes(w) >= CHANGES_MIN &&
           w->steps * 10ull >= profile_changes(w) * 8 &&
           w->jumps * 10ull <= profile_changes(w) && !is_one_hot(&w->values);
}

/* A command that counts up, as an address of an EEPROM, has its answer read. */
bool profile_is_pointer(const ProfileRegister *reg)
{
    return reg->w && reg->writes >= WRITES_MIN && profile_counts_up(reg->w) &&
           (reg->reads * 4 <= reg->writes ||
            (reg->both->equal >= 2 && !reg->both->differ)) &&
           !profile_is_address(reg);
}

static bool is_pointer(const ProfileRegister *reg)
{
    return profile_is_pointer(reg) && !profile_is_paired(reg);
}

static bool is_power_of_2(uint64_t v)
{
    return v && !(v & (v - 1));
}

/* A register that the device counts up, and that starts again early */
static bool is_read_pointer(const ProfileRegister *reg)
{
    const ProfileReads *r = reg->r;

    return r && reg->writes * 8 <= reg->reads && r->values.n > 4 &&
           r->ups >= CHANGES_MIN && r->sets < r->ups &&
           r->downs * 4ull <= r->ups && r->tops >= 2 &&
           r->tops * 2ull >= r->downs && r->top < profile_all_ones(reg) &&
           r->top >= r->values.n;
}

static bool judge_read_pointer(const ProfileRegister *reg,
                               ProfileFinding *finding)
{
    const ProfileReads *r = reg->r;

    if (!is_read_pointer(reg)) {
        return false;
    }
    finding->wraps = true;
    finding->top = r->top;
    finding->confidence = is_power_of_2(r->top + 1) ? 90 : 70;
    profile_say(finding,
        "%" PRIu32 " reads gave more than the one before; starts again after "
        "0x%" PRIx64 ", %" PRIu32 " of %" PRIu32 " times",
        r->ups, r->top, r->tops, r->downs);
    return true;
}

bool profile_judge_pointer(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileWrites *w = reg->w;

    if (!is_pointer(reg)) {
        return judge_read_pointer(reg, finding);
    }
    finding->wraps = w->tops * 2ull >= w->backs &&
        (w->tops >= 2 || (w->tops && is_power_of_2(w->top + w->step)));
    finding->top = w->top;
    finding->confidence = finding->wraps ? 95 : 75;
    profile_say(finding,
        "%" PRIu32 " of %" PRIu64 " changes count up, mostly by %" PRIu64,
        w->steps, profile_changes(w), w->step);
    if (finding->wraps) {
        profile_say(finding,
            "; wraps after 0x%" PRIx64 ", %" PRIu32 " of %" PRIu32
            " times", w->top, w->tops, w->backs);
    } else if (w->backs) {
        profile_say(finding,
            "; starts again after 0x%" PRIx64 " and others", w->top);
    } else {
        profile_say(finding, "; no wrap seen, last 0x%" PRIx64, w->last);
    }
    return true;
}

bool profile_judge_doorbell(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileWrites *w = reg->w;

    if (reg->reads || !w || profile_is_paired(reg)) {
        return false;
    }
    if (is_pointer(reg)) {
        finding->confidence = reg->writes >= WRITES_MANY ? 85 : 70;
        profile_say(finding,
            "%" PRIu64 " writes of positions in a ring, never read",
            reg->writes);
        return true;
    }
    if (reg->writes < WRITES_MANY || w->ones >= DOORBELL_VALUES || !w->ones ||
        w->values.n > PROFILE_VALUES || w->rows || reg->run) {
        return false;
    }
    finding->confidence = 55;
    profile_say(finding, "%" PRIu64 " writes of ", reg->writes);
    profile_say_values(finding, &w->values);
    profile_say(finding,
        " up to 0x%" PRIx64 ", never read; it may be an acknowledgement",
        w->ones);
    return true;
}

bool profile_judge_port(const ProfileRegister *reg, ProfileFinding *finding)
{
    uint32_t written = reg->w ? reg->w->stream : 0;
    uint32_t read = reg->r ? reg->r->stream : 0;

    if (reg->w && (reg->w->values.n <= 4 || profile_counts_up(reg->w))) {
        written = 0;
    }
    if ((written < PROFILE_STREAM_MIN && read < PROFILE_STREAM_MIN) ||
        profile_is_counter(reg) || reg->counter_low) {
        return false;
    }
    finding->confidence =
        MAX(written, read) >= 4 * PROFILE_STREAM_MIN ? 90 : 70;
    profile_say(finding,
        "%s up to %" PRIu32 " times in a row, with ever other values",
        written >= read ? "written" : "read", MAX(written, read));
    return true;
}
