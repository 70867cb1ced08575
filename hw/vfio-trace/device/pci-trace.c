/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: pci-trace, an object that traces any PCI device of the machine
 *
 * -object pci-trace,device=ID attaches a tap to the device with that ID when it
 * is realized, also by hot-plug.  The device may be emulated, or a vfio-user
 * one, for example.  If it is removed, a later device with that ID gets a tap,
 * too.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "system/system.h"
#include "hw/pci/pci.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/device/attach.h"

#define TYPE_PCI_TRACE "pci-trace"
OBJECT_DECLARE_SIMPLE_TYPE(PCITrace, PCI_TRACE)

/**
 * struct PCITrace: a pci-trace object
 * @device: device=: ID of the device
 * @log_id: log=: ID of the log, or NULL for the only one
 * @driver: driver=: name for the PCIDEV line, or NULL for the device's type
 * @options: the properties that say what to trace
 * @wait: wait=: the device may be plugged in later
 * @log: the log; referenced
 * @plan: @options, parsed
 * @attached: the tap, while the device exists
 * @listening: @listener is registered; properties can't be changed any more
 * @listener: called when devices are realized and unrealized
 * @machine_done: called when all devices of the command line are realized
 */
struct PCITrace {
    Object parent_obj;

    char *device;
    char *log_id;
    char *driver;
    PCITapOptions options;
    bool wait;
    VFIOTraceLog *log;
    PCITapPlan *plan;
    VFIOTraceAttached attached;
    bool listening;
    DeviceListener listener;
    Notifier machine_done;
};

static bool pci_trace_attach(PCITrace *t, DeviceState *dev, Error **errp)
{
    if (!object_dynamic_cast(OBJECT(dev), TYPE_PCI_DEVICE)) {
        error_setg(errp, "pci-trace: device '%s' (%s) is not a PCI device",
                   t->device, object_get_typename(OBJECT(dev)));
        return false;
    }
    return vfio_trace_attach(&t->attached, PCI_DEVICE(dev), (PCITapAttach) {
        .log = t->log,
        .plan = t->plan,
        .driver = t->driver ?: object_get_typename(OBJECT(dev)),
    }, errp);
}

static void pci_trace_device_realized(DeviceListener *listener,
                                      DeviceState *dev)
{
    PCITrace *t = container_of(listener, PCITrace, listener);
    Error *err = NULL;

    if (t->attached.tap || !dev->id || strcmp(dev->id, t->device)) {
        return;
    }
    if (!pci_trace_attach(t, dev, &err)) {
        if (!phase_check(PHASE_MACHINE_READY)) {
            error_report_err(err);
            exit(1);
        }
        /* A listener can't refuse a hot-plug: warn that it is not traced. */
        warn_report_err(err);
    }
}

static void pci_trace_device_unrealized(DeviceListener *listener,
                                        DeviceState *dev)
{
    PCITrace *t = container_of(listener, PCITrace, listener);

    if (t->attached.tap && DEVICE(pci_tap_device(t->attached.tap)) == dev) {
        vfio_trace_detach(&t->attached);
    }
}

static void pci_trace_machine_done(Notifier *n, void *data)
{
    PCITrace *t = container_of(n, PCITrace, machine_done);

    if (!t->attached.tap && !t->wait) {
        error_report("pci-trace: there is no device '%s'", t->device);
        error_printf(
            "Set id=%s for the device to trace, or set wait=on if it is plugged in later.\n",
            t->device);
        exit(1);
    }
}

