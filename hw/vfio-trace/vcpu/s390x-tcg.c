/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of s390x's vCPUs with TCG (see vcpu.h)
 *
 * PCI's instructions are helpers of TCG, which store no program counter.  The
 * kernel is compiled without frame pointers, and its back chain is not walked.
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"

/* Linux has the address space of user space there, also in the kernel. */
static uint64_t s390x_tcg_space(CPUState *cpu)
{
    return cpu_env(cpu)->cregs[7];
}

static const VFIOTraceVCPUOps s390x_tcg_ops = {
    .space = s390x_tcg_space,
};

const VFIOTraceVCPUOps *vfio_trace_s390x_tcg(const char **why)
{
    return &s390x_tcg_ops;
}
