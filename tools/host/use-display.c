/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: displays that a PCI device drives (see use-display.h)
 *
 * The firmware's display is known by boot_vga, which only devices of class VGA
 * have, by boot_display (Linux 6.17), and by the framebuffer that the firmware
 * left in one of the BARs: the console is on it until a driver for the GPU is
 * loaded. Afterwards the console is on the framebuffer of that driver, and the
 * connectors tell where pictures are shown (use-connector.c).
 */
#include "tools/host/use-display.h"
#include "tools/host/fs.h"
#include "tools/host/iomem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLACKLIST "initcall_blacklist=sysfb_init"

static const char boot_remedy[] =
    "let the firmware use another GPU (in its setup: primary display)";

/**
 * struct Framebuffer: a member of /sys/class/graphics
 * @name: "fb0"
 * @path: its directory, without links in it
 * @label: its driver's name for it
 * @firmware: it is the firmware's
 */
typedef struct Framebuffer {
    char *name;
    char *path;
    char *label;
    bool firmware;
} Framebuffer;

/**
 * struct Seen: the host's displays
 * @claims: see iomem.h; NULL if they can't be read
 * @framebuffers: Framebuffer
 * @boot_cards: directories of DRM devices that are the boot display
 * @displays: directories of all display devices
 * @boot_vga: one of them is the boot VGA
 * @claimed: the firmware's framebuffer is in a BAR
 * @outside: an address of it is known, but no GPU has it in a BAR
 * @fbcon: the text console is on a framebuffer
 * @blacklisted: sysfb_init is on the kernel's command line
 */
typedef struct Seen {
    GPtrArray *claims;
    GPtrArray *framebuffers;
    GPtrArray *boot_cards;
    GPtrArray *displays;
    bool boot_vga;
    bool claimed;
    bool outside;
    bool fbcon;
    bool blacklisted;
} Seen;

static void free_framebuffer(gpointer data)
{
    Framebuffer *fb = data;

    g_free(fb->name);
    g_free(fb->path);
    g_free(fb->label);
    g_free(fb);
}

/* Its driver gives the name, or its platform device is the firmware's. */
static bool is_firmware(const char *path, const char *label)
{
    static const char *const labels[] = {
        "simple", "EFI VGA", "efi", "VESA VGA", "vesa", "OFfb", "ofdrm",
        "VGA16 VGA",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(labels); i++) {
        if (g_str_has_prefix(label, labels[i])) {
            return true;
        }
    }
    return strstr(path, HOST_PCI_FIRMWARE_FB) != NULL;
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    const Framebuffer *x = *(Framebuffer *const *)a;
    const Framebuffer *y = *(Framebuffer *const *)b;

    return atoi(x->name + 2) - atoi(y->name + 2);
}

static void look_at_framebuffers(Seen *seen, const char *root)
{
    g_autofree char *dir = host_fs_path(root, "/sys/class/graphics");
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        char *path = g_str_has_prefix(names[i], "fb") &&
                     g_ascii_isdigit(names[i][2]) ?
                     host_pci_class_path(root, "graphics", names[i]) : NULL;
        Framebuffer *fb;

        if (path) {
            fb = g_new0(Framebuffer, 1);
            fb->name = g_strdup(names[i]);
            fb->path = path;
            fb->label = host_fs_attr(path, "name");
            fb->firmware = is_firmware(path, fb->label ? fb->label : "");
            g_ptr_array_add(seen->framebuffers, fb);
        }
    }
    g_ptr_array_sort(seen->framebuffers, by_number);
}

/* Documentation/ABI/testing/sysfs-class-vtconsole: "(M) frame buffer device" */
static bool has_fbcon(const char *root)
{
    g_autofree char *dir = host_fs_path(root, "/sys/class/vtconsole");
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);
        g_autofree char *name = host_fs_attr(path, "name");

        if (name && strstr(name, "frame buffer") &&
            host_fs_attr_number(path, "bind", 10, 0) == 1) {
            return true;
        }
    }
    return false;
}

