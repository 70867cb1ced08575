/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of Arm's vCPUs with TCG (see vcpu.h)
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/cpu-common.h"
#include "exec/target_page.h"
#include "exec/translation-block.h"
#include "target/arm/internals.h"
#include "tcg/insn-start-words.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/vcpu/arm-frame.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"

/*
 * As arm_restore_state_to_opc() finds it, without changing the vCPU's state.
 * There are no instructions for ports and config space: all is memory.
 */
static uint64_t arm_tcg_pc(CPUState *cpu, VFIOTraceWay way)
{
    CPUARMState *env = cpu_env(cpu);
    uint64_t data[INSN_START_WORDS];
    uint64_t page;

    if (!cpu_unwind_state_data(cpu, cpu->mem_io_pc, data)) {
        return 0;
    }
    if (!tcg_cflags_has(cpu, CF_PCREL)) {
        return data[0];
    }
    page = (is_a64(env) ? env->pc : env->regs[15]) & TARGET_PAGE_MASK;
    return page | data[0];
}

/* A kernel that runs at EL2 has its programs' tables there. */
static unsigned arm_tcg_regime(CPUARMState *env)
{
    return arm_current_el(env) == 2 || arm_hcr_el2_eff(env) & HCR_TGE ? 2 : 1;
}

static uint64_t arm_tcg_space(CPUState *cpu)
{
    CPUARMState *env = cpu_env(cpu);

    return env->cp15.ttbr0_el[arm_tcg_regime(env)];
}

static VFIOTraceFrame arm_tcg_frame(CPUState *cpu)
{
    CPUARMState *env = cpu_env(cpu);

    return is_a64(env)
           ? vfio_trace_arm_frame(env->xregs[29],
                                  env->cp15.tcr_el[arm_tcg_regime(env)],
                                  arm_cpu_data_is_big_endian(env))
           : (VFIOTraceFrame) { 0 };
}

static bool arm_tcg_counter(CPUState *cpu, uint64_t *counter)
{
    CPUARMState *env = cpu_env(cpu);

    if (!arm_feature(env, ARM_FEATURE_GENERIC_TIMER)) {
        return false;
    }
    *counter = gt_get_countervalue(env) - env->cp15.cntvoff_el2;
    return true;
}

static const VFIOTraceVCPUOps arm_tcg_ops = {
    .pc = arm_tcg_pc,
    .space = arm_tcg_space,
    .frame = arm_tcg_frame,
    .translate = vfio_trace_vcpu_translate,
    .counter = arm_tcg_counter,
};

const VFIOTraceVCPUOps *vfio_trace_arm_tcg(const char **why)
{
    return &arm_tcg_ops;
}
