/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: check of the token of a virtual function
 */
#ifndef VFIO_TRACE_DOCTOR_TOKEN_H
#define VFIO_TRACE_DOCTOR_TOKEN_H

#include "tools/doctor/internal.h"

void doctor_check_token(Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_TOKEN_H */
