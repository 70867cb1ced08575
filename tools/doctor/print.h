/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: findings as text
 */
#ifndef VFIO_TRACE_DOCTOR_PRINT_H
#define VFIO_TRACE_DOCTOR_PRINT_H

#include "tools/doctor/internal.h"

#include <stdio.h>

/**
 * doctor_print() - print the findings
 * @doctor: the examination
 * @out: the stream to print to
 * @colour: use colours
 */
void doctor_print(const Doctor *doctor, FILE *out, bool colour);

/**
 * doctor_print_candidates() - print a list of the host's devices
 * @doctor: the examination
 * @out: the stream to print to
 */
void doctor_print_candidates(const Doctor *doctor, FILE *out);

#endif /* VFIO_TRACE_DOCTOR_PRINT_H */
