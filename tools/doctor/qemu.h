/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: check for a QEMU with vfio-trace
 */
#ifndef VFIO_TRACE_DOCTOR_QEMU_H
#define VFIO_TRACE_DOCTOR_QEMU_H

#include "tools/doctor/internal.h"

void doctor_check_qemu(Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_QEMU_H */