static void pci_trace_complete(UserCreatable *uc, Error **errp)
{
    ERRP_GUARD();
    PCITrace *t = PCI_TRACE(uc);
    DeviceState *dev;
    bool attached;

    if (!t->device || !*t->device) {
        error_setg(errp, "pci-trace needs device=ID");
        return;
    }
    if (t->driver && !pci_tap_valid_driver(t->driver, errp)) {
        return;
    }
    t->plan = pci_tap_plan_new(&t->options, errp);
    if (!t->plan) {
        return;
    }
    t->log = vfio_trace_log_find(t->log_id, errp);
    if (!t->log) {
        error_prepend(errp, "pci-trace: ");
        return;
    }
    object_ref(OBJECT(t->log));
    vfio_trace_log_use(t->log);

    if (phase_check(PHASE_MACHINE_READY)) {
        pci_tap_vcpus_stop();
        dev = qdev_find_recursive(sysbus_get_default(), t->device);
        attached = dev && pci_trace_attach(t, dev, errp);
        pci_tap_vcpus_go();
        if (!dev && !t->wait) {
            error_setg(errp, "pci-trace: there is no device '%s'", t->device);
            error_append_hint(errp,
                              "Set wait=on if it is plugged in later.\n");
            return;
        }
        if (dev && !attached) {
            return;
        }
    } else {
        t->machine_done.notify = pci_trace_machine_done;
        qemu_add_machine_init_done_notifier(&t->machine_done);
    }

    t->listener.realize = pci_trace_device_realized;
    t->listener.unrealize = pci_trace_device_unrealized;
    device_listener_register(&t->listener);
    t->listening = true;
}

static bool pci_trace_can_be_deleted(UserCreatable *uc)
{
    /* A vCPU may be in the device; so only unplug of the device detaches. */
    return !PCI_TRACE(uc)->attached.tap;
}

static bool pci_trace_is_settled(Object *obj, Error **errp)
{
    if (PCI_TRACE(obj)->listening) {
        error_setg(errp,
                   "pci-trace: properties can't be changed after creation");
    }
    return PCI_TRACE(obj)->listening;
}

static void pci_trace_set(Object *obj, char **field, const char *value,
                          Error **errp)
{
    if (!pci_trace_is_settled(obj, errp)) {
        g_free(*field);
        *field = g_strdup(value);
    }
}

#define PCI_TRACE_STRING(name, field)                                       \
static char *pci_trace_get_##name(Object *obj, Error **errp)                \
{                                                                           \
    return g_strdup(PCI_TRACE(obj)->field);                                 \
}                                                                           \
                                                                            \
static void pci_trace_set_##name(Object *obj, const char *value,            \
                                 Error **errp)                              \
{                                                                           \
    pci_trace_set(obj, &PCI_TRACE(obj)->field, value, errp);                \
}

PCI_TRACE_STRING(device, device)
PCI_TRACE_STRING(log_id, log_id)
PCI_TRACE_STRING(driver, driver)
PCI_TRACE_STRING(windows, options.windows)
PCI_TRACE_STRING(exclude, options.exclude)
PCI_TRACE_STRING(snapshot, options.snapshot)
PCI_TRACE_STRING(rings, options.rings)
PCI_TRACE_STRING(backtrace_windows, options.backtrace_windows)

#define PCI_TRACE_BOOL(name, field)                                         \
static bool pci_trace_get_##name(Object *obj, Error **errp)                 \
{                                                                           \
    return PCI_TRACE(obj)->field;                                           \
}                                                                           \
                                                                            \
static void pci_trace_set_##name(Object *obj, bool value, Error **errp)     \
{                                                                           \
    if (!pci_trace_is_settled(obj, errp)) {                                 \
        PCI_TRACE(obj)->field = value;                                      \
    }                                                                       \
}

PCI_TRACE_BOOL(wait, wait)
PCI_TRACE_BOOL(start, options.start)
PCI_TRACE_BOOL(config, options.config)
PCI_TRACE_BOOL(irq, options.irq)

#define PCI_TRACE_UINT32(name, field)                                       \
static void pci_trace_get_##name(Object *obj, Visitor *v,                   \
                                 const char *prop, void *opaque,            \
                                 Error **errp)                              \
{                                                                           \
    visit_type_uint32(v, prop, &PCI_TRACE(obj)->field, errp);               \
}                                                                           \
                                                                            \
static void pci_trace_set_##name(Object *obj, Visitor *v,                   \
                                 const char *prop, void *opaque,            \
                                 Error **errp)                              \
{                                                                           \
    uint32_t value;                                                         \
                                                                            \
    if (!pci_trace_is_settled(obj, errp) &&                                 \
        visit_type_uint32(v, prop, &value, errp)) {                         \
        PCI_TRACE(obj)->field = value;                                      \
    }                                                                       \
}

