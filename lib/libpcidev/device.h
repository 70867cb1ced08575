/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcidev: PCI devices of the host
 *
 * Read-only: nothing here changes anything on the host. The kernel documents
 * the files in Documentation/ABI/testing/sysfs-bus-pci (enable,
 * driver_override, reset, reset_method, resource, resourceN_resize, rom,
 * boot_vga, config), Documentation/ABI/testing/sysfs-kernel-iommu_groups,
 * Documentation/PCI/sysfs-pci.rst and, for the flags of a resource,
 * include/linux/ioport.h.
 *
 * @root is a directory in front of /sys, /proc and /dev: "" for the host's own,
 * a fake tree in tests (fs.h).
 */
#ifndef LIBPCIDEV_DEVICE_H
#define LIBPCIDEV_DEVICE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libpcidev/bdf.h"

/* BARs 0 to 5, and the expansion ROM */
#define HOST_PCI_BARS 6
#define HOST_PCI_ROM 6
#define HOST_PCI_REGIONS 7

/* include/linux/ioport.h */
#define HOST_PCI_IORESOURCE_IO          0x00000100u
#define HOST_PCI_IORESOURCE_MEM         0x00000200u
#define HOST_PCI_IORESOURCE_PREFETCH    0x00002000u
#define HOST_PCI_IORESOURCE_MEM_64      0x00100000u
#define HOST_PCI_IORESOURCE_DISABLED    0x10000000u
#define HOST_PCI_IORESOURCE_UNSET       0x20000000u
#define HOST_PCI_IORESOURCE_ROM_ENABLE  0x00000001u
#define HOST_PCI_IORESOURCE_ROM_SHADOW  0x00000002u

/**
 * struct HostPciRegion: a BAR or the expansion ROM
 * @start: its address on the host; 0 if it has none
 * @size: bytes; 0 if there is no such region
 * @flags: HOST_PCI_IORESOURCE_*
 * @resizes: sizes that a resizable BAR can have: bit n for 2^n MiB; else 0
 */
typedef struct HostPciRegion {
    uint64_t start;
    uint64_t size;
    uint64_t flags;
    uint64_t resizes;
} HostPciRegion;

/* QEMU's host= takes no larger PCI domain (set_pci_host_devaddr() there). */
#define HOST_PCI_DOMAIN_MAX 0xffff

/* Class codes: base class, or base class and subclass */
#define HOST_PCI_CLASS_VGA      0x0300
#define HOST_PCI_CLASS_3D       0x0302
#define HOST_PCI_CLASS_CHIPSET_LAST 0x0603
#define HOST_PCI_CLASS_IOMMU    0x0806
#define HOST_PCI_CLASS_USB      0x0c03
#define HOST_PCI_BASE_DISPLAY   0x03
#define HOST_PCI_BASE_BRIDGE    0x06

/* The class, or the group, could not be read */
#define HOST_PCI_CLASS_UNKNOWN  0xffffff
#define HOST_PCI_GROUP_NONE     -1
#define HOST_PCI_GROUP_UNKNOWN  -2

/**
 * enum HostPciAnswer - does a device answer?
 * @HOST_PCI_ANSWER_UNKNOWN: its config space could not be read
 * @HOST_PCI_ANSWER_YES: config space has a valid header
 * @HOST_PCI_ANSWER_NO: nothing but ones or zeros was read, as of a device that
 *      has no power or is broken
 */
typedef enum HostPciAnswer {
    HOST_PCI_ANSWER_UNKNOWN,
    HOST_PCI_ANSWER_YES,
    HOST_PCI_ANSWER_NO,
} HostPciAnswer;

/**
 * struct HostPci: a device
 * @bdf: its address, "0000:01:00.0"
 * @path: its directory in sysfs, without links in it
 * @bus: the bus number of @bdf
 * @devfn: the device and function number of @bdf, as PCI packs them
 * @vendor: PCI vendor ID
 * @device: PCI device ID
 * @subsystem_vendor: subsystem vendor ID, or -1 if not known
 * @subsystem_device: subsystem ID, or -1 if not known
 * @class_code: base class, subclass and programming interface, 24 bits, as the
 *      kernel read them when it found the device; or HOST_PCI_CLASS_UNKNOWN
 * @revision: revision ID, or -1 if not known
 * @irq: the interrupt line's number on the host; 0 if it has none
 * @driver: the driver that it is bound to, or NULL
 * @driver_known: @driver could be read; otherwise it is NULL
 * @vfio_dev: its driver, of whatever name, has made a VFIO device of it (known
 *      with Linux 6.1 and later)
 * @driver_override: the only driver that may bind to it, or NULL
 * @iommu_group: the number of its IOMMU group, HOST_PCI_GROUP_NONE if it is in
 *      none that QEMU can use, or HOST_PCI_GROUP_UNKNOWN
 * @numa_node: its NUMA node, or -1
 * @enabled: the kernel's count of enable requests (the file 'enable'), or -1 if
 *      not known
 * @answer: does it answer?
 * @config_known: it answers; otherwise @header_type, @bus_master and @bars_set
 *      are not valid
 * @command: the command register: 0xffff if only ones were read
 * @bars_set: the registers of its BARs are not all 0
 * @bus_master: it may start DMA
 * @header_type: 0 for a device, 1 or 2 for a bridge; without the bit for
 *      multi-function devices
 * @power_state: its power state ("D0", "D3cold"; "unknown" if the kernel has
 *      not set one yet), or NULL if not known (before Linux 5.11)
 * @runtime_status: state of its runtime power management ("active",
 *      "suspended", "error"), or NULL if not known
 * @power_control: "auto" if the kernel may switch it off while it is idle, "on"
 *      if not, or NULL if not known
 * @boot_vga: the firmware used it as its display
 * @can_reset: the kernel can reset this function alone
 * @reset_known: @can_reset could be read
 * @reset_off: the user has switched off all reset methods
 * @reset_methods: the reset methods, best first ("flr bus"), or NULL if there
 *      are none or the kernel does not list them (before 5.15)
 * @rom_file: the file 'rom' exists: either the device has a ROM, or the
 *      firmware left a copy
 * @is_vf: it is a virtual function (SR-IOV)
 * @vfs: number of its virtual functions, or -1 if not known
 * @regions: BARs and ROM. The upper half of a 64-bit BAR is empty.
 * @regions_known: @regions could be read
 * @unread: why one of @vendor, @device, @irq and @regions could not be read and
 *      is 0; NULL if all were read. Each PCI device of a real host has them.
 */
