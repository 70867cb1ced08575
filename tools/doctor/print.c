/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: findings as text (see print.h)
 */
#include "tools/common/sizes.h"
#include "tools/common/tool.h"
#include "tools/doctor/finding.h"
#include "tools/doctor/print.h"
#include "tools/doctor/region.h"
#include "tools/host/use.h"

#include <inttypes.h>
#include <string.h>

#define INDENT "                    "

/* "0000:01:00.0" */
#define BDF_WIDTH 12

/* ECMA-48: green, cyan, yellow, bold red */
static const char *const colours[DOCTOR_STATES] = {
    [DOCTOR_OK] = "\033[32m",
    [DOCTOR_NOTE] = "\033[36m",
    [DOCTOR_WARN] = "\033[33m",
    [DOCTOR_FAIL] = "\033[1;31m",
};

static void print_finding(const DoctorFinding *finding, FILE *out, bool colour)
{
    g_autofree char *found = tool_printable(g_strdup(finding->found));
    g_autofree char *remedy = tool_printable(g_strdup(finding->remedy ?: ""));

    fprintf(out, "%s%-4s%s  %-12s  %s\n",
            colour ? colours[finding->state] : "",
            doctor_state_names[finding->state], colour ? "\033[0m" : "",
            finding->check, found);
    if (*remedy) {
        fprintf(out, INDENT "-> %s\n", remedy);
    }
}

static bool has_regions(const HostPci *dev)
{
    unsigned i;

    for (i = 0; i < HOST_PCI_REGIONS; i++) {
        if (dev->regions[i].size) {
            return true;
        }
    }
    return false;
}

static void print_regions(const Doctor *doctor, FILE *out)
{
    /* Without a reason, and before a reason */
    static const char *const words[DOCTOR_DIRECTS][2] = {
        [DOCTOR_DIRECT_NONE] = { "no", "no: " },
        [DOCTOR_DIRECT_PART] = { "in part", "all but " },
        [DOCTOR_DIRECT_ALL] = { "all", "all, " },
    };
    unsigned i;

    fprintf(out, "  %-4s  %-6s  %-10s  %-18s  %s\n", "BAR", "size", "type",
            "address", "direct where not traced");
    for (i = 0; i < HOST_PCI_REGIONS; i++) {
        const HostPciRegion *region = &doctor->dev->regions[i];
        g_autofree char *size = size_text(region->size);
        g_autofree char *why = NULL;
        g_autofree char *name = i == HOST_PCI_ROM ? g_strdup("ROM") :
                                g_strdup_printf("%u", i);
        DoctorDirect direct;

        if (!region->size) {
            continue;
        }
        direct = doctor_region_direct(doctor, i, &why);
        fprintf(out, "  %-4s  %-6s  %-10s  0x%-16" PRIx64 "  %s%s\n", name,
                size, doctor_region_type(region, i), region->start,
                words[direct][why != NULL], why ? why : "");
        if (doctor->mmappable[i]) {
            fprintf(out, "  %-4s  %-6s  %-10s  VFIO maps %s\n", "", "", "",
                    doctor->mmappable[i]);
        }
    }
}

static void print_device(const Doctor *doctor, FILE *out)
{
    const HostPci *dev = doctor->dev;
    g_autofree char *driver = tool_printable(g_strdup(dev->driver ?: "none"));

    fprintf(out, "%s  %s  %04x:%04x (subsystem %04x:%04x, revision %02x)\n",
            dev->bdf, host_pci_class_name(dev), dev->vendor, dev->device,
            dev->subsystem_vendor, dev->subsystem_device, dev->revision);
    fprintf(out, "  driver %s, bus mastering %s", driver,
            !dev->config_known ? "unknown" : dev->bus_master ? "on" : "off");
    if (dev->numa_node >= 0) {
        fprintf(out, ", NUMA node %d", dev->numa_node);
    }
    fputs("\n", out);
    if (has_regions(dev)) {
        print_regions(doctor, out);
    }
    fputs("\n", out);
}

