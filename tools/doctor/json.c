/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: findings as JSON (see json.h)
 */
#include "tools/doctor/device.h"
#include "tools/doctor/finding.h"
#include "tools/doctor/json.h"
#include "tools/doctor/region.h"
#include "tools/host/refusal.h"
#include "tools/host/use.h"
#include "libpcidev/msix.h"

#include <inttypes.h>
#include <string.h>

/* JSON is UTF-8; text from the kernel need not be. */
static void add_text(JsonBuilder *builder, const char *name, const char *text)
{
    g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : NULL;

    json_builder_set_member_name(builder, name);
    if (valid) {
        json_builder_add_string_value(builder, valid);
    } else {
        json_builder_add_null_value(builder);
    }
}

static void add_number(JsonBuilder *builder, const char *name, int64_t value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, value);
}

/* Numbers below 0 stand for those that are not known. */
static void add_known(JsonBuilder *builder, const char *name, int64_t value)
{
    if (value >= 0) {
        add_number(builder, name, value);
    }
}

static void add_known_text(JsonBuilder *builder, const char *name,
                           const char *text)
{
    if (text) {
        add_text(builder, name, text);
    }
}

static void add_bool(JsonBuilder *builder, const char *name, bool value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_boolean_value(builder, value);
}

static void add_findings(JsonBuilder *builder, const Doctor *doctor)
{
    guint i;

    json_builder_set_member_name(builder, "findings");
    json_builder_begin_array(builder);
    for (i = 0; i < doctor->findings->len; i++) {
        const DoctorFinding *finding = doctor->findings->pdata[i];

        json_builder_begin_object(builder);
        add_text(builder, "check", finding->check);
        add_text(builder, "state", doctor_state_names[finding->state]);
        add_text(builder, "found", finding->found);
        add_text(builder, "remedy", finding->remedy);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

/* Members that all devices have */
static void add_facts(JsonBuilder *builder, const Doctor *doctor,
                      const HostPci *dev)
{
    static const char *const kinds[] = {
        [HOST_PCI_USE_DISPLAY] = "display",
        [HOST_PCI_USE_DISK] = "disk",
        [HOST_PCI_USE_NETWORK] = "network",
        [HOST_PCI_USE_PROGRAM] = "program",
        [HOST_PCI_USE_INPUT] = "input",
        [HOST_PCI_USE_CONSOLE] = "console",
        [HOST_PCI_USE_SERVICE] = "service",
    };
    g_autoptr(HostPciRefusal) refusal = host_pci_refusal(doctor->root, dev);
    g_autoptr(GPtrArray) uses = host_pci_survey_uses(doctor->survey, dev,
                                                     doctor->taken);
    guint i;

    add_text(builder, "bdf", dev->bdf);
    add_text(builder, "kind", host_pci_class_name(dev));
    if (dev->vendor && dev->vendor != 0xffff) {
        add_number(builder, "vendor", dev->vendor);
        add_number(builder, "device", dev->device);
    }
    add_known(builder, "subsystem-vendor", dev->subsystem_vendor);
    add_known(builder, "subsystem-device", dev->subsystem_device);
    add_known(builder, "class", dev->class_code == HOST_PCI_CLASS_UNKNOWN ?
              -1 : (int64_t)dev->class_code);
    add_known(builder, "revision", dev->revision);
    if (dev->answer != HOST_PCI_ANSWER_UNKNOWN) {
        add_bool(builder, "answers", dev->answer == HOST_PCI_ANSWER_YES);
    }
    add_known_text(builder, "power-state", dev->power_state);
    add_known_text(builder, "runtime-status", dev->runtime_status);
    add_known_text(builder, "power-control", dev->power_control);
    add_known_text(builder, "refusal", refusal ? refusal->why : NULL);
    if (dev->driver_known) {
        add_text(builder, "driver", dev->driver);
    }
    add_text(builder, "driver-override", dev->driver_override);
    add_known(builder, "iommu-group", dev->iommu_group);
    add_known(builder, "numa-node", dev->numa_node);
    if (dev->config_known) {
        add_bool(builder, "bus-master", dev->bus_master);
    }
    add_bool(builder, "boot-vga", dev->boot_vga);
    json_builder_set_member_name(builder, "uses");
    json_builder_begin_array(builder);
    for (i = 0; i < uses->len; i++) {
        const HostPciUse *use = uses->pdata[i];

        json_builder_begin_object(builder);
        add_text(builder, "kind", kinds[use->kind]);
        if (use->need != HOST_PCI_NEED_UNKNOWN) {
            add_bool(builder, "needed", use->need == HOST_PCI_NEED_YES);
        }
        add_text(builder, "what", use->what);
        add_text(builder, "remedy", use->remedy);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_regions(JsonBuilder *builder, const Doctor *doctor)
{
    unsigned i;

    json_builder_set_member_name(builder, "regions");
    json_builder_begin_array(builder);
    for (i = 0; i < HOST_PCI_REGIONS; i++) {
        const HostPciRegion *region = &doctor->dev->regions[i];
        g_autofree char *name = i == HOST_PCI_ROM ? g_strdup("rom") :
                                g_strdup_printf("bar%u", i);
        g_autofree char *why = NULL;
        DoctorDirect direct;

        if (!region->size) {
            continue;
        }
        direct = doctor_region_direct(doctor, i, &why);
        json_builder_begin_object(builder);
        add_text(builder, "name", name);
        if (region->start) {
            add_number(builder, "address", region->start);
        }
        add_number(builder, "size", region->size);
        add_text(builder, "type", doctor_region_type(region, i));
        add_bool(builder, "prefetchable",
                 region->flags & HOST_PCI_IORESOURCE_PREFETCH);
        add_text(builder, "direct", doctor_direct_names[direct]);
        if (why) {
            add_text(builder, "why", why);
        }
        if (region->resizes) {
            add_number(builder, "resizes-mib", region->resizes);
        }
        if (doctor->mmappable[i]) {
            add_text(builder, "vfio-maps", doctor->mmappable[i]);
        }
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_msix(JsonBuilder *builder, const Doctor *doctor)
{
    HostPciMsix msix;

    if (host_pci_msix(doctor->dev, &msix) != HOST_PCI_MSIX_FOUND) {
        return;
    }
    json_builder_set_member_name(builder, "msix");
    json_builder_begin_object(builder);
    add_number(builder, "vectors", msix.vectors);
    add_number(builder, "table-bar", msix.table_bar);
    add_number(builder, "table-offset", msix.table_offset);
    add_number(builder, "pba-bar", msix.pba_bar);
    add_number(builder, "pba-offset", msix.pba_offset);
    json_builder_end_object(builder);
}

static void add_device(JsonBuilder *builder, const Doctor *doctor)
{
    static const char *const members[HOST_PCI_MEMBERS] = {
        [HOST_PCI_MEMBER_FREE] = "free",
        [HOST_PCI_MEMBER_TAKE] = "take",
        [HOST_PCI_MEMBER_LEAVES] = "leaves",
        [HOST_PCI_MEMBER_BLOCKS] = "blocks",
        [HOST_PCI_MEMBER_UNKNOWN] = "unknown",
    };
    guint i;

    json_builder_set_member_name(builder, "device");
    json_builder_begin_object(builder);
    add_facts(builder, doctor, doctor->dev);
    if (doctor->dev->reset_known) {
        add_text(builder, "reset-methods", doctor->dev->reset_methods);
        add_bool(builder, "can-reset", doctor->dev->can_reset);
    }
    if (doctor->dev->regions_known) {
        add_regions(builder, doctor);
    }
    add_msix(builder, doctor);
    json_builder_set_member_name(builder, "group");
    json_builder_begin_array(builder);
    for (i = 0; i < doctor->group->len; i++) {
        const HostPci *dev = doctor->group->pdata[i];

        json_builder_begin_object(builder);
        add_text(builder, "bdf", dev->bdf);
        add_text(builder, "kind", host_pci_class_name(dev));
        if (dev->driver_known) {
            add_text(builder, "driver", dev->driver);
            add_bool(builder, "hinders", host_pci_hinders_group(dev));
        }
        if (strcmp(dev->bdf, doctor->dev->bdf)) {
            add_text(builder, "meaning",
                     members[doctor_member(doctor, dev)]);
        }
        if (dev->answer != HOST_PCI_ANSWER_UNKNOWN) {
            add_bool(builder, "answers", dev->answer == HOST_PCI_ANSWER_YES);
        }
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

static void add_candidates(JsonBuilder *builder, const Doctor *doctor)
{
    g_autoptr(GPtrArray) all = host_pci_list(doctor->root, NULL);
    guint i;

    json_builder_set_member_name(builder, "devices");
    json_builder_begin_array(builder);
    for (i = 0; all && i < all->len; i++) {
        json_builder_begin_object(builder);
        add_facts(builder, doctor, all->pdata[i]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

JsonNode *doctor_to_json(const Doctor *doctor)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    add_text(builder, "state", doctor_state_names[doctor_worst(doctor)]);
    add_findings(builder, doctor);
    if (doctor->dev) {
        add_device(builder, doctor);
    } else if (!doctor->bdf) {
        add_candidates(builder, doctor);
    }
    json_builder_end_object(builder);
    return json_builder_get_root(builder);
}
