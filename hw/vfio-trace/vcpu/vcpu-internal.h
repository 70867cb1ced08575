/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: where an accelerator has a vCPU's state
 */
#ifndef HW_VFIO_TRACE_VCPU_INTERNAL_H
#define HW_VFIO_TRACE_VCPU_INTERNAL_H

#include "exec/hwaddr.h"
#include "hw/core/cpu.h"

/**
 * struct VFIOTraceFrame: where a walk up the stack begins
 * @fp: the frame pointer, linear
 * @width: bytes of a stack slot, 8 or 4; 0: not known
 */
typedef struct VFIOTraceFrame {
    uint64_t fp;
    unsigned width;
} VFIOTraceFrame;

/**
 * struct VFIOTraceVCPUOps: where an accelerator has a vCPU's state
 * @enable: have it, or not, for a vCPU; NULL if it is always there
 * @pc: the program counter of the access that @cpu is making
 * @cr3: its page table
 * @frame: its frame pointer
 * @translate: the guest-physical address of a linear one
 * @tsc: its time stamp counter
 */
typedef struct VFIOTraceVCPUOps {
    void (*enable)(CPUState *cpu, bool on);
    uint64_t (*pc)(CPUState *cpu, bool port);
    uint64_t (*cr3)(CPUState *cpu);
    VFIOTraceFrame (*frame)(CPUState *cpu);
    bool (*translate)(CPUState *cpu, uint64_t addr, hwaddr *gpa);
    bool (*tsc)(CPUState *cpu, uint64_t *tsc);
} VFIOTraceVCPUOps;

/**
 * vfio_trace_vcpu_kvm() - KVM's (vcpu-kvm.c)
 * @why: set to one word, if there are none
 *
 * Return: its operations, or NULL
 */
const VFIOTraceVCPUOps *vfio_trace_vcpu_kvm(const char **why);

/**
 * vfio_trace_vcpu_tcg() - TCG's (vcpu-tcg.c)
 * @why: set to one word, if there are none
 *
 * Return: its operations, or NULL
 */
const VFIOTraceVCPUOps *vfio_trace_vcpu_tcg(const char **why);

#endif /* HW_VFIO_TRACE_VCPU_INTERNAL_H */
