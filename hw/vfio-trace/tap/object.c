/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: life of a tap, from attach to detach (see tap.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "hw/pci/pci.h"
#include "system/runstate.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/tap/attach.h"
#include "hw/vfio-trace/tap/config-space.h"
#include "hw/vfio-trace/tap/coverage.h"
#include "hw/vfio-trace/tap/direct.h"
#include "hw/vfio-trace/tap/exit.h"
#include "hw/vfio-trace/tap/hardware.h"
#include "hw/vfio-trace/tap/hot.h"
#include "hw/vfio-trace/tap/map.h"
#include "hw/vfio-trace/tap/memory.h"
#include "hw/vfio-trace/tap/observer.h"
#include "hw/vfio-trace/tap/place.h"
#include "hw/vfio-trace/tap/props.h"
#include "hw/vfio-trace/tap/region.h"
#include "hw/vfio-trace/tap/traps.h"
#include "hw/vfio-trace/tap/window-layout.h"
#include "hw/vfio-trace/tap/window-room.h"
#include "hw/vfio-trace/tap/window-spec.h"
#include "hw/vfio-trace/vcpu/vcpu.h"

bool pci_tap_valid_driver(const char *driver, Error **errp)
{
    const char *p;

    if (strlen(driver) >= sizeof_field(MmtPciDev, driver)) {
        error_setg(errp, "driver name '%s' is longer than %zu bytes", driver,
                   sizeof_field(MmtPciDev, driver) - 1);
        return false;
    }
    for (p = driver; *p; p++) {
        if (!g_ascii_isgraph(*p)) {
            error_setg(errp,
                       "driver name must not contain blanks, control or non-ASCII characters");
            return false;
        }
    }
    return true;
}

PCIDevice *pci_tap_device(const PCITap *tap)
{
    return tap->pdev;
}

VFIOTraceLog *pci_tap_log(const PCITap *tap)
{
    return tap->log;
}

static bool tap_wants_vcpu(const PCITap *tap)
{
    return tap->log->pc || tap->backtrace ||
           (tap->log->extra & MMT_EXTRA_SPACE);
}

static void tap_mark_no_pc(PCITap *tap, const char *why)
{
    vfio_trace_log_own_mark(tap->log, MMT_MARK_PC,
                            MMT_TEXT("device", tap->name),
                            MMT_TEXT("state", "none"), MMT_TEXT("why", why));
}

static void tap_start_vcpu(PCITap *tap)
{
    const char *why;

    tap->vcpu = tap_wants_vcpu(tap);
    if (!tap->vcpu) {
        return;
    }
    why = vfio_trace_vcpu_start();
    if (!why && (tap->log->pc || tap->backtrace)) {
        why = vfio_trace_pc_missing();
        if (why) {
            tap_mark_no_pc(tap, why);
            warn_report(
                "vfio-trace: program counters and backtraces are not available for '%s' (%s)",
                tap->name, why);
        }
    } else if (why) {
        tap_mark_no_pc(tap, why);
        warn_report(
            "vfio-trace: program counters, page tables and backtraces are not available for '%s' (%s)",
            tap->name, why);
    }
}

static void tap_log_limits(PCITap *tap)
{
    if ((tap->log->extra & MMT_EXTRA_HW) && !pci_tap_hw_known(tap)) {
        vfio_trace_log_own_mark(tap->log, MMT_MARK_HW,
                                MMT_TEXT("device", tap->name),
                                MMT_TEXT("state", "partial"),
                                MMT_TEXT("why", "qemu-" QEMU_VERSION));
        warn_report(
            "vfio-trace: extra=hw: with this QEMU, the hardware's answers of '%s' are only known for mmapped parts",
            tap->name);
    }
    if (tap->irq && !pci_tap_hw_irqs_seen(tap)) {
        vfio_trace_log_own_mark(tap->log, MMT_MARK_IRQS,
                                MMT_TEXT("device", tap->name),
                                MMT_TEXT("state", "none"),
                                MMT_TEXT("why", "kvm"));
        warn_report(
            "vfio-trace: irq=on: interrupts of '%s' are not logged, as KVM delivers them: set x-no-kvm-intx=on,x-no-kvm-msi=on,x-no-kvm-msix=on for the device",
            tap->name);
    }
}

static void tap_log_rescue(PCITap *tap, const char *why)
{
    tap->no_rescue = why;
    if (why) {
        vfio_trace_log_own_mark(tap->log, MMT_MARK_RESCUE,
                                MMT_TEXT("device", tap->name),
                                MMT_TEXT("state", "none"),
                                MMT_TEXT("why", why));
        warn_report(
            "vfio-trace: an instruction that KVM can't emulate ends the guest if it accesses '%s' (%s)",
            tap->name, why);
    }
}

static bool tap_is_by_handle(PCIDevice *pdev)
{
    return object_dynamic_cast(OBJECT(BUS(pci_device_root_bus(pdev))->parent),
                               "s390-pcihost");
}

static void tap_set_name(PCITap *tap)
{
    if (DEVICE(tap->pdev)->id) {
        tap->name = g_strdup(DEVICE(tap->pdev)->id);
    } else if (tap->host) {
        tap->name = g_strdup(tap->host);
    } else {
        tap->name = object_get_canonical_path(OBJECT(tap->pdev));
    }
}

static void tap_init_regions(PCITap *tap, const PCITapPlan *plan)
{
    int i;

    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        pci_tap_region_init(&tap->region[i], tap, i, plan);
        pci_tap_traps_init(&tap->region[i]);
    }
}

