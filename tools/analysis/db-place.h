/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: domains in the regions of a device, for db-device.c
 */
#ifndef VFIO_TRACE_ANALYSIS_DB_PLACE_H
#define VFIO_TRACE_ANALYSIS_DB_PLACE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libregdb/region-of.h"
#include "libregdb/view.h"
#include "tools/analysis/pci-caps.h"

/**
 * struct AnalysisPlace: a domain in a region of the device
 * @region: name of the region
 * @db: the domain's database: the device's, or one for all devices
 * @at: register that has the offset, or NULL
 * @domain: the domain
 * @view: its registers; NULL before the first use
 * @known: @offset is known
 * @offset: where in the region the domain begins
 * @found: the offset was found, for analysis_db_device_apply()
 * @found_offset: the offset
 * @at_region: name of the region that @at is in, or NULL if it is not found
 * @at_offset: where in that region the register is
 * @at_bits: width of the register
 * @at_low: lowest bit of it that counts
 * @at_high: highest bit of it that counts
 * @at_shr: the bits' value is to be shifted left by so much
 * @at_add: and is less by this
 * @capability: it is where a capability says
 * @wanted: for analysis_place_capabilities()
 */
typedef struct AnalysisPlace {
    char *region;
    const RegDb *db;
    char *at;
    const RegDbDomain *domain;
    RegDbView *view;
    bool known;
    uint64_t offset;
    bool found;
    uint64_t found_offset;
    const char *at_region;
    uint64_t at_offset;
    unsigned at_bits;
    unsigned at_low;
    unsigned at_high;
    unsigned at_shr;
    uint64_t at_add;
    bool capability;
    bool wanted;
} AnalysisPlace;

/**
 * struct AnalysisPlaceSource: what a .regdb file places
 * @db: the database, or NULL
 * @regions: RegDbRegionOf
 */
typedef struct AnalysisPlaceSource {
    const RegDb *db;
    const GArray *regions;
} AnalysisPlaceSource;

/**
 * analysis_place_domains() - list a database's domains, for messages
 * @db: the database
 *
 * Return: "A, B, ...", to be freed with g_free()
 */
char *analysis_place_domains(const RegDb *db);

/**
 * analysis_places_new() - begin with no places
 *
 * Return: AnalysisPlace, to be freed with g_ptr_array_unref()
 */
GPtrArray *analysis_places_new(void);

/**
 * analysis_place_add() - place a domain
 * @places: the places
 * @region: name of the region
 * @offset: where in the region
 * @db: the domain's database
 * @domain: the domain
 *
 * Return: the place
 */
AnalysisPlace *analysis_place_add(GPtrArray *places, const char *region,
                                  uint64_t offset, const RegDb *db,
                                  const RegDbDomain *domain);

/**
 * analysis_place_capabilities() - place the domains of capabilities
 * @places: the places; those of before that are right stay, with their views
 * @caps: the device's capabilities
 * @sources: where the domains are from; the first one counts more
 * @n: number of @sources
 *
 * A domain that something else has placed at the same offset counts more.
 */
void analysis_place_capabilities(GPtrArray *places, const PciCaps *caps,
                                 const AnalysisPlaceSource *sources,
                                 unsigned n);

#endif /* VFIO_TRACE_ANALYSIS_DB_PLACE_H */
