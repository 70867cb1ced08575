/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: instructions that KVM can't emulate (see rescue.h)
 *
 * The guest controls all inputs, and may change them at any time: code, page
 * tables, register values.  Each is read once, and only the values read decide
 * what an instruction does.
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "cpu.h"
#include "exec/cpu-common.h"
#include "system/kvm.h"
#include "system/kvm_int.h"
#include "libinsn/native.h"
#include "hw/vfio-trace/vcpu/fair.h"
#include "hw/vfio-trace/rescue/rescue.h"
#include "hw/vfio-trace/rescue/access.h"
#include "hw/vfio-trace/rescue/outcome.h"
#include "hw/vfio-trace/vcpu/guest-linear.h"
#include "hw/vfio-trace/rescue/step.h"
#include "hw/vfio-trace/rescue/vcpu-state.h"

#include <linux/kvm.h>

/**
 * enum Outcome: result of an instruction
 * @OUTCOME_ELSEWHERE: it touches no window
 * @OUTCOME_DONE: it is executed, or has raised its exception, or is retried
 * @OUTCOME_STEP: the vCPU is going to execute it by itself
 * @OUTCOME_REFUSED: it touches a window, and can't be executed
 * @OUTCOME_LOST: the vCPU can't continue
 */
typedef enum Outcome {
    OUTCOME_ELSEWHERE,
    OUTCOME_DONE,
    OUTCOME_STEP,
    OUTCOME_REFUSED,
    OUTCOME_LOST,
} Outcome;

/**
 * struct Rescue: the current instruction
 * @vcpu: the vCPU's registers
 * @bytes: the instruction's bytes, and possibly some that follow
 * @len: number of bytes
 * @insn: the decoded instruction
 * @plan: bytes that it reads and writes
 * @places: guest-physical places of these
 * @step: description of it if the vCPU is to execute it by itself
 */
typedef struct Rescue {
    RescueVCPU vcpu;
    uint8_t bytes[INSN_MAX_LEN];
    size_t len;
    Insn insn;
    InsnPlan plan;
    RescuePlaces places;
    VFIOTraceStep step;
} Rescue;

static unsigned users;

/* --- decoding ------------------------------------------------------------ */

/* KVM reports the bytes that it has fetched, which may be too few. */
static InsnStatus rescue_decode(Rescue *r, const struct kvm_run *run)
{
    const InsnState *s = &r->vcpu.insn;
    InsnStatus status;

    if (run->emulation_failure.ndata &&
        (run->emulation_failure.flags &
         KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES)) {
        r->len = MIN(run->emulation_failure.insn_size, sizeof(r->bytes));
        memcpy(r->bytes, run->emulation_failure.insn_bytes, r->len);
    }
    status = r->len ? insn_decode(&r->insn, r->bytes, r->len, s->mode)
                    : INSN_SHORT;
    if (status == INSN_SHORT) {
        r->len = vfio_trace_guest_fetch(&r->vcpu.walk,
                                        s->seg[INSN_CS].base + s->rip,
                                        r->bytes, sizeof(r->bytes));
        status = insn_decode(&r->insn, r->bytes, r->len, s->mode);
    }
    return status;
}

/* It touches no window: if it touches memory only, there was one before. */
static Outcome rescue_elsewhere(Rescue *r)
{
    const InsnState *s = &r->vcpu.insn;
    uint64_t regs[2 + INSN_GPRS] = { s->rip, s->rflags };

    QEMU_BUILD_BUG_ON(ARRAY_SIZE(regs) > RESCUE_PROGRESS_MAX);
    memcpy(&regs[2], s->gpr, sizeof(s->gpr));
    return r->places.memory &&
           vfio_trace_rescue_may_retry(regs, ARRAY_SIZE(regs))
           ? OUTCOME_DONE : OUTCOME_ELSEWHERE;
}

/* --- execution ----------------------------------------------------------- */

