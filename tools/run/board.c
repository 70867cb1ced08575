/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the guest's machine (see board.h)
 *
 * Sources: QEMU's hw/i386/pc_q35.c and hw/arm/virt.c, and their documentation.
 */
#include "tools/run/board.h"

static const RunBoard boards[] = {
    {
        .arch = HOST_ARCH_X86,
        .name = "q35",
        .kvm = "",
        .tcg = "",
        .secure = ",smm=on",
        /* Any system has a driver for AHCI, but not each has one for virtio. */
        .disks = { "ide-hd", "virtio-blk-pci", "ide-hd" },
        .displays = { "VGA", "VGA", "VGA" },
        .tpm = "tpm-crb",
        .sata_ports = 6,
        .seabios = true,
        .smm = true,
        .isa_marker = true,
        .hides = true,
        .vga = true,
    },
    {
        .arch = HOST_ARCH_ARM,
        .name = "virt",
        /* "host" needs KVM, and is a GICv3 where the host has one. */
        .kvm = ",gic-version=host",
        .tcg = ",gic-version=max",
        .secure = "",
        .disks = { "nvme", "virtio-blk-pci", "nvme" },
        /* Each firmware and system has a driver for a ramfb: it needs none. */
        .displays = { "ramfb", "virtio-gpu-pci", "ramfb" },
        .tpm = "tpm-tis-device",
        .large_window = 512ull << 30,
    },
};

const RunBoard *run_board(const char *root)
{
    HostArchId arch = host_arch(root)->id;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(boards); i++) {
        if (boards[i].arch == arch) {
            return &boards[i];
        }
    }
    return &boards[0];
}