/* The firmware's may have no member of /sys/class/graphics. */
static void look_at_card(Seen *seen, const char *name, const char *path)
{
    Framebuffer *fb;
    guint i;

    if (strchr(name, '-') || !strstr(path, HOST_PCI_FIRMWARE_FB)) {
        return;
    }
    for (i = 0; i < seen->framebuffers->len; i++) {
        fb = seen->framebuffers->pdata[i];
        if (fb->firmware) {
            return;
        }
    }
    fb = g_new0(Framebuffer, 1);
    fb->name = g_strdup(name);
    fb->path = g_strdup(path);
    fb->label = g_strdup("simpledrm");
    fb->firmware = true;
    g_ptr_array_add(seen->framebuffers, fb);
}

/* "card0", "renderD128", "card0-eDP-1" */
static void look_at_cards(Seen *seen, const char *root)
{
    g_autofree char *dir = host_fs_path(root, "/sys/class/drm");
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *path =
            g_str_has_prefix(names[i], "card") ?
            host_pci_class_path(root, "drm", names[i]) : NULL;

        if (!path) {
            continue;
        }
        look_at_card(seen, names[i], path);
        if (host_fs_attr_number(path, "boot_display", 10, 0) == 1) {
            g_ptr_array_add(seen->boot_cards, g_steal_pointer(&path));
        }
    }
}

static void look_at_devices(Seen *seen, const char *root)
{
    g_autofree char *dir = host_fs_path(root, "/sys/bus/pci/devices");
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *link = g_build_filename(dir, names[i], NULL);
        char *path = host_fs_attr_number(link, "class", 0, 0) >> 16 ==
                     HOST_PCI_BASE_DISPLAY ? host_fs_real(link) : NULL;

        if (path) {
            seen->boot_vga |= host_fs_attr_number(path, "boot_vga", 10, 0) == 1;
            g_ptr_array_add(seen->displays, path);
        }
    }
}

/* The kernel may have moved the BAR after the firmware had told its address. */
static bool is_in_one(const HostIomemClaim *claim, const GPtrArray *devices)
{
    guint i;

    for (i = 0; i < devices->len; i++) {
        if (host_iomem_bar(claim, devices->pdata[i]) >= 0) {
            return true;
        }
    }
    return false;
}

static GPtrArray *read_displays(const Seen *seen)
{
    GPtrArray *devices = g_ptr_array_new_with_free_func(
        (GDestroyNotify)host_pci_free);
    guint i;

    for (i = 0; i < seen->displays->len; i++) {
        HostPci *dev = host_pci_at(seen->displays->pdata[i], NULL);

        if (dev) {
            g_ptr_array_add(devices, dev);
        }
    }
    return devices;
}

static void look_at_claims(Seen *seen)
{
    g_autoptr(GPtrArray) devices = read_displays(seen);
    guint i;

    for (i = 0; seen->claims && i < seen->claims->len; i++) {
        const HostIomemClaim *claim = seen->claims->pdata[i];

        if (!claim->framebuffer) {
            continue;
        }
        if (claim->bdf || (claim->end && is_in_one(claim, devices))) {
            seen->claimed = true;
        } else {
            seen->outside |= claim->end != 0;
        }
    }
}

static void *look(const HostPciPlaces *at)
{
    Seen *seen = g_new0(Seen, 1);
    g_autofree char *cmdline_path = host_fs_path(at->root, "/proc/cmdline");
    g_autofree char *cmdline = host_fs_text(cmdline_path);

    seen->claims = host_iomem(at->root);
    seen->framebuffers = g_ptr_array_new_with_free_func(free_framebuffer);
    seen->boot_cards = g_ptr_array_new_with_free_func(g_free);
    seen->displays = g_ptr_array_new_with_free_func(g_free);
    seen->fbcon = has_fbcon(at->root);
    seen->blacklisted = cmdline && strstr(cmdline, BLACKLIST);
    look_at_framebuffers(seen, at->root);
    look_at_cards(seen, at->root);
    look_at_devices(seen, at->root);
    look_at_claims(seen);
    return seen;
}

