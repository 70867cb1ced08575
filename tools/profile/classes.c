/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: the classes
 */
#include "tools/profile/classes.h"
#include "tools/profile/class.h"

const ProfileClass profile_classes[] = {
    { "dma-address", "ADDRESS", profile_judge_address },
    { "dma-address-high", "ADDRESS_HIGH", profile_judge_address_high },
    { "index", "INDEX", profile_judge_index },
    { "data", "DATA", profile_judge_data },
    { "ring-pointer", "POINTER", profile_judge_pointer },
    { "doorbell", "DOORBELL", profile_judge_doorbell },
    { "polled-status", "STATUS", profile_judge_polled },
    { "clear-on-read", "EVENTS", profile_judge_cleared },
    { "write-1-to-clear", "EVENTS", profile_judge_acked },
    { "counter", "COUNTER", profile_judge_counter },
    { "bulk-port", "PORT", profile_judge_port },
    { "read-back", NULL, profile_judge_back },
    { "constant", "CONSTANT", profile_judge_constant },
    { "read-only", NULL, profile_judge_read_only },
    { "write-only", NULL, profile_judge_write_only },
    { NULL, NULL, NULL }
};

bool profile_judge(const ProfileClass *class, const ProfileRegister *reg,
                   ProfileFinding *finding)
{
    *finding = (ProfileFinding) { .evidence = g_string_new(NULL) };
    if (class->judge(reg, finding)) {
        return true;
    }
    profile_finding_clear(finding);
    return false;
}

void profile_finding_clear(ProfileFinding *finding)
{
    g_string_free(finding->evidence, TRUE);
    finding->evidence = NULL;
}
