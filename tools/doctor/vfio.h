/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of VFIO and of the caller's access to it
 */
#ifndef VFIO_TRACE_DOCTOR_VFIO_H
#define VFIO_TRACE_DOCTOR_VFIO_H

#include "tools/doctor/internal.h"

void doctor_check_module(Doctor *doctor);
void doctor_check_container(Doctor *doctor);
void doctor_check_iommufd(Doctor *doctor);
void doctor_check_node(Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_VFIO_H */
