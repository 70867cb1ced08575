/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: findings
 */
#ifndef VFIO_TRACE_DOCTOR_FINDING_H
#define VFIO_TRACE_DOCTOR_FINDING_H

#include "tools/doctor/internal.h"

/* What a finding's state is called */
extern const char *const doctor_state_names[DOCTOR_STATES];

/**
 * doctor_say() - a check has found something
 * @doctor: the examination
 * @state: how bad it is
 * @remedy: what to do about it, or NULL
 * @fmt: what was found
 */
void doctor_say(Doctor *doctor, DoctorState state, const char *remedy,
                const char *fmt, ...) G_GNUC_PRINTF(4, 5);

/**
 * doctor_worst() - the worst state among the findings
 * @doctor: the examination
 */
DoctorState doctor_worst(const Doctor *doctor);

/**
 * doctor_free_finding() - for an array of findings
 * @data: a DoctorFinding
 */
void doctor_free_finding(gpointer data);

#endif /* VFIO_TRACE_DOCTOR_FINDING_H */
