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

#define HOST_PCI_ERROR host_pci_error_quark()

/**
 * host_pci_error_quark() - error domain of HostPciError
 */
GQuark host_pci_error_quark(void);

typedef enum HostPciError {
    HOST_PCI_ERROR_SYNTAX,  /* not a PCI address */
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

/* Class codes: base class, or base class and subclass */
#define HOST_PCI_CLASS_VGA      0x0300
#define HOST_PCI_CLASS_3D       0x0302
#define HOST_PCI_CLASS_OTHER_BRIDGE 0x0680
#define HOST_PCI_CLASS_IOMMU    0x0806
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
 * @vfio_dev: its driver, of whatever name, has made a VFIO device of it (known
 *      with Linux 6.1 and later)
 * @driver_override: the only driver that may bind to it, or NULL
 * @iommu_group: the number of its IOMMU group, or -1 if it is in none
 * @numa_node: its NUMA node, or -1
 * @enabled: the kernel's count of enable requests (the file 'enable')
 * @command: the command register
 * @config_known: config space could be read; otherwise @command, @header_type
 *      and @bus_master are not valid
 * @bus_master: it may start DMA
 * @header_type: 0 for a device, 1 for a bridge; without the bit for
 *      multi-function devices
 * @boot_vga: the firmware used it as its display
 * @can_reset: the kernel can reset this function alone
 * @reset_methods: the reset methods, best first ("flr bus"), or NULL if there
 *      are none or the kernel does not list them (before 5.15)
 * @rom_file: the file 'rom' exists: either the device has a ROM, or the
 *      firmware left a copy
 * @is_vf: it is a virtual function (SR-IOV)
 * @regions: BARs and ROM. The upper half of a 64-bit BAR is empty.
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
 * @error: error if @text is not a PCI address
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
 * not read. @config_known is false, and @resizes of all regions are 0.
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
 * A guest does not get bridges, and they need not be unbound.
 */
bool host_pci_is_bridge(const HostPci *dev);

/**
 * host_pci_hinders_group() - does the device prevent passthrough of its group?
 * @dev: a device of the group
 *
 * VFIO requires that each device of a group is bound to a VFIO driver, to a
 * driver that never starts DMA by itself, or to none (driver_managed_dma in the
 * kernel's drivers; Documentation/driver-api/vfio.rst).
 */
bool host_pci_hinders_group(const HostPci *dev);

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
