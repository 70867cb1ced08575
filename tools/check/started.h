/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: whether a device is traced
 */
#ifndef VFIO_TRACE_CHECK_STARTED_H
#define VFIO_TRACE_CHECK_STARTED_H

#include "tools/check/internal.h"

/**
 * check_stop() - a device is not traced any more
 * @check: the log
 * @ev: the mark; it has a device=
 */
void check_stop(Check *check, const MmtEvent *ev);

/**
 * check_start() - a device is traced again
 * @check: the log
 * @ev: the mark; it has a device=
 */
void check_start(Check *check, const MmtEvent *ev);

/**
 * check_detached() - a device has left the machine
 * @check: the log
 * @ev: the mark; it has an id=
 */
void check_detached(Check *check, const MmtEvent *ev);

/**
 * check_started() - an access should be to a device that is traced
 * @check: the log
 * @ev: the access
 * @map: its map
 */
void check_started(Check *check, const MmtEvent *ev, const Map *map);

#endif /* VFIO_TRACE_CHECK_STARTED_H */
