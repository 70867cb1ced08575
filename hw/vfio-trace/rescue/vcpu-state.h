/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of a KVM vCPU that instructions use
 *
 * All of it on the vCPU's own thread, between two KVM_RUN.
 */
#ifndef HW_VFIO_TRACE_RESCUE_VCPU_STATE_H
#define HW_VFIO_TRACE_RESCUE_VCPU_STATE_H

#include "hw/core/cpu.h"
#include "libinsn/insn.h"
#include "libinsn/walk.h"

/**
 * struct RescueVCPU: its registers
 * @cpu: whose
 * @insn: for libinsn
 * @walk: likewise
 * @loaded: @insn.xsave is what KVM has
 */
typedef struct RescueVCPU {
    CPUState *cpu;
    InsnState insn;
    InsnWalkState walk;
    bool loaded;
} RescueVCPU;

/**
 * vfio_trace_rescue_vcpu_usable() - can KVM's vCPUs be read and set?
 *
 * Asks KVM what it can do; before all others here.
 *
 * Return: NULL, or in one word why not
 */
const char *vfio_trace_rescue_vcpu_usable(void);

/**
 * vfio_trace_rescue_load() - read what addresses and page tables need
 * @vcpu: filled in; @vcpu->insn.xsave is NULL
 * @cpu: the vCPU
 */
bool vfio_trace_rescue_load(RescueVCPU *vcpu, CPUState *cpu);

/**
 * vfio_trace_rescue_load_vectors() - read the rest
 * @vcpu: from vfio_trace_rescue_load(); vfio_trace_rescue_free() it
 */
bool vfio_trace_rescue_load_vectors(RescueVCPU *vcpu);

/**
 * vfio_trace_rescue_save() - give the vCPU what an instruction has made
 * @vcpu: both parts have been read
 *
 * Return: false if KVM does not take it
 */
bool vfio_trace_rescue_save(RescueVCPU *vcpu);

/**
 * vfio_trace_rescue_free() - free what it has
 * @vcpu: from vfio_trace_rescue_load()
 */
void vfio_trace_rescue_free(RescueVCPU *vcpu);

/**
 * vfio_trace_rescue_nested() - does it run a guest of the guest's?
 * @cpu: the vCPU
 */
bool vfio_trace_rescue_nested(CPUState *cpu);

/**
 * vfio_trace_rescue_raise() - have it take an exception
 * @cpu: the vCPU; its registers are those before the instruction, or for a #DB
 *       those after it
 * @vector: which
 * @error_code: of those that have one
 * @payload: of a #PF its CR2, of a #DB the bits of DR6
 *
 * Return: false if it has one to take already; nothing was changed
 */
bool vfio_trace_rescue_raise(CPUState *cpu, unsigned vector,
                             uint32_t error_code, uint64_t payload);

/**
 * vfio_trace_rescue_refuse() - do what KVM would have done
 * @cpu: the vCPU, on its own thread; its instruction has failed
 *
 * #UD for a program, and for whatever runs in a nested guest; #UD and an
 * internal error for a kernel.  Under the BQL.
 *
 * Return: false if the machine has to stop with that internal error
 */
bool vfio_trace_rescue_refuse(CPUState *cpu);

#endif /* HW_VFIO_TRACE_RESCUE_VCPU_STATE_H */
