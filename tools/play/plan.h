/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: what is to be done
 */
#ifndef VFIO_TRACE_PLAY_PLAN_H
#define VFIO_TRACE_PLAY_PLAN_H

#include "tools/run/plan.h"
#include "tools/sequence/model.h"

/**
 * struct PlayPlan: what is to be done
 * @seq: the sequence
 * @file: its file's name
 * @host: the device, which is the only one of @guests, and the other devices of
 *        its IOMMU group, for the checks of 'vfio-trace run'
 * @first: number of the first operation
 * @end: number of the operation after the last one
 * @limit_ns: how long all may take
 * @log: the log, or NULL
 * @token: the token of a virtual function, or NULL
 * @buffers: the directory for the contents of the buffers, or NULL
 * @any_device: the device may be another one than the trace's
 * @step: ask before each operation
 * @yes: don't ask before the device is taken
 * @force: replace files
 */
typedef struct PlayPlan {
    Sequence *seq;
    char *file;
    RunPlan host;
    uint32_t first;
    uint32_t end;
    uint64_t limit_ns;
    char *log;
    char *token;
    char *buffers;
    gboolean any_device;
    gboolean step;
    gboolean yes;
    gboolean force;
} PlayPlan;

/**
 * play_plan_device() - get the device
 * @plan: the plan
 */
static inline HostPci *play_plan_device(const PlayPlan *plan)
{
    return plan->host.guests->pdata[0];
}

#endif /* VFIO_TRACE_PLAY_PLAN_H */
