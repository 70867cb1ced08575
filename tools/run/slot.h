/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: slots of the guest's machine, besides those of port.h
 *
 * Devices that only some guests have are in fixed slots, so that adding one
 * moves no other device: systems name network cards and disks by their slots.
 */
#ifndef VFIO_TRACE_RUN_SLOT_H
#define VFIO_TRACE_RUN_SLOT_H

#define RUN_SLOT_VGA "0xf"
#define RUN_SLOT_NET "0xe"
#define RUN_SLOT_USB "0xd"
#define RUN_SLOT_SHARE "0xc"

#endif /* VFIO_TRACE_RUN_SLOT_H */
