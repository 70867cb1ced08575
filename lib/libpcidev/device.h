/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcidev: PCI devices of the host
 *
 * Facts only: nothing here changes anything on the host. Where they come from,
 * in the kernel's own words: Documentation/ABI/testing/sysfs-bus-pci (enable,
 * driver_override, reset, reset_method, resource, resourceN_resize, rom,
 * boot_vga, config), Documentation/ABI/testing/sysfs-kernel-iommu_groups,
 * Documentation/PCI/sysfs-pci.rst and, for the flags of a resource,
 * include/linux/ioport.h.
 *
 * @root is a directory in front of /sys, /proc and /dev: "" for the host's own,
 * a made-up tree in tests (fs.h).
 */
#ifndef LIBPCIDEV_DEVICE_H
#define LIBPCIDEV_DEVICE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HOST_PCI_ERROR host_pci_error_quark()

/**
 * host_pci_error_quark() - the domain of the errors below
 */
GQuark host_pci_error_quark(void);

typedef enum HostPciError {
    HOST_PCI_ERROR_SYNTAX,  /* no PCI address */
    HOST_PCI_ERROR_ABSENT,  /* no such device */
    HOST_PCI_ERROR_SYSFS,   /* sysfs can't be read, or has an unknown form */
} HostPciError;

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

/* What the Linux kernel calls the class: base class, subclass, interface */
#define HOST_PCI_CLASS_VGA      0x0300
#define HOST_PCI_CLASS_3D       0x0302
#define HOST_PCI_BASE_DISPLAY   0x03
#define HOST_PCI_BASE_BRIDGE    0x06

/**
 * struct HostPci: a device
 * @bdf: its address, "0000:01:00.0"
 * @path: its directory in sysfs, without links in it
 * @bus: the bus number of @bdf
 * @devfn: the device and function number of @bdf, as PCI packs them
 * @vendor: PCI vendor ID
 * @device: PCI device ID
 * @subsystem_vendor: subsystem vendor ID
 * @subsystem_device: subsystem ID
 * @class_code: base class, subclass and programming interface, 24 bits
 * @revision: revision ID
 * @irq: the interrupt line's number on the host; 0 if it has none
 * @driver: the driver that it is bound to, or NULL
 * @vfio_dev: its driver, whatever that is called, has made a VFIO device of it
 *      (Linux 6.1 and later tell)
 * @driver_override: the only driver that may bind to it, or NULL
 * @iommu_group: the number of its IOMMU group, or -1 if it is in none
 * @numa_node: or -1
 * @enabled: the kernel's count of who has enabled it (the file 'enable')
 * @command: the command register
 * @config_known: whether config space could be read: @command, @header_type
 *      and @bus_master mean nothing otherwise
 * @bus_master: it may start DMA
 * @header_type: 0 for a device, 1 for a bridge; without the bit for
 *      multi-function devices
 * @boot_vga: the firmware's messages were on it
 * @can_reset: the kernel knows a way to reset this function alone
 * @reset_methods: which, best first ("flr bus"), or NULL if the kernel does
 *      not tell (before 5.15) or there is none
 * @rom_file: there is a file 'rom': either the device has a ROM, or the
 *      firmware left a copy
 * @is_vf: it is a virtual function (SR-IOV)
 * @regions: BARs and ROM. The upper half of a 64-bit BAR is empty.
 * @unread: why one of @vendor, @device, @irq and @regions could not be read,
 *      or NULL: it is 0 then. Each PCI device of a real host has them.
 */
typedef struct HostPci {
    char *bdf;
    char *path;
    uint8_t bus;
    uint8_t devfn;
    uint16_t vendor;
    uint16_t device;
    uint16_t subsystem_vendor;
    uint16_t subsystem_device;
    uint32_t class_code;
    uint8_t revision;
    uint32_t irq;
    char *driver;
    bool vfio_dev;
    char *driver_override;
    int iommu_group;
    int numa_node;
    int enabled;
    uint16_t command;
    bool config_known;
    bool bus_master;
    uint8_t header_type;
    bool boot_vga;
    bool can_reset;
    char *reset_methods;
    bool rom_file;
    bool is_vf;
    HostPciRegion regions[HOST_PCI_REGIONS];
    GError *unread;
} HostPci;

