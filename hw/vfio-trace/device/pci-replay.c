/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: pci-replay, a device that is made from a log
 *
 * It has the IDs, capabilities and BARs of a device in a log, and answers as
 * that device did (libreplay/replay.h).  Interrupts come where the log has
 * them.  A driver can be developed with it where the device is not there;
 * pci-trace traces it as any other device.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-events-vfio-trace.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "system/cpus.h"
#include "system/runstate.h"
#include "hw/core/cpu.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_device.h"
#include "libreplay/log.h"
#include "migration/vmstate.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/device/replay-config.h"
#include "hw/vfio-trace/device/replay-dma.h"
#include "hw/vfio-trace/tap/tap.h"
#include "hw/vfio-trace/vcpu/fair.h"

#define TYPE_PCI_REPLAY "pci-replay"
OBJECT_DECLARE_SIMPLE_TYPE(PCIReplay, PCI_REPLAY)

#define PCI_REPLAY_BARS 6

/* Events that come at once; the others follow by timer. */
#define PCI_REPLAY_EVENTS 64

/* Until they do: QEMU's main loop runs all timers that are due in one go. */
#define PCI_REPLAY_PAUSE_NS 50000

/* An access that takes longer counts for the vCPU's rest. */
#define PCI_REPLAY_USUAL_NS 5000

/**
 * struct PCIReplayBar: a BAR
 * @device: the device
 * @number: 0 to 5
 * @memory: its region
 */
typedef struct PCIReplayBar {
    PCIReplay *device;
    unsigned number;
    MemoryRegion memory;
} PCIReplayBar;

/**
 * struct PCIReplay: a pci-replay device
 * @file: file=: the log
 * @log_device: log-device=: which device of the log, or NULL
 * @strict: strict=: stop the machine at the first departure
 * @vendor: x-pci-vendor-id=: for a log without IDs; UINT32_MAX: the log's
 * @device: x-pci-device-id=: likewise
 * @log: the log
 * @bars: the BARs
 * @timer: for the next event that is not due yet
 * @gone: it was unplugged; a vCPU may still be on its way in
 */
struct PCIReplay {
    PCIDevice parent_obj;

    char *file;
    char *log_device;
    bool strict;
    uint32_t vendor;
    uint32_t device;
    ReplayLog *log;
    PCIReplayBar bars[PCI_REPLAY_BARS];
    QEMUTimer timer;
    bool gone;
};

static uint64_t pci_replay_now(void)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

/*
 * A message, as this driver has enabled them.  With fewer vectors than the log's
 * driver had, several share one.
 *
 * Return: false if it has not enabled them
 */
static bool pci_replay_message(PCIDevice *pdev, uint32_t vector)
{
    if (msix_enabled(pdev)) {
        if (vector < pdev->msix_entries_nr) {
            msix_notify(pdev, vector);
        }
        return true;
    }
    if (msi_enabled(pdev)) {
        msi_notify(pdev, vector % msi_nr_vectors_allocated(pdev));
        return true;
    }
    return false;
}

/* The driver decides how it gets interrupts; the log's may have had others. */
static void pci_replay_raise(PCIReplay *r, const ReplayEvent *event)
{
    PCIDevice *pdev = PCI_DEVICE(r);

    switch (event->kind) {
    case REPLAY_EVENT_INTX:
        /* While messages are enabled, the pin must stay low (PCI 6.8.3.3). */
        if (event->level && pci_replay_message(pdev, 0)) {
            break;
        }
        if (pci_get_byte(pdev->config + PCI_INTERRUPT_PIN)) {
            pci_set_irq(pdev, event->level);
        }
        break;
    case REPLAY_EVENT_MSI:
    case REPLAY_EVENT_MSIX:
        pci_replay_message(pdev, event->number);
        break;
    default:
        replay_dma_piece(pdev, r->log, event->number);
        break;
    }
}

static bool pci_replay_is_due(const PCIReplay *r, const ReplayEvent *event,
                              uint64_t due)
{
    return due <= pci_replay_now() ||
           (event->kind == REPLAY_EVENT_USER &&
            replay_dma_is_due(r->log, event->number));
}

/*
 * An interrupt's address may be in a BAR of another pci-replay, which has events
 * of its own, and so on: there is only one at a time that does them.  BQL.
 */
static bool pci_replay_busy;

