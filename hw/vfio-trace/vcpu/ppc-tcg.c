/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of Power's vCPUs with TCG (see vcpu.h)
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/cpu-common.h"
#include "tcg/insn-start-words.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"

/*
 * Config space is a call of the firmware (RTAS) on pseries, which is a
 * hypercall.  Firmware makes other accesses by hypercalls, too.  A hypercall is
 * an exception, and no instruction that makes an access.
 */
static uint64_t ppc_tcg_pc(CPUState *cpu, VFIOTraceWay way)
{
    uint64_t data[INSN_START_WORDS];

    return way != VFIO_TRACE_WAY_CONFIG &&
           cpu->exception_index == POWERPC_EXCP_NONE &&
           cpu_unwind_state_data(cpu, cpu->mem_io_pc, data) ? data[0] : 0;
}

/* The process's number for the radix tree, since POWER9 */
static uint64_t ppc_tcg_space(CPUState *cpu)
{
    return cpu_env(cpu)->spr[SPR_BOOKS_PID];
}

/*
 * The back chain of 64-bit code: R1 has the caller's R1, and the caller's frame
 * the return address at 16 (ELF ABI v1 and v2).
 */
static VFIOTraceFrame ppc_tcg_frame(CPUState *cpu)
{
    CPUPPCState *env = cpu_env(cpu);

    if (!FIELD_EX64(env->msr, MSR, SF)) {
        return (VFIOTraceFrame) { 0 };
    }
    return (VFIOTraceFrame) {
        .fp = env->gpr[1],
        .width = 8,
        .ret = 16,
        .ret_in_caller = true,
        .big = !FIELD_EX64(env->msr, MSR, LE),
    };
}

static bool ppc_tcg_counter(CPUState *cpu, uint64_t *counter)
{
    *counter = cpu_ppc_load_tbl(cpu_env(cpu));
    return true;
}

static const VFIOTraceVCPUOps ppc_tcg_ops = {
    .pc = ppc_tcg_pc,
    .space = ppc_tcg_space,
    .frame = ppc_tcg_frame,
    .translate = vfio_trace_vcpu_translate,
    .counter = ppc_tcg_counter,
};

const VFIOTraceVCPUOps *vfio_trace_ppc_tcg(const char **why)
{
    return &ppc_tcg_ops;
}
