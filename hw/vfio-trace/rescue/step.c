/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: stepped instructions, which only the vCPU can execute (see
 * step.h)
 *
 * A step runs as exclusive work of a vCPU (no other vCPU runs), and holds the
 * BQL: no thread changes windows or the machine's memory while windows are
 * lifted.  It takes as long as KVM_RUN does for one instruction; a timer limits
 * that time.
 */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "cpu.h"
#include "exec/cpu-common.h"
#include "system/cpus.h"
#include "system/hw_accel.h"
#include "system/kvm.h"
#include "system/kvm_int.h"
#include "system/runstate.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/vcpu/fair.h"
#include "hw/vfio-trace/rescue/step.h"
#include "hw/vfio-trace/rescue/step-insn.h"
#include "hw/vfio-trace/rescue/step-run.h"
#include "hw/vfio-trace/rescue/step-tf.h"
#include "hw/vfio-trace/rescue/vcpu-state.h"

/* --- the log -------------------------------------------------------------- */

static void rescue_step_log(const Stepper *s)
{
    const VFIOTraceStep *step = s->step;
    g_autoptr(GString) bytes = g_string_new(s->len ? NULL : "none");
    unsigned i;

    for (i = 0; i < s->len; i++) {
        g_string_append_printf(bytes, "%02x", s->bytes[i]);
    }
    for (i = 0; i < step->places; i++) {
        PCITapLogPlace at = pci_tap_log_place(step->place[i].region,
                                              step->place[i].offset);
        MmtRecord rec = {
            .kind = MMT_KIND_UNKNOWN,
            .cpu = s->cpu->cpu_index,
            .map_id = at.map_id,
            .addr = at.addr,
            .value = s->bytes[0] << 16 | s->bytes[1] << 8 | s->bytes[2],
            .pc = step->pc,
            .space = s->vcpu.walk.cr3,
        };

        if (!at.log) {
            continue;
        }
        vfio_trace_log_put(at.log, &rec);
        vfio_trace_log_own_mark(at.log, MMT_MARK_STEPPED,
                                MMT_NUMBER("map", at.map_id),
                                MMT_NUMBER("pc", step->pc),
                                MMT_TEXT("bytes", bytes->str));
    }
}

/**
 * struct Logged: a step that is in the log but has not begun
 * @places: number of valid entries in @place; 0: there is no such step
 * @place: the places that it touches
 * @regs: the vCPU's general registers
 * @cr3: its page tables
 */
typedef struct Logged {
    unsigned places;
    VFIOTraceStepPlace place[VFIO_TRACE_STEP_PLACES];
    struct kvm_regs regs;
    uint64_t cr3;
} Logged;

/* Of this vCPU's thread.  Regions are only compared: they may be freed. */
static __thread Logged logged;

static bool rescue_step_is_logged(const Stepper *s)
{
    const VFIOTraceStep *step = s->step;

    return logged.places == step->places && logged.cr3 == s->vcpu.walk.cr3 &&
           !memcmp(&logged.regs, &s->regs, sizeof(logged.regs)) &&
           !memcmp(logged.place, step->place,
                   step->places * sizeof(*step->place));
}

/* The guest retries a step that has not begun, which is not logged again. */
static void rescue_step_note_logged(const Stepper *s, End end)
{
    logged.places = 0;
    if (end == END_AGAIN) {
        logged.places = s->step->places;
        memcpy(logged.place, s->step->place, sizeof(logged.place));
        logged.regs = s->regs;
        logged.cr3 = s->vcpu.walk.cr3;
    }
}

static void rescue_step_log_end(const VFIOTraceStep *step, bool lost)
{
    unsigned i;

    for (i = 0; i < step->places; i++) {
        PCITapLogPlace at = pci_tap_log_place(step->place[i].region,
                                              step->place[i].offset);

        /* The instruction may have unplugged the device. */
        if (at.log) {
            vfio_trace_log_own_mark(at.log, lost ? MMT_MARK_STEP_LOST
                                                 : MMT_MARK_STEP_FAILED,
                                    MMT_NUMBER("map", at.map_id),
                                    MMT_NUMBER("pc", step->pc));
        }
    }
}

/* --- end of a step -------------------------------------------------------- */

static void rescue_step_stop_machine(CPUState *cpu)
{
    cpu_dump_state(cpu, stderr, CPU_DUMP_CODE);
    vm_stop(RUN_STATE_INTERNAL_ERROR);
}

/* Takes the BQL for one element of INS or OUTS at a time, as QEMU does. */
static void rescue_step_complete_io(CPUState *cpu, struct kvm_run *run)
{
    uint8_t *data = (uint8_t *)run + run->io.data_offset;
    unsigned i;

    bql_unlock();
    for (i = 0; i < run->io.count; i++) {
        address_space_rw(&address_space_io, run->io.port,
                         cpu_get_mem_attrs(&X86_CPU(cpu)->env), data,
                         run->io.size, run->io.direction == KVM_EXIT_IO_OUT);
        data += run->io.size;
    }
    bql_lock();
}

/*
 * Handle an exit of KVM for QEMU.  That may need the other vCPUs; so it is done
 * after they are released, and before this vCPU runs again.
 */