static void pci_replay_do_events(PCIReplay *r)
{
    const ReplayEvent *next;
    unsigned n = 0;
    uint64_t due;

    while ((next = replay_event(r->log->replay, pci_replay_now(), &due))) {
        ReplayEvent event = *next;

        if (n++ == PCI_REPLAY_EVENTS) {
            due = MAX(due, pci_replay_now() + PCI_REPLAY_PAUSE_NS);
        } else if (pci_replay_is_due(r, &event, due)) {
            /* First: an interrupt's address may be that of a BAR. */
            replay_event_done(r->log->replay);
            pci_replay_raise(r, &event);
            continue;
        }
        timer_mod_ns(&r->timer, MIN(due, INT64_MAX));
        return;
    }
    timer_del(&r->timer);
}

static void pci_replay_events(PCIReplay *r)
{
    uint64_t due;

    if (!replay_event(r->log->replay, pci_replay_now(), &due)) {
        timer_del(&r->timer);
        return;
    }
    if (pci_replay_busy) {
        timer_mod_ns(&r->timer, MIN(MAX(due, pci_replay_now() +
                                             PCI_REPLAY_PAUSE_NS), INT64_MAX));
        return;
    }
    pci_replay_busy = true;
    pci_replay_do_events(r);
    pci_replay_busy = false;
}

static void pci_replay_timer(void *opaque)
{
    pci_replay_events(opaque);
}

/*
 * As vm_stop() does on a vCPU.  On other threads that would stop the machine
 * here and now, and drain its disks: in the middle of a disk's DMA perhaps, or
 * in an I/O thread, where it is an assertion.
 */
static void pci_replay_stop(void)
{
    qemu_system_vmstop_request_prepare();
    qemu_system_vmstop_request(RUN_STATE_PAUSED);
    if (current_cpu) {
        cpu_stop_current();
    }
}

/* The first departure, for people, programs, and in the device's own trace */
static void pci_replay_tell(PCIReplay *r)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(r));
    const char *id = DEVICE(r)->id;
    const ReplayDeparture *first;
    g_autofree char *text = NULL;
    PCITap *tap = NULL;
    unsigned n;

    first = replay_departures(r->log->replay, &n);
    text = replay_departure_text(r->log->replay, first);
    warn_report("pci-replay: %s: the driver has left the log's path: %s",
                id ?: path, text);
    qapi_event_send_vfio_trace_replay_departed(id, path, first->number, text);
    tap = pci_tap_find(path, NULL);
    if (tap && id) {
        vfio_trace_log_own_mark(pci_tap_log(tap), MMT_MARK_DEPARTED,
                                MMT_TEXT("device", id),
                                MMT_NUMBER("after", first->number),
                                MMT_TEXT("text", text));
    }
    if (r->strict) {
        pci_replay_stop();
    }
}

static uint64_t pci_replay_access(PCIReplayBar *bar, hwaddr addr,
                                  uint64_t value, unsigned size, bool write)
{
    PCIReplay *r = bar->device;
    ReplayAccess access = {
        .offset = addr,
        .value = value,
        .ns = pci_replay_now(),
        .region = bar->number,
        .width = size,
        .write = write,
    };
    int64_t since = get_clock();
    int64_t took;
    ReplayOutcome outcome;
    uint32_t loads;
    unsigned n;

    if (r->gone) {
        /* Bus, config space and bus_master_as are not there any more. */
        return UINT64_MAX;
    }
    loads = replay_loads(r->log->replay);
    outcome = replay_access(r->log->replay, &access);
    if (replay_loads(r->log->replay) != loads) {
        /*
         * Loaded again without a reset: what the last one had is freed.  At a
         * mark of the user, the driver goes on with the memory that it has.
         */
        replay_memory_forget(r->log->memory);
    }
    if (outcome == REPLAY_DEPARTED) {
        replay_departures(r->log->replay, &n);
        if (n == 1) {
            pci_replay_tell(r);
        }
    }
    if (write) {
        replay_dma_wrote(r->log, &access);
    }
    pci_replay_events(r);
    took = get_clock() - since;
    if (took > PCI_REPLAY_USUAL_NS) {
        vfio_trace_fair(took);
    }
    return access.value;
}

static uint64_t pci_replay_read(void *opaque, hwaddr addr, unsigned size)
{
    return pci_replay_access(opaque, addr, 0, size, false);
}

static void pci_replay_write(void *opaque, hwaddr addr, uint64_t value,
                             unsigned size)
{
    pci_replay_access(opaque, addr, value, size, true);
}

