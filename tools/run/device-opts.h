/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: options for single devices
 *
 * --device-opts and --trace-windows may begin with the address of one of the
 * guest's devices and a colon: 01:00.0:x-vga=on.  Without an address,
 * --device-opts is for the first device, --trace-windows for all devices that
 * have no value of their own.
 */
#ifndef VFIO_TRACE_RUN_DEVICE_OPTS_H
#define VFIO_TRACE_RUN_DEVICE_OPTS_H

#include "tools/run/plan.h"

/**
 * run_device_opts_parse() - assign the options to devices
 * @plan: the plan, with its devices; @windows and @device_opts are set
 * @error: where to store what is wrong with an option
 */
bool run_device_opts_parse(RunPlan *plan, GError **error);

/**
 * run_device_opts() - properties that the user gave for a device
 * @plan: the plan
 * @dev: the device
 *
 * Return: "K=V,K=V", or NULL
 */
const char *run_device_opts(const RunPlan *plan, const HostPci *dev);

/**
 * run_device_opt() - one of these properties
 * @plan: the plan
 * @dev: the device
 * @key: the property's name
 *
 * Return: its value, to be freed; or NULL if it was not given
 */
char *run_device_opt(const RunPlan *plan, const HostPci *dev, const char *key);

/**
 * run_device_windows() - what to trace of a device
 * @plan: the plan
 * @dev: the device
 *
 * Return: the value of windows=; NULL for the default, or if it is among the
 *         device's properties
 */
const char *run_device_windows(const RunPlan *plan, const HostPci *dev);

/**
 * run_device_tokens_check() - check the tokens of virtual functions
 * @plan: the plan
 * @error: where to store which device lacks its token, or has one in vain
 */
bool run_device_tokens_check(const RunPlan *plan, GError **error);

/**
 * run_opts_split() - split properties at their commas
 * @text: "K=V,K=V"; a comma in a value is doubled
 *
 * Return: the properties, still with double commas; to be freed with
 *         g_strfreev()
 */
char **run_opts_split(const char *text);

#endif /* VFIO_TRACE_RUN_DEVICE_OPTS_H */
