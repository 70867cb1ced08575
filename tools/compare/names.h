/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace compare: names of registers
 *
 * An access has a device and a BAR, not a region of a trace: the database of
 * the device is asked without one.
 */
#ifndef VFIO_TRACE_COMPARE_NAMES_H
#define VFIO_TRACE_COMPARE_NAMES_H

#include "tools/compare/accesses.h"

typedef struct CompareNames CompareNames;

/**
 * compare_names_new() - begin
 * @log: the log whose devices they are
 */
CompareNames *compare_names_new(const AccessLog *log);

/**
 * compare_names_get() - get the name of the register that an access reaches
 * @names: the names
 * @access: the access, of one of the log's devices
 *
 * Return: the name, as long as @names; NULL if it has none
 */
const char *compare_names_get(CompareNames *names, const Access *access);

void compare_names_free(CompareNames *names);

#endif /* VFIO_TRACE_COMPARE_NAMES_H */