typedef struct HostPci {
    char *bdf;
    char *path;
    uint8_t bus;
    uint8_t devfn;
    uint16_t vendor;
    uint16_t device;
    int32_t subsystem_vendor;
    int32_t subsystem_device;
    uint32_t class_code;
    int16_t revision;
    uint32_t irq;
    char *driver;
    bool driver_known;
    bool vfio_dev;
    char *driver_override;
    int iommu_group;
    int numa_node;
    int enabled;
    HostPciAnswer answer;
    bool config_known;
    uint16_t command;
    bool bars_set;
    bool bus_master;
    uint8_t header_type;
    char *power_state;
    char *runtime_status;
    char *power_control;
    bool boot_vga;
    bool can_reset;
    bool reset_known;
    bool reset_off;
    char *reset_methods;
    bool rom_file;
    bool is_vf;
    int vfs;
    HostPciRegion regions[HOST_PCI_REGIONS];
    bool regions_known;
    GError *unread;
} HostPci;

/**
 * host_pci_get() - read the state of a device
 * @root: see above
 * @bdf: its address, in any form that host_pci_parse_bdf() takes
 * @error: where to store the reason of a failure
 *
 * Return: the device's current state, or NULL
 */
HostPci *host_pci_get(const char *root, const char *bdf, GError **error);

/**
 * host_pci_at() - read the state of a device without accessing its hardware
 * @dir: its directory in sysfs, or a link to it
 * @error: HOST_PCI_ERROR_ABSENT if there is no such directory,
 *         HOST_PCI_ERROR_SYNTAX if its name is not a PCI address, as with a
 *         mediated device
 *
 * The kernel answers all this without the device, except config space: that is
 * not read. @answer is unknown, and @resizes of all regions are 0.
 *
 * Return: the device's current state, or NULL
 */
HostPci *host_pci_at(const char *dir, GError **error);

/**
 * host_pci_list() - read the state of all devices
 * @root: see above
 * @error: where to store the reason of a failure
 *
 * A host without PCI has no devices; that is not an error.
 *
 * Return: an array of HostPci, by address, to be freed with
 *         g_ptr_array_unref(); or NULL
 */
GPtrArray *host_pci_list(const char *root, GError **error);

/**
 * host_pci_group() - read the state of all devices of an IOMMU group
 * @root: see above
 * @dev: a device of the group
 *
 * A device without an IOMMU group is returned alone.
 *
 * Return: an array of HostPci as host_pci_list() returns it, with @dev in it
 *         unless that has just been unplugged
 */
GPtrArray *host_pci_group(const char *root, const HostPci *dev);

/**
 * host_pci_group_at() - as host_pci_group(), without accessing their hardware
 * @dev: a device of the group
 *
 * Return: an array of HostPci as host_pci_at() returns them; empty if the
 *         group's directory can't be read
 */
GPtrArray *host_pci_group_at(const HostPci *dev);

/**
 * host_pci_is_bridge() - does the device lead to another bus?
 * @dev: the device
 *
 * The header of config space tells, or the device's class if it does not
 * answer.  A guest does not get bridges, and they need not be unbound.
 */
bool host_pci_is_bridge(const HostPci *dev);

/**
 * host_pci_is_vfio_driver() - is this the name of a VFIO driver?
 * @driver: the name of a driver, or NULL
 *
 * Not only vfio-pci: variant drivers ("mlx5_vfio_pci") count, too.
 */
bool host_pci_is_vfio_driver(const char *driver);

/**
 * host_pci_is_vfios() - is the device bound to a VFIO driver?
 * @dev: the device
 *
 * Decided by the name of its driver, or by the VFIO device that exists for it.
 */
bool host_pci_is_vfios(const HostPci *dev);

/**
 * host_pci_free() - free a device
 * @dev: the device, or NULL
 */
void host_pci_free(HostPci *dev);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostPci, host_pci_free)

#endif /* LIBPCIDEV_DEVICE_H */
