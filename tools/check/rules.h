/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: rules for a line and the lines before it
 */
#ifndef VFIO_TRACE_CHECK_RULES_H
#define VFIO_TRACE_CHECK_RULES_H

#include "tools/check/internal.h"

/**
 * check_event() - check a line by the rules for its type
 * @check: the log
 * @ev: the line
 */
void check_event(Check *check, const MmtEvent *ev);

#endif /* VFIO_TRACE_CHECK_RULES_H */
