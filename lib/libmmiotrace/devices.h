/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: devices of a trace
 *
 * A PCIDEV line does not identify a device: it has no PCI domain, an emulated
 * device behind a bridge has bus 0 as long as the guest has not numbered its
 * buses, and equal devices have equal IDs.  Our logs follow it by a mark with
 * the device's ID in QEMU and its PCI address with the domain.  That ID may be
 * given to another device once the first one is unplugged.
 */
#ifndef LIBMMIOTRACE_DEVICES_H
#define LIBMMIOTRACE_DEVICES_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/event.h"

/*
 * Most devices that are told apart.  A hostile trace names any number: what
 * comes after these is one device, "other".
 */
#define MMT_DEVICES_MAX 1024

/* Buffer size for mmt_devices_unescape() */
#define MMT_DEVICES_NAME_BUF 512

/**
 * struct MmtRegionDevice: a device of a trace
 * @id: its name, which no other device of the trace has
 * @name: what the trace calls it: its ID in QEMU, its PCI address or its name;
 *        several devices may have the same, for example one that was unplugged
 *        and another one that got its ID
 * @host: its PCI address on the host with the domain, "" or "none" if not known
 * @address: bus, device and function of its PCIDEV line, "" if there is none
 * @title: what lspci calls it (LSPCI lines of the kernel's old logs), or ""
 * @vendor: PCI vendor ID, or 0
 * @device: PCI device ID, or 0
 */
typedef struct MmtRegionDevice {
    const char *id;
    const char *name;
    const char *host;
    const char *address;
    const char *title;
    uint16_t vendor;
    uint16_t device;
} MmtRegionDevice;

/**
 * struct MmtDevice: a device
 * @pub: what others see of it
 * @index: its number in the table
 * @has_mark: a device mark has named it
 * @has_pci: @pci is its PCIDEV line
 * @present: it has a PCIDEV line, and is not unplugged
 * @void_entry: it proved to be another device of the table
 * @listing: in which list of PCIDEV lines it stood last
 * @pci: the line
 */
typedef struct MmtDevice {
    MmtRegionDevice pub;
    unsigned index;
    bool has_mark;
    bool has_pci;
    bool present;
    bool void_entry;
    unsigned listing;
    MmtPciDev pci;
} MmtDevice;

typedef struct MmtDevices MmtDevices;

/**
 * typedef MmtDevicesChanged - called when something of a device has changed
 * @device: the device, which may be new
 * @opaque: of mmt_devices_new()
 */
typedef void MmtDevicesChanged(MmtDevice *device, void *opaque);

/**
 * mmt_devices_new() - make an empty table
 * @changed: called for each change
 * @opaque: its argument
 */
MmtDevices *mmt_devices_new(MmtDevicesChanged *changed, void *opaque);

/**
 * mmt_devices_free() - free a table
 * @devices: the table
 */
void mmt_devices_free(MmtDevices *devices);

/**
 * mmt_devices_set_ids() - IDs for devices of which the trace gives none
 * @devices: the table
 * @vendor: vendor ID
 * @device: device ID
 */
void mmt_devices_set_ids(MmtDevices *devices, uint16_t vendor, uint16_t device);

/**
 * mmt_devices_find() - get the device that a line names, made if it is new
 * @devices: the table
 * @name: what the line calls it; any bytes
 * @len: its length; 0 for a trace that names none
 *
 * Return: the device that has got that name last; "other" if there are too
 *         many
 */
MmtDevice *mmt_devices_find(MmtDevices *devices, const char *name, size_t len);

/**
 * mmt_devices_take_event() - take what a line of mmiotrace says of devices
 * @devices: the table
 * @ev: any event
 */
void mmt_devices_take_event(MmtDevices *devices, const MmtEvent *ev);

/**
 * mmt_devices_known_ids() - the IDs of a device are known from elsewhere
 * @devices: the table
 * @device: the device
 * @vendor: vendor ID
 * @id: device ID
 */
void mmt_devices_known_ids(MmtDevices *devices, MmtDevice *device,
                           uint16_t vendor, uint16_t id);

/**
 * mmt_devices_count() - get the number of devices
 * @devices: the table
 */
unsigned mmt_devices_count(const MmtDevices *devices);

/**
 * mmt_devices_at() - get a device
 * @devices: the table
 * @index: its number
 */
MmtDevice *mmt_devices_at(const MmtDevices *devices, unsigned index);

/**
 * mmt_devices_sole() - get the only device
 * @devices: the table
 *
 * Return: the device, or NULL if there are none or several
 */
MmtDevice *mmt_devices_sole(const MmtDevices *devices);

/**
 * mmt_devices_latest() - get the devices that can be accessed by address
 * @devices: the table
 * @i: which of them, from 0 up: the one whose PCIDEV line came last is first,
 *     since its addresses may have been another device's before
 *
 * Return: the device, or NULL if there are no more
 */
MmtDevice *mmt_devices_latest(const MmtDevices *devices, unsigned i);

/**
 * mmt_devices_fit() - is this the device that a user names?
 * @device: the device
 * @text: its ID or name, its PCI address, or VENDOR:DEVICE
 *
 * The ID of a device may be the name or the address of others, too: with "#1"
 * behind it, it is no other one's.
 *
 * A PCI address without a domain is one of any domain.  The domain of a device
 * of which only a PCIDEV line is known counts as 0.
 */
bool mmt_devices_fit(const MmtRegionDevice *device, const char *text);

/**
 * mmt_devices_put_choice() - append a text that fits this device alone
 * @device: the device
 * @of: MmtRegionDevice, the devices from which to choose
 * @to: where to append it
 */
void mmt_devices_put_choice(const MmtRegionDevice *device, const GPtrArray *of,
                            GString *to);

/**
 * mmt_devices_unescape() - take a name out of a mark of a converted log
 * @word: the word, in which blanks are escaped (docs/log-format.md)
 * @buf: MMT_DEVICES_NAME_BUF bytes
 *
 * Return: the name, in @buf
 */
MmtSpan mmt_devices_unescape(MmtSpan word, char *buf);

/**
 * mmt_devices_unescape_id() - the same of a device's ID, where "-" is none
 * @word: the word
 * @buf: MMT_DEVICES_NAME_BUF bytes
 */
MmtSpan mmt_devices_unescape_id(MmtSpan word, char *buf);

/**
 * mmt_devices_clean_name() - make a name printable, and limit its length
 * @p: any bytes
 * @len: their number
 *
 * Return: the name, to be freed
 */
char *mmt_devices_clean_name(const char *p, size_t len);

#endif /* LIBMMIOTRACE_DEVICES_H */
