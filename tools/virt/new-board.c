/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the machine of a new domain (see new-board.h)
 */
#include "tools/virt/new-board.h"

static const char *const pc_features[] = { "apic", NULL };
static const char *const no_features[] = { NULL };

static const VirtNewBoard boards[] = {
    {
        .arch = HOST_ARCH_X86,
        .machine = "q35",
        .features = pc_features,
        .acpi = true,
        .disks = { "sata", "virtio", "sata" },
        .cds = "sata",
        .videos = { "vga", "vga", "vga" },
        .tpm = "tpm-crb",
        .seabios = true,
        .smm = true,
        .isa_marker = true,
        .hides = true,
        .hyperv = true,
    },
    {
        .arch = HOST_ARCH_ARM,
        .machine = "virt",
        .features = no_features,
        .gic = "host",
        .gic_tcg = "3",
        /* libvirt has no NVMe disk, which 'run' gives to other systems. */
        .disks = { "usb", "virtio", "usb" },
        .cds = "usb",
        .videos = { "ramfb", "virtio", "ramfb" },
        .tpm = "tpm-tis",
    },
};

const VirtNewBoard *virt_new_board(HostArchId arch)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(boards); i++) {
        if (boards[i].arch == arch) {
            return &boards[i];
        }
    }
    return NULL;
}
