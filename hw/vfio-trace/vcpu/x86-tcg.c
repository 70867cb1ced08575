/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of x86's vCPUs with TCG (see vcpu.h)
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/cpu-common.h"
#include "exec/target_page.h"
#include "exec/translation-block.h"
#include "system/tcg.h"
#include "tcg/insn-start-words.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"

/*
 * Returns what x86_restore_state_to_opc() would set EIP to.  That function
 * can't be called: it changes the vCPU's state under generated code that
 * continues afterwards.
 *
 * For IN and OUT the place in the generated code is not known.
 */
static uint64_t x86_tcg_pc(CPUState *cpu, VFIOTraceWay way)
{
    CPUX86State *env = cpu_env(cpu);
    uint64_t cs_base = env->hflags & HF_CS64_MASK ? 0 :
                       env->segs[R_CS].base;
    uint64_t data[INSN_START_WORDS];
    uint64_t pc;

    if (way != VFIO_TRACE_WAY_MEMORY ||
        !cpu_unwind_state_data(cpu, cpu->mem_io_pc, data)) {
        return 0;
    }
    pc = data[0];
    if (tcg_cflags_has(cpu, CF_PCREL)) {
        pc |= (env->eip + cs_base) & TARGET_PAGE_MASK;
    }
    return env->hflags & HF_CS64_MASK ? pc : (uint32_t)(pc - cs_base);
}

static uint64_t x86_tcg_space(CPUState *cpu)
{
    return cpu_env(cpu)->cr[3];
}

/* Generated code stores its registers in env before it calls for an access. */
static VFIOTraceFrame x86_tcg_frame(CPUState *cpu)
{
    CPUX86State *env = cpu_env(cpu);
    bool is64 = env->hflags & HF_CS64_MASK;

    if (!is64 && !(env->hflags & HF_CS32_MASK)) {
        return (VFIOTraceFrame) { 0 };
    }
    return (VFIOTraceFrame) {
        .fp = is64 ? env->regs[R_EBP]
                   : (uint32_t)(env->regs[R_EBP] + env->segs[R_SS].base),
        .width = is64 ? 8 : 4,
        .ret = is64 ? 8 : 4,
    };
}

static bool x86_tcg_counter(CPUState *cpu, uint64_t *counter)
{
    CPUX86State *env = cpu_env(cpu);

    *counter = cpu_get_tsc(env) + env->tsc_offset;
    return true;
}

static const VFIOTraceVCPUOps x86_tcg_ops = {
    .pc = x86_tcg_pc,
    .space = x86_tcg_space,
    .frame = x86_tcg_frame,
    .translate = vfio_trace_vcpu_translate,
    .counter = x86_tcg_counter,
};

const VFIOTraceVCPUOps *vfio_trace_x86_tcg(const char **why)
{
    return &x86_tcg_ops;
}
