/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: room for large BARs in the guest's machine
 */
#ifndef VFIO_TRACE_RUN_LARGE_H
#define VFIO_TRACE_RUN_LARGE_H

#include "tools/run/plan.h"

/**
 * run_large_bars() - add up the BARs that need not fit below 4G
 * @plan: the plan
 *
 * Return: bytes
 */
uint64_t run_large_bars(const RunPlan *plan);

/**
 * run_large_window() - size of the guest's window for large BARs
 * @plan: the plan
 *
 * Return: bytes, a power of two; 0: what the machine has is enough
 */
uint64_t run_large_window(const RunPlan *plan);

#endif /* VFIO_TRACE_RUN_LARGE_H */
