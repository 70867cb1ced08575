/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: USB devices of the guest (--usb, and emulated ones)
 */
#ifndef VFIO_TRACE_RUN_USB_H
#define VFIO_TRACE_RUN_USB_H

#include "tools/host/use.h"
#include "tools/run/plan.h"

/**
 * run_usb_plan() - find the devices of --usb
 * @plan: the plan, with its PCI devices
 * @error: where to store why not
 */
bool run_usb_plan(RunPlan *plan, GError **error);

/**
 * run_usb_check_uses() - check whether the host can do without the devices
 * @plan: the plan
 * @survey: the host
 * @with: HostPci: the PCI devices that are taken
 * @error: where to store what it needs one for
 */
bool run_usb_check_uses(const RunPlan *plan, const HostPciSurvey *survey,
                        const GPtrArray *with, GError **error);

/**
 * run_usb_check() - check whether QEMU can open host devices
 * @plan: the plan
 * @error: where to store what it lacks, with the remedy
 */
bool run_usb_check(const RunPlan *plan, GError **error);

/**
 * run_usb_needs_controller() - does the guest have a USB controller?
 * @plan: the plan
 */
bool run_usb_needs_controller(const RunPlan *plan);

/**
 * run_usb_cd_options() - add a CD drive to QEMU's command line, with the
 * controller before the first one
 * @argv: the command line
 * @cd: its number, as -drive has it: from 0
 * @boot: its place in the order of booting
 */
void run_usb_cd_options(GPtrArray *argv, size_t cd, unsigned boot);

/**
 * run_usb_options() - add the devices, and the controller if it has no CDs
 * @plan: the plan
 * @argv: the command line
 */
void run_usb_options(const RunPlan *plan, GPtrArray *argv);

#endif /* VFIO_TRACE_RUN_USB_H */
