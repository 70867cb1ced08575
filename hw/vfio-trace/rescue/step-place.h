/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: windows that a stepped instruction touches
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_PLACE_H
#define HW_VFIO_TRACE_RESCUE_STEP_PLACE_H

#include "libinsn/insn.h"
#include "hw/vfio-trace/tap/tap.h"

/* Most places: code has up to two pages, an XSAVE area has the others */
#define VFIO_TRACE_STEP_PLACES 8

/**
 * struct VFIOTraceStepPlace: a place in a window that an instruction touches
 * @gpa: guest-physical address
 * @region: region of the window
 * @offset: offset in the region
 */
typedef struct VFIOTraceStepPlace {
    hwaddr gpa;
    PCITapRegion *region;
    hwaddr offset;
} VFIOTraceStepPlace;

/**
 * struct VFIOTraceStep: an instruction to be stepped
 * @pc: its RIP
 * @len: number of known bytes, which may be more than it has; 0: code in a BAR,
 *       which is read when the windows are lifted
 * @bytes: the known bytes
 * @places: number of valid entries in @place
 * @place: for each region, the first place that it touches
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
 * @VFIO_TRACE_STEP_MEMORY: a window with memory below
 * @VFIO_TRACE_STEP_DEVICE: a window that can't be lifted
 */
typedef enum VFIOTraceStepWhere {
    VFIO_TRACE_STEP_ELSEWHERE,
    VFIO_TRACE_STEP_MEMORY,
    VFIO_TRACE_STEP_DEVICE,
} VFIOTraceStepWhere;

/**
 * vfio_trace_step_add() - add a place that the instruction touches
 * @step: the instruction; its @place grows if a window with memory is there
 * @gpa: guest-physical address of the first byte that it touches in a page
 *
 * Under the BQL.
 */
VFIOTraceStepWhere vfio_trace_step_add(VFIOTraceStep *step, hwaddr gpa);

/**
 * vfio_trace_step_still_there() - are all its windows unchanged?
 * @step: the instruction
 *
 * The guest or the user may have changed them since vfio_trace_step_add().
 */
bool vfio_trace_step_still_there(const VFIOTraceStep *step);

/**
 * vfio_trace_step_lift() - lift the windows that it touches
 * @step: the instruction
 */
void vfio_trace_step_lift(const VFIOTraceStep *step);

/**
 * vfio_trace_step_lay() - put the lifted windows back
 * @step: the instruction
 */
void vfio_trace_step_lay(const VFIOTraceStep *step);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_PLACE_H */
