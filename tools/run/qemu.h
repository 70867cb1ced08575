/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: QEMU's command line
 */
#ifndef VFIO_TRACE_RUN_QEMU_H
#define VFIO_TRACE_RUN_QEMU_H

#include "tools/run/plan.h"

/* The log's ID in QEMU */
#define RUN_LOG_ID "log"

/* Denies everything that can be denied */
#define RUN_QEMU_SANDBOX "on,obsolete=deny,elevateprivileges=deny," \
                         "spawn=deny,resourcecontrol=deny"

/**
 * run_qemu_has_virtio_disks() - are the guest's disks virtio devices?
 * @plan: the plan
 *
 * Otherwise, they have ports of the AHCI controller.
 */
bool run_qemu_has_virtio_disks(const RunPlan *plan);

/**
 * run_qemu_has_option() - is an option among arguments of QEMU?
 * @args: the arguments, or NULL
 * @name: the option, without "-"
 */
bool run_qemu_has_option(char **args, const char *name);

/**
 * run_qemu_command() - make QEMU's command line
 * @plan: the plan, which run_check() has checked
 *
 * Return: the words, to be freed with g_strfreev()
 */
char **run_qemu_command(const RunPlan *plan);

/**
 * run_qemu_device_id() - make a device's ID for QEMU and the log
 * @dev: the device
 *
 * Return: its ID, to be freed
 */
char *run_qemu_device_id(const HostPci *dev);

#endif /* VFIO_TRACE_RUN_QEMU_H */