/* @trap: the guest has set TF: raise the #DB after the instruction */
static Outcome rescue_finish(Rescue *r, bool trap)
{
    if (!vfio_trace_rescue_save(&r->vcpu)) {
        error_report(
            "vfio-trace: KVM rejects a vCPU's registers: the results of the instruction at 0x%"
            PRIx64 " are lost",
            r->vcpu.insn.rip);
        return OUTCOME_LOST;
    }
    if (trap) {
        vfio_trace_rescue_raise(r->vcpu.cpu, EXCP01_DB, 0, DR6_BS);
    }
    return OUTCOME_DONE;
}

/* Prepare a step: the vCPU may execute what KVM and libinsn can't. */
static void rescue_begin_step(Rescue *r)
{
    bool whole = r->insn.z.length && r->insn.z.length <= r->len;

    r->step = (VFIOTraceStep) {
        .pc = r->vcpu.insn.rip,
        .len = whole ? r->insn.z.length : r->len,
    };
    memcpy(r->step.bytes, r->bytes, r->step.len);
}

/* Return: false if the window there has no memory below, so can't be lifted */
static bool rescue_note_touched(Rescue *r, hwaddr gpa)
{
    return vfio_trace_step_add(&r->step, gpa) != VFIO_TRACE_STEP_DEVICE;
}

static Outcome rescue_let_step(Rescue *r)
{
    return r->step.places && vfio_trace_step(r->vcpu.cpu, &r->step) ?
           OUTCOME_STEP : OUTCOME_REFUSED;
}

static Outcome rescue_let_step_planned(Rescue *r)
{
    unsigned i;

    rescue_begin_step(r);
    for (i = 0; i < r->places.pieces; i++) {
        if (!rescue_note_touched(r, r->places.piece[i].gpa)) {
            return OUTCOME_REFUSED;
        }
    }
    return rescue_let_step(r);
}

static Outcome rescue_carry_out(Rescue *r)
{
    CPUState *cpu = r->vcpu.cpu;
    bool trap = r->vcpu.insn.rflags & TF_MASK;
    VFIOTraceLog *log;
    InsnFault fault = insn_plan(&r->insn, &r->vcpu.insn, &r->plan);
    Outcome outcome;

    /* A processor raises such a fault before it checks the page. */
    if (fault.vector) {
        return OUTCOME_ELSEWHERE;
    }
    vfio_trace_rescue_translate(&r->places, &r->plan, &r->vcpu);
    if (!r->places.window) {
        return rescue_elsewhere(r);
    }
    vfio_trace_rescue_progress();
    if (r->places.fault) {
        vfio_trace_rescue_raise(cpu, EXCP0E_PAGE, r->places.error_code,
                                r->places.cr2);
        return OUTCOME_DONE;
    }
    if (!insn_can(&r->insn)) {
        return rescue_let_step_planned(r);
    }
    log = vfio_trace_rescue_begin(r->places.window);
    vfio_trace_rescue_read(&r->places, &r->plan);
    fault = insn_execute(&r->insn, &r->vcpu.insn, &r->plan);
    if (!fault.vector) {
        vfio_trace_rescue_write(&r->places, &r->plan);
    }
    vfio_trace_rescue_end(log);
    if (fault.vector == INSN_CANT) {
        return rescue_let_step_planned(r);
    }
    outcome = rescue_finish(r, trap && !fault.vector);
    if (fault.vector) {
        vfio_trace_rescue_raise(cpu, fault.vector, fault.error_code, 0);
    }
    vfio_trace_rescue_count(cpu, r->places.window, r->vcpu.insn.rip);
    return outcome;
}

/* --- windows of an instruction without a plan ---------------------------- */

/* Return: false if the address is in a window that can't be lifted */
static bool rescue_see_address(Rescue *r, uint64_t linear, unsigned access)
{
    uint64_t gpa;
    uint32_t error_code;

    if (!insn_walk_translate(&r->vcpu.walk, &vfio_trace_guest_memory_ro, linear,
                             access, &gpa, &error_code)) {
        return true;
    }
    vfio_trace_rescue_see(&r->places, gpa, false);
    return rescue_note_touched(r, gpa);
}

/*
 * For an instruction without a plan, only the start and the approximate end of
 * its operands are known.  Its code may be in a window, too.
 */