static const MemoryRegionOps pci_replay_ops = {
    .read = pci_replay_read,
    .write = pci_replay_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

static void pci_replay_begin_again(PCIReplay *r)
{
    timer_del(&r->timer);
    if (pci_get_byte(PCI_DEVICE(r)->config + PCI_INTERRUPT_PIN)) {
        pci_irq_deassert(PCI_DEVICE(r));
    }
    replay_reset(r->log->replay);
    replay_memory_forget(r->log->memory);
}

static void pci_replay_reset(DeviceState *dev)
{
    pci_replay_begin_again(PCI_REPLAY(dev));
}

static void pci_replay_config_write(PCIDevice *pdev, uint32_t addr,
                                    uint32_t val, int len)
{
    bool flr = replay_config_is_flr(pdev, addr, val, len);

    pci_default_write_config(pdev, addr, val, len);
    if (flr) {
        pci_replay_begin_again(PCI_REPLAY(pdev));
    }
}

static void pci_replay_bars(PCIReplay *r)
{
    unsigned i;

    for (i = 0; i < PCI_REPLAY_BARS; i++) {
        PCIReplayBar *bar = &r->bars[i];
        g_autofree char *name = g_strdup_printf("pci-replay-bar%u", i);

        if (!r->log->pci.size[i]) {
            continue;
        }
        bar->device = r;
        bar->number = i;
        memory_region_init_io(&bar->memory, OBJECT(r), &pci_replay_ops, bar,
                              name, r->log->pci.size[i]);
        pci_register_bar(PCI_DEVICE(r), i, replay_config_bar_type(r->log, i),
                         &bar->memory);
    }
}

static void pci_replay_realize(PCIDevice *pdev, Error **errp)
{
    PCIReplay *r = PCI_REPLAY(pdev);

    r->gone = false;
    timer_init_ns(&r->timer, QEMU_CLOCK_VIRTUAL, pci_replay_timer, r);
    pci_replay_bars(r);
    if (!replay_config_rom(pdev, r->log, errp)) {
        return;
    }
    replay_config_set_up(pdev, r->log);
}

static void pci_replay_exit(PCIDevice *pdev)
{
    PCIReplay *r = PCI_REPLAY(pdev);

    /*
     * A vCPU that was routed here before the BARs were removed, and waits for
     * the BQL, makes its access after this: it must not start the timer again.
     */
    r->gone = true;
    timer_del(&r->timer);
    replay_config_tear_down(pdev);
}

/* IDs that the user gives come before those of the log. */
static bool pci_replay_ids(PCIReplay *r, Error **errp)
{
    ReplayLog *log = r->log;

    if ((r->vendor != UINT32_MAX && r->vendor > UINT16_MAX) ||
        (r->device != UINT32_MAX && r->device > UINT16_MAX)) {
        error_setg(errp, "pci-replay: PCI IDs have 16 bits");
        return false;
    }
    if (r->vendor != UINT32_MAX) {
        log->pci.vendor = r->vendor;
        log->config_known[PCI_VENDOR_ID] = false;
        log->config_known[PCI_VENDOR_ID + 1] = false;
    }
    if (r->device != UINT32_MAX) {
        log->pci.device = r->device;
        log->config_known[PCI_DEVICE_ID] = false;
        log->config_known[PCI_DEVICE_ID + 1] = false;
    }
    if (!log->pci.vendor) {
        error_setg(errp,
                   "pci-replay: %s: the log does not say which device it is: set x-pci-vendor-id=0x10de and x-pci-device-id=0x1d81, for example",
                   r->file);
        return false;
    }
    return true;
}

/* The log is read first: it decides how much config space the device has. */
static void pci_replay_load(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    PCIReplay *r = PCI_REPLAY(dev);
    g_autoptr(GError) err = NULL;

    if (!r->file || !*r->file) {
        error_setg(errp, "pci-replay needs file=LOG");
        return;
    }
    /* That of an attempt that has failed later */
    g_clear_pointer(&r->log, replay_log_free);
    r->log = replay_log_load(r->file, r->log_device, &err);
    if (!r->log) {
        error_setg(errp, "pci-replay: %s: %s", r->file, err->message);
        if (!r->log_device) {
            error_append_hint(errp,
                              "Set log-device=ID if the log has several devices.\n");
        }
        return;
    }
    if (!replay_config_check(r->log, errp)) {
        error_prepend(errp, "pci-replay: %s: ", r->file);
        return;
    }
    if (!pci_replay_ids(r, errp)) {
        return;
    }
    if (r->log->lost) {
        warn_report("pci-replay: %s: the log lacks events at %" PRIu64
                    " places", r->file, r->log->lost);
    }
    if (!replay_config_is_express(r->log)) {
        PCI_DEVICE(dev)->cap_present &= ~QEMU_PCI_CAP_EXPRESS;
    }
}

static DeviceRealize pci_replay_parent_realize;

static void pci_replay_qdev_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();

    pci_replay_load(dev, errp);
    if (!*errp) {
        pci_replay_parent_realize(dev, errp);
    }
}

