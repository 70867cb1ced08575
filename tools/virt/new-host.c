/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: this host's devices for a new domain (see new-host.h)
 */
#include "tools/virt/new-host.h"

#include "tools/host/fs.h"
#include "tools/host/iomem.h"
#include "tools/host/pci.h"
#include "tools/host/refusal.h"
#include "tools/host/ungrouped.h"
#include "tools/host/usb.h"
#include "tools/host/use.h"
#include "tools/run/port.h"
#include "tools/virt/new-guest.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

static bool refuse(GError **error, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

static bool refuse(GError **error, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, text);
    return false;
}

static void note(const VirtNewDevices *devices, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

static void note(const VirtNewDevices *devices, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    g_ptr_array_add(devices->notes, g_strdup_vprintf(fmt, ap));
    va_end(ap);
}

/* ---- single devices ------------------------------------------------------*/

static bool check_device(const VirtNewDevices *devices, const HostPci *dev,
                         GError **error)
{
    g_autoptr(HostPciRefusal) refusal = host_pci_refusal(devices->root, dev);
    g_autofree char *homeless = host_pci_homeless(dev);

    if (refusal) {
        return refuse(error, "%s: %s", refusal->why, refusal->remedy);
    }
    if (homeless) {
        return refuse(error,
                      "neither firmware nor kernel found an address for BAR%s of %s, so VFIO can't open it: 'vfio-trace doctor %s' says more",
                      homeless, dev->bdf, dev->bdf);
    }
    if (dev->iommu_group == HOST_PCI_GROUP_NONE) {
        g_autofree char *remedy = host_ungrouped_remedy(devices->root, dev);

        return refuse(error,
                      "%s is in no IOMMU group: %s; 'vfio-trace doctor %s' checks more",
                      dev->bdf, remedy, dev->bdf);
    }
    if (!host_pci_is_vfios(dev) && dev->vfs > 0) {
        return refuse(error,
                      "%s has %d virtual functions, which would disappear with its driver: remove them first (write 0 to %s/sriov_numvfs)",
                      dev->bdf, dev->vfs, dev->path);
    }
    return true;
}

static bool check_claims(const VirtNewDevices *devices, const HostPci *dev,
                         GError **error)
{
    unsigned i;

    for (i = 0; i < HOST_PCI_BARS; i++) {
        g_autofree char *claim =
            dev->regions[i].size ? host_iomem_hinders(devices->root, dev, i)
                                 : NULL;

        if (claim && !devices->force) {
            return refuse(error,
                          "a guest can't access BAR %u of %s: a part of it is claimed by %s (/proc/iomem), so VFIO can't reserve it; 'vfio-trace doctor %s' says more; or use --force",
                          i, dev->bdf, claim, dev->bdf);
        }
    }
    return true;
}

static bool check_use(const VirtNewDevices *devices,
                      const HostPciSurvey *survey, const HostPci *dev,
                      const GPtrArray *all, GError **error)
{
    g_autoptr(GPtrArray) uses = host_pci_survey_uses(survey, dev, all);
    const HostPciUse *need = host_pci_needed(uses);
    guint i;

    if (need && !devices->force) {
        return refuse(error,
                      "the host needs %s (%s): %s; %s; or use --force to give it to the guest anyway",
                      dev->bdf, host_pci_class_name(dev), need->what,
                      need->remedy);
    }
    for (i = 0; i < uses->len; i++) {
        note(devices, "the host can not use %s while the domain runs: %s",
             dev->bdf, ((HostPciUse *)uses->pdata[i])->what);
    }
    return true;
}

static bool check_uses(const VirtNewDevices *devices,
                       const HostPciSurvey *survey, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    guint i;

    g_ptr_array_extend(all, devices->guests, NULL, NULL);
    g_ptr_array_extend(all, devices->others, NULL, NULL);
    for (i = 0; i < all->len; i++) {
        if (!check_use(devices, survey, all->pdata[i], all, error) ||
            (i < devices->guests->len &&
             !check_claims(devices, all->pdata[i], error))) {
            return false;
        }
    }
    return true;
}

/* ---- groups --------------------------------------------------------------*/

static bool contains(const GPtrArray *devices, const char *bdf)
{
    guint i;

    for (i = 0; i < devices->len; i++) {
        if (!strcmp(((HostPci *)devices->pdata[i])->bdf, bdf)) {
            return true;
        }
    }
    return false;
}

static bool add_member(VirtNewDevices *devices, const HostPci *guest,
                       const HostPci *member, GError **error)
{
    HostPciMember meaning = host_pci_member(guest, member);
    HostPci *dev;

    if (contains(devices->guests, member->bdf) ||
        contains(devices->others, member->bdf)) {
        return true;
    }
    if (meaning == HOST_PCI_MEMBER_BLOCKS) {
        g_autoptr(HostPciRefusal) refusal = host_pci_member_refusal(guest,
                                                                    member);

        return refuse(error, "%s: %s", refusal->why, refusal->remedy);
    }
    if (meaning != HOST_PCI_MEMBER_TAKE ||
        host_pci_leaves(member, devices->guests)) {
        return true;
    }
    dev = host_pci_get(devices->root, member->bdf, error);
    if (dev) {
        g_ptr_array_add(devices->others, dev);
    }
    return dev;
}

static bool add_group(VirtNewDevices *devices, const HostPci *guest,
                      GError **error)
{
    g_autoptr(GPtrArray) group = host_pci_group(devices->root, guest);
    guint i;

    for (i = 0; i < group->len; i++) {
        if (!add_member(devices, guest, group->pdata[i], error)) {
            return false;
        }
    }
    return true;
}

static bool check_others(const VirtNewDevices *devices, GError **error)
{
    g_autoptr(GString) list = g_string_new(NULL);
    guint i;

    host_pci_drop_leaving(devices->others);
    for (i = 0; i < devices->others->len; i++) {
        const HostPci *dev = devices->others->pdata[i];

        g_string_append_printf(list, "%s%s (%s, driver %s)", i ? ", " : "",
                               dev->bdf, host_pci_class_name(dev),
                               dev->driver);
    }
    if (!list->len || devices->with_group) {
        return true;
    }
    return refuse(error,
                  "the same IOMMU group has %s: name the rest of the group as well for the guest, or use --with-group, with which libvirt takes it from the host while the domain runs",
                  list->str);
}

/* ---- all -----------------------------------------------------------------*/

static gint compare_bdf(gconstpointer a, gconstpointer b)
{
    const HostPci *const *x = a;
    const HostPci *const *y = b;

    return strcmp((*x)->bdf, (*y)->bdf);
}

static bool check_all(VirtNewDevices *devices, const HostPciSurvey *survey,
                      GError **error)
{
    guint i;

    for (i = 0; i < devices->guests->len; i++) {
        if (!check_device(devices, devices->guests->pdata[i], error) ||
            !add_group(devices, devices->guests->pdata[i], error)) {
            return false;
        }
    }
    return check_others(devices, error) && check_uses(devices, survey, error);
}

/* ---- USB -----------------------------------------------------------------*/

static bool check_usb(const VirtNewDevices *devices,
                      const HostPciSurvey *survey, const HostUsb *usb,
                      GError **error)
{
    g_autoptr(GPtrArray) uses = host_usb_uses(survey, usb, devices->guests);
    const HostPciUse *need = host_pci_needed(uses);
    guint i;

    if (usb->hub) {
        return refuse(error,
                      "--usb %s is a hub, which QEMU can not give to a guest: name the devices at its ports",
                      usb->name);
    }
    if (need && !devices->force) {
        return refuse(error,
                      "the host needs the USB device %s (%s): %s; %s; or use --force to give it to the guest anyway",
                      usb->name, usb->title, need->what, need->remedy);
    }
    for (i = 0; i < devices->guests->len; i++) {
        const HostPci *dev = devices->guests->pdata[i];

        if (host_usb_is_below(usb, dev)) {
            return refuse(error,
                          "--usb %s is connected to %s, which the guest gets with all that is connected to it",
                          usb->name, dev->bdf);
        }
    }
    return true;
}

/* libvirt knows a USB device by its IDs; its number changes when it is moved. */
static bool add_usb(VirtNewDevices *devices, const HostPciSurvey *survey,
                    const char *word, GError **error)
{
    g_autoptr(HostUsb) usb = host_usb_find(devices->root, word, error);
    g_autofree char *ids = usb ? g_strdup_printf("%04x:%04x", usb->vendor,
                                                 usb->product) : NULL;
    g_autoptr(HostUsb) same = usb ? host_usb_find(devices->root, ids, error)
                                  : NULL;
    VirtUsb found;

    if (!same) {
        g_prefix_error(error, "--usb: ");
        return false;
    }
    found = (VirtUsb) { usb->vendor, usb->product };
    g_array_append_val(devices->usb, found);
    return check_usb(devices, survey, usb, error);
}

/* ---- another machine -----------------------------------------------------*/

static bool add_unseen_usb(VirtNewDevices *devices, const char *word,
                           GError **error)
{
    unsigned vendor;
    unsigned product;
    VirtUsb usb;

    if (sscanf(word, "%4x:%4x", &vendor, &product) != 2) {
        return refuse(error,
                      "--usb %s: libvirt runs on another machine: name the device by its IDs, VENDOR:PRODUCT",
                      word);
    }
    usb = (VirtUsb) { vendor, product };
    g_array_append_val(devices->usb, usb);
    return true;
}

/* A device of another machine: only its address is known. */
static HostPci *unseen(const char *bdf)
{
    HostPci *dev = g_new0(HostPci, 1);

    dev->bdf = g_strdup(bdf);
    return dev;
}

static bool find_pci(VirtNewDevices *devices, const char *const *hosts,
                     GError **error)
{
    unsigned ports;

    for (; *hosts; hosts++) {
        HostPci *dev = devices->root ? host_pci_get(devices->root, *hosts,
                                                    error) : unseen(*hosts);

        if (!dev) {
            return false;
        }
        g_ptr_array_add(devices->guests, dev);
    }
    g_ptr_array_sort(devices->guests, compare_bdf);
    ports = run_port_count(devices->guests);
    return ports <= RUN_PORTS ||
           refuse(error,
                  "the devices are %u cards, and the guest's machine has root ports for %u",
                  ports, RUN_PORTS);
}

bool virt_new_devices_find(VirtNewDevices *devices, const char *const *hosts,
                           char **usb, GError **error)
{
    g_autoptr(HostPciSurvey) survey = NULL;

    if (!find_pci(devices, hosts, error)) {
        return false;
    }
    if (devices->root && (devices->guests->len || usb)) {
        survey = host_pci_survey(devices->root);
        if (!check_all(devices, survey, error)) {
            return false;
        }
    }
    for (; usb && *usb; usb++) {
        if (!(devices->root ? add_usb(devices, survey, *usb, error)
                            : add_unseen_usb(devices, *usb, error))) {
            return false;
        }
    }
    return true;
}

/* ---- names ---------------------------------------------------------------*/

/* As in run/hide.c, with libvirt's names */
static const struct {
    const char *table;
    const char *entry;
    const char *file;
} names[] = {
    { "bios", "vendor", "bios_vendor" },
    { "bios", "version", "bios_version" },
    { "bios", "date", "bios_date" },
    { "system", "manufacturer", "sys_vendor" },
    { "system", "product", "product_name" },
    { "system", "version", "product_version" },
    { "system", "family", "product_family" },
    { "baseBoard", "manufacturer", "board_vendor" },
    { "baseBoard", "product", "board_name" },
    { "baseBoard", "version", "board_version" },
    { "chassis", "manufacturer", "chassis_vendor" },
    { "chassis", "version", "chassis_version" },
};

/* Longer texts are not SMBIOS's. */
#define TEXT_MAX 64

static void smbios_free(gpointer p)
{
    VirtSmbios *smbios = p;

    g_free(smbios->text);
    g_free(smbios);
}

/* libvirt's schema takes letters, digits and the signs of ASCII. */
static char *read_text(const char *dir, const char *file)
{
    char *text = host_fs_attr(dir, file);
    char *p;

    for (p = text; p && *p; p++) {
        if (!g_ascii_isprint(*p) || p - text >= TEXT_MAX) {
            *p = '\0';
            break;
        }
    }
    return text ? g_strstrip(text) : NULL;
}

GPtrArray *virt_new_devices_smbios(const char *root)
{
    g_autofree char *dir = host_fs_path(root, "/sys/class/dmi/id");
    GPtrArray *texts = g_ptr_array_new_with_free_func(smbios_free);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *text = read_text(dir, names[i].file);

        if (text && *text) {
            VirtSmbios *smbios = g_new0(VirtSmbios, 1);

            smbios->table = names[i].table;
            smbios->entry = names[i].entry;
            smbios->text = g_steal_pointer(&text);
            g_ptr_array_add(texts, smbios);
        }
    }
    return texts;
}
