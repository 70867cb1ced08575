/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of the host's architecture
 */
#ifndef VFIO_TRACE_DOCTOR_CPU_H
#define VFIO_TRACE_DOCTOR_CPU_H

#include "tools/doctor/internal.h"

/**
 * doctor_check_cpu() - is vfio-trace known to work on such machines?
 * @doctor: the examination
 */
void doctor_check_cpu(Doctor *doctor);

/**
 * doctor_check_pages() - are the host's pages larger than 4 KiB?
 * @doctor: the examination
 */
void doctor_check_pages(Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_CPU_H */
