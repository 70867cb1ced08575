/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of KVM, the IOMMU and interrupts
 */
#ifndef VFIO_TRACE_DOCTOR_HOST_H
#define VFIO_TRACE_DOCTOR_HOST_H

#include "tools/doctor/internal.h"

void doctor_check_kvm(Doctor *doctor);
void doctor_check_iommu(Doctor *doctor);
void doctor_check_interrupts(Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_HOST_H */
