/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: numbers of the devices of regions (see devices.h)
 */
#include "tools/profile/devices.h"

/**
 * struct ProfileDevices: numbers of the devices of a trace's regions
 * @trace: the trace
 * @numbers: device's name -> number
 * @of: uint32_t, by region
 */
struct ProfileDevices {
    const MmtTrace *trace;
    GHashTable *numbers;
    GArray *of;
};

ProfileDevices *profile_devices_new(const MmtTrace *trace)
{
    ProfileDevices *devices = g_new0(ProfileDevices, 1);

    devices->trace = trace;
    devices->numbers = g_hash_table_new(g_str_hash, g_str_equal);
    devices->of = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    return devices;
}

void profile_devices_free(ProfileDevices *devices)
{
    if (devices) {
        g_hash_table_unref(devices->numbers);
        g_array_unref(devices->of);
        g_free(devices);
    }
}

uint32_t profile_device_of(ProfileDevices *devices, uint32_t region)
{
    if (region == MMT_NO_REGION) {
        return 0;
    }
    while (region >= devices->of->len) {
        const char *name = mmt_trace_region(devices->trace,
                                            devices->of->len)->device;
        gpointer found;
        uint32_t number = g_hash_table_size(devices->numbers);

        if (g_hash_table_lookup_extended(devices->numbers, name, NULL,
                                         &found)) {
            number = GPOINTER_TO_UINT(found);
        } else {
            g_hash_table_insert(devices->numbers, (gpointer)name,
                                GUINT_TO_POINTER(number));
        }
        g_array_append_val(devices->of, number);
    }
    return g_array_index(devices->of, uint32_t, region);
}
