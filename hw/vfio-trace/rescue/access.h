/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the accesses of an instruction that is carried out here
 *
 * Under the BQL, which is held from translation to the last write: no window
 * comes or goes meanwhile, and no other trapped access comes in between.
 */
#ifndef HW_VFIO_TRACE_RESCUE_ACCESS_H
#define HW_VFIO_TRACE_RESCUE_ACCESS_H

#include "exec/hwaddr.h"
#include "libinsn/insn.h"
#include "hw/vfio-trace/rescue/vcpu-state.h"
#include "hw/vfio-trace/tap/tap.h"

/* A span reaches into two pages at most. */
#define RESCUE_PIECES_MAX (2 * INSN_MAX_SPANS)

/**
 * struct RescuePiece: bytes of a span that lie in one page
 * @span: its number
 * @at: the first byte's place in it
 * @len: bytes
 * @gpa: where the first byte is
 */
typedef struct RescuePiece {
    unsigned span;
    unsigned at;
    unsigned len;
    hwaddr gpa;
} RescuePiece;

/**
 * struct RescuePlaces: where the spans are
 * @pieces: how many of @piece there are
 * @piece: in order
 * @window: the first window that is touched, or NULL
 * @offset: where in its region
 * @memory: all else that was looked at is the guest's to reach without us
 * @fault: there is a page fault
 * @cr2: its address
 * @error_code: its error code
 */
typedef struct RescuePlaces {
    unsigned pieces;
    RescuePiece piece[RESCUE_PIECES_MAX];
    PCITapRegion *window;
    hwaddr offset;
    bool memory;
    bool fault;
    uint64_t cr2;
    uint32_t error_code;
} RescuePlaces;

/**
 * vfio_trace_rescue_window() - is there a window of ours?
 * @gpa: guest-physical address
 * @offset: gets the place in its region; or NULL
 *
 * Return: the region, or NULL
 */
PCITapRegion *vfio_trace_rescue_window(hwaddr gpa, hwaddr *offset);

/**
 * vfio_trace_rescue_see() - note what is at an address
 * @places: gets the first window, and whether all else is memory
 * @gpa: guest-physical address
 * @write: it is to be written
 */
void vfio_trace_rescue_see(RescuePlaces *places, hwaddr gpa, bool write);

/**
 * vfio_trace_rescue_translate() - find out where an instruction's spans are
 * @places: filled in
 * @plan: the instruction's
 * @vcpu: the vCPU's registers
 *
 * A page without an active byte is left alone, as the processor does it.
 */
void vfio_trace_rescue_translate(RescuePlaces *places, const InsnPlan *plan,
                                 const RescueVCPU *vcpu);

/**
 * vfio_trace_rescue_read() - read the spans that are read
 * @places: where they are
 * @plan: gets the data
 */
void vfio_trace_rescue_read(const RescuePlaces *places, InsnPlan *plan);

/**
 * vfio_trace_rescue_write() - write those that are written
 * @places: where they are
 * @plan: has the data
 */
void vfio_trace_rescue_write(const RescuePlaces *places, InsnPlan *plan);

#endif /* HW_VFIO_TRACE_RESCUE_ACCESS_H */
