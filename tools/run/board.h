/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the guest's machine, which goes by the host's architecture
 */
#ifndef VFIO_TRACE_RUN_BOARD_H
#define VFIO_TRACE_RUN_BOARD_H

#include <stdint.h>

#include "tools/guest/guest.h"
#include "tools/host/arch.h"

#define RUN_BOARD_SYSTEMS (GUEST_OS_WINDOWS + 1)

/**
 * struct RunBoard: a machine of QEMU
 * @arch: the guest's architecture, and the host's with KVM
 * @name: its name
 * @kvm: options of -machine after the name, with KVM
 * @tcg: likewise, without
 * @secure: likewise, for Secure Boot
 * @disks: the guest's disks, by its system
 * @displays: the guest's display adapter, by its system, in slot RUN_SLOT_VGA
 *            if it is a PCI device
 * @tpm: the TPM that QEMU has for it
 * @sata_ports: ports of its AHCI controller; 0: it has none, and CDs are USB
 *              devices
 * @seabios: QEMU's own firmware is SeaBIOS; otherwise, it has none
 * @smm: Secure Boot needs SMM
 * @isa_marker: it has I/O ports for the ISA marker
 * @hides: the guest can be given a processor that hides KVM
 * @vga: its displays are VGA adapters, of which a guest has one
 * @large_window: bytes of its window for large BARs; 0: it grows by itself
 */
typedef struct RunBoard {
    HostArchId arch;
    const char *name;
    const char *kvm;
    const char *tcg;
    const char *secure;
    const char *disks[RUN_BOARD_SYSTEMS];
    const char *displays[RUN_BOARD_SYSTEMS];
    const char *tpm;
    unsigned sata_ports;
    bool seabios;
    bool smm;
    bool isa_marker;
    bool hides;
    bool vga;
    uint64_t large_window;
} RunBoard;

/**
 * run_board() - choose the machine
 * @root: where the host's files are (see host_root())
 *
 * Return: the machine; the PC on a host whose own is not known
 */
const RunBoard *run_board(const char *root);

#endif /* VFIO_TRACE_RUN_BOARD_H */