static void tap_attach_regions(PCITap *tap)
{
    int i;

    memory_region_transaction_begin();
    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        PCITapRegion *region = &tap->region[i];

        if (pci_tap_region_attached(region)) {
            pci_tap_region_attach(region);
        }
        if (region->size) {
            pci_tap_region_update(region);
        }
    }
    memory_region_transaction_commit();
}

PCITap *pci_tap_attach(PCIDevice *pdev, const PCITapAttach *how, Error **errp)
{
    const PCITapPlan *plan = how->plan;
    VFIOTraceLog *log = how->log;
    g_autoptr(Object) obj = NULL;
    PCITap *tap;

    if (!pci_tap_windows_fit(plan->windows, pdev, errp) ||
        !pci_tap_windows_fit(plan->exclude, pdev, errp) ||
        !pci_tap_windows_fit(plan->backtrace_windows, pdev, errp)) {
        return NULL;
    }
    if (pci_tap_of(pdev)) {
        error_setg(errp, "device '%s' is already traced",
                   DEVICE(pdev)->id ?: pdev->name);
        return NULL;
    }
    obj = object_new(TYPE_PCI_TAP);
    tap = PCI_TAP(obj);
    tap->pdev = pdev;
    tap->log = log;
    object_ref(OBJECT(log));
    tap->host = g_strdup(how->host);
    tap->irq = plan->irq;
    tap->backtrace = plan->backtrace;
    tap->hot_limit = plan->hot_limit;
    tap->started = plan->start;
    tap->by_handle = tap_is_by_handle(pdev);
    tap_set_name(tap);
    tap_init_regions(tap, plan);
    if (!pci_tap_windows_check(tap, errp)) {
        return NULL;
    }
    if (!pci_tap_memory_new(tap, plan->memory, errp)) {
        return NULL;
    }
    object_property_add_child(OBJECT(pdev), "vfio-trace-tap", obj);
    pci_tap_gate_close(tap);

    QTAILQ_INSERT_TAIL(&log->taps, tap, next);
    vfio_trace_log_use(log);
    if (runstate_is_running()) {
        vfio_trace_log_keep(log);
    }
    if (how->pci) {
        tap->pci = *how->pci;
    } else {
        pci_tap_describe(tap);
    }
    pstrcpy(tap->pci.driver, sizeof(tap->pci.driver), how->driver);

    pci_tap_traps_start(tap);
    pci_tap_hw_start(tap);
    tap->gated = how->gated || !tap->vfio;
    pci_tap_log_coverage(tap, pci_tap_place(tap));
    if (!tap->started) {
        vfio_trace_log_own_mark(log, MMT_MARK_STOP,
                                MMT_TEXT("device", tap->name));
    }
    tap_log_limits(tap);
    tap_start_vcpu(tap);
    tap_log_rescue(tap, how->no_rescue);
    pci_tap_memory_start(tap);
    pci_tap_hot_start(tap);
    tap_attach_regions(tap);
    pci_tap_observe(tap);
    pci_tap_config_start(tap);
    pci_tap_listen(tap);
    pci_tap_exit_start();
    pci_tap_gate_open(tap);
    trace_vfio_trace_attach(tap->name, log->id);
    return tap;
}

/* Runs when no vCPU and no flat view uses the shadows any more. */
static void tap_release(struct rcu_head *head)
{
    object_unref(OBJECT(container_of(head, PCITap, rcu)));
}

void pci_tap_detach(PCITap *tap)
{
    int i;

    trace_vfio_trace_detach(tap->name, tap->log->id);
    pci_tap_gate_close(tap);
    tap->detached = true;
    pci_tap_config_stop(tap);
    pci_tap_unobserve(tap);
    pci_tap_memory_stop(tap);
    memory_region_transaction_begin();
    for (i = 0; i < PCI_TAP_MEMORY_REGIONS; i++) {
        if (pci_tap_region_attached(&tap->region[i])) {
            pci_tap_region_detach(&tap->region[i]);
        }
    }
    memory_region_transaction_commit();
    pci_tap_unlisten(tap);
    pci_tap_hot_stop(tap);
    if (tap->vcpu) {
        vfio_trace_vcpu_stop();
    }
    pci_tap_hw_stop(tap);
    pci_tap_traps_end(tap);
    vfio_trace_log_own_mark(tap->log, MMT_MARK_DETACHED,
                            MMT_TEXT("id", tap->name));
    pci_tap_gate_open(tap);

    QTAILQ_REMOVE(&tap->log->taps, tap, next);
    vfio_trace_log_unuse(tap->log);

    /*
     * The shadows are destroyed after a grace period.  RCU callbacks run in the
     * order of their calls, so this one runs last and keeps the shadows
     * allocated until then.  A vCPU may also enter a trap until then.
     */
    object_ref(OBJECT(tap));
    object_unparent(OBJECT(tap));
    call_rcu1(&tap->rcu, tap_release);
}

static void tap_finalize(Object *obj)
{
    PCITap *tap = PCI_TAP(obj);
    int i;

    if (tap->log) {
        object_unref(OBJECT(tap->log));
    }
    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        pci_tap_region_free(&tap->region[i]);
    }
    pci_tap_memory_free(tap);
    g_free(tap->host);
    g_free(tap->name);
}

static void tap_class_init(ObjectClass *klass, CLASS_DATA *data)
{
    pci_tap_properties(klass);
}

static const TypeInfo tap_info = {
    .name = TYPE_PCI_TAP,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(PCITap),
    .instance_finalize = tap_finalize,
    .class_init = tap_class_init,
};

static void tap_register_types(void)
{
    type_register_static(&tap_info);
}

type_init(tap_register_types);
