/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: what was found, for a person
 */
#ifndef VFIO_TRACE_DOCTOR_PRINT_H
#define VFIO_TRACE_DOCTOR_PRINT_H

#include "tools/doctor/internal.h"

#include <stdio.h>

/**
 * doctor_print() - show a person what was found
 * @doctor: the examination
 * @out: where to
 * @colour: whether in colours
 */
void doctor_print(const Doctor *doctor, FILE *out, bool colour);

/**
 * doctor_print_candidates() - show a person which devices there are
 * @doctor: the examination
 * @out: where to
 */
void doctor_print_candidates(const Doctor *doctor, FILE *out);

#endif /* VFIO_TRACE_DOCTOR_PRINT_H */