static void rescue_step_complete_exit(CPUState *cpu, run_on_cpu_data data)
{
    struct kvm_run *run = cpu->kvm_run;
    int ret;

    switch (run->exit_reason) {
    case KVM_EXIT_IO:
        rescue_step_complete_io(cpu, run);
        break;
    case KVM_EXIT_SHUTDOWN:
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        break;
    case KVM_EXIT_DIRTY_RING_FULL:
        /* KVM will report it again. */
        break;
    default:
        bql_unlock();
        ret = kvm_arch_handle_exit(cpu, run);
        bql_lock();
        if (ret < 0) {
            rescue_step_stop_machine(cpu);
        }
    }
}

static void rescue_step_finish(Stepper *s, End end)
{
    CPUState *cpu = s->cpu;
    PCITapRescued *count = pci_tap_rescued(s->step->place[0].region);

    if (end == END_LOST || s->uncertain) {
        rescue_step_log_end(s->step, true);
    }
    if (end == END_AGAIN) {
        return;
    }
    if (end == END_FAILED) {
        rescue_step_log_end(s->step, false);
        count->refused++;
        if (!vfio_trace_rescue_refuse(cpu)) {
            rescue_step_stop_machine(cpu);
        }
        return;
    }
    count->stepped++;
    if (end == END_RAISED) {
        vfio_trace_rescue_raise(cpu, s->raise, 0, 0);
    }
    if (end == END_EXIT) {
        async_run_on_cpu(cpu, rescue_step_complete_exit, RUN_ON_CPU_NULL);
    }
    if (end == END_STEPPED && cpu->singlestep_enabled) {
        cpu_handle_guest_debug(cpu);
    }
}

static bool rescue_step_load(Stepper *s)
{
    Error *err = NULL;

    /* Another thread may have read and changed the registers. */
    if (s->cpu->vcpu_dirty) {
        if (kvm_arch_put_registers(s->cpu, KVM_PUT_RUNTIME_STATE, &err)) {
            error_free(err);
            return false;
        }
        s->cpu->vcpu_dirty = false;
    }
    return vfio_trace_rescue_load(&s->vcpu, s->cpu) &&
           kvm_vcpu_ioctl(s->cpu, KVM_GET_REGS, &s->regs) >= 0 &&
           kvm_vcpu_ioctl(s->cpu, KVM_GET_SREGS, &s->sregs) >= 0 &&
           s->regs.rip == s->step->pc;
}

static const char *rescue_step_end_name(End end)
{
    static const char *const name[] = {
        [END_STEPPED] = "stepped",
        [END_DOOR] = "door",
        [END_EXIT] = "exit",
        [END_RAISED] = "raised",
        [END_AGAIN] = "again",
        [END_LOST] = "lost",
        [END_FAILED] = "failed",
    };

    return name[end];
}

static void rescue_step_locked(CPUState *cpu, const VFIOTraceStep *step)
{
    Stepper s = { .cpu = cpu, .step = step };
    End end;

    /* A stopped machine must not change; the guest retries when it resumes. */
    if (!cpu_can_run(cpu) || !vfio_trace_step_still_there(step) ||
        !rescue_step_load(&s)) {
        return;
    }
    trace_vfio_trace_step_begin(cpu->cpu_index, step->pc, step->places);
    vfio_trace_step_lift(step);
    vfio_trace_step_identify(&s);
    if (!rescue_step_is_logged(&s)) {
        rescue_step_log(&s);
    }
    end = vfio_trace_step_run(&s);
    rescue_step_note_logged(&s, end);
    vfio_trace_step_lay(step);
    trace_vfio_trace_step_end(cpu->cpu_index, step->pc,
                              rescue_step_end_name(end));
    vfio_trace_step_mend_tf(&s, end);
    rescue_step_finish(&s, end);
}

/*
 * Earliest time of the next step.  Steps take at most half of the machine's
 * time, whichever of its vCPUs request them.  Protected by the BQL.
 */
static int64_t next_step;

static void rescue_step_exclusive(CPUState *cpu, run_on_cpu_data data)
{
    VFIOTraceStep *step = data.host_ptr;
    int64_t since;
    unsigned i;

    bql_lock();
    since = get_clock();
    /* If another vCPU was first, nothing is done and the guest retries. */
    if (since >= next_step) {
        rescue_step_locked(cpu, step);
        next_step = 2 * get_clock() - since;
    }
    for (i = 0; i < step->places; i++) {
        object_unref(pci_tap_region_tap(step->place[i].region));
    }
    bql_unlock();
    g_free(step);
}

bool vfio_trace_step(CPUState *cpu, const VFIOTraceStep *step)
{
    int64_t left = next_step - get_clock();
    VFIOTraceStep *copy;
    unsigned i;

    if (!step->places || !vfio_trace_step_usable()) {
        return false;
    }
    copy = g_memdup2(step, sizeof(*step));
    for (i = 0; i < copy->places; i++) {
        object_ref(pci_tap_region_tap(copy->place[i].region));
    }
    if (left > 0) {
        vfio_trace_fair_rest(left);
    }
    async_safe_run_on_cpu(cpu, rescue_step_exclusive,
                          RUN_ON_CPU_HOST_PTR(copy));
    return true;
}
