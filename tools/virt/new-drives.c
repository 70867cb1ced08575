/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: disks and CDs of a new domain (see new-guest.h)
 */
#include "tools/virt/build.h"
#include "tools/virt/new-board.h"
#include "tools/virt/new-internal.h"

#include <string.h>
#include <sys/stat.h>

static bool is_virtio(const VirtNewGuest *guest)
{
    return !strcmp(guest->board->disks[guest->system], "virtio");
}

unsigned virt_new_virtio_disks(const VirtNewGuest *guest)
{
    return guest->disks && is_virtio(guest) ?
           g_strv_length((char **)guest->disks) : 0;
}

void virt_new_place(xmlNode *node, unsigned slot)
{
    if (slot <= VIRT_NEW_LAST_SLOT) {
        build_pci_address(node, 0, slot, 0, false);
    }
}

/* sda ... sdz, sdaa ...: libvirt derives a drive's port from its name. */
static char *target_name(const char *prefix, unsigned n)
{
    g_autofree char *more = n < 26 ? NULL : target_name("", n / 26 - 1);

    return g_strdup_printf("%s%s%c", prefix, more ? more : "", 'a' + n % 26);
}

static bool is_block(const char *path)
{
    struct stat st;

    return stat(path, &st) ? g_str_has_prefix(path, "/dev/") :
           S_ISBLK(st.st_mode);
}

/**
 * struct Drives: counters of drives
 * @boot: place in the boot order, from 1
 * @other: SATA or USB drives
 * @virtio: virtio disks
 */
typedef struct Drives {
    unsigned boot;
    unsigned other;
    unsigned virtio;
} Drives;

static void add_drive(const VirtNew *new, Drives *drives, const char *path,
                      const char *format, bool cd)
{
    const VirtNewBoard *board = new->guest->board;
    const char *bus = cd ? board->cds : board->disks[new->guest->system];
    bool virtio = !cd && is_virtio(new->guest);
    bool block = is_block(path);
    unsigned n = virtio ? drives->virtio++ : drives->other++;
    g_autofree char *target = target_name(virtio ? "vd" : "sd", n);
    xmlNode *disk = build_add(new->devices, "disk", "type",
                              block ? "block" : "file", "device",
                              cd ? "cdrom" : "disk", NULL);

    build_add(disk, "driver", "name", "qemu", "type", format, NULL);
    build_add(disk, "source", block ? "dev" : "file", path, NULL);
    build_add(disk, "target", "dev", target, "bus", bus, NULL);
    if (cd) {
        build_add(disk, "readonly", NULL);
    }
    build_set(build_add(disk, "boot", NULL), "order", "%u", ++drives->boot);
    if (virtio) {
        virt_new_place(disk, VIRT_NEW_FIRST_SLOT + n);
    }
}

void virt_new_drives(const VirtNew *new)
{
    const VirtNewGuest *guest = new->guest;
    Drives drives = { 0 };
    size_t i;

    for (i = 0; guest->disks && guest->disks[i]; i++) {
        add_drive(new, &drives, guest->disks[i], guest->formats[i], false);
    }
    for (i = 0; guest->isos && guest->isos[i]; i++) {
        add_drive(new, &drives, guest->isos[i], "raw", true);
    }
}
