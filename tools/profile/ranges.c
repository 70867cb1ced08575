/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: a list of ranges to start a register database from
 *
 *      BAR:OFFSET[:LEN] NAME [r|w]
 */
#include "tools/common/tool.h"
#include "tools/profile/names.h"

#include <inttypes.h>

static char *region_word(const MmtRegion *region)
{
    if (region->number >= 0 && region->number < MMT_REGION_ROM) {
        return g_strdup_printf("%d", region->number);
    }
    return profile_word(region->name);
}

static void print_item(const ProfileReport *report, const ProfileItem *item)
{
    g_autofree char *region =
        region_word(mmt_trace_region(report->trace, item->region));
    g_autofree char *name = profile_name(report, item);
    g_autofree char *doc = profile_doc(item);
    const char *access = profile_access(item);

    tool_print("# %s\n", doc);
    tool_print("%s:0x%" PRIx64 ":0x%" PRIx64 " %s", region, item->start,
               item->end - item->start, name);
    tool_print(access[1] ? "\n" : " %s\n", access);
}

void profile_print_ranges(const ProfileReport *report)
{
    const char *device = NULL;
    guint i;

    for (i = 0; i < report->items->len; i++) {
        const ProfileItem *item =
            &g_array_index(report->items, ProfileItem, i);
        const MmtRegion *r = mmt_trace_region(report->trace, item->region);

        if (!item->reg && !item->window) {
            continue;
        }
        if (device != r->device) {
            tool_print("# device %s %04x:%04x\n",
                       r->device[0] ? r->device : "-", r->vendor,
                       r->device_id);
            device = r->device;
        }
        print_item(report, item);
    }
}
