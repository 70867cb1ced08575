/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: vCPU state with TCG (see vcpu.h)
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/cpu-common.h"
#include "exec/target_page.h"
#include "exec/translation-block.h"
#include "system/tcg.h"
#ifdef CONFIG_TCG
#include "tcg/insn-start-words.h"
#endif
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"

#if defined(CONFIG_TCG) && defined(TARGET_I386)

/*
 * Returns what x86_restore_state_to_opc() would set EIP to.  That function
 * can't be called: it changes the vCPU's state under generated code that
 * continues afterwards.
 *
 * For IN and OUT the place in the generated code is not known.
 */
static uint64_t vcpu_tcg_pc(CPUState *cpu, bool port)
{
    CPUX86State *env = cpu_env(cpu);
    uint64_t cs_base = env->hflags & HF_CS64_MASK ? 0 :
                       env->segs[R_CS].base;
    uint64_t data[INSN_START_WORDS];
    uint64_t pc;

    if (port || !cpu_unwind_state_data(cpu, cpu->mem_io_pc, data)) {
        return 0;
    }
    pc = data[0];
    if (tcg_cflags_has(cpu, CF_PCREL)) {
        pc |= (env->eip + cs_base) & TARGET_PAGE_MASK;
    }
    return env->hflags & HF_CS64_MASK ? pc : (uint32_t)(pc - cs_base);
}

static uint64_t vcpu_tcg_cr3(CPUState *cpu)
{
    return cpu_env(cpu)->cr[3];
}

/* Generated code stores its registers in env before it calls for an access. */
static VFIOTraceFrame vcpu_tcg_frame(CPUState *cpu)
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
    };
}

static bool vcpu_tcg_translate(CPUState *cpu, uint64_t addr, hwaddr *gpa)
{
    MemTxAttrs attrs;
    hwaddr page = cpu_get_phys_page_attrs_debug(cpu, addr & TARGET_PAGE_MASK,
                                                &attrs);

    if (page == -1) {
        return false;
    }
    *gpa = page | (addr & ~TARGET_PAGE_MASK);
    return true;
}

static bool vcpu_tcg_tsc(CPUState *cpu, uint64_t *tsc)
{
    CPUX86State *env = cpu_env(cpu);

    *tsc = cpu_get_tsc(env) + env->tsc_offset;
    return true;
}

static const VFIOTraceVCPUOps vcpu_tcg_ops = {
    .pc = vcpu_tcg_pc,
    .cr3 = vcpu_tcg_cr3,
    .frame = vcpu_tcg_frame,
    .translate = vcpu_tcg_translate,
    .tsc = vcpu_tcg_tsc,
};

const VFIOTraceVCPUOps *vfio_trace_vcpu_tcg(const char **why)
{
    return &vcpu_tcg_ops;
}

#else

const VFIOTraceVCPUOps *vfio_trace_vcpu_tcg(const char **why)
{
    *why = "target";
    return NULL;
}

#endif