static char *pci_replay_get_first(Object *obj, Error **errp)
{
    PCIReplay *r = PCI_REPLAY(obj);
    const ReplayDeparture *departures;
    unsigned n = 0;

    if (r->log) {
        departures = replay_departures(r->log->replay, &n);
    }
    return n ? replay_departure_text(r->log->replay, departures)
             : g_strdup("");
}

/* Numbers of ReplayTotals, as properties */
static const struct {
    const char *name;
    const char *description;
    size_t offset;
} pci_replay_numbers[] = {
    { "steps", "Accesses that the log has",
      offsetof(ReplayTotals, steps) },
    { "reached", "How many of them the driver has passed",
      offsetof(ReplayTotals, reached) },
    { "accesses", "Accesses of the driver",
      offsetof(ReplayTotals, accesses) },
    { "departures", "Accesses that were not on the log's path",
      offsetof(ReplayTotals, outcomes[REPLAY_DEPARTED]) },
    { "other-values", "Writes on the path with another value",
      offsetof(ReplayTotals, outcomes[REPLAY_OTHER_VALUE]) },
    { "skipped-writes", "Writes of the log that the driver left out",
      offsetof(ReplayTotals, skipped_writes) },
};

static void pci_replay_get_number(Object *obj, Visitor *v, const char *name,
                                  void *opaque, Error **errp)
{
    PCIReplay *r = PCI_REPLAY(obj);
    ReplayTotals totals = { 0 };

    if (r->log) {
        replay_totals(r->log->replay, &totals);
    }
    visit_type_uint64(v, name, (uint64_t *)((char *)&totals +
                                            GPOINTER_TO_SIZE(opaque)), errp);
}

static void pci_replay_init(Object *obj)
{
    /* As vfio-pci: taken back if the log's device is not one */
    PCI_DEVICE(obj)->cap_present |= QEMU_PCI_CAP_EXPRESS;
}

static void pci_replay_finalize(Object *obj)
{
    replay_log_free(PCI_REPLAY(obj)->log);
}

static const Property pci_replay_properties[] = {
    DEFINE_PROP_STRING("file", PCIReplay, file),
    DEFINE_PROP_STRING("log-device", PCIReplay, log_device),
    DEFINE_PROP_BOOL("strict", PCIReplay, strict, false),
    DEFINE_PROP_UINT32("x-pci-vendor-id", PCIReplay, vendor, UINT32_MAX),
    DEFINE_PROP_UINT32("x-pci-device-id", PCIReplay, device, UINT32_MAX),
};

/* Where the driver is on the path is nothing that another host could know. */
static const VMStateDescription pci_replay_vmstate = {
    .name = TYPE_PCI_REPLAY,
    .unmigratable = 1,
};

static void pci_replay_class_properties(ObjectClass *klass)
{
    size_t i;

    object_class_property_set_description(klass, "file",
        "The log whose device is replayed");
    object_class_property_set_description(klass, "log-device",
        "Which device of the log: its ID, PCI address or VENDOR:DEVICE");
    object_class_property_set_description(klass, "strict",
        "Pause the machine at the first access that is not on the log's path");
    object_class_property_add_str(klass, "first-departure",
                                  pci_replay_get_first, NULL);
    object_class_property_set_description(klass, "first-departure",
        "The first access that was not on the log's path");
    for (i = 0; i < ARRAY_SIZE(pci_replay_numbers); i++) {
        const char *name = pci_replay_numbers[i].name;

        object_class_property_add(klass, name, "uint64",
                                  pci_replay_get_number, NULL, NULL,
                                  GSIZE_TO_POINTER(pci_replay_numbers[i]
                                                   .offset));
        object_class_property_set_description(klass, name,
                                              pci_replay_numbers[i]
                                              .description);
    }
}

static void pci_replay_class_init(ObjectClass *klass, CLASS_DATA *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    dc->desc = "Device that answers as a trace says";
    dc->vmsd = &pci_replay_vmstate;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, pci_replay_properties);
    device_class_set_legacy_reset(dc, pci_replay_reset);
    device_class_set_parent_realize(dc, pci_replay_qdev_realize,
                                    &pci_replay_parent_realize);
    pc->realize = pci_replay_realize;
    pc->exit = pci_replay_exit;
    pc->config_write = pci_replay_config_write;
    pci_replay_class_properties(klass);
}

static const TypeInfo pci_replay_info = {
    .name = TYPE_PCI_REPLAY,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(PCIReplay),
    .instance_init = pci_replay_init,
    .instance_finalize = pci_replay_finalize,
    .class_init = pci_replay_class_init,
    .interfaces = (INTERFACE_LIST[]) {
        { INTERFACE_PCIE_DEVICE },
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static void pci_replay_register_types(void)
{
    type_register_static(&pci_replay_info);
}

type_init(pci_replay_register_types);
