/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: what QEMU says of itself
 */
#ifndef VFIO_TRACE_RUN_ASK_H
#define VFIO_TRACE_RUN_ASK_H

#include "tools/run/plan.h"

/**
 * run_ask() - start QEMU with arguments to which it only prints something
 * @plan: the plan: its QEMU, and its user
 * @args: the arguments, ending with NULL
 * @text: where to store what QEMU prints, to be freed; or NULL
 * @error: error if QEMU can't be started
 *
 * QEMU runs as its own user, unless this is a dry run and the user can't
 * execute it.
 *
 * Return: whether QEMU has ended with status 0; if not, @text is NULL
 */
bool run_ask(const RunPlan *plan, const char *const *args, char **text,
             GError **error);

/**
 * run_ask_device() - does QEMU have a device?
 * @plan: the plan: its QEMU, and its user
 * @name: the device's name, as for -device
 *
 * Return: true, too, if QEMU does not answer
 */
bool run_ask_device(const RunPlan *plan, const char *name);

#endif /* VFIO_TRACE_RUN_ASK_H */
