/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: properties of a tap, which is the child "vfio-trace-tap" of the
 * device that it traces
 *
 * They correspond to QMP commands: "started" does the same as vfio-trace-start
 * and -stop, and "windows" shows the logged accesses in the format of the
 * device's windows property.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "hw/vfio-trace/tap/hot.h"
#include "hw/vfio-trace/tap/props.h"
#include "hw/vfio-trace/tap/ranges.h"
#include "hw/vfio-trace/tap/window-spec.h"

static bool tap_props_get_started(Object *obj, Error **errp)
{
    return PCI_TAP(obj)->started;
}

static void tap_props_set_started(Object *obj, bool value, Error **errp)
{
    PCITap *tap = PCI_TAP(obj);

    object_ref(obj);
    pci_tap_change_begin();
    if (!tap->detached && vfio_trace_log_room(tap->log, 1, errp)) {
        pci_tap_set_started(tap, value);
    }
    pci_tap_change_end();
    object_unref(obj);
}

static void tap_props_append_windows(GString *text, const PCITapRegion *region,
                                     int dir)
{
    static const char *const direction[] = {
        [PCI_TAP_READ] = "r",
        [PCI_TAP_WRITE] = "w",
    };
    guint i;

    for (i = 0; i < region->wanted[dir]->len; i++) {
        const PCITapRange *range = pci_tap_ranges_at(region->wanted[dir], i);

        g_string_append_printf(text, "%s%s:0x%" PRIx64 ":0x%" PRIx64 ":%s",
                               text->len ? "+" : "",
                               pci_tap_region_word(region->nr), range->offset,
                               range->len, direction[dir]);
    }
}

static char *tap_props_get_windows(Object *obj, Error **errp)
{
    PCITap *tap = PCI_TAP(obj);
    GString *text = g_string_new(NULL);
    int dir;
    int i;

    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        for (dir = 0; tap->region[i].size && dir < PCI_TAP_DIRECTIONS; dir++) {
            tap_props_append_windows(text, &tap->region[i], dir);
        }
    }
    return g_string_free(text, false);
}

static void tap_props_get_hot_limit(Object *obj, Visitor *v, const char *name,
                                    void *opaque, Error **errp)
{
    visit_type_uint32(v, name, &PCI_TAP(obj)->hot_limit, errp);
}

static void tap_props_set_hot_limit(Object *obj, Visitor *v, const char *name,
                                    void *opaque, Error **errp)
{
    PCITap *tap = PCI_TAP(obj);

    if (visit_type_uint32(v, name, &tap->hot_limit, errp)) {
        pci_tap_hot_stop(tap);
        pci_tap_hot_start(tap);
    }
}

void pci_tap_properties(ObjectClass *klass)
{
    object_class_property_add_bool(klass, "started", tap_props_get_started,
                                   tap_props_set_started);
    object_class_property_set_description(klass, "started",
        "Accesses are logged");
    object_class_property_add_str(klass, "windows", tap_props_get_windows,
                                  NULL);
    object_class_property_set_description(klass, "windows",
        "Accesses that are logged while tracing is started");
    object_class_property_add(klass, "hot-page-limit", "uint32",
                              tap_props_get_hot_limit, tap_props_set_hot_limit,
                              NULL, NULL);
    object_class_property_set_description(klass, "hot-page-limit",
        "Accesses per second after which a page is no longer trapped");
}
