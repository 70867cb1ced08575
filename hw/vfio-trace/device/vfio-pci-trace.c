/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: vfio-pci-trace, a VFIO device with a tap
 *
 * A subclass of vfio-pci with additional properties.  The tap is attached after
 * DeviceClass::realize: the PCI core still sets up the device after vfio-pci's
 * own realize function has returned.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "hw/vfio/pci.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/device/attach.h"
#include "hw/vfio-trace/device/hostdev.h"
#include "hw/vfio-trace/device/zpci.h"

#define TYPE_VFIO_PCI_TRACE "vfio-pci-trace"
OBJECT_DECLARE_TYPE(VFIOPCITrace, VFIOPCITraceClass, VFIO_PCI_TRACE)

/**
 * struct VFIOPCITrace: a traced VFIO device
 * @log_id: trace-log=: ID of a vfio-trace-log object
 * @log: the device's private log, which has the other trace-* properties; used
 *       if trace-file is set
 * @driver: trace-driver=: name for the PCIDEV line
 * @options: the properties that say what to trace
 * @attached: the tap
 */
struct VFIOPCITrace {
    VFIOPCIDevice parent_obj;

    char *log_id;
    VFIOTraceLog *log;
    char *driver;
    PCITapOptions options;
    VFIOTraceAttached attached;
};

struct VFIOPCITraceClass {
    PCIDeviceClass parent_class;

    DeviceRealize parent_realize;
    DeviceUnrealize parent_unrealize;
    DeviceReset parent_reset;
};

/*
 * The device's directory in sysfs, or NULL: it is not known if the device was
 * given as a file descriptor.
 */
static char *vfio_pci_trace_sysfsdev(VFIOPCITrace *t)
{
    VFIOPCIDevice *vdev = VFIO_PCI_OF(t);

    if (vdev->vbasedev.sysfsdev) {
        return g_strdup(vdev->vbasedev.sysfsdev);
    }
    /* vfio-pci sets these to ~0 until host= is given. */
    if (!~vdev->host.domain) {
        return NULL;
    }
    return g_strdup_printf("/sys/bus/pci/devices/%04x:%02x:%02x.%x",
                           vdev->host.domain, vdev->host.bus,
                           vdev->host.slot, vdev->host.function);
}

/* Name of the device's private log, which has no ID of its own */
static char *vfio_pci_trace_log_id(VFIOPCITrace *t)
{
    g_autofree char *sysfsdev = vfio_pci_trace_sysfsdev(t);

    if (DEVICE(t)->id) {
        return g_strdup(DEVICE(t)->id);
    }
    return sysfsdev ? g_path_get_basename(sysfsdev)
                    : g_strdup(TYPE_VFIO_PCI_TRACE);
}

static VFIOTraceLog *vfio_pci_trace_log(VFIOPCITrace *t, Error **errp)
{
    ERRP_GUARD();
    g_autofree char *id = vfio_pci_trace_log_id(t);
    VFIOTraceLog *log;

    if (vfio_trace_log_file(t->log) && t->log_id) {
        error_setg(errp, "trace-file and trace-log can't be used together");
        return NULL;
    }
    if (vfio_trace_log_file(t->log)) {
        return vfio_trace_log_private_open(t->log, OBJECT(t), id, errp)
               ? t->log : NULL;
    }
    if (vfio_trace_log_configured(t->log)) {
        error_setg(errp, "trace-%s needs trace-file",
                   vfio_trace_log_configured(t->log));
        return NULL;
    }
    log = vfio_trace_log_find(t->log_id, errp);
    if (!log && !t->log_id) {
        error_append_hint(errp, "Or set trace-file=PATH for "
                          TYPE_VFIO_PCI_TRACE ".\n");
    }
    return log;
}

static void vfio_pci_trace_drop_log(VFIOPCITrace *t, VFIOTraceLog *log)
{
    if (log == t->log) {
        vfio_trace_log_private_close(log);
    }
}

static bool vfio_pci_trace_attach(VFIOPCITrace *t, VFIOTraceLog *log,
                                  const PCITapPlan *plan,
                                  Error **errp)
{
    ERRP_GUARD();
    g_autofree char *sysfsdev = vfio_pci_trace_sysfsdev(t);
    g_autofree char *bdf = NULL;
    MmtPciDev pci = { 0 };

    if (sysfsdev) {
        bdf = hostdev_describe(sysfsdev, &pci, errp);
        if (*errp) {
            return false;
        }
    }
    /* The IDs that the guest sees: x-pci-vendor-id may have changed them. */
    pci.vendor = VFIO_PCI_OF(t)->vendor_id;
    pci.device = VFIO_PCI_OF(t)->device_id;
    return vfio_trace_attach(&t->attached, PCI_DEVICE(t), (PCITapAttach) {
        .log = log,
        .plan = plan,
        .host = bdf,
        .pci = bdf ? &pci : NULL,
        .driver = t->driver,
        .gated = true,
    }, errp);
}

