/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: regions of a device, as a guest has them
 */
#ifndef VFIO_TRACE_DOCTOR_REGION_H
#define VFIO_TRACE_DOCTOR_REGION_H

#include "tools/doctor/internal.h"

/* How much of a region a guest reaches directly where it is not traced */
typedef enum DoctorDirect {
    DOCTOR_DIRECT_NONE,
    DOCTOR_DIRECT_PART,
    DOCTOR_DIRECT_ALL,
    DOCTOR_DIRECTS
} DoctorDirect;

extern const char *const doctor_direct_names[DOCTOR_DIRECTS];

/**
 * doctor_region_direct() - find out how much of a region is accessed directly
 * @doctor: the examination, with a device
 * @n: the region: a BAR's number or HOST_PCI_ROM
 * @why: where to store a reason or condition, or NULL if there is none; to be
 *       freed
 *
 * Other accesses go through QEMU, whether they are traced or not.
 */
DoctorDirect doctor_region_direct(const Doctor *doctor, unsigned n,
                                  char **why);

/**
 * doctor_region_type() - describe the type of a region
 * @region: the region
 * @n: its number
 *
 * Return: "mem64,pref", for example; a constant text
 */
const char *doctor_region_type(const HostPciRegion *region, unsigned n);

#endif /* VFIO_TRACE_DOCTOR_REGION_H */
