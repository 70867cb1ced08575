/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what the rescues of all architectures have in common
 */
#ifndef HW_VFIO_TRACE_RESCUE_OUTCOME_H
#define HW_VFIO_TRACE_RESCUE_OUTCOME_H

#include "hw/core/cpu.h"
#include "hw/vfio-trace/tap/tap.h"

/* Registers that tell whether a vCPU makes progress, at most */
#define RESCUE_PROGRESS_MAX 40

/**
 * vfio_trace_rescue_is_memory() - is memory at an address?
 * @gpa: guest-physical address
 * @write: it is to be written
 */
bool vfio_trace_rescue_is_memory(hwaddr gpa, bool write);

/**
 * vfio_trace_rescue_may_retry() - may the vCPU try the instruction again?
 * @regs: its registers, at most RESCUE_PROGRESS_MAX
 * @count: number of them
 *
 * For an instruction that touches no window any more: between KVM's exit and
 * taking the BQL, a window may have been removed, or another vCPU may have
 * changed the page tables.  If so, the vCPU gets what is there now.
 *
 * Return: false if the vCPU's thread has asked too often, with the same
 * registers each time
 */
bool vfio_trace_rescue_may_retry(const uint64_t *regs, unsigned count);

/**
 * vfio_trace_rescue_progress() - the vCPU has executed an instruction
 */
void vfio_trace_rescue_progress(void);

/**
 * vfio_trace_rescue_begin() - keep other accesses out of an instruction
 * @window: region that it touches
 *
 * No other access to a device of that region's log comes between its reads and
 * its writes.
 *
 * Return: argument for vfio_trace_rescue_end()
 */
VFIOTraceLog *vfio_trace_rescue_begin(const PCITapRegion *window);

/**
 * vfio_trace_rescue_end() - the instruction has made its accesses
 * @log: what vfio_trace_rescue_begin() returned
 */
void vfio_trace_rescue_end(VFIOTraceLog *log);

/**
 * vfio_trace_rescue_count() - count an instruction as rescued
 * @cpu: the vCPU
 * @window: region that it has touched
 * @pc: its address
 */
void vfio_trace_rescue_count(CPUState *cpu, PCITapRegion *window, uint64_t pc);

/**
 * struct RescueRefused: an instruction that is refused
 * @window: region that it touches
 * @offset: offset in that region
 * @pc: its address
 * @bytes: its bytes
 * @len: number of bytes; 0: not known
 */
typedef struct RescueRefused {
    PCITapRegion *window;
    hwaddr offset;
    uint64_t pc;
    const uint8_t *bytes;
    size_t len;
} RescueRefused;

/**
 * vfio_trace_rescue_log_refused() - count and log an instruction as refused
 * @cpu: the vCPU
 * @refused: the instruction
 */
void vfio_trace_rescue_log_refused(CPUState *cpu,
                                   const RescueRefused *refused);

#endif /* HW_VFIO_TRACE_RESCUE_OUTCOME_H */
