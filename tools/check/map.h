/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: map ids
 */
#ifndef VFIO_TRACE_CHECK_MAP_H
#define VFIO_TRACE_CHECK_MAP_H

#include "tools/check/internal.h"

/**
 * check_find_map() - find a map id
 * @check: the log
 * @id: the id
 *
 * Return: the map, or NULL if the log has not used this id yet
 */
Map *check_find_map(Check *check, uint32_t id);

/**
 * check_get_map() - find or add a map id; a new one is not mapped
 * @check: the log
 * @id: the id
 */
Map *check_get_map(Check *check, uint32_t id);

#endif /* VFIO_TRACE_CHECK_MAP_H */
