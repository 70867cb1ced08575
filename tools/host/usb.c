/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: USB devices of the host (see usb.h)
 *
 * /sys/bus/usb/devices has "1-4.2" for a device: bus 1, port 4 of the root hub,
 * port 2 of the hub there.  "usb1" is a root hub, "1-4.2:1.0" an interface.
 */
#include "tools/host/usb.h"

#include "tools/host/fs.h"

#include <stdio.h>
#include <string.h>

#define USB_ERROR g_quark_from_static_string("vfio-trace-usb")

#define DEVICES "/sys/bus/usb/devices"

#define CLASS_HUB 9

/* Longer than the names of a bus with all levels of hubs */
#define NAME_MAX_BYTES 32

void host_usb_free(HostUsb *usb)
{
    if (usb) {
        g_free(usb->name);
        g_free(usb->path);
        g_free(usb->node);
        g_free(usb->title);
        g_free(usb);
    }
}

/* Digits, then groups of a separator and digits; the first one is @first. */
static bool is_place(const char *text, char first)
{
    const char *p = text;
    unsigned groups = 0;

    while (g_ascii_isdigit(*p)) {
        p += strspn(p, "0123456789");
        if (!*p) {
            return groups > 0;
        }
        if (*p++ != (groups++ ? '.' : first)) {
            return false;
        }
    }
    return false;
}

bool host_usb_is_name(const char *text)
{
    return strlen(text) < NAME_MAX_BYTES && is_place(text, '-');
}

static bool is_ids(const char *text)
{
    size_t i;

    for (i = 0; i < 9; i++) {
        if (i == 4 ? text[i] != ':' : !g_ascii_isxdigit(text[i])) {
            return false;
        }
    }
    return !text[9];
}

/* Return: a number in a file of the device; 0 if it can't be read */
static unsigned read_number(const char *path, const char *attr, unsigned base)
{
    g_autofree char *text = host_fs_attr(path, attr);

    return text ? g_ascii_strtoull(text, NULL, base) : 0;
}

static char *read_title(const char *path)
{
    g_autofree char *maker = host_fs_attr(path, "manufacturer");
    g_autofree char *product = host_fs_attr(path, "product");

    return g_strconcat(maker ? maker : "", maker && product ? " " : "",
                       product ? product : "", NULL);
}

/* Return: the device of that name, or NULL if it is not there */
static HostUsb *get(const char *root, const char *name)
{
    g_autofree char *link = host_fs_path(root, DEVICES "/%s", name);
    char *path = host_fs_real(link);
    HostUsb *usb;

    if (!path) {
        return NULL;
    }
    usb = g_new0(HostUsb, 1);
    usb->name = g_strdup(name);
    usb->path = path;
    usb->node = host_fs_path(root, "/dev/bus/usb/%03u/%03u",
                             read_number(path, "busnum", 10),
                             read_number(path, "devnum", 10));
    usb->vendor = read_number(path, "idVendor", 16);
    usb->product = read_number(path, "idProduct", 16);
    usb->title = read_title(path);
    usb->hub = read_number(path, "bDeviceClass", 16) == CLASS_HUB;
    return usb;
}

static HostUsb *find_place(const char *root, const char *word, GError **error)
{
    g_autofree char *name = g_strdup(word);
    HostUsb *usb;

    name[strspn(name, "0123456789")] = '-';
    usb = get(root, name);
    if (!usb) {
        g_set_error(error, USB_ERROR, 0,
                    "no USB device is connected at %s ('lsusb -t' and 'ls /sys/bus/usb/devices' show where they are)",
                    word);
    }
    return usb;
}

static HostUsb *find_ids(const char *root, const char *word, GError **error)
{
    g_autofree char *dir = host_fs_path(root, DEVICES);
    g_auto(GStrv) names = host_fs_names(dir);
    g_autoptr(GString) places = g_string_new(NULL);
    g_autoptr(HostUsb) found = NULL;
    unsigned vendor = 0;
    unsigned product = 0;
    unsigned n = 0;
    size_t i;

    sscanf(word, "%x:%x", &vendor, &product);
    for (i = 0; names[i]; i++) {
        g_autoptr(HostUsb) usb = host_usb_is_name(names[i]) ?
                                 get(root, names[i]) : NULL;

        if (usb && usb->vendor == vendor && usb->product == product) {
            g_string_append_printf(places, "%s%s", n++ ? ", " : "", usb->name);
            host_usb_free(found);
            found = g_steal_pointer(&usb);
        }
    }
    if (n > 1) {
        g_set_error(error, USB_ERROR, 0,
                    "%u USB devices have the IDs %s: name one by its place (%s)",
                    n, word, places->str);
        return NULL;
    }
    if (!n) {
        g_set_error(error, USB_ERROR, 0,
                    "no USB device has the IDs %s ('lsusb' lists them)", word);
    }
    return g_steal_pointer(&found);
}

HostUsb *host_usb_find(const char *root, const char *word, GError **error)
{
    if (is_ids(word)) {
        return find_ids(root, word, error);
    }
    if (strlen(word) < NAME_MAX_BYTES &&
        (is_place(word, '.') || is_place(word, '-'))) {
        return find_place(root, word, error);
    }
    g_set_error(error, USB_ERROR, 0,
                "%s is neither BUS.PORT, as 1.4 or 1.4.2, nor VENDOR:PRODUCT, as 046d:c077",
                word);
    return NULL;
}

/*
 * A use is found by the directory in sysfs, so a USB device's can be in a PCI
 * device's place.
 */
GPtrArray *host_usb_uses(const HostPciSurvey *survey, const HostUsb *usb,
                         const GPtrArray *with)
{
    HostPci as_pci = {
        .bdf = usb->name,
        .path = usb->path,
        .driver_known = true,
        .iommu_group = HOST_PCI_GROUP_NONE,
    };

    return host_pci_survey_uses(survey, &as_pci, with);
}

bool host_usb_is_below(const HostUsb *usb, const HostPci *dev)
{
    size_t len = strlen(dev->path);

    return !strncmp(usb->path, dev->path, len) && usb->path[len] == '/';
}