static void vfio_pci_trace_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    VFIOPCITrace *t = VFIO_PCI_TRACE(dev);
    VFIOPCITraceClass *class = VFIO_PCI_TRACE_GET_CLASS(dev);
    g_autofree char *sysfsdev = vfio_pci_trace_sysfsdev(t);
    g_autoptr(PCITapPlan) plan = NULL;
    VFIOTraceLog *log;

    if (!t->driver) {
        t->driver = g_strdup("vfio-pci");
    }
    if (!pci_tap_valid_driver(t->driver, errp)) {
        error_prepend(errp, "trace-driver: ");
        return;
    }
    plan = pci_tap_plan_new(&t->options, errp);
    if (!plan || !vfio_trace_zpci_check(PCI_DEVICE(dev), errp)) {
        return;
    }
    if (plan->start && pci_tap_windows_all(plan->windows) &&
        pci_tap_windows_none(plan->exclude)) {
        /* Traps cover the regions, so VFIO's ioeventfds would never fire. */
        VFIO_PCI_OF(t)->no_kvm_ioeventfd = true;
    }
    if (plan->irq) {
        /* Otherwise, KVM delivers interrupts without QEMU. */
        VFIO_PCI_OF(t)->no_kvm_intx = true;
        VFIO_PCI_OF(t)->no_kvm_msi = true;
        VFIO_PCI_OF(t)->no_kvm_msix = true;
    }
    /* If the device is given as an fd, the host's state is not checked. */
    if (sysfsdev && VFIO_PCI_OF(t)->vbasedev.fd < 0 &&
        !hostdev_check_vfio(sysfsdev, errp)) {
        return;
    }
    /* Before realize, which resets the device: opening the log may fail. */
    log = vfio_pci_trace_log(t, errp);
    if (!log) {
        error_prepend(errp, "%s: ", TYPE_VFIO_PCI_TRACE);
        return;
    }

    class->parent_realize(dev, errp);
    if (*errp) {
        vfio_pci_trace_drop_log(t, log);
        return;
    }
    if (!vfio_pci_trace_attach(t, log, plan, errp)) {
        class->parent_unrealize(dev);
        vfio_pci_trace_drop_log(t, log);
    }
}

static void vfio_pci_trace_unrealize(DeviceState *dev)
{
    VFIOPCITrace *t = VFIO_PCI_TRACE(dev);

    if (t->attached.tap) {
        VFIOTraceLog *log = pci_tap_log(t->attached.tap);

        vfio_trace_detach(&t->attached);
        vfio_pci_trace_drop_log(t, log);
    }
    VFIO_PCI_TRACE_GET_CLASS(dev)->parent_unrealize(dev);
}

/* VFIO takes the device's mmaps away while it is reset. */
static void vfio_pci_trace_reset(DeviceState *dev)
{
    PCITap *tap = VFIO_PCI_TRACE(dev)->attached.tap;

    if (tap) {
        pci_tap_gate_close(tap);
    }
    VFIO_PCI_TRACE_GET_CLASS(dev)->parent_reset(dev);
    if (tap) {
        pci_tap_gate_open(tap);
    }
}

static const Property vfio_pci_trace_properties[] = {
    DEFINE_PROP_STRING("trace-log", VFIOPCITrace, log_id),
    DEFINE_PROP_STRING("trace-driver", VFIOPCITrace, driver),
    DEFINE_PROP_STRING("windows", VFIOPCITrace, options.windows),
    DEFINE_PROP_STRING("exclude", VFIOPCITrace, options.exclude),
    DEFINE_PROP_BOOL("start", VFIOPCITrace, options.start, true),
    DEFINE_PROP_UINT32("hot-page-limit", VFIOPCITrace, options.hot_limit, 0),
    DEFINE_PROP_BOOL("config", VFIOPCITrace, options.config, false),
    DEFINE_PROP_BOOL("irq", VFIOPCITrace, options.irq, false),
    DEFINE_PROP_STRING("snapshot", VFIOPCITrace, options.snapshot),
    DEFINE_PROP_STRING("rings", VFIOPCITrace, options.rings),
    DEFINE_PROP_UINT32("backtrace", VFIOPCITrace, options.backtrace, 0),
    DEFINE_PROP_STRING("backtrace-windows", VFIOPCITrace,
                       options.backtrace_windows),
};

static void vfio_pci_trace_init(Object *obj)
{
    VFIO_PCI_TRACE(obj)->log = vfio_trace_log_private(obj);
}

static void vfio_pci_trace_finalize(Object *obj)
{
    object_unref(OBJECT(VFIO_PCI_TRACE(obj)->log));
}

static void vfio_pci_trace_class_init(ObjectClass *klass, CLASS_DATA *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VFIOPCITraceClass *class = VFIO_PCI_TRACE_CLASS(klass);

    dc->desc = "VFIO-based PCI device assignment with an mmiotrace log";
    device_class_set_props(dc, vfio_pci_trace_properties);
    device_class_set_parent_realize(dc, vfio_pci_trace_realize,
                                    &class->parent_realize);
    device_class_set_parent_unrealize(dc, vfio_pci_trace_unrealize,
                                      &class->parent_unrealize);
    class->parent_reset = dc->legacy_reset;
    device_class_set_legacy_reset(dc, vfio_pci_trace_reset);

    object_class_property_set_description(klass, "trace-log",
        "The vfio-trace-log object to log to");
    object_class_property_set_description(klass, "trace-driver",
        "Driver name in the log's PCIDEV line");
    pci_tap_describe_options(klass);
}

static const TypeInfo vfio_pci_trace_info = {
    .name = TYPE_VFIO_PCI_TRACE,
    .parent = TYPE_VFIO_PCI,
    .instance_size = sizeof(VFIOPCITrace),
    .instance_init = vfio_pci_trace_init,
    .instance_finalize = vfio_pci_trace_finalize,
    .class_size = sizeof(VFIOPCITraceClass),
    .class_init = vfio_pci_trace_class_init,
};

static void vfio_pci_trace_register_types(void)
{
    type_register_static(&vfio_pci_trace_info);
}

type_init(vfio_pci_trace_register_types);