static unsigned count(const Doctor *doctor, DoctorState state)
{
    unsigned n = 0;
    guint i;

    for (i = 0; i < doctor->findings->len; i++) {
        const DoctorFinding *finding = doctor->findings->pdata[i];

        n += finding->state == state;
    }
    return n;
}

void doctor_print(const Doctor *doctor, FILE *out, bool colour)
{
    unsigned failures = count(doctor, DOCTOR_FAIL);
    unsigned warnings = count(doctor, DOCTOR_WARN);
    guint i;

    if (doctor->dev) {
        print_device(doctor, out);
    }
    for (i = 0; i < doctor->findings->len; i++) {
        print_finding(doctor->findings->pdata[i], out, colour);
    }
    if (failures) {
        fprintf(out, "\nTracing will not work: %u finding%s failed.\n",
                failures, failures > 1 ? "s" : "");
    } else {
        fprintf(out, "\nNothing prevents tracing%s%s.\n", doctor->dev ? "" :
                " on this host", warnings ? "; see the warnings" : "");
    }
}

static gint by_kind(gconstpointer a, gconstpointer b)
{
    const HostPci *x = *(HostPci *const *)a;
    const HostPci *y = *(HostPci *const *)b;
    int first = host_pci_is_display(y) - host_pci_is_display(x);

    return first ? first : strcmp(x->bdf, y->bdf);
}

/*
 * Can a guest have it?  Not bridges, even of the chipset, and not IOMMUs.  But
 * a switch of another kind (NVSwitch) is an "other bridge" with registers.
 */
static bool is_candidate(const HostPci *dev)
{
    if (dev->class_code >> 16 == HOST_PCI_BASE_BRIDGE) {
        return dev->class_code >> 8 == HOST_PCI_CLASS_OTHER_BRIDGE &&
               has_regions(dev);
    }
    return !host_pci_is_bridge(dev) &&
           dev->class_code >> 8 != HOST_PCI_CLASS_IOMMU;
}

static void print_candidate(const Doctor *doctor, const HostPci *dev,
                            int width, FILE *out)
{
    g_autoptr(GPtrArray) uses = host_pci_uses(doctor->root, dev);
    const HostPciUse *use = host_pci_needed(uses);
    g_autofree char *why = use ? tool_printable(g_strdup(use->what)) : NULL;
    g_autofree char *driver = tool_printable(g_strdup(dev->driver ?: "-"));
    g_autofree char *group = dev->iommu_group < 0 ? g_strdup("-") :
                             g_strdup_printf("%d", dev->iommu_group);

    fprintf(out, "  %-*s  %-17s  %04x:%04x  %5s  %*s%s%s\n", width, dev->bdf,
            host_pci_class_name(dev), dev->vendor, dev->device, group,
            why ? -14 : 0, driver, why ? "the host needs it: " : "",
            why ? why : "");
}

static GPtrArray *list_candidates(const Doctor *doctor)
{
    g_autoptr(GPtrArray) all = host_pci_list(doctor->root, NULL);
    GPtrArray *list = g_ptr_array_new_with_free_func(
        (GDestroyNotify)host_pci_free);
    guint i;

    for (i = 0; all && i < all->len; i++) {
        if (is_candidate(all->pdata[i])) {
            g_ptr_array_add(list, g_steal_pointer(&all->pdata[i]));
        }
    }
    g_ptr_array_sort(list, by_kind);
    return list;
}

void doctor_print_candidates(const Doctor *doctor, FILE *out)
{
    g_autoptr(GPtrArray) list = list_candidates(doctor);
    int width = BDF_WIDTH;
    guint i;

    if (!list->len) {
        fputs("\nThere are no PCI devices to pass through.\n", out);
        return;
    }
    /* Domains can have more than four digits. */
    for (i = 0; i < list->len; i++) {
        width = MAX(width, (int)strlen(((HostPci *)list->pdata[i])->bdf));
    }
    fprintf(out, "\nDevices (vfio-trace doctor BDF checks one):\n"
            "  %-*s  %-17s  %-9s  %5s  %s\n", width, "BDF", "kind", "ID",
            "group", "driver");
    for (i = 0; i < list->len; i++) {
        print_candidate(doctor, list->pdata[i], width, out);
    }
}
