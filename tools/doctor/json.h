/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: findings as JSON
 */
#ifndef VFIO_TRACE_DOCTOR_JSON_H
#define VFIO_TRACE_DOCTOR_JSON_H

#include "tools/doctor/internal.h"

#include <json-glib/json-glib.h>

/**
 * doctor_to_json() - format the findings as JSON
 * @doctor: the examination
 *
 * Return: an object, which the man page describes
 */
JsonNode *doctor_to_json(const Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_JSON_H */
