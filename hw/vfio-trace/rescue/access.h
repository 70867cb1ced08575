/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the accesses of an instruction that libinsn executes
 *
 * The BQL is held from the translation to the last write: meanwhile, no window
 * is added or removed, and no other trapped access is made.
 */
#ifndef HW_VFIO_TRACE_RESCUE_ACCESS_H
#define HW_VFIO_TRACE_RESCUE_ACCESS_H

#include "exec/hwaddr.h"
#include "libinsn/insn.h"
#include "hw/vfio-trace/rescue/vcpu-state.h"
#include "hw/vfio-trace/tap/tap.h"

/* A span covers two pages at most. */
#define RESCUE_PIECES_MAX (2 * INSN_MAX_SPANS)

/**
 * struct RescuePiece: bytes of a span that lie in one page
 * @span: number of the span
 * @at: offset of the first byte in the span
 * @len: number of bytes
 * @gpa: guest-physical address of the first byte
 */
typedef struct RescuePiece {
    unsigned span;
    unsigned at;
    unsigned len;
    hwaddr gpa;
} RescuePiece;

/**
 * struct RescuePlaces: guest-physical places of an instruction's spans
 * @pieces: number of valid entries in @piece
 * @piece: the pieces, in order
 * @window: region of the first window that is touched, or NULL
 * @offset: offset of the touched byte in that region
 * @memory: all checked addresses outside of windows are memory, which the guest
 *          accesses without QEMU
 * @fault: a page fault is to be raised
 * @cr2: address of the page fault
 * @error_code: error code of the page fault
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
 * vfio_trace_rescue_window() - find the window at an address
 * @gpa: guest-physical address
 * @offset: gets the offset in the window's region; or NULL
 *
 * Return: the region, or NULL if no window is there
 */
PCITapRegion *vfio_trace_rescue_window(hwaddr gpa, hwaddr *offset);

/**
 * vfio_trace_rescue_see() - check what is at an address
 * @places: @window and @offset are set, or @memory is updated
 * @gpa: guest-physical address
 * @write: the address is to be written
 */
void vfio_trace_rescue_see(RescuePlaces *places, hwaddr gpa, bool write);

/**
 * vfio_trace_rescue_translate() - translate the addresses of an instruction
 * @places: filled in
 * @plan: the instruction's spans
 * @vcpu: the vCPU's registers
 *
 * A page without an active byte is not accessed, as on a processor.
 */
void vfio_trace_rescue_translate(RescuePlaces *places, const InsnPlan *plan,
                                 const RescueVCPU *vcpu);

/**
 * vfio_trace_rescue_read() - read the spans that the instruction reads
 * @places: places of the spans
 * @plan: gets the data
 */
void vfio_trace_rescue_read(const RescuePlaces *places, InsnPlan *plan);

/**
 * vfio_trace_rescue_write() - write the spans that the instruction writes
 * @places: places of the spans
 * @plan: has the data
 */
void vfio_trace_rescue_write(const RescuePlaces *places, InsnPlan *plan);

#endif /* HW_VFIO_TRACE_RESCUE_ACCESS_H */
