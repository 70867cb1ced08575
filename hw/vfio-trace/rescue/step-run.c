/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: running a vCPU for one instruction
 *
 * KVM single-steps the vCPU, with breakpoints at the doors and interrupts
 * blocked.  A timer's signal ends KVM_RUN if the vCPU does not stop by itself.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/timer.h"
#include "cpu.h"
#include "exec/cpu-common.h"
#include "system/hw_accel.h"
#include "system/kvm.h"
#include "system/kvm_int.h"
#include "hw/vfio-trace/rescue/step-doors.h"
#include "hw/vfio-trace/rescue/step-fold.h"
#include "hw/vfio-trace/rescue/step-gates.h"
#include "hw/vfio-trace/rescue/step-insn.h"
#include "hw/vfio-trace/rescue/step-run.h"

/* Older C libraries do not define it. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/*
 * Time after which KVM_RUN is interrupted.  One instruction can take long if
 * the host swaps, or runs under a hypervisor itself.
 */
#define DEADLINE_NS (250 * SCALE_MS)

bool vfio_trace_step_usable(void)
{
    /* Without BLOCKIRQ, interrupt handlers would run with windows lifted. */
    return kvm_vm_check_extension(kvm_state, KVM_CAP_SET_GUEST_DEBUG2) &
           KVM_GUESTDBG_BLOCKIRQ;
}

static bool rescue_run_set_debug(const Stepper *s)
{
    struct kvm_guest_debug debug = {
        .control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP |
                   KVM_GUESTDBG_BLOCKIRQ | KVM_GUESTDBG_USE_HW_BP,
        .arch.debugreg[7] = DR7_FIXED_1,
    };
    unsigned i;

    for (i = 0; i < s->doors; i++) {
        debug.arch.debugreg[i] = s->door[i].linear;
        debug.arch.debugreg[7] |= 2ull << (2 * i);
    }
    return kvm_vcpu_ioctl(s->cpu, KVM_SET_GUEST_DEBUG, &debug) >= 0;
}

static bool rescue_run_start_timer(Stepper *s)
{
    struct sigevent event = {
        .sigev_notify = SIGEV_THREAD_ID,
        .sigev_signo = SIG_IPI,
        .sigev_notify_thread_id = qemu_get_thread_id(),
    };
    struct itimerspec when = {
        .it_value.tv_nsec = DEADLINE_NS,
    };

    if (timer_create(CLOCK_MONOTONIC, &event, &s->timer) < 0) {
        return false;
    }
    s->deadline = get_clock() + DEADLINE_NS;
    if (timer_settime(s->timer, 0, &when, NULL) < 0) {
        timer_delete(s->timer);
        return false;
    }
    return true;
}

static bool rescue_run_has_moved(const Stepper *s)
{
    struct kvm_regs regs;

    return kvm_vcpu_ioctl(s->cpu, KVM_GET_REGS, &regs) < 0 ||
           regs.rip != s->regs.rip;
}

/* Unless it is a branch, it ends at the next instruction, or itself (REP). */
static bool rescue_run_may_end_at(const Stepper *s, uint64_t pc)
{
    static const ZydisInstructionCategory elsewhere[] = {
        ZYDIS_CATEGORY_CALL, ZYDIS_CATEGORY_COND_BR, ZYDIS_CATEGORY_INTERRUPT,
        ZYDIS_CATEGORY_RET, ZYDIS_CATEGORY_SYSCALL, ZYDIS_CATEGORY_SYSRET,
        ZYDIS_CATEGORY_UNCOND_BR,
    };
    uint64_t mask = s->vcpu.insn.mode == INSN_MODE_64 ? UINT64_MAX : UINT32_MAX;
    uint64_t begin = vfio_trace_step_rip(s);
    unsigned i;

    if (!s->known || pc == (begin & mask) ||
        pc == ((begin + s->len) & mask)) {
        return true;
    }
    for (i = 0; i < ARRAY_SIZE(elsewhere); i++) {
        if (s->insn.z.meta.category == elsewhere[i]) {
            return true;
        }
    }
    return false;
}

static End rescue_run_ended_by_debug(Stepper *s,
                                     const struct kvm_debug_exit_arch *debug)
{
    unsigned i;

    for (i = 0; i < s->doors; i++) {
        if (!(debug->dr6 & DR6_BS) && (debug->dr6 & 1u << i) &&
            debug->pc == s->door[i].linear) {
            s->at = &s->door[i];
            return END_DOOR;
        }
    }
    /* A handler may have run and returned, and then the step continued. */
    return rescue_run_may_end_at(s, debug->pc) ? END_STEPPED : END_LOST;
}

/* If a device has read the vCPU's registers, QEMU's copy is the valid one. */
static bool rescue_run_put_registers(const Stepper *s)
{
    Error *err = NULL;

    if (!s->cpu->vcpu_dirty) {
        return true;
    }
    if (kvm_arch_put_registers(s->cpu, KVM_PUT_RUNTIME_STATE, &err)) {
        error_free(err);
        return false;
    }
    s->cpu->vcpu_dirty = false;
    return true;
}

