/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: PCI instructions of s390x that KVM interprets (see zpci.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "system/kvm.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/device/zpci.h"

/* hw/s390x/s390-pci-bus.h, which other targets can not include */
#define TYPE_ZPCI "zpci"

/* Returns not 0 for the zpci that makes QEMU see the accesses to this ID. */
static int zpci_is_seen(Object *obj, void *id)
{
    g_autofree char *target = NULL;

    if (!object_dynamic_cast(obj, TYPE_ZPCI)) {
        return 0;
    }
    target = object_property_get_str(obj, "target", NULL);
    return target && g_str_equal(target, id) &&
           !object_property_get_bool(obj, "interpret", &error_abort);
}

bool vfio_trace_zpci_check(PCIDevice *pdev, Error **errp)
{
    char *id = DEVICE(pdev)->id;

    if (!kvm_enabled() || !object_class_by_name(TYPE_ZPCI) ||
        (id && object_child_foreach_recursive(object_get_root(), zpci_is_seen,
                                              id))) {
        return true;
    }
    error_setg(errp,
               "'%s' would not be traced: the processor carries out the guest's PCI instructions",
               id ?: "the device");
    error_append_hint(errp,
                      "Give the device an ID, and put '-device zpci,target=ID,interpret=off' before it.\n");
    return false;
}
