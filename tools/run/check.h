/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: check of the devices and the host
 */
#ifndef VFIO_TRACE_RUN_CHECK_H
#define VFIO_TRACE_RUN_CHECK_H

#include "tools/run/plan.h"

/**
 * run_check() - check whether the devices can and may be traced on this host
 * @plan: the plan, complete except for @others, which is filled in
 * @error: where to store the problem, with the remedy
 *
 * Nothing is changed on the host, except for the log's directory: files of a
 * killed run are moved there (session_log_adopt()).
 */
bool run_check(RunPlan *plan, GError **error);

/**
 * run_check_devices() - check whether the host can do without the devices
 * @plan: the plan, of which @root, @guests, @usb, @play and the settings force
 *        and with_group are used; @others is filled in
 * @error: where to store the problem, with the remedy
 *
 * The part of run_check() that 'vfio-trace play' needs as well: nobody may take
 * a device that the host needs.
 */
bool run_check_devices(RunPlan *plan, GError **error);

/**
 * run_check_program() - check whether there is a QEMU
 * @name: its name or path
 * @error: where to store that there is none, with the remedy
 */
bool run_check_program(const char *name, GError **error);

#endif /* VFIO_TRACE_RUN_CHECK_H */
