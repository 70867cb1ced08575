/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: instructions that KVM can not emulate (see rescue.h)
 *
 * A guest decides what comes here, and may change it meanwhile: its code, its
 * page tables, its registers' values.  Each is read once; what an instruction
 * does is decided by these readings alone.
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
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/vcpu/fair.h"
#include "hw/vfio-trace/rescue/rescue.h"
#include "hw/vfio-trace/rescue/access.h"
#include "hw/vfio-trace/vcpu/guest-linear.h"
#include "hw/vfio-trace/rescue/step.h"
#include "hw/vfio-trace/rescue/vcpu-state.h"

#include <linux/kvm.h>

/**
 * enum Outcome: what has come of an instruction
 * @OUTCOME_ELSEWHERE: it has nothing to do with us
 * @OUTCOME_DONE: carried out, or it has raised its exception
 * @OUTCOME_STEP: the vCPU is going to do it by itself
 * @OUTCOME_REFUSED: it is at a window, and there is no way
 * @OUTCOME_LOST: the vCPU can't go on
 */
typedef enum Outcome {
    OUTCOME_ELSEWHERE,
    OUTCOME_DONE,
    OUTCOME_STEP,
    OUTCOME_REFUSED,
    OUTCOME_LOST,
} Outcome;

/**
 * struct Rescue: the instruction in hand
 * @vcpu: whose
 * @bytes: its bytes, perhaps with some that follow
 * @len: how many
 * @insn: what it is
 * @plan: what it touches
 * @places: where that is
 * @step: what the vCPU would have to do by itself
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

/* --- what it is ---------------------------------------------------------- */

/* KVM tells what it has read of the instruction: it may have stopped early. */
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

/*
 * An instruction that fails so many times in a row, without any progress and
 * each time soon after the last, fails always.  What is carried out in between
 * is progress.
 */
#define RETRIES  64
#define RETRY_NS NANOSECONDS_PER_SECOND

/**
 * struct Retry: an instruction that was tried again
 * @times: how many times in a row
 * @ns: when, the last time
 * @pc: where it is
 * @rflags: flags
 * @gpr: general registers
 */
typedef struct Retry {
    unsigned times;
    int64_t ns;
    uint64_t pc;
    uint64_t rflags;
    uint64_t gpr[INSN_GPRS];
} Retry;

static __thread Retry last;

/*
 * Between KVM's exit and the BQL a window may have gone, or another vCPU have
 * changed the page tables: the instruction finds memory there now, or nothing,
 * as it would have without us, and tries again.
 */
static Outcome rescue_elsewhere(Rescue *r)
{
    const InsnState *s = &r->vcpu.insn;
    int64_t now = get_clock();

    if (!r->places.memory) {
        return OUTCOME_ELSEWHERE;
    }
    if (now - last.ns > RETRY_NS || last.pc != s->rip ||
        last.rflags != s->rflags ||
        memcmp(last.gpr, s->gpr, sizeof(last.gpr))) {
        last.times = 0;
    }
    last.ns = now;
    last.pc = s->rip;
    last.rflags = s->rflags;
    memcpy(last.gpr, s->gpr, sizeof(last.gpr));
    return last.times++ < RETRIES ? OUTCOME_DONE : OUTCOME_ELSEWHERE;
}

/* --- what is done about it ----------------------------------------------- */

/* A program that steps itself stops behind each instruction. */
static Outcome rescue_finish(Rescue *r, bool trap)
{
    if (!vfio_trace_rescue_save(&r->vcpu)) {
        error_report(
            "vfio-trace: KVM does not take a vCPU's registers: an instruction at 0x%"
            PRIx64 " was carried out, and the vCPU does not know",
            r->vcpu.insn.rip);
        return OUTCOME_LOST;
    }
    if (trap) {
        vfio_trace_rescue_raise(r->vcpu.cpu, EXCP01_DB, 0, DR6_BS);
    }
    return OUTCOME_DONE;
}

/* What neither KVM nor libinsn can do, the vCPU may do by itself. */
static void rescue_begin_step(Rescue *r)
{
    bool whole = r->insn.z.length && r->insn.z.length <= r->len;

    r->step = (VFIOTraceStep) {
        .pc = r->vcpu.insn.rip,
        .len = whole ? r->insn.z.length : r->len,
    };
    memcpy(r->step.bytes, r->bytes, r->step.len);
}

/* A window without memory below can't be lifted. */
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
    InsnFault fault = insn_plan(&r->insn, &r->vcpu.insn, &r->plan);
    Outcome outcome;

    /* The processor would have seen to that before the page was looked at. */
    if (fault.vector) {
        return OUTCOME_ELSEWHERE;
    }
    vfio_trace_rescue_translate(&r->places, &r->plan, &r->vcpu);
    if (!r->places.window) {
        return rescue_elsewhere(r);
    }
    last.times = 0;
    if (r->places.fault) {
        vfio_trace_rescue_raise(cpu, EXCP0E_PAGE, r->places.error_code,
                                r->places.cr2);
        return OUTCOME_DONE;
    }
    if (!insn_can(&r->insn)) {
        return rescue_let_step_planned(r);
    }
    vfio_trace_rescue_read(&r->places, &r->plan);
    fault = insn_execute(&r->insn, &r->vcpu.insn, &r->plan);
    if (fault.vector == INSN_CANT) {
        return rescue_let_step_planned(r);
    }
    if (!fault.vector) {
        vfio_trace_rescue_write(&r->places, &r->plan);
    }
    outcome = rescue_finish(r, trap && !fault.vector);
    if (fault.vector) {
        vfio_trace_rescue_raise(cpu, fault.vector, fault.error_code, 0);
    }
    pci_tap_rescued(r->places.window)->rescued++;
    trace_vfio_trace_rescued(cpu->cpu_index, r->vcpu.insn.rip);
    return outcome;
}

/* --- where it is --------------------------------------------------------- */

/* Return: false if it is in a window that can't be lifted */
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
 * What is known of an instruction that can't be planned is where its operands
 * begin and, more or less, end.  It may be in a window itself.
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
    PCITapLogPlace at = pci_tap_log_place(r->places.window, r->places.offset);
    g_autoptr(GString) bytes = g_string_new(NULL);
    size_t i;

    for (i = 0; i < r->len; i++) {
        g_string_append_printf(bytes, "%02x", r->bytes[i]);
    }
    pci_tap_rescued(r->places.window)->refused++;
    trace_vfio_trace_refused(r->vcpu.cpu->cpu_index, r->vcpu.insn.rip,
                             bytes->str);
    vfio_trace_log_own_mark(at.log, MMT_MARK_REFUSED,
                            MMT_NUMBER("map", at.map_id),
                            MMT_NUMBER("addr", at.addr),
                            MMT_NUMBER("pc", r->vcpu.insn.rip),
                            MMT_TEXT("bytes", bytes->len ? bytes->str
                                                         : "none"));
}

/* Without the BQL; what is asked of devices below needs it. */
static bool rescue_emulation_failed(CPUState *cpu, int *ret)
{
    Rescue r = { 0 };
    bool go_on = true;
    int64_t since;

    bql_lock();
    since = get_clock();
    if (!users) {
        /* An exit from before the last device went: as QEMU has it. */
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
        /* TCG can carry out all that it knows. */
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
    /* The hook stays: a vCPU may be on its way there. */
    if (users && !--users) {
        rescue_enable_exit(false);
    }
}
