/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the guest's network (--net)
 *
 * QEMU's user network (slirp): connections of the guest are made by QEMU, with
 * the rights of QEMU's user.  A port of 127.0.0.1 leads to the guest's ssh.
 */
#ifndef VFIO_TRACE_RUN_NET_H
#define VFIO_TRACE_RUN_NET_H

#include "tools/run/plan.h"

/**
 * run_net_plan() - check --net, and plan the network
 * @plan: the plan, with its system
 * @error: where to store why not
 */
bool run_net_plan(RunPlan *plan, GError **error);

/**
 * run_net_check() - check whether QEMU has the network
 * @plan: the plan
 * @error: where to store what it lacks, with the remedy
 */
bool run_net_check(const RunPlan *plan, GError **error);

/**
 * run_net_command() - make the command by which the user connects
 * @plan: the plan
 *
 * Return: the command, to be freed; or NULL without a network
 */
char *run_net_command(const RunPlan *plan);

/**
 * run_net_options() - add the network to QEMU's command line
 * @plan: the plan
 * @argv: the command line
 */
void run_net_options(const RunPlan *plan, GPtrArray *argv);

#endif /* VFIO_TRACE_RUN_NET_H */
