/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: instructions that Arm's processors do not describe to KVM (see
 * rescue.h)
 *
 * An exit without a syndrome (KVM_EXIT_ARM_NISV) has an address only.  The
 * guest controls all inputs, and may change them at any time: code, page
 * tables, register values.  Each is read once, and only the values read decide
 * what an instruction does.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "cpu.h"
#include "exec/cpu-common.h"
#include "system/kvm.h"
#include "system/kvm_int.h"
#include "hw/vfio-trace/vcpu/fair.h"
#include "hw/vfio-trace/rescue/arm-access.h"
#include "hw/vfio-trace/rescue/arm-vcpu.h"
#include "hw/vfio-trace/rescue/outcome.h"
#include "hw/vfio-trace/rescue/rescue.h"

#include <linux/kvm.h>

/* Bit of the syndrome that KVM does report: the access is a write. */
#define ESR_ISS_WNR (1 << 6)

/**
 * enum Outcome: result of an instruction
 * @OUTCOME_ELSEWHERE: it touches no window
 * @OUTCOME_DONE: it is executed, or has raised its exception, or is retried
 * @OUTCOME_REFUSED: it touches a window, and can't be executed
 * @OUTCOME_LOST: the vCPU can't continue
 */
typedef enum Outcome {
    OUTCOME_ELSEWHERE,
    OUTCOME_DONE,
    OUTCOME_REFUSED,
    OUTCOME_LOST,
} Outcome;

/**
 * struct Rescue: the current instruction
 * @vcpu: the vCPU's registers
 * @ipa: address that KVM reports
 * @write: it is to be written
 * @window: region that is touched, or NULL
 * @offset: offset of @ipa in that region
 * @bytes: the instruction's bytes
 * @len: number of bytes; 0: they could not be read
 * @insn: the decoded instruction
 * @plan: its accesses
 * @places: guest-physical places of these
 * @why: for OUTCOME_REFUSED: the reason, static
 */
typedef struct Rescue {
    RescueArmVCPU vcpu;
    hwaddr ipa;
    bool write;
    PCITapRegion *window;
    hwaddr offset;
    uint8_t bytes[4];
    size_t len;
    A64Insn insn;
    A64Plan plan;
    RescueArmPlaces places;
    const char *why;
} Rescue;

static unsigned users;

/* --- decoding ------------------------------------------------------------ */

/* Return: NULL, or why the instruction can't be executed */
static const char *rescue_arm_decode(Rescue *r)
{
    const char *why;

    if (!vfio_trace_rescue_arm_fetch(&r->vcpu, r->bytes)) {
        return "code";
    }
    r->len = sizeof(r->bytes);
    switch (a64_decode(&r->insn, ldl_le_p(r->bytes))) {
    case A64_OK:
        break;
    case A64_REFUSED:
        return r->insn.name;
    default:
        return "unknown";
    }
    why = a64_uses_vectors(&r->insn)
          ? vfio_trace_rescue_arm_load_vectors(&r->vcpu) : NULL;
    return why || a64_plan(&r->insn, &r->vcpu.insn, &r->plan) ? why
                                                              : "dc zva";
}

/* The vCPU is to try again, and gets what is there then. */
static bool rescue_arm_retry(const Rescue *r)
{
    const A64State *s = &r->vcpu.insn;
    uint64_t regs[4 + A64_GPRS] = { s->pc, s->sp, r->vcpu.pstate, r->ipa };

    QEMU_BUILD_BUG_ON(ARRAY_SIZE(regs) > RESCUE_PROGRESS_MAX);
    memcpy(&regs[4], s->x, sizeof(s->x));
    return vfio_trace_rescue_may_retry(regs, ARRAY_SIZE(regs));
}

/* --- execution ----------------------------------------------------------- */

static Outcome rescue_arm_refuse(Rescue *r, const char *why)
{
    r->why = why;
    return OUTCOME_REFUSED;
}

static Outcome rescue_arm_carry_out(Rescue *r)
{
    const A64Memory memory = vfio_trace_rescue_arm_memory(&r->places);
    uint64_t pc = r->vcpu.insn.pc;
    VFIOTraceLog *log;

    vfio_trace_rescue_progress();
    log = vfio_trace_rescue_begin(r->window);
    a64_execute(&r->insn, &r->plan, &r->vcpu.insn, &memory);
    vfio_trace_rescue_end(log);
    vfio_trace_rescue_count(r->vcpu.cpu, r->window, pc);
    if (!vfio_trace_rescue_arm_save(&r->vcpu)) {
        error_report(
            "vfio-trace: KVM rejects a vCPU's registers: the results of the instruction at 0x%"
            PRIx64 " are lost", pc);
        return OUTCOME_LOST;
    }
    return OUTCOME_DONE;
}

