/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: properties that QEMU's devices have
 *
 * QEMU checks a device's properties when it makes the device, and that is when
 * the device is already bound to VFIO.  So they are compared with what QEMU
 * lists for "-device vfio-pci-trace,help" before.
 */
#ifndef VFIO_TRACE_RUN_PROPS_H
#define VFIO_TRACE_RUN_PROPS_H

#include "tools/run/plan.h"

/**
 * run_props_check_text() - compare properties with QEMU's list
 * @option: the option that they were given with
 * @kind: the type of device or object
 * @help: QEMU's list; nothing is checked if it has no properties
 * @text: "K=V,K=V", or NULL
 * @error: where to store which property is unknown or has an invalid value
 */
bool run_props_check_text(const char *option, const char *kind,
                          const char *help, const char *text, GError **error);

/**
 * run_props_check() - check --device-opts and --log-opts
 * @plan: the plan; its QEMU may be missing, then nothing is checked
 * @error: as for run_props_check_text()
 */
bool run_props_check(const RunPlan *plan, GError **error);

#endif /* VFIO_TRACE_RUN_PROPS_H */