static void rescue_run_complete_mmio(const Stepper *s)
{
    struct kvm_run *run = s->cpu->kvm_run;

    /* An operand in another device, or any operand of code in a BAR */
    address_space_rw(&address_space_memory, run->mmio.phys_addr,
                     cpu_get_mem_attrs(&X86_CPU(s->cpu)->env), run->mmio.data,
                     run->mmio.len, run->mmio.is_write);
}

/*
 * KVM has emulated the instruction, and only the rest of its writes is left.
 * KVM would not stop after it; so immediate_exit is set.
 */
static End rescue_run_end_write(Stepper *s)
{
    struct kvm_run *run = s->cpu->kvm_run;
    int ret;

    do {
        rescue_run_complete_mmio(s);
        if (!rescue_run_put_registers(s)) {
            return END_FAILED;
        }
        qatomic_set(&run->immediate_exit, 1);
        ret = kvm_vcpu_ioctl(s->cpu, KVM_RUN, 0);
        qatomic_set(&run->immediate_exit, 0);
        /* Another thread may have set it, too, which can't be told. */
        s->interrupted = true;
    } while (ret >= 0 && run->exit_reason == KVM_EXIT_MMIO);
    return ret == -EINTR ? END_STEPPED : END_LOST;
}

static End rescue_run_one(Stepper *s)
{
    struct kvm_run *run = s->cpu->kvm_run;
    int ret;

    for (;;) {
        /* KVM sees a signal that arrives after this. */
        s->interrupted |= qatomic_xchg(&run->immediate_exit, 0);
        if (get_clock() >= s->deadline) {
            return rescue_run_has_moved(s) ? END_LOST : END_AGAIN;
        }
        run->request_interrupt_window = 0;
        ret = kvm_vcpu_ioctl(s->cpu, KVM_RUN, 0);
        if (ret == -EINTR || ret == -EAGAIN) {
            continue;
        }
        if (ret < 0) {
            return END_FAILED;
        }
        switch (run->exit_reason) {
        case KVM_EXIT_DEBUG:
            return rescue_run_ended_by_debug(s, &run->debug.arch);
        case KVM_EXIT_MMIO:
            if (run->mmio.is_write) {
                return rescue_run_end_write(s);
            }
            rescue_run_complete_mmio(s);
            if (!rescue_run_put_registers(s)) {
                return END_FAILED;
            }
            break;
        case KVM_EXIT_IRQ_WINDOW_OPEN:
            break;
        case KVM_EXIT_INTERNAL_ERROR:
            return END_FAILED;
        default:
            return END_EXIT;
        }
    }
}

/* --- the IDT's limit ------------------------------------------------------ */

static unsigned rescue_run_short_limit(const Stepper *s)
{
    return MIN(s->sregs.idt.limit,
               s->vectors * vfio_trace_step_gate_bytes(s) - 1);
}

static bool rescue_run_set_idt_limit(const Stepper *s, unsigned limit)
{
    struct kvm_sregs sregs;

    if (kvm_vcpu_ioctl(s->cpu, KVM_GET_SREGS, &sregs) < 0) {
        return false;
    }
    sregs.idt.limit = limit;
    return kvm_vcpu_ioctl(s->cpu, KVM_SET_SREGS, &sregs) >= 0;
}

static bool rescue_run_shorten_idt(const Stepper *s)
{
    return !s->vectors ||
           rescue_run_set_idt_limit(s, rescue_run_short_limit(s));
}

/* Restores the limit unless the IDT is another one, as after a reset. */
static void rescue_run_restore_idt(const Stepper *s)
{
    CPUX86State *env = &X86_CPU(s->cpu)->env;
    struct kvm_sregs sregs;

    if (!s->vectors) {
        return;
    }
    if (kvm_vcpu_ioctl(s->cpu, KVM_GET_SREGS, &sregs) >= 0 &&
        sregs.idt.base == s->sregs.idt.base &&
        sregs.idt.limit == rescue_run_short_limit(s) &&
        !rescue_run_set_idt_limit(s, s->sregs.idt.limit)) {
        error_report("vfio-trace: KVM rejects a vCPU's registers");
    }
    /* A device may have read the vCPU's registers into QEMU meanwhile. */
    if (s->cpu->vcpu_dirty && env->idt.limit == rescue_run_short_limit(s)) {
        env->idt.limit = s->sregs.idt.limit;
    }
}

End vfio_trace_step_run(Stepper *s)
{
    bool changed;
    bool again;
    End end;

    if (!rescue_run_start_timer(s)) {
        return END_FAILED;
    }
    do {
        vfio_trace_step_find_doors(s);
        end = rescue_run_shorten_idt(s) && rescue_run_set_debug(s)
              ? rescue_run_one(s) : END_FAILED;
        rescue_run_restore_idt(s);
        changed = vfio_trace_step_recheck(s);
        again = end == END_DOOR && vfio_trace_step_fold(s, &end);
        if (again && changed) {
            /* The exception's frame may have overwritten it, for example. */
            end = END_LOST;
            again = false;
        }
    } while (again);
    timer_delete(s->timer);
    /* Restore gdb's settings, if gdb is attached. */
    kvm_update_guest_debug(s->cpu, 0);
    if (s->interrupted) {
        /* Makes kvm_cpu_exec() leave KVM at once and check for requests. */
        qatomic_set(&s->cpu->kvm_run->immediate_exit, 1);
    }
    return end;
}
