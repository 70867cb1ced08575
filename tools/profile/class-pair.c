/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: index and data
 */
#include "tools/profile/class.h"

#include <inttypes.h>

bool profile_is_paired(const ProfileRegister *reg)
{
    return reg->peer && !reg->address_high && !reg->peer->address_high;
}

bool profile_judge_index(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileIndex *index = reg->index;
    uint32_t n;
    uint32_t i;
    uint32_t most = 0;
    uint64_t min = UINT64_MAX;
    uint64_t max = 0;

    if (!reg->is_index) {
        return false;
    }
    n = MIN(index->n, PROFILE_INDEX_VALUES);
    for (i = 0; i < n; i++) {
        min = MIN(min, index->v[i]);
        max = MAX(max, index->v[i]);
        if ((uint64_t)index->reads[i] + index->writes[i] >
            (uint64_t)index->reads[most] + index->writes[most]) {
            most = i;
        }
    }
    finding->confidence = reg->writes >= WRITES_MANY ? 90 : 75;
    finding->peer = reg->peer;
    profile_say(finding,
        "%" PRIu64 " writes select what is at +0x%" PRIx64 ": ",
        reg->writes, reg->peer->offset);
    profile_say(finding,
        index->n > PROFILE_INDEX_VALUES ? "more than %" PRIu32
        " values, " : "%" PRIu32 " values, ", n);
    profile_say(finding,
        "0x%" PRIx64 " to 0x%" PRIx64 ", most often 0x%" PRIx64
        " (%" PRIu32 " reads, %" PRIu32 " writes)",
        min, max, index->v[most], index->reads[most], index->writes[most]);
    return true;
}

bool profile_judge_data(const ProfileRegister *reg, ProfileFinding *finding)
{
    uint64_t n = reg->reads + reg->writes;

    if (!profile_is_paired(reg) || reg->is_index) {
        return false;
    }
    finding->confidence = n >= WRITES_MANY ? 90 : 75;
    finding->peer = reg->peer;
    profile_say(finding,
        "%" PRIu64 " of %" PRIu64 " accesses follow a write to +0x%" PRIx64
        " directly",
        MIN(reg->previous_hits, n), n, reg->peer->offset);
    if (reg->rows) {
        profile_say(finding, ", %" PRIu64 " more come in a row", reg->rows);
    }
    return true;
}
