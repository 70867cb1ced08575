/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of a device that is made from a log, for QMP and HMP
 *
 * The device has it as properties: a build without the device needs nothing.
 */
#include "qemu/osdep.h"
#include "monitor/monitor.h"
#include "qom/object.h"
#include "hw/vfio-trace/control/control-replay.h"

#define REPLAY_TYPE "pci-replay"

/* Properties that are numbers, and where they go */
static const struct {
    const char *name;
    size_t offset;
} control_replay_numbers[] = {
    { "steps", offsetof(VfioTraceReplayInfo, steps) },
    { "reached", offsetof(VfioTraceReplayInfo, reached) },
    { "accesses", offsetof(VfioTraceReplayInfo, accesses) },
    { "departures", offsetof(VfioTraceReplayInfo, departures) },
    { "other-values", offsetof(VfioTraceReplayInfo, other_values) },
    { "skipped-writes", offsetof(VfioTraceReplayInfo, skipped_writes) },
};

VfioTraceReplayInfo *control_replay_info(const char *path)
{
    Object *device = object_resolve_path(path, NULL);
    VfioTraceReplayInfo *info;
    size_t i;

    if (!device || !object_dynamic_cast(device, REPLAY_TYPE)) {
        return NULL;
    }
    info = g_new0(VfioTraceReplayInfo, 1);
    for (i = 0; i < ARRAY_SIZE(control_replay_numbers); i++) {
        uint64_t *to = (uint64_t *)((char *)info +
                                    control_replay_numbers[i].offset);

        *to = object_property_get_uint(device, control_replay_numbers[i].name,
                                       NULL);
    }
    if (info->departures) {
        info->first_departure = object_property_get_str(device,
                                                        "first-departure",
                                                        NULL);
    }
    return info;
}

void control_replay_print(Monitor *mon, const VfioTraceReplayInfo *replay)
{
    monitor_printf(mon, "    replay: %" PRIu64 " of %" PRIu64
                   " accesses of the log passed, %" PRIu64 " departures, %"
                   PRIu64 " other values, %" PRIu64 " writes left out\n",
                   replay->reached, replay->steps, replay->departures,
                   replay->other_values, replay->skipped_writes);
    if (replay->first_departure) {
        monitor_printf(mon, "    first departure: %s\n",
                       replay->first_departure);
    }
}
