/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a new libvirt domain with the guest of 'vfio-trace run'
 *
 *     create.c       the verb
 *     new-plan.c     from the guest's settings to the structure below
 *     new-host.c     this host's devices
 *     new-files.c    this host's files
 *     new-caps.c     capabilities of QEMU and libvirt
 *     new-board.c    the machine, by the architecture of libvirt's host
 *     new-names.c    names that can be in XML
 *     new-xml.c      the domain's XML, and what of it is in no other file
 *     new-drives.c   disks and CDs
 *     new-cards.c    root ports, and the host's PCI devices behind them
 *     new-options.c  properties of these devices
 *     new-ports.c    ports of virtio-serial, for markers
 *     new-screen.c   display, input devices, USB
 *     new-dropped.c  what libvirt has made of the XML
 *
 * The devices in the XML are not traced yet: virt_xml_enable() does that, as
 * for any other domain.
 */
#ifndef VFIO_TRACE_VIRT_NEW_GUEST_H
#define VFIO_TRACE_VIRT_NEW_GUEST_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum VirtSystem {
    VIRT_SYSTEM_OTHER,
    VIRT_SYSTEM_LINUX,
    VIRT_SYSTEM_WINDOWS,
} VirtSystem;

/**
 * struct VirtUsb: a USB device of the host
 * @vendor: its vendor
 * @product: its product
 */
typedef struct VirtUsb {
    uint16_t vendor;
    uint16_t product;
} VirtUsb;

typedef struct VirtNewBoard VirtNewBoard;

/* Types of VirtProperty that are no types of an override */
#define VIRT_PROPERTY_ROM_FILE "rom-file"
#define VIRT_PROPERTY_ROM_BAR "rom-bar"

/**
 * struct VirtProperty: a property of a PCI device
 * @host: the device's address on the host
 * @name: QEMU's name of it
 * @type: libvirt's name of its type, or one of VIRT_PROPERTY_*
 * @value: its value, as libvirt has it
 */
typedef struct VirtProperty {
    char *host;
    const char *name;
    const char *type;
    char *value;
} VirtProperty;

/**
 * struct VirtShare: a directory that the guest shares with the host
 * @dir: the directory
 * @tag: its name in the guest
 */
typedef struct VirtShare {
    char *dir;
    char *tag;
} VirtShare;

/**
 * struct VirtSmbios: a text in the guest's SMBIOS tables
 * @table: libvirt's name of the table
 * @entry: libvirt's name of the text
 * @text: the text
 */
typedef struct VirtSmbios {
    const char *table;
    const char *entry;
    char *text;
} VirtSmbios;

/**
 * struct VirtNewGuest: the guest of a new domain
 * @name: the domain's name
 * @uuid: its UUID
 * @os_id: libosinfo's name of the guest's system, a URL, or NULL
 * @board: its machine
 * @system: the guest's system
 * @emulator: path of QEMU
 * @tcg: no KVM
 * @memory: bytes
 * @cpus: number of CPUs
 * @disks: paths of disks, terminated by NULL; or NULL
 * @formats: their formats, in the same order
 * @isos: paths of CDs, terminated by NULL; or NULL
 * @kernel: a Linux kernel to start, or NULL
 * @initrd: its initramfs, or NULL
 * @append: its command line, or NULL
 * @efi: OVMF is its firmware
 * @secure_boot: with Secure Boot
 * @loader: OVMF's code; NULL: libvirt chooses.  Without @efi, an image of
 *          another firmware, or NULL for SeaBIOS
 * @vars: template of OVMF's variables, or NULL
 * @nvram: file with OVMF's variables, or NULL for a file of libvirt's
 * @hyperv: names of Hyper-V's features, as libvirt has them, terminated by
 *          NULL; or NULL
 * @hide: hide the hypervisor; without @hyperv
 * @smbios: SMBIOS names for that, VirtSmbios; or NULL
 * @tpm: it has a TPM 2.0
 * @graphics: "vnc", "spice", or NULL for none
 * @net_user: it has a network of QEMU's own
 * @network: it has this network of libvirt's; or NULL
 * @nic: model of its network card, as libvirt has it
 * @usb: VirtUsb: USB devices
 * @shares: VirtShare: shared directories
 * @virtiofs: they are shared by virtiofsd, not by 9p
 * @guests: HostPci: its PCI devices, sorted by address; only the address counts
 * @others: HostPci: devices that libvirt takes from the host as well, since
 *          they are in the same IOMMU group
 * @properties: VirtProperty: properties of @guests, or NULL
 * @qemu_args: further arguments of QEMU, terminated by NULL; or NULL
 */
typedef struct VirtNewGuest {
    const char *name;
    const char *uuid;
    const char *os_id;
    const VirtNewBoard *board;
    VirtSystem system;
    const char *emulator;
    bool tcg;
    uint64_t memory;
    unsigned cpus;
    const char *const *disks;
    const char *const *formats;
    const char *const *isos;
    const char *kernel;
    const char *initrd;
    const char *append;
    bool efi;
    bool secure_boot;
    const char *loader;
    const char *vars;
    const char *nvram;
    const char *const *hyperv;
    bool hide;
    const GPtrArray *smbios;
    bool tpm;
    const char *graphics;
    bool net_user;
    const char *network;
    const char *nic;
    const GArray *usb;
    const GPtrArray *shares;
    bool virtiofs;
    const GPtrArray *guests;
    const GPtrArray *others;
    const GPtrArray *properties;
    const char *const *qemu_args;
} VirtNewGuest;

#endif /* VFIO_TRACE_VIRT_NEW_GUEST_H */
