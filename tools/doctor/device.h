/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of the device, its group and the host's uses of it
 */
#ifndef VFIO_TRACE_DOCTOR_DEVICE_H
#define VFIO_TRACE_DOCTOR_DEVICE_H

#include "tools/doctor/internal.h"

void doctor_check_device(Doctor *doctor);
void doctor_check_group(Doctor *doctor);
void doctor_check_driver(Doctor *doctor);
void doctor_check_use(Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_DEVICE_H */
