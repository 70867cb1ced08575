/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: numbers of the devices of a trace's regions
 */
#ifndef VFIO_TRACE_PROFILE_DEVICES_H
#define VFIO_TRACE_PROFILE_DEVICES_H

#include <glib.h>

#include "libmmiotrace/mmiotrace.h"

typedef struct ProfileDevices ProfileDevices;

/**
 * profile_devices_new() - begin with a trace
 * @trace: the trace
 */
ProfileDevices *profile_devices_new(const MmtTrace *trace);

/**
 * profile_device_of() - get the number of a region's device
 * @devices: the devices
 * @region: the region, or MMT_NO_REGION
 *
 * Return: the number, for profile_add()
 */
uint32_t profile_device_of(ProfileDevices *devices, uint32_t region);

void profile_devices_free(ProfileDevices *devices);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProfileDevices, profile_devices_free)

#endif /* VFIO_TRACE_PROFILE_DEVICES_H */
