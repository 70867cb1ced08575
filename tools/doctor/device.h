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

/**
 * doctor_member() - find out what a member of the device's group means
 * @doctor: the examination
 * @dev: the member, or the device itself, which may have to be taken
 */
HostPciMember doctor_member(const Doctor *doctor, const HostPci *dev);

#endif /* VFIO_TRACE_DOCTOR_DEVICE_H */
