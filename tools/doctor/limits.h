/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of the caller's limits
 */
#ifndef VFIO_TRACE_DOCTOR_LIMITS_H
#define VFIO_TRACE_DOCTOR_LIMITS_H

#include "tools/doctor/internal.h"

void doctor_check_memlock(Doctor *doctor);
void doctor_check_memory(Doctor *doctor);
void doctor_check_lockdown(Doctor *doctor);
void doctor_check_confinement(Doctor *doctor);
void doctor_check_ring(Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_LIMITS_H */
