/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace lookup: the database, and where its domains are in a device
 */
#ifndef VFIO_TRACE_LOOKUP_PLACE_H
#define VFIO_TRACE_LOOKUP_PLACE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libregdb/devices.h"
#include "libregdb/view.h"

#define LOOKUP_ERROR lookup_error_quark()

GQuark lookup_error_quark(void);

/**
 * struct LookupPlace: a domain, and where it is
 * @domain: the domain
 * @region: where the device has it, or NULL
 * @view: its registers; NULL until lookup_view()
 */
typedef struct LookupPlace {
    const RegDbDomain *domain;
    const RegDbRegionOf *region;
    RegDbView *view;
} LookupPlace;

/**
 * struct Lookup: a database that is open
 * @db: the database
 * @device: the device, or NULL
 * @variants: as for regdb_view_new()
 * @places: LookupPlace
 * @n_first: number of @places in which names are looked for first
 * @several: if not NULL, why an offset needs a domain
 */
typedef struct Lookup {
    RegDb *db;
    RegDbDevice *device;
    uint32_t *variants;
    GArray *places;
    guint n_first;
    GError *several;
} Lookup;

/**
 * lookup_open() - load the database that the options choose
 * @device: --device, or NULL
 * @messages: gets what is wrong with the database
 * @error: where to store an error
 *
 * Return: the database, to be freed with lookup_close()
 */
Lookup *lookup_open(const char *device, RegDbMessages *messages,
                    GError **error);

/**
 * lookup_view() - get the registers of a place
 * @lookup: the database
 * @place: one of its places
 */
RegDbView *lookup_view(Lookup *lookup, LookupPlace *place);

/**
 * lookup_is_address() - is it "REGION:OFFSET", "REGION+OFFSET" or "OFFSET"?
 * @lookup: the database
 * @text: the operand
 *
 * Of "X:Y", where X is neither a region nor a domain, it is said that it is one.
 */
bool lookup_is_address(const Lookup *lookup, const char *text);

/**
 * lookup_name_in() - get the name of a register in a place
 * @place: the place
 * @text: "NAME", "REGION:NAME" or "DOMAIN:NAME"
 *
 * Return: the name, a part of @text; NULL if it is in another place
 */
const char *lookup_name_in(const LookupPlace *place, const char *text);

/**
 * lookup_address() - find the domain at an address
 * @lookup: the database
 * @text: an operand for which lookup_is_address() is true
 * @offset: where to store the offset in the domain
 * @error: where to store an error
 *
 * Return: the place
 */
LookupPlace *lookup_address(Lookup *lookup, const char *text, uint64_t *offset,
                            GError **error);

/**
 * lookup_put_address() - append an address as the user would type it
 * @place: the place
 * @offset: offset in its domain
 * @text: where to append it: "bar0:0x100", or "XHCI_OP:0x4" if the place in the
 *        region is not known
 */
void lookup_put_address(const LookupPlace *place, uint64_t offset,
                        GString *text);

/**
 * lookup_close() - free the database
 * @lookup: the database, or NULL
 */
void lookup_close(Lookup *lookup);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lookup, lookup_close)

#endif /* VFIO_TRACE_LOOKUP_PLACE_H */