static void find_boot(HostPciUser *user, const Seen *seen)
{
    const HostPci *dev = user->dev;
    bool boot = host_fs_attr_number(dev->path, "boot_display", 10, 0) == 1;
    guint i;

    for (i = 0; i < seen->boot_cards->len; i++) {
        boot |= host_pci_owns(user, seen->boot_cards->pdata[i]);
    }
    if (dev->boot_vga) {
        host_pci_add_use(user, HOST_PCI_USE_DISPLAY, HOST_PCI_NEED_YES,
                         boot_remedy,
                         "boot VGA: the host's console is on it");
    } else if (boot) {
        host_pci_add_use(user, HOST_PCI_USE_DISPLAY, HOST_PCI_NEED_YES,
                         boot_remedy,
                         "boot display: the host's console is on it");
    } else if (host_fs_unread(dev->path, "boot_vga")) {
        host_pci_add_use(user, HOST_PCI_USE_DISPLAY, HOST_PCI_NEED_UNKNOWN,
                         "ask as root: sudo vfio-trace doctor ...",
                         "whether it is the boot VGA can't be read");
    }
}

/* How the firmware's framebuffer can be removed */
typedef enum Removal {
    REMOVAL_BLACKLIST,
    REMOVAL_IGNORED,
    REMOVAL_UNBIND,
} Removal;

static const char *const removals[] = {
    [REMOVAL_BLACKLIST] =
        "add initcall_blacklist=sysfb_init to the kernel's command line: this display then stays dark, without boot messages and console, until a driver for the GPU is loaded; or load the GPU's own driver, which removes this framebuffer; or let the firmware use another GPU",
    [REMOVAL_IGNORED] =
        "the kernel's command line has initcall_blacklist=sysfb_init already, and this kernel ignores it: load the GPU's own driver, which removes this framebuffer, before vfio-trace run takes the GPU; or let the firmware use another GPU",
    [REMOVAL_UNBIND] =
        "unbind the framebuffer's driver, and this display stays dark: echo efi-framebuffer.0 | sudo tee /sys/bus/platform/drivers/efi-framebuffer/unbind (for vesafb: vesa-framebuffer.0), or boot with video=efifb:off or video=vesafb:off; on newer kernels add initcall_blacklist=sysfb_init to the kernel's command line; or let the firmware use another GPU",
};

/*
 * A range of the platform device itself ("BOOTFB") ends only with that device,
 * which the GPU's own driver removes; the range of a driver ends with it.
 */
static const char *framebuffer_remedy(const Seen *seen, const char *names)
{
    if (strstr(names, "BOOTFB") || strstr(names, "simple") ||
        strstr(names, "drm")) {
        return removals[seen->blacklisted ? REMOVAL_IGNORED
                                          : REMOVAL_BLACKLIST];
    }
    return removals[REMOVAL_UNBIND];
}

/* In the kernel's list of ranges */
static bool find_claims(HostPciUser *user, const Seen *seen)
{
    g_autoptr(GString) names = g_string_new(NULL);
    int bar = HOST_PCI_REGIONS;
    guint i;

    for (i = 0; seen->claims && i < seen->claims->len; i++) {
        const HostIomemClaim *claim = seen->claims->pdata[i];
        int in = claim->framebuffer ? host_iomem_bar(claim, user->dev) : -1;

        if (in >= 0) {
            bar = in;
            g_string_append_printf(names, "%s%s", names->len ? ", " : "",
                                   claim->name);
        }
    }
    if (names->len) {
        g_autofree char *where = bar == HOST_PCI_REGIONS ?
            g_strdup("a BAR") : g_strdup_printf("BAR %d", bar);

        host_pci_add_use(user, HOST_PCI_USE_DISPLAY, HOST_PCI_NEED_YES,
                         framebuffer_remedy(seen, names->str),
                         "the firmware's framebuffer (%s) is in %s: the host's console is on it",
                         names->str, where);
    }
    return names->len > 0;
}

