/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: which firmware the guest starts with
 */
#ifndef VFIO_TRACE_RUN_FIRMWARE_H
#define VFIO_TRACE_RUN_FIRMWARE_H

#include "tools/run/plan.h"

/**
 * run_firmware() - choose the firmware
 * @plan: its @firmware, @vars and @vars_template are set
 * @error: where to store why there is none
 *
 * Return: true, or false if the firmware that was asked for is not installed
 */
bool run_firmware(RunPlan *plan, GError **error);

#endif /* VFIO_TRACE_RUN_FIRMWARE_H */
