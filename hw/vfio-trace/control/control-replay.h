/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of a device that is made from a log, for QMP and HMP
 */
#ifndef HW_VFIO_TRACE_CONTROL_REPLAY_H
#define HW_VFIO_TRACE_CONTROL_REPLAY_H

#include "monitor/monitor.h"
#include "qapi/qapi-types-vfio-trace.h"

/**
 * control_replay_info() - get where the driver of a pci-replay device is
 * @path: path of a device in the object tree
 *
 * Return: to be freed; NULL if it is another device
 */
VfioTraceReplayInfo *control_replay_info(const char *path);

/**
 * control_replay_print() - print that
 * @mon: the monitor
 * @replay: what control_replay_info() has returned
 */
void control_replay_print(Monitor *mon, const VfioTraceReplayInfo *replay);

#endif /* HW_VFIO_TRACE_CONTROL_REPLAY_H */
