/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: windows that a stepped instruction touches
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_PLACE_H
#define HW_VFIO_TRACE_RESCUE_STEP_PLACE_H

#include "libinsn/insn.h"
#include "hw/vfio-trace/tap/tap.h"

/* Pages that an instruction may be about: its own two, and an XSAVE area's */
#define VFIO_TRACE_STEP_PLACES 8

/**
 * struct VFIOTraceStepPlace: something in a window that it touches
 * @gpa: guest-physical address
 * @region: what is there
 * @offset: where in that
 */
typedef struct VFIOTraceStepPlace {
    hwaddr gpa;
    PCITapRegion *region;
    hwaddr offset;
} VFIOTraceStepPlace;

/**
 * struct VFIOTraceStep: an instruction to be stepped
 * @pc: its RIP
 * @len: how many bytes are known, more than it has are no matter; 0: none, as
 *       of code in a BAR, which is read when the windows are lifted
 * @bytes: these
 * @places: how many of @place there are
 * @place: one for each region; what is touched first in it
 */
typedef struct VFIOTraceStep {
    uint64_t pc;
    unsigned len;
    uint8_t bytes[INSN_MAX_LEN];
    unsigned places;
    VFIOTraceStepPlace place[VFIO_TRACE_STEP_PLACES];
} VFIOTraceStep;

/**
 * enum VFIOTraceStepWhere: what is at an address
 * @VFIO_TRACE_STEP_ELSEWHERE: no window
 * @VFIO_TRACE_STEP_MEMORY: a window, and memory below
 * @VFIO_TRACE_STEP_DEVICE: a window, and no memory below
 */
typedef enum VFIOTraceStepWhere {
    VFIO_TRACE_STEP_ELSEWHERE,
    VFIO_TRACE_STEP_MEMORY,
    VFIO_TRACE_STEP_DEVICE,
} VFIOTraceStepWhere;

/**
 * vfio_trace_step_add() - the instruction touches this
 * @step: the instruction; its @places becomes more if it is memory in a window
 * @gpa: guest-physical address of the first byte that it touches in a page
 *
 * Under the BQL.
 */
VFIOTraceStepWhere vfio_trace_step_add(VFIOTraceStep *step, hwaddr gpa);

/**
 * vfio_trace_step_still_there() - is all of it as it was found?
 * @step: the instruction
 *
 * The guest, or the user, may have changed anything since.
 */
bool vfio_trace_step_still_there(const VFIOTraceStep *step);

/**
 * vfio_trace_step_lift() - lift the windows that it touches
 * @step: the instruction
 */
void vfio_trace_step_lift(const VFIOTraceStep *step);

/**
 * vfio_trace_step_lay() - lay them again
 * @step: the instruction
 */
void vfio_trace_step_lay(const VFIOTraceStep *step);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_PLACE_H */
