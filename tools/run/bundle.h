/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the bundle at the end (docs/bundle.md)
 */
#ifndef VFIO_TRACE_RUN_BUNDLE_H
#define VFIO_TRACE_RUN_BUNDLE_H

#include "tools/run/plan.h"

/**
 * run_bundle_check() - check --bundle, and make its path absolute
 * @plan: the plan, with its log
 * @error: where to store why there could be no bundle
 */
bool run_bundle_check(RunPlan *plan, GError **error);

/**
 * run_bundle_make() - let 'vfio-trace bundle' make the bundle
 * @plan: the plan, whose log is complete and whose devices are given back
 *
 * Return: false after 'vfio-trace bundle' has printed why not
 */
bool run_bundle_make(const RunPlan *plan);

#endif /* VFIO_TRACE_RUN_BUNDLE_H */
