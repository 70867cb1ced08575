/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace cat --as mmiotrace: devices of a trace in another format
 */
#ifndef VFIO_TRACE_CONVERT_DEVICE_H
#define VFIO_TRACE_CONVERT_DEVICE_H

#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/convert/out.h"

typedef struct ConvertDevices ConvertDevices;

ConvertDevices *convert_devices_new(MmtTrace *trace);

void convert_devices_free(ConvertDevices *devices);

/**
 * convert_devices_introduce() - write PCIDEV and a device mark
 * @devices: the devices
 * @region: a region whose device may be new
 * @ns: the time
 * @out: the output
 */
void convert_devices_introduce(ConvertDevices *devices, uint32_t region,
                               uint64_t ns, ConvertOut *out);

/**
 * convert_devices_introduce_user() - the same for what the user has said
 * @devices: the devices
 * @first: first entry of a trace of mmiotrace; with a PCIDEV, nothing is written
 * @ns: the time
 * @out: the output
 */
void convert_devices_introduce_user(ConvertDevices *devices,
                                    const MmtEntry *first, uint64_t ns,
                                    ConvertOut *out);

/**
 * convert_device_name() - a device's name as a word of a mark
 * @device: MmtRegion.device
 *
 * Return: the word, to be freed with g_free()
 */
char *convert_device_name(const char *device);

/**
 * convert_region_name() - a region as a word of a mark: "bar=0", "space=mem"
 * @region: the region
 *
 * Return: the word, to be freed with g_free()
 */
char *convert_region_name(const MmtRegion *region);

#endif /* VFIO_TRACE_CONVERT_DEVICE_H */
