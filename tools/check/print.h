/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: output of the result, as text and as JSON
 */
#ifndef VFIO_TRACE_CHECK_PRINT_H
#define VFIO_TRACE_CHECK_PRINT_H

#include "tools/check/internal.h"

/**
 * check_print() - print the result, as the command line wants it
 * @check: the log
 */
void check_print(const Check *check);

#endif /* VFIO_TRACE_CHECK_PRINT_H */
