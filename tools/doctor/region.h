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
 * doctor_region_direct() - can the guest be given a region itself?
 * @doctor: the examination, of a device
 * @n: the region: a BAR's number or HOST_PCI_ROM
 * @why: where to store why not all of it; NULL there if it is all. To be freed
 *
 * What is not direct goes through QEMU, traced or not.
 */
DoctorDirect doctor_region_direct(const Doctor *doctor, unsigned n,
                                  char **why);

/**
 * doctor_region_type() - what kind of region it is, in words
 * @region: the region
 * @n: its number
 *
 * Return: "mem64,pref" or the like, a constant text
 */
const char *doctor_region_type(const HostPciRegion *region, unsigned n);

#endif /* VFIO_TRACE_DOCTOR_REGION_H */
