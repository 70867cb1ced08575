/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what the rescues of all architectures have in common (see
 * outcome.h)
 */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "qemu/rcu.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/rescue/outcome.h"

/*
 * Limits for retries: an instruction that fails RETRIES times, each time within
 * RETRY_NS of the last and without progress, will always fail.  An instruction
 * that is executed in between is progress.
 */
#define RETRIES  64
#define RETRY_NS NANOSECONDS_PER_SECOND

/**
 * struct Retry: the instruction that was last retried
 * @times: number of times in a row
 * @ns: time of the last retry
 * @regs: registers
 */
typedef struct Retry {
    unsigned times;
    int64_t ns;
    uint64_t regs[RESCUE_PROGRESS_MAX];
} Retry;

static __thread Retry last;

bool vfio_trace_rescue_is_memory(hwaddr gpa, bool write)
{
    /* Those of a processor's own accesses */
    const MemTxAttrs attrs = { 0 };
    hwaddr len = 1;
    hwaddr xlat;

    RCU_READ_LOCK_GUARD();
    return memory_access_is_direct(
        address_space_translate(&address_space_memory, gpa, &xlat, &len, write,
                                attrs), write, attrs);
}

bool vfio_trace_rescue_may_retry(const uint64_t *regs, unsigned count)
{
    int64_t now = get_clock();
    size_t len = count * sizeof(*regs);

    if (now - last.ns > RETRY_NS || memcmp(last.regs, regs, len)) {
        last.times = 0;
    }
    last.ns = now;
    memcpy(last.regs, regs, len);
    return last.times++ < RETRIES;
}

void vfio_trace_rescue_progress(void)
{
    last.times = 0;
}

/* The instruction may unplug the device: the log is kept until its end. */
VFIOTraceLog *vfio_trace_rescue_begin(const PCITapRegion *window)
{
    VFIOTraceLog *log = pci_tap_log(pci_tap_region_tap(window));

    object_ref(OBJECT(log));
    mmt_gate_close(&log->gate);
    return log;
}

void vfio_trace_rescue_end(VFIOTraceLog *log)
{
    mmt_gate_open(&log->gate);
    object_unref(OBJECT(log));
}

void vfio_trace_rescue_count(CPUState *cpu, PCITapRegion *window, uint64_t pc)
{
    pci_tap_rescued(window)->rescued++;
    trace_vfio_trace_rescued(cpu->cpu_index, pc);
}

void vfio_trace_rescue_log_refused(CPUState *cpu,
                                   const RescueRefused *refused)
{
    PCITapLogPlace at = pci_tap_log_place(refused->window, refused->offset);
    g_autoptr(GString) bytes = g_string_new(NULL);
    size_t i;

    for (i = 0; i < refused->len; i++) {
        g_string_append_printf(bytes, "%02x", refused->bytes[i]);
    }
    pci_tap_rescued(refused->window)->refused++;
    trace_vfio_trace_refused(cpu->cpu_index, refused->pc, bytes->str);
    /* A read of the instruction may have unplugged the device. */
    if (at.log) {
        vfio_trace_log_own_mark(at.log, MMT_MARK_REFUSED,
                                MMT_NUMBER("map", at.map_id),
                                MMT_NUMBER("addr", at.addr),
                                MMT_NUMBER("pc", refused->pc),
                                MMT_TEXT("bytes", bytes->len ? bytes->str
                                                             : "none"));
    }
}
