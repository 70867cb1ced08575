/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of the device's BARs and ROM
 */
#ifndef VFIO_TRACE_DOCTOR_BARS_H
#define VFIO_TRACE_DOCTOR_BARS_H

#include "tools/doctor/internal.h"

void doctor_check_bars(Doctor *doctor);
void doctor_check_direct(Doctor *doctor);
void doctor_check_msix(Doctor *doctor);
void doctor_check_speed(Doctor *doctor);
void doctor_check_rom(Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_BARS_H */
