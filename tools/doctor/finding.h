/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: findings
 */
#ifndef VFIO_TRACE_DOCTOR_FINDING_H
#define VFIO_TRACE_DOCTOR_FINDING_H

#include "tools/doctor/internal.h"

/* Names of the states */
extern const char *const doctor_state_names[DOCTOR_STATES];

/**
 * doctor_say() - add a finding of the current check
 * @doctor: the examination
 * @state: its state
 * @remedy: what to do about it, or NULL
 * @fmt: the finding
 */
void doctor_say(Doctor *doctor, DoctorState state, const char *remedy,
                const char *fmt, ...) G_GNUC_PRINTF(4, 5);

/**
 * doctor_worst() - get the worst state of the findings
 * @doctor: the examination
 */
DoctorState doctor_worst(const Doctor *doctor);

/**
 * doctor_free_finding() - free a finding; for an array of findings
 * @data: a DoctorFinding
 */
void doctor_free_finding(gpointer data);

#endif /* VFIO_TRACE_DOCTOR_FINDING_H */
