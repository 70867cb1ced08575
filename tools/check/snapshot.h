/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: marks with guest memory
 */
#ifndef VFIO_TRACE_CHECK_SNAPSHOT_H
#define VFIO_TRACE_CHECK_SNAPSHOT_H

#include "tools/check/internal.h"

/**
 * check_snapshot() - the mark that a snapshot begins with
 * @check: the log
 * @ev: the mark; its words have been checked
 */
void check_snapshot(Check *check, const MmtEvent *ev);

/**
 * check_snapshot_data() - bytes of it
 * @check: the log
 * @ev: the mark; its words have been checked
 */
void check_snapshot_data(Check *check, const MmtEvent *ev);

/**
 * check_snapshot_end() - no more of its bytes will come
 * @check: the log
 */
void check_snapshot_end(Check *check);

/**
 * check_snapshot_forget() - something is missing: what comes may not fit
 * @check: the log
 */
void check_snapshot_forget(Check *check);

#endif /* VFIO_TRACE_CHECK_SNAPSHOT_H */
