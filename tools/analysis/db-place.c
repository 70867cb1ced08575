/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-trace: domains in the regions of a device (see db-place.h) */
#include "tools/analysis/db-place.h"

#include <string.h>

/* Domains that a message lists */
#define LISTED_MAX 20

char *analysis_place_domains(const RegDb *db)
{
    g_autoptr(GString) text = g_string_new(NULL);
    uint32_t i;

    for (i = 0; i < db->n_domains && i < LISTED_MAX; i++) {
        g_string_append_printf(text, "%s%s", i ? ", " : "",
                               db->domains[i]->name);
    }
    if (i < db->n_domains) {
        g_string_append(text, ", ...");
    }
    return g_strdup(text->str);
}

static void place_free(gpointer p)
{
    AnalysisPlace *place = p;

    regdb_view_free(place->view);
    g_free(place->region);
    g_free(place->at);
    g_free(place);
}

GPtrArray *analysis_places_new(void)
{
    return g_ptr_array_new_with_free_func(place_free);
}

AnalysisPlace *analysis_place_add(GPtrArray *places, const char *region,
                                  uint64_t offset, const RegDb *db,
                                  const RegDbDomain *domain)
{
    AnalysisPlace *place = g_new0(AnalysisPlace, 1);

    place->region = g_strdup(region);
    place->offset = offset;
    place->known = true;
    place->db = db;
    place->domain = domain;
    g_ptr_array_add(places, place);
    return place;
}

static void place_want(GPtrArray *places, const char *region, uint64_t offset,
                       const RegDb *db, const char *name)
{
    const RegDbDomain *domain = db ? regdb_domain(db, name) : NULL;
    AnalysisPlace *place;
    unsigned i;

    for (i = 0; i < places->len; i++) {
        place = places->pdata[i];
        if (place->known && place->offset == offset &&
            !g_ascii_strcasecmp(place->region, region) &&
            (!place->capability || place->wanted || place->domain == domain)) {
            place->wanted = true;
            return;
        }
    }
    if (domain) {
        place = analysis_place_add(places, region, offset, db, domain);
        place->capability = true;
        place->wanted = true;
    }
}

static bool place_capability(GPtrArray *places,
                             const AnalysisPlaceSource *source, uint32_t id,
                             uint32_t offset)
{
    unsigned i;

    for (i = 0; i < source->regions->len; i++) {
        const RegDbRegionOf *of = &g_array_index(source->regions,
                                                 RegDbRegionOf, i);

        if (of->capability == id) {
            place_want(places, of->region, offset, source->db, of->domain);
            return true;
        }
    }
    return false;
}

static void place_list(GPtrArray *places, const PciCaps *caps,
                       const AnalysisPlaceSource *sources, unsigned n_sources)
{
    unsigned n;
    const PciCap *cap = pci_caps_get(caps, &n);
    unsigned i, k, any;

    for (i = 0; i < n; i++) {
        bool done = false;

        for (any = 0; any < 2; any++) {
            uint32_t id = any ? cap[i].id | REGDB_CAPABILITY_ANY : cap[i].id;

            for (k = 0; k < n_sources && !done; k++) {
                done = place_capability(places, &sources[k], id,
                                        cap[i].offset);
            }
        }
    }
}

static void place_msix(GPtrArray *places, const AnalysisPlaceSource *source,
                       const char *name, PciCapsPlace where)
{
    g_autofree char *region = g_strdup_printf("bar%u", where.bar);
    unsigned i;

    for (i = 0; i < source->regions->len && where.known; i++) {
        const RegDbRegionOf *of = &g_array_index(source->regions,
                                                 RegDbRegionOf, i);

        if (of->region && !strcmp(of->region, name)) {
            place_want(places, region, where.offset, source->db, of->domain);
        }
    }
}

static void place_remove_unwanted(GPtrArray *places)
{
    unsigned i = 0;

    while (i < places->len) {
        const AnalysisPlace *place = places->pdata[i];

        if (place->capability && !place->wanted) {
            g_ptr_array_remove_index(places, i);
        } else {
            i++;
        }
    }
}

void analysis_place_capabilities(GPtrArray *places, const PciCaps *caps,
                                 const AnalysisPlaceSource *sources,
                                 unsigned n)
{
    unsigned i;

    for (i = 0; i < places->len; i++) {
        ((AnalysisPlace *)places->pdata[i])->wanted = false;
    }
    place_list(places, caps, sources, n);
    for (i = 0; i < n; i++) {
        place_msix(places, &sources[i], REGDB_REGION_MSIX_TABLE,
                   pci_caps_msix_table(caps));
        place_msix(places, &sources[i], REGDB_REGION_MSIX_PBA,
                   pci_caps_msix_pba(caps));
    }
    place_remove_unwanted(places);
}
