/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: does a sequence fit the host's device?
 */
#ifndef VFIO_TRACE_PLAY_DEVICE_H
#define VFIO_TRACE_PLAY_DEVICE_H

#include "tools/play/plan.h"

/**
 * play_device_fits() - compare a sequence with the device
 * @plan: the plan
 * @error: where to store in what they differ, with the remedy
 *
 * Vendor and device ID, which --any-device allows to differ; and the regions,
 * which must be as large as the sequence needs them.
 */
bool play_device_fits(const PlayPlan *plan, GError **error);

/**
 * play_device_check() - check that the device may be taken
 * @plan: the plan; the other devices of the group are filled in
 * @error: where to store why not, with the remedy
 *
 * The checks are those of 'vfio-trace run', without its --force.
 */
bool play_device_check(PlayPlan *plan, GError **error);

#endif /* VFIO_TRACE_PLAY_DEVICE_H */
