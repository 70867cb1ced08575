/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: choice of the guest's firmware
 */
#ifndef VFIO_TRACE_RUN_FIRMWARE_H
#define VFIO_TRACE_RUN_FIRMWARE_H

#include "tools/run/plan.h"

/**
 * run_firmware() - choose the firmware
 * @plan: the plan; @firmware, @vars and @vars_template are set
 * @error: where to store why not
 *
 * Return: false if the requested firmware does not exist, or --nvram is given
 *         for another firmware than OVMF
 */
bool run_firmware(RunPlan *plan, GError **error);

#endif /* VFIO_TRACE_RUN_FIRMWARE_H */