/**
 * host_pci_parse_bdf() - normalise the address of a PCI device
 * @text: "01:00.0", "0000:01:00.0"; upper or lower case
 * @error: where to store why it is none
 *
 * Return: the address as sysfs names it, to be freed; or NULL
 */
char *host_pci_parse_bdf(const char *text, GError **error);

/**
 * host_pci_is_bdf() - is it the address of a PCI device, as sysfs names it?
 * @text: any text
 */
bool host_pci_is_bdf(const char *text);

/**
 * host_pci_get() - look at a device
 * @root: see above
 * @bdf: its address, in any form that host_pci_parse_bdf() takes
 * @error: where to store why not
 *
 * Return: the device as it is now, or NULL
 */
HostPci *host_pci_get(const char *root, const char *bdf, GError **error);

/**
 * host_pci_at() - look at a device without accessing its hardware
 * @dir: its directory in sysfs, or a link to it
 * @error: where to store why not: HOST_PCI_ERROR_ABSENT if there is no such
 *         directory, HOST_PCI_ERROR_SYNTAX if its name is no PCI address, as
 *         with a mediated device
 *
 * The kernel knows all of this by itself, but for config space: that is not
 * read, and @config_known is false.
 *
 * Return: the device as it is now, or NULL
 */
HostPci *host_pci_at(const char *dir, GError **error);

/**
 * host_pci_list() - look at all devices
 * @root: see above
 * @error: where to store why not
 *
 * A host without PCI has none, which is no error.
 *
 * Return: an array of HostPci, by address, to be freed with
 *         g_ptr_array_unref(); or NULL
 */
GPtrArray *host_pci_list(const char *root, GError **error);

/**
 * host_pci_group() - look at all devices of an IOMMU group
 * @root: see above
 * @dev: one of them
 *
 * A device that is in no group is alone.
 *
 * Return: an array of HostPci as host_pci_list()'s, @dev among them, unless
 *         it has just been unplugged
 */
GPtrArray *host_pci_group(const char *root, const HostPci *dev);

/**
 * host_pci_group_at() - the same, without accessing their hardware
 * @dev: one of them
 *
 * Return: an array of HostPci as host_pci_at()'s; empty if the group's
 *         directory can't be read
 */
GPtrArray *host_pci_group_at(const HostPci *dev);

/**
 * host_pci_is_bridge() - does it lead to another bus?
 * @dev: the device
 *
 * A guest is not given bridges, and they need not be unbound.
 */
bool host_pci_is_bridge(const HostPci *dev);

/**
 * host_pci_hinders_group() - does it keep its group from guests?
 * @dev: a device of the group
 *
 * VFIO wants each device of a group to be bound to a VFIO driver, or to one
 * that never starts DMA by itself, or to none (driver_managed_dma in the
 * kernel's drivers; Documentation/driver-api/vfio.rst).
 */
bool host_pci_hinders_group(const HostPci *dev);

/**
 * host_pci_is_vfio_driver() - is that a driver which makes a device VFIO's?
 * @driver: the name of a driver, or NULL
 *
 * Not only vfio-pci: a variant driver ("mlx5_vfio_pci") is as good.
 */
bool host_pci_is_vfio_driver(const char *driver);

/**
 * host_pci_is_vfios() - is the device bound to a VFIO driver?
 * @dev: the device
 *
 * By the name of its driver, or because there is a VFIO device of it.
 */
bool host_pci_is_vfios(const HostPci *dev);

/**
 * host_pci_free() - forget a device
 * @dev: the device, or NULL
 */
void host_pci_free(HostPci *dev);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostPci, host_pci_free)

#endif /* LIBPCIDEV_DEVICE_H */
