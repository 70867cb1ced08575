/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: findings as text (see print.h)
 */
#include "tools/common/sizes.h"
#include "tools/common/tool.h"
#include "tools/doctor/finding.h"
#include "tools/doctor/print.h"
#include "tools/doctor/region.h"
#include "tools/host/fs.h"
#include "tools/host/refusal.h"
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
        g_autofree char *address = region->start ?
            g_strdup_printf("0x%" PRIx64, region->start) : g_strdup("none");
        DoctorDirect direct;

        if (!region->size) {
            continue;
        }
        direct = doctor_region_direct(doctor, i, &why);
        fprintf(out, "  %-4s  %-6s  %-10s  %-18s  %s%s\n", name, size,
                doctor_region_type(region, i), address,
                words[direct][why != NULL], why ? tool_printable(why) : "");
        if (doctor->mmappable[i]) {
            fprintf(out, "  %-4s  %-6s  %-10s  VFIO maps %s\n", "", "", "",
                    doctor->mmappable[i]);
        }
    }
}

static void print_device(const Doctor *doctor, FILE *out)
{
    const HostPci *dev = doctor->dev;
    g_autofree char *driver = tool_printable(g_strdup(
        dev->driver ?: dev->driver_known ? "none" : "unknown"));
    g_autofree char *power = tool_printable(g_strdup(
        dev->power_state ?: "unknown"));
    g_autofree char *ids = host_pci_ids(dev);

    fprintf(out, "%s  %s  %s (subsystem ", dev->bdf, host_pci_class_name(dev),
            ids);
    if (dev->subsystem_vendor >= 0 && dev->subsystem_device >= 0) {
        fprintf(out, "%04x:%04x", dev->subsystem_vendor,
                dev->subsystem_device);
    } else {
        fputs("unknown", out);
    }
    if (dev->revision >= 0) {
        fprintf(out, ", revision %02x)\n", dev->revision);
    } else {
        fputs(", revision unknown)\n", out);
    }
    fprintf(out, "  driver %s, bus mastering %s, power state %s", driver,
            !dev->config_known ? "unknown" : dev->bus_master ? "on" : "off",
            power);
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
 * Can a guest have it?  Not bridges to other buses, not the chipset's to the
 * host's bus (0600) and to ISA and its like (0601 to 0603), and not IOMMUs.
 * But a switch (NVSwitch) is a bridge of another kind with registers.
 */
static bool is_candidate(const HostPci *dev)
{
    unsigned class = dev->class_code >> 8;

    if (host_pci_is_bridge(dev) || class == HOST_PCI_CLASS_IOMMU) {
        return false;
    }
    return class >> 8 != HOST_PCI_BASE_BRIDGE ||
           (class > HOST_PCI_CLASS_CHIPSET_LAST &&
            (has_regions(dev) || !dev->regions_known));
}

/* Return: a use that the host needs or, if there is none, may need; or NULL */
static const HostPciUse *list_need(const GPtrArray *uses)
{
    const HostPciUse *use = host_pci_needed(uses);
    guint i;

    for (i = 0; !use && i < uses->len; i++) {
        const HostPciUse *maybe = uses->pdata[i];

        use = maybe->need == HOST_PCI_NEED_UNKNOWN ? maybe : NULL;
    }
    return use;
}

/* Return: what keeps a guest from the device, to be freed; or NULL */
static char *candidate_problem(const Doctor *doctor, const HostPci *dev)
{
    g_autoptr(GPtrArray) uses = host_pci_survey_uses(doctor->survey, dev,
                                                     NULL);
    const HostPciUse *use = list_need(uses);
    g_autoptr(HostPciRefusal) refusal = host_pci_refusal(doctor->root, dev);
    g_autofree char *silence = host_pci_silence(dev);
    g_autoptr(GString) text = g_string_new(silence);

    if (!silence && host_pci_domain(dev->bdf) > HOST_PCI_DOMAIN_MAX) {
        g_string_append(text, "QEMU can't name its domain");
    } else if (!silence && refusal) {
        g_string_append(text, refusal->why);
    }
    if (use) {
        g_string_append_printf(text, "%s%s: %s", text->len ? "; " : "",
                               use->need == HOST_PCI_NEED_YES
                               ? "the host needs it"
                               : "perhaps the host needs it", use->what);
    }
    return text->len ? tool_printable(g_strdup(text->str)) : NULL;
}

static void print_candidate(const Doctor *doctor, const HostPci *dev,
                            int bdf_width, FILE *out)
{
    g_autofree char *why = candidate_problem(doctor, dev);
    g_autofree char *ids = host_pci_ids(dev);
    g_autofree char *driver = tool_printable(g_strdup(
        dev->driver ?: dev->driver_known ? "-" : "?"));
    g_autofree char *group = dev->iommu_group >= 0 ?
        g_strdup_printf("%d", dev->iommu_group) :
        g_strdup(dev->iommu_group == HOST_PCI_GROUP_NONE ? "-" : "?");

    fprintf(out, "  %-*s  %-17s  %-9s  %5s  %*s%s\n", bdf_width, dev->bdf,
            host_pci_class_name(dev), ids, group, why ? -14 : 0, driver, why ? why : "");
}

/* Devices that sysfs names, but of which it tells nothing */
static void print_unread(const Doctor *doctor, FILE *out)
{
    g_autofree char *dir = host_fs_path(doctor->root, "/sys/bus/pci/devices");
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(HostPci) dev = NULL;
        g_autofree char *why = NULL;

        /* The others were read already. */
        if (host_fs_exists(dir, names[i])) {
            continue;
        }
        dev = host_pci_get(doctor->root, names[i], &error);
        if (!dev) {
            why = tool_printable(g_strdup(error->message));
            fprintf(out, "  %s\n", why);
        }
    }
}

static GPtrArray *list_candidates(const Doctor *doctor, GError **error)
{
    g_autoptr(GPtrArray) all = host_pci_list(doctor->root, error);
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
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = list_candidates(doctor, &error);
    int width = BDF_WIDTH;
    guint i;

    if (error) {
        fprintf(out, "\nThe PCI devices are not known: %s\n", error->message);
        return;
    }
    if (!list->len) {
        fputs("\nThere are no PCI devices to pass through.\n", out);
        print_unread(doctor, out);
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
    print_unread(doctor, out);
}
