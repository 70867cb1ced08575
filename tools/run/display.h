/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the guest's emulated display (--display)
 *
 * VNC and SPICE have no port of QEMU's: viewers connect to a UNIX socket of
 * this program (viewer.h).
 */
#ifndef VFIO_TRACE_RUN_DISPLAY_H
#define VFIO_TRACE_RUN_DISPLAY_H

#include "tools/run/plan.h"

/**
 * run_display_plan() - check --display, and plan the display
 * @plan: the plan, with its devices and paths
 * @error: where to store why not
 */
bool run_display_plan(RunPlan *plan, GError **error);

/**
 * run_display_check() - check whether QEMU has the display
 * @plan: the plan
 * @error: where to store what it lacks, with the remedy
 */
bool run_display_check(const RunPlan *plan, GError **error);

/**
 * run_display_has_inputs() - has the guest an emulated USB keyboard and tablet?
 * @plan: the plan
 */
bool run_display_has_inputs(const RunPlan *plan);

/**
 * run_display_has_viewers() - do viewers connect to a socket of this program?
 * @plan: the plan
 */
bool run_display_has_viewers(const RunPlan *plan);

/**
 * run_display_protocol() - get the name of the viewers' protocol
 * @plan: the plan
 *
 * Return: as QMP's "add_client" has it: "vnc" or "spice"
 */
const char *run_display_protocol(const RunPlan *plan);

/**
 * run_display_command() - make the command by which a viewer connects
 * @plan: the plan
 *
 * Return: the command, to be freed; or NULL if no viewer can connect
 */
char *run_display_command(const RunPlan *plan);

/**
 * run_display_options() - add the display to QEMU's command line
 * @plan: the plan
 * @argv: the command line
 */
void run_display_options(const RunPlan *plan, GPtrArray *argv);

#endif /* VFIO_TRACE_RUN_DISPLAY_H */
