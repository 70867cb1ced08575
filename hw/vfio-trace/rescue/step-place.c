/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: windows that a stepped instruction touches (see step-place.h)
 */
#include "qemu/osdep.h"
#include "hw/vfio-trace/rescue/access.h"
#include "hw/vfio-trace/rescue/step-place.h"

VFIOTraceStepWhere vfio_trace_step_add(VFIOTraceStep *step, hwaddr gpa)
{
    hwaddr offset;
    PCITapRegion *region = vfio_trace_rescue_window(gpa, &offset);
    unsigned i;

    if (!region) {
        return VFIO_TRACE_STEP_ELSEWHERE;
    }
    if (!pci_tap_liftable(region, offset)) {
        return VFIO_TRACE_STEP_DEVICE;
    }
    for (i = 0; i < step->places; i++) {
        if (step->place[i].region == region) {
            return VFIO_TRACE_STEP_MEMORY;
        }
    }
    if (step->places == VFIO_TRACE_STEP_PLACES) {
        return VFIO_TRACE_STEP_DEVICE;
    }
    step->place[step->places++] = (VFIOTraceStepPlace) {
        .gpa = gpa,
        .region = region,
        .offset = offset,
    };
    return VFIO_TRACE_STEP_MEMORY;
}

bool vfio_trace_step_still_there(const VFIOTraceStep *step)
{
    unsigned i;

    for (i = 0; i < step->places; i++) {
        const VFIOTraceStepPlace *place = &step->place[i];
        hwaddr offset;

        if (vfio_trace_rescue_window(place->gpa, &offset) != place->region ||
            offset != place->offset ||
            !pci_tap_liftable(place->region, offset)) {
            return false;
        }
    }
    return true;
}

void vfio_trace_step_lift(const VFIOTraceStep *step)
{
    unsigned i;

    memory_region_transaction_begin();
    for (i = 0; i < step->places; i++) {
        pci_tap_lift(step->place[i].region);
    }
    memory_region_transaction_commit();
}

void vfio_trace_step_lay(const VFIOTraceStep *step)
{
    unsigned i;

    memory_region_transaction_begin();
    for (i = 0; i < step->places; i++) {
        pci_tap_lay(step->place[i].region);
    }
    memory_region_transaction_commit();
}
