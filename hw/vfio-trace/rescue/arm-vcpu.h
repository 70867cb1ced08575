/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of an Arm vCPU of KVM that loads and stores use
 *
 * To be called on the vCPU's own thread, between two calls of KVM_RUN.
 */
#ifndef HW_VFIO_TRACE_RESCUE_ARM_VCPU_H
#define HW_VFIO_TRACE_RESCUE_ARM_VCPU_H

#include "hw/core/cpu.h"
#include "liba64/a64.h"
#include "liba64/walk.h"

/**
 * struct RescueArmVCPU: registers of a vCPU
 * @cpu: the vCPU
 * @pstate: PSTATE
 * @insn: registers that instructions use, for liba64
 * @walk: registers that page walks use, for liba64
 */
typedef struct RescueArmVCPU {
    CPUState *cpu;
    uint64_t pstate;
    A64State insn;
    A64WalkState walk;
} RescueArmVCPU;

/**
 * vfio_trace_rescue_arm_load() - read all registers but vectors
 * @vcpu: filled in
 * @cpu: the vCPU
 *
 * Return: NULL, or one word for the reason why instructions of this vCPU can't
 * be executed now; of @vcpu, only the PC is valid then
 */
const char *vfio_trace_rescue_arm_load(RescueArmVCPU *vcpu, CPUState *cpu);

/**
 * vfio_trace_rescue_arm_load_vectors() - read vector registers
 * @vcpu: from vfio_trace_rescue_arm_load()
 *
 * Return: NULL, or one word for the reason why that is not possible
 */
const char *vfio_trace_rescue_arm_load_vectors(RescueArmVCPU *vcpu);

/**
 * vfio_trace_rescue_arm_save() - set the registers that have changed
 * @vcpu: after a64_execute()
 *
 * Return: false if KVM rejects them
 */
bool vfio_trace_rescue_arm_save(RescueArmVCPU *vcpu);

/**
 * vfio_trace_rescue_arm_raise() - raise a data abort
 * @vcpu: its registers have not been changed
 * @far: the address
 * @write: it was to be written
 * @fault: the fault's status code, of stage 1
 */
void vfio_trace_rescue_arm_raise(const RescueArmVCPU *vcpu, uint64_t far,
                                 bool write, unsigned fault);

#endif /* HW_VFIO_TRACE_RESCUE_ARM_VCPU_H */
