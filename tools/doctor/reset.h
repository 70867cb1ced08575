/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: check of the device's reset
 */
#ifndef VFIO_TRACE_DOCTOR_RESET_H
#define VFIO_TRACE_DOCTOR_RESET_H

#include "tools/doctor/internal.h"

void doctor_check_reset(Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_RESET_H */
