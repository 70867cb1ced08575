/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: the result, as text and as JSON
 */
#ifndef VFIO_TRACE_CHECK_PRINT_H
#define VFIO_TRACE_CHECK_PRINT_H

#include "tools/check/internal.h"

/**
 * check_print() - the result
 * @check: the log
 */
void check_print(const Check *check);

#endif /* VFIO_TRACE_CHECK_PRINT_H */