static Outcome rescue_find_window(Rescue *r, InsnStatus status)
{
    const InsnState *s = &r->vcpu.insn;
    bool liftable;
    unsigned i;

    r->places = (RescuePlaces) { .memory = true };
    rescue_begin_step(r);
    liftable = rescue_see_address(r, s->seg[INSN_CS].base + s->rip,
                                  INSN_WALK_FETCH);
    for (i = 0; status == INSN_UNSUPPORTED && i < r->insn.z.operand_count;
         i++) {
        unsigned size = r->insn.op[i].size / 8;
        uint64_t linear;

        if (insn_address(&r->insn, s, i, &linear)) {
            liftable &= rescue_see_address(r, linear, 0);
            liftable &= !size || rescue_see_address(r, linear + size - 1, 0);
        }
    }
    if (!r->places.window) {
        return rescue_elsewhere(r);
    }
    return liftable ? rescue_let_step(r) : OUTCOME_REFUSED;
}

/* --- the hook ------------------------------------------------------------ */

static Outcome rescue_loaded_insn(Rescue *r)
{
    InsnStatus status = rescue_decode(r, r->vcpu.cpu->kvm_run);

    return status == INSN_OK ? rescue_carry_out(r)
                             : rescue_find_window(r, status);
}

static Outcome rescue_insn(Rescue *r, CPUState *cpu)
{
    Outcome outcome = OUTCOME_ELSEWHERE;

    if ((cpu->kvm_run->flags & KVM_RUN_X86_SMM) ||
        vfio_trace_rescue_nested(cpu)) {
        return OUTCOME_ELSEWHERE;
    }
    if (vfio_trace_rescue_load(&r->vcpu, cpu) &&
        vfio_trace_rescue_load_vectors(&r->vcpu)) {
        outcome = rescue_loaded_insn(r);
    }
    vfio_trace_rescue_free(&r->vcpu);
    return outcome;
}

static void rescue_log_refused(Rescue *r)
{
    const RescueRefused refused = {
        .window = r->places.window,
        .offset = r->places.offset,
        .pc = r->vcpu.insn.rip,
        .bytes = r->bytes,
        .len = r->len,
    };

    vfio_trace_rescue_log_refused(r->vcpu.cpu, &refused);
}

/* Called without the BQL, which is taken here for the accesses to devices. */
static bool rescue_emulation_failed(CPUState *cpu, int *ret)
{
    Rescue r = { 0 };
    bool go_on = true;
    int64_t since;

    bql_lock();
    since = get_clock();
    if (!users) {
        /* The last device went after the exit; QEMU handles it as usual. */
        bql_unlock();
        return false;
    }
    *ret = cpu->singlestep_enabled ? EXCP_DEBUG : 0;
    switch (rescue_insn(&r, cpu)) {
    case OUTCOME_DONE:
        break;
    case OUTCOME_STEP:
        *ret = EXCP_INTERRUPT;
        break;
    case OUTCOME_REFUSED:
        rescue_log_refused(&r);
        /* fall through */
    case OUTCOME_ELSEWHERE:
        *ret = 0;
        go_on = vfio_trace_rescue_refuse(cpu);
        break;
    case OUTCOME_LOST:
        *ret = -1;
        break;
    }
    vfio_trace_fair(get_clock() - since);
    bql_unlock();
    return go_on;
}

static bool rescue_enable_exit(bool on)
{
    return !kvm_vm_enable_cap(kvm_state, KVM_CAP_EXIT_ON_EMULATION_FAILURE, 0,
                              (uint64_t)on);
}

const char *vfio_trace_rescue_start(void)
{
    const char *why;

    if (!kvm_enabled()) {
        /* TCG executes all instructions that it has, at any address. */
        return NULL;
    }
    why = vfio_trace_rescue_vcpu_usable();
    if (why || users) {
        users += !why;
        return why;
    }
    why = insn_native_init();
    if (why) {
        warn_report("vfio-trace: %s", why);
        return "host";
    }
    kvm_emulation_failure = rescue_emulation_failed;
    if (!rescue_enable_exit(true)) {
        return "kernel";
    }
    users++;
    return NULL;
}

void vfio_trace_rescue_stop(void)
{
    /* The hook is never removed: a vCPU may be about to call it. */
    if (users && !--users) {
        rescue_enable_exit(false);
    }
}