PCI_TRACE_UINT32(backtrace, options.backtrace)
PCI_TRACE_UINT32(hot_limit, options.hot_limit)

static void pci_trace_init(Object *obj)
{
    PCI_TRACE(obj)->options.start = true;
}

static void pci_trace_finalize(Object *obj)
{
    PCITrace *t = PCI_TRACE(obj);

    if (t->listening) {
        device_listener_unregister(&t->listener);
    }
    if (t->machine_done.notify && !phase_check(PHASE_MACHINE_READY)) {
        qemu_remove_machine_init_done_notifier(&t->machine_done);
    }
    if (t->log) {
        vfio_trace_log_unuse(t->log);
        object_unref(OBJECT(t->log));
    }
    g_free(t->device);
    g_free(t->log_id);
    g_free(t->driver);
    g_free(t->options.windows);
    g_free(t->options.exclude);
    g_free(t->options.snapshot);
    g_free(t->options.rings);
    g_free(t->options.backtrace_windows);
    pci_tap_plan_free(t->plan);
}

static void pci_trace_class_init(ObjectClass *klass, CLASS_DATA *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(klass);

    ucc->complete = pci_trace_complete;
    ucc->can_be_deleted = pci_trace_can_be_deleted;

    object_class_property_add_str(klass, "device", pci_trace_get_device,
                                  pci_trace_set_device);
    object_class_property_set_description(klass, "device",
        "ID of the PCI device to trace");
    object_class_property_add_str(klass, "log", pci_trace_get_log_id,
                                  pci_trace_set_log_id);
    object_class_property_set_description(klass, "log",
        "ID of the vfio-trace-log object; optional if there is only one");
    object_class_property_add_str(klass, "driver", pci_trace_get_driver,
                                  pci_trace_set_driver);
    object_class_property_set_description(klass, "driver",
        "Driver name in the log's PCIDEV line");
    object_class_property_add_str(klass, "windows", pci_trace_get_windows,
                                  pci_trace_set_windows);
    object_class_property_add_str(klass, "exclude", pci_trace_get_exclude,
                                  pci_trace_set_exclude);
    object_class_property_add_bool(klass, "start", pci_trace_get_start,
                                   pci_trace_set_start);
    object_class_property_add(klass, "hot-page-limit", "uint32",
                              pci_trace_get_hot_limit, pci_trace_set_hot_limit,
                              NULL, NULL);
    object_class_property_add_bool(klass, "config", pci_trace_get_config,
                                   pci_trace_set_config);
    object_class_property_add_bool(klass, "irq", pci_trace_get_irq,
                                   pci_trace_set_irq);
    object_class_property_add_str(klass, "snapshot", pci_trace_get_snapshot,
                                  pci_trace_set_snapshot);
    object_class_property_add_str(klass, "rings", pci_trace_get_rings,
                                  pci_trace_set_rings);
    object_class_property_add(klass, "backtrace", "uint32",
                              pci_trace_get_backtrace, pci_trace_set_backtrace,
                              NULL, NULL);
    object_class_property_add_str(klass, "backtrace-windows",
                                  pci_trace_get_backtrace_windows,
                                  pci_trace_set_backtrace_windows);
    pci_tap_describe_options(klass);
    object_class_property_add_bool(klass, "wait", pci_trace_get_wait,
                                   pci_trace_set_wait);
    object_class_property_set_description(klass, "wait",
        "The device may be plugged in later");
}

static const TypeInfo pci_trace_info = {
    .name = TYPE_PCI_TRACE,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(PCITrace),
    .instance_init = pci_trace_init,
    .instance_finalize = pci_trace_finalize,
    .class_init = pci_trace_class_init,
    .interfaces = (INTERFACE_LIST[]) {
        { TYPE_USER_CREATABLE },
        { }
    },
};

static void pci_trace_register_types(void)
{
    type_register_static(&pci_trace_info);
}

type_init(pci_trace_register_types);