/* No access goes where KVM has seen one: something has changed meanwhile. */
static bool rescue_arm_is_other(const Rescue *r)
{
    return r->plan.load == r->write ||
           !vfio_trace_rescue_arm_touches(&r->places, r->ipa);
}

static Outcome rescue_arm_insn(Rescue *r, CPUState *cpu)
{
    const char *why = vfio_trace_rescue_arm_load(&r->vcpu, cpu);

    r->window = vfio_trace_rescue_arm_window(r->ipa, &r->offset);
    if (!r->window) {
        /* If memory is there, a window has been removed after the exit. */
        return vfio_trace_rescue_is_memory(r->ipa, r->write) &&
               rescue_arm_retry(r) ? OUTCOME_DONE : OUTCOME_ELSEWHERE;
    }
    why = why ? why : rescue_arm_decode(r);
    if (why) {
        return rescue_arm_refuse(r, why);
    }
    if (!vfio_trace_rescue_arm_translate(&r->places, &r->plan, &r->vcpu)) {
        /* Of the other page, or another vCPU has changed the tables. */
        vfio_trace_rescue_arm_raise(&r->vcpu, r->places.far, !r->plan.load,
                                    r->places.fault);
        return OUTCOME_DONE;
    }
    if (rescue_arm_is_other(r)) {
        return rescue_arm_retry(r) ? OUTCOME_DONE
                                   : rescue_arm_refuse(r, "address");
    }
    return rescue_arm_carry_out(r);
}

/* --- refusal ------------------------------------------------------------- */

/* Once for each reason: a guest can repeat an instruction without end. */
static void rescue_arm_report(const Rescue *r)
{
    static GHashTable *reported;

    if (!reported) {
        reported = g_hash_table_new(g_str_hash, g_str_equal);
    }
    if (!g_hash_table_add(reported, (gpointer)r->why)) {
        return;
    }
    error_report(
        "vfio-trace: can't execute the guest's instruction 0x%08x at 0x%" PRIx64
        " on a traced page (%s)",
        r->len ? ldl_le_p(r->bytes) : 0, r->vcpu.insn.pc, r->why);
    if (g_hash_table_size(reported) == 1) {
        error_printf("The guest gets an external abort instead. Leave the page "
                     "out of windows= if the guest needs the instruction. More "
                     "of the same kind are in the log only.\n");
    }
}

static void rescue_arm_log_refused(const Rescue *r)
{
    const RescueRefused refused = {
        .window = r->window,
        .offset = r->offset,
        .pc = r->vcpu.insn.pc,
        .bytes = r->bytes,
        .len = r->len,
    };

    vfio_trace_rescue_log_refused(r->vcpu.cpu, &refused);
    rescue_arm_report(r);
}

/* --- the hook ------------------------------------------------------------ */

/*
 * Called without the BQL, which is taken here for the accesses to devices.
 * Return: false: QEMU makes KVM inject an external abort
 */
static bool rescue_arm_no_syndrome(CPUState *cpu, int *ret)
{
    const struct kvm_run *run = cpu->kvm_run;
    Rescue r = {
        .ipa = run->arm_nisv.fault_ipa,
        .write = run->arm_nisv.esr_iss & ESR_ISS_WNR,
    };
    bool handled = true;
    int64_t since;

    bql_lock();
    since = get_clock();
    if (!users) {
        /* The last device went after the exit; QEMU handles it as usual. */
        bql_unlock();
        return false;
    }
    *ret = cpu->singlestep_enabled ? EXCP_DEBUG : 0;
    switch (rescue_arm_insn(&r, cpu)) {
    case OUTCOME_DONE:
        break;
    case OUTCOME_REFUSED:
        rescue_arm_log_refused(&r);
        /* fall through */
    case OUTCOME_ELSEWHERE:
        handled = false;
        break;
    case OUTCOME_LOST:
        *ret = -1;
        break;
    }
    vfio_trace_fair(get_clock() - since);
    bql_unlock();
    return handled;
}

const char *vfio_trace_rescue_start(void)
{
    if (!kvm_enabled()) {
        /* TCG executes all instructions that it has, at any address. */
        return NULL;
    }
    /* QEMU has enabled it if the kernel has it. */
    if (!kvm_check_extension(kvm_state, KVM_CAP_ARM_NISV_TO_USER)) {
        return "kernel";
    }
    kvm_emulation_failure = rescue_arm_no_syndrome;
    users++;
    return NULL;
}

void vfio_trace_rescue_stop(void)
{
    /* The hook is never removed: a vCPU may be about to call it. */
    if (kvm_enabled() && users) {
        users--;
    }
}