/* Since Linux 6.9, the firmware's framebuffer is in the GPU's directory. */
static bool find_platform(HostPciUser *user, const Seen *seen)
{
    guint i;

    for (i = 0; i < seen->framebuffers->len; i++) {
        const Framebuffer *fb = seen->framebuffers->pdata[i];
        const char *label = fb->label ? fb->label : "no name";

        if (fb->firmware && host_pci_owns(user, fb->path)) {
            host_pci_add_use(user, HOST_PCI_USE_DISPLAY, HOST_PCI_NEED_YES,
                             framebuffer_remedy(seen, label),
                             "the firmware's framebuffer %s (%s) is on it: the host's console is on it",
                             fb->name, label);
            return true;
        }
    }
    return false;
}

/* Is it known on which GPU the firmware's framebuffer is? */
static bool is_placed(const Seen *seen, const Framebuffer *fb)
{
    guint i;

    if (seen->boot_vga || seen->boot_cards->len || seen->claimed) {
        return true;
    }
    for (i = 0; i < seen->displays->len; i++) {
        if (g_str_has_prefix(fb->path, seen->displays->pdata[i])) {
            return true;
        }
    }
    return false;
}

/* A framebuffer that can be on any GPU that has no driver of its own */
static void find_unplaced(HostPciUser *user, const Seen *seen)
{
    guint i;

    /* vfio-pci removes it from devices of class VGA. */
    if (!host_pci_is_display(user->dev) ||
        (user->dev->driver && !host_pci_is_vfios(user->dev)) ||
        (host_pci_is_vfios(user->dev) &&
         user->dev->class_code >> 8 == HOST_PCI_CLASS_VGA)) {
        return;
    }
    for (i = 0; i < seen->framebuffers->len; i++) {
        const Framebuffer *fb = seen->framebuffers->pdata[i];
        const char *label = fb->label ? fb->label : "no name";

        if (!fb->firmware || is_placed(seen, fb)) {
            continue;
        }
        if (seen->displays->len == 1 && !seen->outside) {
            host_pci_add_use(user, HOST_PCI_USE_DISPLAY, HOST_PCI_NEED_YES,
                             framebuffer_remedy(seen, label),
                             "the firmware's framebuffer %s (%s) is on the only GPU: the host's console is on it",
                             fb->name, label);
        } else {
            host_pci_add_use(user, HOST_PCI_USE_DISPLAY, HOST_PCI_NEED_UNKNOWN,
                             geteuid() ?
                             "ask as root: sudo vfio-trace doctor ..." :
                             "see which screen shows the kernel's console",
                             "the firmware's framebuffer %s (%s) is in use; on which GPU can't be seen",
                             fb->name, label);
        }
        return;
    }
}

/* The text console is on the first framebuffer. */
static void find_console(HostPciUser *user, const Seen *seen)
{
    const Framebuffer *fb = seen->framebuffers->len ?
                            seen->framebuffers->pdata[0] : NULL;

    if (seen->fbcon && fb && !fb->firmware && host_pci_owns(user, fb->path)) {
        host_pci_add_use(user, HOST_PCI_USE_DISPLAY, HOST_PCI_NEED_YES,
                         "give the console another GPU, whose driver is loaded first (fb0)",
                         "the host's text console is on %s (%s)", fb->name,
                         fb->label ? fb->label : "no name");
    }
}

static void find(HostPciUser *user, const void *data)
{
    const Seen *seen = data;
    bool vfio = host_pci_is_vfios(user->dev);

    if (!vfio) {
        find_boot(user, seen);
    }
    if (!find_claims(user, seen) && !find_platform(user, seen)) {
        find_unplaced(user, seen);
    }
    if (!vfio) {
        find_console(user, seen);
    }
}

static void free_seen(void *data)
{
    Seen *seen = data;

    g_clear_pointer(&seen->claims, g_ptr_array_unref);
    g_ptr_array_unref(seen->framebuffers);
    g_ptr_array_unref(seen->boot_cards);
    g_ptr_array_unref(seen->displays);
    g_free(seen);
}

const HostPciSubject host_pci_displays = {
    .with_vfio = true,
    .look = look,
    .find = find,
    .free = free_seen,
};
