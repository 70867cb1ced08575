/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: what is printed, in its order
 */
#ifndef VFIO_TRACE_PROFILE_ITEMS_H
#define VFIO_TRACE_PROFILE_ITEMS_H

#include "tools/analysis/register.h"
#include "tools/profile/classes.h"
#include "tools/profile/engine.h"

/**
 * struct ProfileItem: a register, a window, or what was never used
 * @region: MmtEntry.region
 * @start: its offset
 * @end: offset behind it
 * @reg: the register, or NULL
 * @window: the window, or NULL; both are NULL for a range that was never used
 */
typedef struct ProfileItem {
    uint32_t region;
    uint64_t start;
    uint64_t end;
    const ProfileRegister *reg;
    const ProfileWindow *window;
} ProfileItem;

/**
 * struct ProfileReport: what is printed
 * @profile: the finished profile
 * @trace: the trace that was read
 * @names: of its registers
 * @since: phase in or after which the items were first used
 * @unused: ranges of BARs that were never used are items, too
 * @items: ProfileItem, by region and offset (profile_items_find())
 */
typedef struct ProfileReport {
    const Profile *profile;
    const MmtTrace *trace;
    AnalysisNames names;
    uint32_t since;
    bool unused;
    GArray *items;
} ProfileReport;

/**
 * profile_items_find() - set ProfileReport.items
 * @report: the report, all of which but @items is set
 */
void profile_items_find(ProfileReport *report);

/**
 * profile_width() - get the width of the widest access of a register
 * @reg: the register
 *
 * Return: bytes; 1 if it is not known
 */
unsigned profile_width(const ProfileRegister *reg);

/**
 * typedef ProfilePrint - print a report
 * @report: the report
 */
typedef void ProfilePrint(const ProfileReport *report);

ProfilePrint profile_print_text;
ProfilePrint profile_print_json;
ProfilePrint profile_print_ranges;
ProfilePrint profile_print_rnndb;

#endif /* VFIO_TRACE_PROFILE_ITEMS_H */
