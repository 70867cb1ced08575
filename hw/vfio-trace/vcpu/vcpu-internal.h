/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: vCPU state by accelerator
 */
#ifndef HW_VFIO_TRACE_VCPU_INTERNAL_H
#define HW_VFIO_TRACE_VCPU_INTERNAL_H

#include "exec/hwaddr.h"
#include "hw/core/cpu.h"

/**
 * struct VFIOTraceFrame: start of a walk up the stack
 * @fp: the frame pointer, a linear address
 * @width: bytes of a stack slot, 8 or 4; 0: not known
 */
typedef struct VFIOTraceFrame {
    uint64_t fp;
    unsigned width;
} VFIOTraceFrame;

/**
 * struct VFIOTraceVCPUOps: an accelerator's access to a vCPU's state
 * @enable: make the state available, or not; NULL if it always is
 * @pc: program counter of the access that the vCPU is making; 0: not known
 * @cr3: its CR3
 * @frame: its frame pointer
 * @translate: translate a linear address to a guest-physical one
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
 * vfio_trace_vcpu_kvm() - KVM's operations (vcpu-kvm.c)
 * @why: set to one word with the reason if there are none
 *
 * Return: the operations, or NULL
 */
const VFIOTraceVCPUOps *vfio_trace_vcpu_kvm(const char **why);

/**
 * vfio_trace_vcpu_tcg() - TCG's operations (vcpu-tcg.c)
 * @why: set to one word with the reason if there are none
 *
 * Return: the operations, or NULL
 */
const VFIOTraceVCPUOps *vfio_trace_vcpu_tcg(const char **why);

#endif /* HW_VFIO_TRACE_VCPU_INTERNAL_H */
