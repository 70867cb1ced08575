/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: devices and regions of a trace
 *
 * A register is (device, region, offset): addresses change from boot to boot,
 * and from format to format.  This table gives each region a number, finds the
 * region of an address or a map id, and makes up addresses where a trace has
 * none.
 */
#ifndef LIBMMIOTRACE_REGIONS_H
#define LIBMMIOTRACE_REGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/devices.h"
#include "libmmiotrace/event.h"
#include "libmmiotrace/mmiotrace.h"

/*
 * Most regions that are told apart.  A hostile trace names any number: what
 * comes after these is one region, "other".
 */
#define MMT_REGIONS_MAX 16384

typedef struct MmtRegions MmtRegions;

/**
 * mmt_regions_new() - make an empty table
 */
MmtRegions *mmt_regions_new(void);

/**
 * mmt_regions_free() - free a table
 * @regions: the table, or NULL
 */
void mmt_regions_free(MmtRegions *regions);

/**
 * mmt_regions_set_pci() - IDs for devices of which the trace gives none
 * @regions: the table
 * @vendor: vendor ID
 * @device: device ID
 */
void mmt_regions_set_pci(MmtRegions *regions, uint16_t vendor, uint16_t device);

/**
 * mmt_regions_set_bar() - place of a BAR, for a trace that does not say
 * @regions: the table
 * @number: 0 to 6
 * @base: address
 * @size: bytes
 */
void mmt_regions_set_bar(MmtRegions *regions, int number, uint64_t base,
                         uint64_t size);

/**
 * mmt_regions_find() - get a region by names, and make it if it is new
 * @regions: the table
 * @device: ID or PCI address of the device; may contain any bytes
 * @device_len: its length; 0 if there is no device
 * @number: MMT_REGION_...
 * @name: if that is MMT_REGION_OTHER, its name; any bytes
 * @name_len: its length
 *
 * A new region gets an address that no other one has.
 *
 * Return: the region's number
 */
uint32_t mmt_regions_find(MmtRegions *regions, const char *device,
                          size_t device_len, int number, const char *name,
                          size_t name_len);

/**
 * mmt_regions_set_ids() - a device's PCI IDs are known
 * @regions: the table
 * @region: one of its regions
 * @vendor: vendor ID
 * @device: device ID
 */
void mmt_regions_set_ids(MmtRegions *regions, uint32_t region, uint16_t vendor,
                         uint16_t device);

/**
 * mmt_regions_set_base() - a region's address is known
 * @regions: the table
 * @region: the region
 * @base: address of its first byte
 */
void mmt_regions_set_base(MmtRegions *regions, uint32_t region, uint64_t base);

/**
 * mmt_regions_set_size() - a region's size is known
 * @regions: the table
 * @region: the region
 * @size: bytes; a synthetic address may change with it
 */
void mmt_regions_set_size(MmtRegions *regions, uint32_t region, uint64_t size);

/**
 * mmt_regions_take_event() - take what a line of mmiotrace says of regions
 * @regions: the table
 * @ev: any line that is no access
 *
 * Return: number of the region that a MAP or UNMAP is of, or MMT_NO_REGION
 */
uint32_t mmt_regions_take_event(MmtRegions *regions, const MmtEvent *ev);

/**
 * mmt_regions_changes() - count changes of the places of regions
 * @regions: the table
 *
 * Return: a number; if it has changed, ranges that mmt_regions_locate() has
 *         returned are no longer valid
 */
uint64_t mmt_regions_changes(const MmtRegions *regions);

/**
 * mmt_regions_ids() - count changes of devices' PCI IDs
 * @regions: the table
 */
uint64_t mmt_regions_ids(const MmtRegions *regions);

/**
 * struct MmtRange: a range of addresses that belongs to one region
 * @region: number of the region
 * @base: address of the region's first byte
 * @first: first address of the range
 * @last: last address of the range
 */
typedef struct MmtRange {
    uint32_t region;
    uint64_t base;
    uint64_t first;
    uint64_t last;
} MmtRange;

/**
 * mmt_regions_locate() - find the region of an access of mmiotrace
 * @regions: the table
 * @map_id: its map id
 * @addr: its address
 *
 * Return: the region and its range, which contains @addr; valid until the next
 *         mmt_regions_take_event()
 */
MmtRange mmt_regions_locate(MmtRegions *regions, uint32_t map_id,
                             uint64_t addr);

/**
 * mmt_regions_config() - find the config space of a map id
 * @regions: the table
 * @map_id: the map id of a config mark
 *
 * Return: the region's number
 */
uint32_t mmt_regions_config(MmtRegions *regions, uint32_t map_id);

/**
 * mmt_regions_device() - get the device of a region
 * @regions: the table
 * @region: its number
 */
const MmtRegionDevice *mmt_regions_device(const MmtRegions *regions,
                                          uint32_t region);

/**
 * mmt_regions_pci() - get the PCIDEV line of a region's device
 * @regions: the table
 * @region: its number
 *
 * Return: the line, as long as the table; NULL if there was none
 */
const MmtPciDev *mmt_regions_pci(const MmtRegions *regions, uint32_t region);

/**
 * mmt_regions_count() - get the number of regions
 * @regions: the table
 */
uint32_t mmt_regions_count(const MmtRegions *regions);

/**
 * mmt_regions_get() - get a region
 * @regions: the table
 * @region: its number
 */
const MmtRegion *mmt_regions_get(const MmtRegions *regions, uint32_t region);

#endif /* LIBMMIOTRACE_REGIONS_H */
