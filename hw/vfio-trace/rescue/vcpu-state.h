/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of a KVM vCPU that instructions use
 *
 * To be called on the vCPU's own thread, between two calls of KVM_RUN.
 */
#ifndef HW_VFIO_TRACE_RESCUE_VCPU_STATE_H
#define HW_VFIO_TRACE_RESCUE_VCPU_STATE_H

#include "hw/core/cpu.h"
#include "libinsn/insn.h"
#include "libinsn/walk.h"

/**
 * struct RescueVCPU: registers of a vCPU
 * @cpu: the vCPU
 * @insn: registers that instructions use, for libinsn
 * @walk: registers that page walks use, for libinsn
 * @loaded: @insn.xsave has been read from KVM
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
 * Queries KVM's capabilities; to be called before all other functions here.
 *
 * Return: NULL, or one word for the reason why not
 */
const char *vfio_trace_rescue_vcpu_usable(void);

/**
 * vfio_trace_rescue_load() - read registers for addresses and page walks
 * @vcpu: filled in; @vcpu->insn.xsave is NULL
 * @cpu: the vCPU
 */
bool vfio_trace_rescue_load(RescueVCPU *vcpu, CPUState *cpu);

/**
 * vfio_trace_rescue_load_vectors() - read the XSAVE area and PKRU
 * @vcpu: from vfio_trace_rescue_load(); vfio_trace_rescue_free() it
 */
bool vfio_trace_rescue_load_vectors(RescueVCPU *vcpu);

/**
 * vfio_trace_rescue_save() - set the vCPU's registers after an instruction
 * @vcpu: both parts have been read
 *
 * Return: false if KVM rejects them
 */
bool vfio_trace_rescue_save(RescueVCPU *vcpu);

/**
 * vfio_trace_rescue_free() - free the XSAVE area
 * @vcpu: from vfio_trace_rescue_load()
 */
void vfio_trace_rescue_free(RescueVCPU *vcpu);

/**
 * vfio_trace_rescue_nested() - does the vCPU run a nested guest?
 * @cpu: the vCPU
 */
bool vfio_trace_rescue_nested(CPUState *cpu);

/**
 * vfio_trace_rescue_raise() - raise an exception
 * @cpu: the vCPU; its registers are those before the instruction, or for a #DB
 *       those after it
 * @vector: vector of the exception
 * @error_code: error code, for exceptions that have one
 * @payload: CR2 of a #PF, or bits of DR6 of a #DB
 *
 * Return: false if an exception is already pending; nothing was changed
 */
bool vfio_trace_rescue_raise(CPUState *cpu, unsigned vector,
                             uint32_t error_code, uint64_t payload);

/**
 * vfio_trace_rescue_refuse() - do what KVM would have done
 * @cpu: the vCPU, on its own thread; its instruction has failed
 *
 * Raises #UD; for a kernel that is not in a nested guest, also an internal
 * error.  Under the BQL.
 *
 * Return: false if the machine has to stop with that internal error
 */
bool vfio_trace_rescue_refuse(CPUState *cpu);

#endif /* HW_VFIO_TRACE_RESCUE_VCPU_STATE_H */
