/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the machine of a new domain, in libvirt's words
 *
 * It is that of 'vfio-trace run' for the architecture of libvirt's host.
 */
#ifndef VFIO_TRACE_VIRT_NEW_BOARD_H
#define VFIO_TRACE_VIRT_NEW_BOARD_H

#include "tools/host/arch.h"
#include "tools/virt/new-guest.h"

#define VIRT_SYSTEMS (VIRT_SYSTEM_WINDOWS + 1)

/**
 * struct VirtNewBoard: a machine
 * @arch: its architecture
 * @machine: its type
 * @features: elements of <features>; ACPI only with UEFI firmware
 * @acpi: it has ACPI with any firmware
 * @gic: its interrupt controller's version, with KVM; or NULL
 * @gic_tcg: likewise without KVM
 * @disks: bus of the disks, by the guest's system
 * @cds: bus of CDs
 * @videos: the display adapter, by the guest's system
 * @tpm: model of a TPM
 * @seabios: without other firmware it starts SeaBIOS
 * @smm: Secure Boot needs SMM
 * @isa_marker: it has I/O ports for the ISA marker
 * @hides: a guest can be given a processor that hides KVM
 * @hyperv: KVM has features of Hyper-V for it
 */
struct VirtNewBoard {
    HostArchId arch;
    const char *machine;
    const char *const *features;
    bool acpi;
    const char *gic;
    const char *gic_tcg;
    const char *disks[VIRT_SYSTEMS];
    const char *cds;
    const char *videos[VIRT_SYSTEMS];
    const char *tpm;
    bool seabios;
    bool smm;
    bool isa_marker;
    bool hides;
    bool hyperv;
};

/**
 * virt_new_board() - find an architecture's machine
 * @arch: the architecture
 *
 * Return: the machine, or NULL if 'create' knows none
 */
const VirtNewBoard *virt_new_board(HostArchId arch);

#endif /* VFIO_TRACE_VIRT_NEW_BOARD_H */
