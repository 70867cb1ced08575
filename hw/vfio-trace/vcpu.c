/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the guest's program counter (see pc.h)
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/cpu-common.h"
#include "exec/target_page.h"
#include "exec/translation-block.h"
#include "hw/core/cpu.h"
#include "system/kvm.h"
#include "system/tcg.h"
#ifdef CONFIG_TCG
#include "tcg/insn-start-words.h"
#endif
#include "compat.h"
#include "pc.h"

/**
 * struct PCSource: where an accelerator has the program counter
 * @enable: have it, or not, for a vCPU; NULL if it is always there
 * @get: the program counter of the access that @cpu is making
 */
typedef struct PCSource {
    void (*enable)(CPUState *cpu, bool on);
    uint64_t (*get)(CPUState *cpu, bool port);
} PCSource;

/* The one in use, while there are users; or NULL, and why there is none. */
static const PCSource *source;
static const char *missing;
static unsigned users;

#if defined(CONFIG_KVM) && defined(TARGET_I386)

/*
 * The page is shared with the kernel, which looks at the field when the vCPU
 * exits; nobody else in QEMU does.  The vCPU may be running, or have left KVM
 * before it was told to leave its registers.
 */
static void pc_enable_kvm(CPUState *cpu, bool on)
{
    struct kvm_run *run = cpu->kvm_run;

    if (on) {
        run->s.regs.regs.rip = 0;
        run->kvm_valid_regs |= KVM_SYNC_X86_REGS;
    } else {
        run->kvm_valid_regs &= ~KVM_SYNC_X86_REGS;
    }
}

static uint64_t pc_get_kvm(CPUState *cpu, bool port)
{
    if (unlikely(!(cpu->kvm_run->kvm_valid_regs & KVM_SYNC_X86_REGS))) {
        /* A vCPU that was plugged in: it has them from its next access on. */
        pc_enable_kvm(cpu, true);
    }
    return cpu->kvm_run->s.regs.regs.rip;
}

static const PCSource pc_kvm = {
    .enable = pc_enable_kvm,
    .get = pc_get_kvm,
};

static const PCSource *pc_find_kvm(void)
{
    if (kvm_check_extension(kvm_state, KVM_CAP_SYNC_REGS) &
        KVM_SYNC_X86_REGS) {
        return &pc_kvm;
    }
    missing = "no-sync-regs";
    return NULL;
}

#else

static const PCSource *pc_find_kvm(void)
{
    missing = "target";
    return NULL;
}

#endif

#if defined(CONFIG_TCG) && defined(TARGET_I386)

/*
 * What x86_restore_state_to_opc() would set EIP to.  That is not called, since
 * it changes the vCPU's state under generated code that goes on afterwards.
 *
 * IN and OUT leave no trace of where they were.
 */
static uint64_t pc_get_tcg(CPUState *cpu, bool port)
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

static const PCSource pc_tcg = {
    .get = pc_get_tcg,
};

static const PCSource *pc_find_tcg(void)
{
    return &pc_tcg;
}

#else

static const PCSource *pc_find_tcg(void)
{
    missing = "target";
    return NULL;
}

#endif

static const PCSource *pc_find(void)
{
    if (kvm_enabled()) {
        return pc_find_kvm();
    }
    if (tcg_enabled()) {
        return pc_find_tcg();
    }
    missing = "accelerator";
    return NULL;
}

static void pc_enable_all(bool on)
{
    CPUState *cpu;

    if (source && source->enable) {
        CPU_FOREACH(cpu) {
            source->enable(cpu, on);
        }
    }
}

const char *vfio_trace_pc_start(void)
{
    if (!users++) {
        missing = NULL;
        source = pc_find();
        pc_enable_all(true);
    }
    return missing;
}

void vfio_trace_pc_stop(void)
{
    if (!--users) {
        pc_enable_all(false);
        source = NULL;
    }
}

/*
 * Devices do DMA on the thread of a vCPU, too, when that made them.  A
 * processor's own accesses have attributes that say so little that nothing
 * else looks like them.
 */
static bool made_by_cpu(MemTxAttrs attrs)
{
    return !attrs.unspecified && !attrs.memory && !attrs.debug &&
           !attrs.requester_id;
}

uint64_t vfio_trace_pc(MemTxAttrs attrs, bool port)
{
    if (!source || !current_cpu || !made_by_cpu(attrs)) {
        return 0;
    }
    return source->get(current_cpu, port);
}
