/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: check of KVM
 */
#ifndef VFIO_TRACE_DOCTOR_KVM_H
#define VFIO_TRACE_DOCTOR_KVM_H

#include "tools/doctor/internal.h"

void doctor_check_kvm(Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_KVM_H */
