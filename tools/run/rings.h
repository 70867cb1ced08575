/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: rings files of the devices
 *
 * QEMU gets copies of the texts that were checked, in a directory of the
 * session's that it has open: its user need not be able to read the files.
 */
#ifndef VFIO_TRACE_RUN_RINGS_H
#define VFIO_TRACE_RUN_RINGS_H

#include "tools/run/plan.h"

/**
 * run_rings_parse() - read the files, and assign them to devices
 * @plan: the plan, with its devices and their options; @rings is set
 * @error: where to store what is wrong with an option or a file
 */
bool run_rings_parse(RunPlan *plan, GError **error);

/**
 * run_rings_options() - properties of a device for its files
 * @plan: the plan
 * @dev: the device
 *
 * Return: ",rings=...", or "" if it has none; to be freed
 */
char *run_rings_options(const RunPlan *plan, const HostPci *dev);

/**
 * run_rings_any() - has a device a rings file?
 * @plan: the plan
 */
bool run_rings_any(const RunPlan *plan);

/**
 * run_rings_hand_over() - copy the files for QEMU
 * @plan: the plan; its directory exists
 * @error: where to store why not
 */
bool run_rings_hand_over(const RunPlan *plan, GError **error);

#endif /* VFIO_TRACE_RUN_RINGS_H */
