/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: check of the device by VFIO itself
 */
#ifndef VFIO_TRACE_DOCTOR_ASK_H
#define VFIO_TRACE_DOCTOR_ASK_H

#include "tools/doctor/internal.h"

void doctor_check_vfio(Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_ASK_H */
