/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: time in traps (see traps.h)
 *
 * A region's counters are put into the log when a phase ends, all vCPUs
 * together, and when the log or the device ends, for each vCPU.  They are left
 * out where the ring has no room for them: the next ones have them.
 */
#include "qemu/osdep.h"
#include "qapi/qapi-types-vfio-trace.h"
#include "qapi/util.h"
#include "hw/vfio-trace/tap/region.h"
#include "hw/vfio-trace/tap/traps.h"
#include "hw/vfio-trace/vcpu/exit-cost.h"

/* Words for cpu= */
#define CPU_NONE "-"
#define CPU_ALL  "all"

void pci_tap_traps_init(PCITapRegion *region)
{
    if (region->size) {
        region->n_traps = current_machine->smp.max_cpus + 1;
        region->traps = g_new0(PCITapTraps, region->n_traps);
    }
}

/* Counters of all vCPUs, and of none */
static PCITapTraps tap_traps_sum(const PCITapRegion *region)
{
    PCITapTraps sum = { 0 };
    unsigned i;

    for (i = 0; i < region->n_traps; i++) {
        sum.accesses += region->traps[i].accesses;
        sum.ticks += region->traps[i].ticks;
    }
    return sum;
}

/* Only a vCPU's access is an exit. */
static uint64_t tap_traps_exits(const PCITapRegion *region,
                                const PCITapTraps *sum)
{
    return sum->accesses - region->traps[0].accesses;
}

/* @cpu: a word for cpu=, or NULL */
static void tap_traps_mark(const PCITapRegion *region, const char *cpu,
                           const PCITapTraps *traps, uint64_t exits,
                           uint64_t since_ns)
{
    const PCITap *tap = region->tap;

    vfio_trace_log_own_mark(tap->log, MMT_MARK_TRAPS,
        MMT_TEXT("device", tap->name),
        MMT_TEXT("region", pci_tap_region_label(region->nr)),
        MMT_NUMBER("map", region->map_id),
        cpu ? MMT_TEXT("cpu", cpu) : MMT_NO_WORD,
        MMT_NUMBER("accesses", traps->accesses),
        MMT_NUMBER("trap-ns", vfio_trace_ticks_ns(traps->ticks)),
        MMT_NUMBER("exit-ns", exits * vfio_trace_exit_cost()->ns),
        MMT_NUMBER("since-ns", since_ns));
}

/* --- phases -------------------------------------------------------------- */

static void tap_traps_end_phase_of(PCITapRegion *region, uint64_t since_ns)
{
    PCITapTraps sum = tap_traps_sum(region);
    PCITapTraps phase = {
        .accesses = sum.accesses - region->phase.accesses,
        .ticks = sum.ticks - region->phase.ticks,
    };
    uint64_t exits = tap_traps_exits(region, &sum);

    if (phase.accesses) {
        tap_traps_mark(region, NULL, &phase, exits - region->phase_exits,
                       since_ns);
    }
    region->phase = sum;
    region->phase_exits = exits;
}

static void tap_traps_end_phase(PCITap *tap)
{
    uint64_t now = vfio_trace_log_running_ns(tap->log);
    int i;

    if (!vfio_trace_log_room(tap->log, PCI_TAP_REGIONS, NULL)) {
        return;
    }
    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        if (tap->region[i].map_id) {
            tap_traps_end_phase_of(&tap->region[i], now - tap->phase_since);
        }
    }
    tap->phase_since = now;
}

static void tap_traps_phase_ends(Notifier *n, void *data)
{
    VFIOTraceLog *log = data;
    PCITap *tap;

    QTAILQ_FOREACH(tap, &log->taps, next) {
        tap_traps_end_phase(tap);
    }
}

/* --- totals -------------------------------------------------------------- */

static bool tap_traps_have_room(const PCITapRegion *region)
{
    unsigned marks = 0;
    unsigned i;

    for (i = 0; i < region->n_traps; i++) {
        marks += region->traps[i].accesses != 0;
    }
    return vfio_trace_log_room(region->tap->log, marks, NULL);
}

static void tap_traps_total(const PCITapRegion *region, uint64_t since_ns)
{
    PCITapTraps sum = tap_traps_sum(region);
    unsigned i;

    if (!tap_traps_have_room(region)) {
        tap_traps_mark(region, CPU_ALL, &sum, tap_traps_exits(region, &sum),
                       since_ns);
        return;
    }
    for (i = 0; i < region->n_traps; i++) {
        const PCITapTraps *traps = &region->traps[i];
        g_autofree char *cpu = i ? g_strdup_printf("%u", i - 1)
                                 : g_strdup(CPU_NONE);

        if (traps->accesses) {
            tap_traps_mark(region, cpu, traps, i ? traps->accesses : 0,
                           since_ns);
        }
    }
}

void pci_tap_traps_end(PCITap *tap)
{
    uint64_t since_ns = vfio_trace_log_running_ns(tap->log) - tap->traps_since;
    int i;

    tap_traps_end_phase(tap);
    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        if (tap_traps_sum(&tap->region[i]).accesses) {
            tap_traps_total(&tap->region[i], since_ns);
        }
    }
}

static void tap_traps_log_ends(Notifier *n, void *data)
{
    VFIOTraceLog *log = data;
    PCITap *tap;

    QTAILQ_FOREACH(tap, &log->taps, next) {
        pci_tap_traps_end(tap);
    }
}

/* ------------------------------------------------------------------------- */

void pci_tap_traps_start(PCITap *tap)
{
    static Notifier phases = { .notify = tap_traps_phase_ends };
    static Notifier ends = { .notify = tap_traps_log_ends };

    if (!phases.node.le_prev) {
        vfio_trace_log_watch_phases(&phases);
        vfio_trace_log_watch_end(&ends);
    }
    vfio_trace_ticks_start();
    tap->traps_since = vfio_trace_log_running_ns(tap->log);
    tap->phase_since = tap->traps_since;
    vfio_trace_log_tell_cost(tap->log);
}

VfioTraceRegionTimeList *pci_tap_traps_info(const PCITapRegion *region)
{
    VfioTraceRegionTimeList *list = NULL;
    VfioTraceRegionTimeList **tail = &list;
    unsigned i;

    for (i = 0; i < region->n_traps; i++) {
        const PCITapTraps *traps = &region->traps[i];
        uint64_t accesses = qatomic_read(&traps->accesses);
        VfioTraceRegionTime *info;

        if (accesses) {
            info = g_new0(VfioTraceRegionTime, 1);
            info->has_cpu = i;
            info->cpu = i ? i - 1 : 0;
            info->accesses = accesses;
            info->trap_ns = vfio_trace_ticks_ns(qatomic_read(&traps->ticks));
            QAPI_LIST_APPEND(tail, info);
        }
    }
    return list;
}
