/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: IOMMU and interrupts of machines other than x86
 */
#ifndef VFIO_TRACE_DOCTOR_SMMU_H
#define VFIO_TRACE_DOCTOR_SMMU_H

#include "tools/doctor/internal.h"

/**
 * doctor_say_no_smmu() - there are no IOMMU groups: say why
 * @doctor: the examination
 */
void doctor_say_no_smmu(Doctor *doctor);

/**
 * doctor_say_other_interrupts() - are devices' interrupts kept apart?
 * @doctor: the examination; the host has IOMMU groups
 * @allowed: the user has allowed that they are not
 */
void doctor_say_other_interrupts(Doctor *doctor, bool allowed);

#endif /* VFIO_TRACE_DOCTOR_SMMU_H */
