/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: claims of the host's kernel inside a device's BARs (see iomem.h)
 */
#include "tools/host/iomem.h"
#include "tools/host/fs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The kernel's tree of ranges is not deeper; each level is indented by two. */
#define LEVELS 32

static void free_claim(gpointer data)
{
    HostIomemClaim *claim = data;

    g_free(claim->bdf);
    g_free(claim->name);
    g_free(claim);
}

/*
 * The platform devices and drivers of firmware framebuffers (drivers/firmware/
 * sysfb*.c, drivers/video/fbdev, drivers/gpu/drm/sysfb)
 */
static bool is_framebuffer(const char *name)
{
    static const char *const names[] = {
        "BOOTFB", "efifb", "vesafb", "uvesafb", "simplefb", "offb", "simpledrm",
        "efidrm", "vesadrm", "ofdrm", "simple-framebuffer", "efi-framebuffer",
        "vesa-framebuffer", "vga-framebuffer",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_has_prefix(name, names[i])) {
            return true;
        }
    }
    return false;
}

/* "    2800000000-2801fa3fff : BOOTFB" */
static bool parse(const char *line, unsigned *level, HostIomemClaim *claim)
{
    unsigned indent = strspn(line, " ");
    const char *name = strstr(line, " : ");

    *level = indent / 2;
    if (!name || *level >= LEVELS ||
        sscanf(line, " %" SCNx64 "-%" SCNx64, &claim->start,
               &claim->end) != 2) {
        return false;
    }
    claim->name = g_strdup(name + 3);
    return true;
}

static unsigned get_ranges(GHashTable *ranges, const char *bdf)
{
    const unsigned *n = g_hash_table_lookup(ranges, bdf);

    return n ? *n : 0;
}

/* Count a range of a device; takes its name, and returns the key for it. */
static const char *count_range(GHashTable *ranges, char *bdf)
{
    gpointer key;
    gpointer n;

    if (g_hash_table_lookup_extended(ranges, bdf, &key, &n)) {
        g_free(bdf);
    } else {
        key = bdf;
        n = g_new0(unsigned, 1);
        g_hash_table_insert(ranges, key, n);
    }
    ++*(unsigned *)n;
    return key;
}

static bool has_memory(const HostPciRegion *region)
{
    return (region->flags & HOST_PCI_IORESOURCE_MEM) && region->start &&
           region->size;
}

GPtrArray *host_iomem(const char *root)
{
    GPtrArray *claims = g_ptr_array_new_with_free_func(free_claim);
    g_autofree char *path = host_fs_path(root, "/proc/iomem");
    g_auto(GStrv) lines = NULL;
    g_autofree char *text = NULL;
    const char *devices[LEVELS] = { NULL };
    /* How many ranges each device has; its keys are in @devices, too. */
    g_autoptr(GHashTable) ranges =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    size_t i;
    guint n;

    if (!g_file_get_contents(path, &text, NULL, NULL) &&
        !access(path, F_OK)) {
        g_ptr_array_unref(claims);
        return NULL;
    }
    lines = g_strsplit(text ? text : "", "\n", -1);
    for (i = 0; lines[i]; i++) {
        HostIomemClaim claim = { .bdf = NULL };
        const char *bdf;
        unsigned level;
        unsigned k;

        if (!parse(lines[i], &level, &claim)) {
            continue;
        }
        bdf = level ? devices[level - 1] : NULL;
        claim.framebuffer = is_framebuffer(claim.name);
        if (host_pci_is_bdf(claim.name)) {
            bdf = count_range(ranges, claim.name);
        } else if (bdf || claim.framebuffer) {
            claim.bdf = g_strdup(bdf);
            claim.nth = bdf ? get_ranges(ranges, bdf) : 0;
            g_ptr_array_add(claims, g_memdup2(&claim, sizeof(claim)));
        } else {
            g_free(claim.name);
        }
        for (k = level; k < LEVELS; k++) {
            devices[k] = bdf;
        }
    }
    for (n = 0; n < claims->len; n++) {
        HostIomemClaim *claim = claims->pdata[n];

        claim->ranges = claim->bdf ? get_ranges(ranges, claim->bdf) : 0;
    }
    return claims;
}

/* Return: the BAR at the n-th of the device's addresses, or HOST_PCI_REGIONS */
static int find_nth(const HostPci *dev, unsigned nth)
{
    unsigned below;
    unsigned i;
    unsigned k;

    for (i = 0; i < HOST_PCI_REGIONS; i++) {
        for (k = 0, below = 0; k < HOST_PCI_REGIONS; k++) {
            below += has_memory(&dev->regions[k]) &&
                     dev->regions[k].start < dev->regions[i].start;
        }
        if (has_memory(&dev->regions[i]) && below + 1 == nth) {
            return i;
        }
    }
    return HOST_PCI_REGIONS;
}

int host_iomem_bar(const HostIomemClaim *claim, const HostPci *dev)
{
    unsigned memory = 0;
    unsigned i;

    for (i = 0; i < HOST_PCI_REGIONS; i++) {
        const HostPciRegion *region = &dev->regions[i];

        if (!has_memory(region)) {
            continue;
        }
        if (claim->end && claim->start < region->start + region->size &&
            region->start <= claim->end) {
            return i;
        }
        memory++;
    }
    /* Without addresses, the kernel's tree still shows device and order. */
    if (g_strcmp0(claim->bdf, dev->bdf)) {
        return -1;
    }
    return memory == claim->ranges ? find_nth(dev, claim->nth)
                                   : HOST_PCI_REGIONS;
}

/*
 * A framebuffer stays when another driver leaves, except that vfio-pci removes
 * it for devices of class VGA. Other claims are those of the device's driver.
 */
static bool stays(const HostIomemClaim *claim, const HostPci *dev)
{
    if (host_pci_is_vfio_driver(claim->name) ||
        g_str_has_prefix(claim->name, "vfio")) {
        return false;
    }
    return host_pci_is_vfios(dev) ||
           (claim->framebuffer && dev->class_code >> 8 != HOST_PCI_CLASS_VGA);
}

char *host_iomem_hinders(const char *root, const HostPci *dev, unsigned bar)
{
    g_autoptr(GPtrArray) claims = host_iomem(root);
    g_autoptr(GString) names = g_string_new(NULL);
    guint i;

    for (i = 0; claims && i < claims->len; i++) {
        const HostIomemClaim *claim = claims->pdata[i];
        int in = host_iomem_bar(claim, dev);

        if (stays(claim, dev) &&
            (in == (int)bar ||
             /* Not known which: a framebuffer is in a prefetchable one. */
             (in == HOST_PCI_REGIONS && claim->framebuffer &&
              (dev->regions[bar].flags & HOST_PCI_IORESOURCE_PREFETCH)))) {
            g_string_append_printf(names, "%s%s", names->len ? ", " : "",
                                   claim->name);
        }
    }
    return names->len ? g_strdup(names->str) : NULL;
}
