/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: what log.c and pair.c share of a log
 */
#ifndef VFIO_TRACE_DIFF_LOG_INTERNAL_H
#define VFIO_TRACE_DIFF_LOG_INTERNAL_H

#include "libmmiotrace/devices.h"
#include "tools/diff/log.h"

/* DiffDevice.number: the device has no number yet */
#define DIFF_NO_DEVICE UINT32_MAX

/**
 * struct DiffDevice: a device of a log
 * @is: which device it is
 * @number: number of the same device in all logs, or DIFF_NO_DEVICE
 * @accesses: number of its accesses that were read
 */
typedef struct DiffDevice {
    const MmtRegionDevice *is;
    uint32_t number;
    uint64_t accesses;
} DiffDevice;

/**
 * diff_log_devices() - get the devices, with what was read so far
 * @log: the log
 *
 * Return: DiffDevice
 */
GArray *diff_log_devices(DiffLog *log);

/**
 * diff_log_leave_out() - leave out accesses of a class
 * @log: the log
 * @class: the class
 */
void diff_log_leave_out(DiffLog *log, DiffClass class);

/**
 * diff_log_is_port() - does the log say that a BAR is one of I/O ports?
 * @log: the log
 * @device: number of the device
 * @bar: number of the BAR
 */
bool diff_log_is_port(const DiffLog *log, uint32_t device, int32_t bar);

/**
 * diff_log_set_peer() - set the log that may say more of the devices
 * @log: the log
 * @peer: the log that it is compared with
 */
void diff_log_set_peer(DiffLog *log, const DiffLog *peer);

/**
 * diff_log_sees_all() - is the log by this project's tracer, or QEMU's events?
 * @log: the log
 *
 * The kernel's mmiotrace sees accesses to memory BARs only.
 */
bool diff_log_sees_all(const DiffLog *log);

#endif /* VFIO_TRACE_DIFF_LOG_INTERNAL_H */
