/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of the IOMMU
 */
#ifndef VFIO_TRACE_DOCTOR_IOMMU_H
#define VFIO_TRACE_DOCTOR_IOMMU_H

#include "tools/doctor/internal.h"

void doctor_check_iommu(Doctor *doctor);
void doctor_check_interrupts(Doctor *doctor);

/* Does the IOMMU take all addresses that a guest may give to BARs? */
void doctor_check_addresses(Doctor *doctor);

/**
 * doctor_count_groups() - number of IOMMU groups
 * @doctor: the examination
 *
 * Does not count groups that VFIO makes for devices without an IOMMU
 * (enable_unsafe_noiommu_mode), since QEMU can't use them.
 */
unsigned doctor_count_groups(const Doctor *doctor);

/**
 * doctor_has_parameter() - does the kernel's command line have NAME=X,ON?
 * @doctor: the examination
 * @name: the parameter's name
 * @on: one of the values in its list
 * @off: the value that takes it back: the last one counts
 */
bool doctor_has_parameter(const Doctor *doctor, const char *name,
                          const char *on, const char *off);

#endif /* VFIO_TRACE_DOCTOR_IOMMU_H */
