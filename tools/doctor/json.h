/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: what was found, for a program
 */
#ifndef VFIO_TRACE_DOCTOR_JSON_H
#define VFIO_TRACE_DOCTOR_JSON_H

#include "tools/doctor/internal.h"

#include <json-glib/json-glib.h>

/**
 * doctor_to_json() - the same for a program
 * @doctor: the examination
 *
 * Return: an object, as the man page describes it
 */
JsonNode *doctor_to_json(const Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_JSON_H */
