/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: places of domains in the regions of a device
 */
#ifndef LIBREGDB_REGION_OF_H
#define LIBREGDB_REGION_OF_H

#include <stdbool.h>
#include <stdint.h>

/* Capability IDs: of extended ones, and of all that no other place has */
#define REGDB_CAPABILITY_EXTENDED 0x10000
#define REGDB_CAPABILITY_ANY 0xffff

/* Regions that the MSI-X capability places */
#define REGDB_REGION_MSIX_TABLE "msix-table"
#define REGDB_REGION_MSIX_PBA "msix-pba"

/**
 * struct RegDbRegionOf: a region of a device, and the domain that is in it
 * @region: "bar0" to "bar5", "rom", "config" or a name of the trace's;
 *          "msix-table" and "msix-pba": in the BAR that the MSI-X capability
 *          says, where it says
 * @offset: where in the region the domain begins, bytes
 * @at: a register of another domain, or "REGISTER.FIELD", whose value (after
 *      its type's shr and add) is the offset, as the trace reads it; or NULL
 * @capability: ID of the capability that the domain is at, as the trace reads
 *              the list in config space; or 0
 * @domain: name of the domain
 *
 * In the file: "bar0:E1000E", "bar0+0x2000:MSIX", "bar0+@DBOFF:XHCI_DOORBELLS",
 * "config+cap0x11:PCI_MSIX", "config+ecap0x1:PCI_AER", "config+cap*:CAPABILITY".
 * Several domains may be in one region: each reaches to the next one, or to
 * its size.
 */
typedef struct RegDbRegionOf {
    char *region;
    uint64_t offset;
    char *at;
    uint32_t capability;
    char *domain;
} RegDbRegionOf;

/**
 * regdb_region_of_parse() - parse a place for a domain
 * @place: "bar0", "bar0+0x2000", "bar0+@REGISTER", "config+cap0x11"
 * @domain: name of the domain
 * @of: where to store them, to be cleared with regdb_region_of_clear()
 *
 * Return: false if @place is not such a text, or @domain is empty
 */
bool regdb_region_of_parse(const char *place, const char *domain,
                           RegDbRegionOf *of);

/**
 * regdb_region_of_by_capability() - does a capability say where a domain is?
 * @of: the place
 */
bool regdb_region_of_by_capability(const RegDbRegionOf *of);

/**
 * regdb_region_of_text() - get the text of a place
 * @of: the place
 *
 * Return: as for regdb_region_of_parse(), to be freed with g_free()
 */
char *regdb_region_of_text(const RegDbRegionOf *of);

/**
 * regdb_region_of_clear() - free what a place has
 * @of: a RegDbRegionOf; a GArray's clear function
 */
void regdb_region_of_clear(void *of);

#endif /* LIBREGDB_REGION_OF_H */
