/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: vCPU state by accelerator
 */
#ifndef HW_VFIO_TRACE_VCPU_INTERNAL_H
#define HW_VFIO_TRACE_VCPU_INTERNAL_H

#include "exec/hwaddr.h"
#include "hw/core/cpu.h"
#include "hw/vfio-trace/vcpu/way.h"
#include "libmmiotrace/record.h"

/**
 * struct VFIOTraceFrame: start of a walk up the stack
 * @fp: the frame pointer, a linear address: there is the caller's one
 * @width: bytes of a stack slot, 8 or 4; 0: not known
 * @ret: where the return address is, in bytes from the frame pointer
 * @ret_in_caller: from the caller's frame pointer
 * @big: slots are big-endian
 * @va_bits: bits of an address in the lower and in the upper half of the
 *           address space: the others of a return address are its signature;
 *           0: there is none
 */
typedef struct VFIOTraceFrame {
    uint64_t fp;
    unsigned width;
    unsigned ret;
    bool ret_in_caller;
    bool big;
    uint8_t va_bits[2];
} VFIOTraceFrame;

/**
 * struct VFIOTraceVCPUOps: an accelerator's access to a vCPU's state
 * @enable: make the state available, or not; NULL if it always is
 * @pc: program counter of the access that the vCPU is making; 0: not known;
 *      NULL if it never is
 * @space: what tells its address space: VFIOTraceVCPUArch
 * @frame: its frame pointer; NULL if callers are not found
 * @translate: translate a linear address to a guest-physical one
 * @counter: its counter of time: VFIOTraceVCPUArch; NULL if not known
 */
typedef struct VFIOTraceVCPUOps {
    void (*enable)(CPUState *cpu, bool on);
    uint64_t (*pc)(CPUState *cpu, VFIOTraceWay way);
    uint64_t (*space)(CPUState *cpu);
    VFIOTraceFrame (*frame)(CPUState *cpu);
    bool (*translate)(CPUState *cpu, uint64_t addr, hwaddr *gpa);
    bool (*counter)(CPUState *cpu, uint64_t *counter);
} VFIOTraceVCPUOps;

/**
 * struct VFIOTraceVCPUArch: what the vCPUs' architecture has
 * @space: the extra field that tells address spaces apart, MMT_EXTRA_SPACE
 * @no_attrs: accesses by instructions have no attributes
 * @no_kvm_attrs: they have none with KVM
 * @kvm: KVM's operations, or NULL and one word with the reason in @why; NULL if
 *       there are none in this build
 * @tcg: TCG's operations, likewise
 *
 * A target is of one architecture: x86.c, arm.c, ppc.c, s390x.c or other.c.
 */
typedef struct VFIOTraceVCPUArch {
    MmtExtra space;
    bool no_attrs;
    bool no_kvm_attrs;
    const VFIOTraceVCPUOps *(*kvm)(const char **why);
    const VFIOTraceVCPUOps *(*tcg)(const char **why);
} VFIOTraceVCPUArch;

extern const VFIOTraceVCPUArch vfio_trace_vcpu_arch;

/**
 * vfio_trace_vcpu_translate() - translate as QEMU's debugger does (translate.c)
 * @cpu: the vCPU, whose registers QEMU has
 * @addr: a linear address
 * @gpa: gets the guest-physical one
 *
 * Return: whether there is one
 */
bool vfio_trace_vcpu_translate(CPUState *cpu, uint64_t addr, hwaddr *gpa);

const VFIOTraceVCPUOps *vfio_trace_x86_kvm(const char **why);
const VFIOTraceVCPUOps *vfio_trace_x86_tcg(const char **why);
const VFIOTraceVCPUOps *vfio_trace_arm_kvm(const char **why);
const VFIOTraceVCPUOps *vfio_trace_arm_tcg(const char **why);
const VFIOTraceVCPUOps *vfio_trace_ppc_tcg(const char **why);
const VFIOTraceVCPUOps *vfio_trace_s390x_tcg(const char **why);

#endif /* HW_VFIO_TRACE_VCPU_INTERNAL_H */
