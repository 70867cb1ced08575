/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace lookup: the database, and where its domains are (see place.h)
 */
#include "tools/lookup/place.h"

#include <inttypes.h>
#include <string.h>

#include "libregdb/loader.h"
#include "tools/analysis/db-choose.h"
#include "tools/analysis/db-options.h"

G_DEFINE_QUARK(lookup_error, lookup_error)

static bool parse_id(const char *text, uint16_t *id)
{
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 16, 0, UINT16_MAX, &number, NULL)) {
        return false;
    }
    *id = number;
    return true;
}

static bool find_device(Lookup *lookup, const char *text,
                        RegDbMessages *messages, GError **error)
{
    g_auto(GStrv) ids = g_strsplit(text, ":", 3);
    uint16_t vendor;
    uint16_t device;

    if (g_strv_length(ids) != 2 || !parse_id(ids[0], &vendor) ||
        !parse_id(ids[1], &device)) {
        g_set_error(error, LOOKUP_ERROR, 0,
                    "--device '%s': VENDOR:DEVICE expected: 8086:10d3, for example",
                    text);
        return false;
    }
    lookup->device = regdb_device_find(vendor, device, 0, messages);
    if (!lookup->device) {
        g_set_error(error, LOOKUP_ERROR, 0,
                    "there is no database for %04x:%04x; 'vfio-trace regdb list' lists those that are installed",
                    vendor, device);
        return false;
    }
    return true;
}

static char *choose_file(const Lookup *lookup, const char *db, GError **error)
{
    const RegDbDevice *device = lookup->device;

    if (db) {
        return db_choose_file(db, error);
    }
    if (device->file) {
        return g_strdup(device->file);
    }
    g_set_error(error, LOOKUP_ERROR, 0,
                "the database '%s' for %s is not installed%s%s",
                device->file_name, device->match,
                device->source ? ": get it from " : "", device->source ?: "");
    return NULL;
}

static bool choose_variants(Lookup *lookup, char **texts, GError **error)
{
    g_autofree char *message = NULL;
    uint32_t i;

    lookup->variants = g_new(uint32_t, lookup->db->n_varsets + 1);
    for (i = 0; i < lookup->db->n_varsets; i++) {
        lookup->variants[i] = REGDB_ANY_VARIANT;
    }
    for (i = 0; texts && texts[i]; i++) {
        if (analysis_db_take_variant(lookup->db, texts[i], lookup->variants,
                                     &message) < 0) {
            g_set_error_literal(error, LOOKUP_ERROR, 0, message);
            return false;
        }
    }
    return true;
}

static bool load(Lookup *lookup, RegDbMessages *messages, GError **error)
{
    const AnalysisDbOptions *options = analysis_db_options();
    g_autofree char *file = choose_file(lookup, options->db, error);
    char **variants = options->variants;

    if (!file) {
        return false;
    }
    lookup->db = regdb_load(file, NULL, messages);
    if (!lookup->db) {
        g_set_error(error, LOOKUP_ERROR, 0, "'%s' can't be used", file);
        return false;
    }
    if (!variants && lookup->device && !options->db) {
        variants = lookup->device->variants;
    }
    return choose_variants(lookup, variants, error);
}

static void add_place(Lookup *lookup, const RegDbDomain *domain,
                      const RegDbRegionOf *region)
{
    LookupPlace place = { .domain = domain, .region = region };

    g_array_append_val(lookup->places, place);
}

static bool has_place(const Lookup *lookup, const RegDbDomain *domain)
{
    guint i;

    for (i = 0; i < lookup->places->len; i++) {
        if (g_array_index(lookup->places, LookupPlace, i).domain == domain) {
            return true;
        }
    }
    return false;
}

/* @only: this domain only, or NULL */
static void add_regions(Lookup *lookup, const RegDbDomain *only)
{
    const GArray *regions = lookup->device ? lookup->device->regions : NULL;
    guint i;

    for (i = 0; regions && i < regions->len; i++) {
        const RegDbRegionOf *region = &g_array_index(regions, RegDbRegionOf, i);
        const RegDbDomain *domain = regdb_domain(lookup->db, region->domain);

        if (domain && (!only || domain == only) &&
            !regdb_region_of_by_capability(region)) {
            add_place(lookup, domain, region);
        }
    }
}

/* --domain [REGION=]NAME */
static bool add_given(Lookup *lookup, const RegDbRegionOf *given,
                      GError **error)
{
    const RegDbDomain *domain = db_choose_domain(lookup->db, given->domain,
                                                 error);

    if (!domain) {
        return false;
    }
    if (given->region) {
        add_place(lookup, domain, given);
        return true;
    }
    add_regions(lookup, domain);
    if (!has_place(lookup, domain)) {
        add_place(lookup, domain, NULL);
    }
    return true;
}

/* The device's domains or the main one, then all others */
static void add_all(Lookup *lookup)
{
    const RegDbDomain *domain;
    uint32_t i;

    add_regions(lookup, NULL);
    if (!lookup->places->len) {
        domain = db_choose_domain(lookup->db, NULL, &lookup->several);
        if (domain) {
            add_place(lookup, domain, NULL);
        }
    }
    lookup->n_first = lookup->places->len;
    for (i = 0; i < lookup->db->n_domains; i++) {
        if (!has_place(lookup, lookup->db->domains[i])) {
            add_place(lookup, lookup->db->domains[i], NULL);
        }
    }
}

static bool add_places(Lookup *lookup, GError **error)
{
    const GArray *domains = analysis_db_options()->domains;
    guint i;

    for (i = 0; domains && i < domains->len; i++) {
        if (!add_given(lookup, &g_array_index(domains, RegDbRegionOf, i),
                       error)) {
            return false;
        }
    }
    if (!domains) {
        add_all(lookup);
    }
    if (!lookup->n_first) {
        lookup->n_first = lookup->places->len;
    }
    return true;
}

Lookup *lookup_open(const char *device, RegDbMessages *messages,
                    GError **error)
{
    g_autoptr(Lookup) lookup = g_new0(Lookup, 1);
    const AnalysisDbOptions *options = analysis_db_options();

    lookup->places = g_array_new(FALSE, FALSE, sizeof(LookupPlace));
    if (options->no_db || (!options->db && !device)) {
        g_set_error_literal(error, LOOKUP_ERROR, 0,
                            "which database? Use --device VENDOR:DEVICE or --db DB");
        return NULL;
    }
    if ((device && !find_device(lookup, device, messages, error)) ||
        !load(lookup, messages, error) || !add_places(lookup, error)) {
        return NULL;
    }
    return g_steal_pointer(&lookup);
}

RegDbView *lookup_view(Lookup *lookup, LookupPlace *place)
{
    if (!place->view) {
        place->view = regdb_view_new(lookup->db, place->domain,
                                     lookup->variants);
    }
    return place->view;
}

/* Return: what is behind "REGION:", or all if there is no region */
static const char *split(const char *text)
{
    const char *at = strrchr(text, ':') ?: strrchr(text, '+');

    return at ? at + 1 : text;
}

static bool is_region(const LookupPlace *place, const char *name)
{
    const char *region = place->region->region;

    return !g_ascii_strcasecmp(region, name) ||
           (g_str_has_prefix(region, "bar") && !strcmp(region + 3, name));
}

const char *lookup_name_in(const LookupPlace *place, const char *text)
{
    const char *colon = strchr(text, ':');
    g_autofree char *where = colon ? g_strndup(text, colon - text) : NULL;

    if (!colon) {
        return text;
    }
    return (place->region && is_region(place, where)) ||
           !g_ascii_strcasecmp(place->domain->name, where) ? colon + 1 : NULL;
}

static bool is_somewhere(const Lookup *lookup, const char *text)
{
    guint i;

    for (i = 0; i < lookup->places->len; i++) {
        if (lookup_name_in(&g_array_index(lookup->places, LookupPlace, i),
                           text)) {
            return true;
        }
    }
    return false;
}

bool lookup_is_address(const Lookup *lookup, const char *text)
{
    uint64_t number;

    /* a name may have a plus, and a colon only behind a region */
    return regdb_number(split(text), &number) ||
           (strchr(text, ':') && !is_somewhere(lookup, text));
}

static uint64_t domain_bytes(const RegDbDomain *domain)
{
    uint64_t unit = domain->unit / 8;

    return domain->size && domain->size < UINT64_MAX / unit ?
           domain->size * unit : UINT64_MAX;
}

/* The last domain that begins in the region before the offset */
static LookupPlace *find_region(const Lookup *lookup, const char *name,
                                uint64_t offset, bool *exists)
{
    LookupPlace *best = NULL;
    guint i;

    for (i = 0; i < lookup->places->len; i++) {
        LookupPlace *place = &g_array_index(lookup->places, LookupPlace, i);

        if (!place->region || !is_region(place, name)) {
            continue;
        }
        *exists = true;
        if (!place->region->at && place->region->offset <= offset &&
            (!best || place->region->offset > best->region->offset)) {
            best = place;
        }
    }
    return best && offset - best->region->offset < domain_bytes(best->domain) ?
           best : NULL;
}

static LookupPlace *find_domain(const Lookup *lookup, const char *name)
{
    guint i;

    for (i = 0; i < lookup->places->len; i++) {
        LookupPlace *place = &g_array_index(lookup->places, LookupPlace, i);

        if (!g_ascii_strcasecmp(place->domain->name, name)) {
            return place;
        }
    }
    return NULL;
}

/* Without a device, regions are what the user says they are. */
static bool is_region_name(const char *name)
{
    static const char *const names[] = {
        "0", "1", "2", "3", "4", "5", "bar0", "bar1", "bar2", "bar3", "bar4",
        "bar5", "rom", "config", NULL
    };
    g_autofree char *small = g_ascii_strdown(name, -1);

    return g_strv_contains(names, small);
}

static LookupPlace *first_place(const Lookup *lookup, GError **error)
{
    if (lookup->several) {
        g_propagate_error(error, g_error_copy(lookup->several));
        return NULL;
    }
    if (!lookup->places->len) {
        g_set_error(error, LOOKUP_ERROR, 0, "'%s' has no domain",
                    lookup->db->path);
        return NULL;
    }
    return &g_array_index(lookup->places, LookupPlace, 0);
}

static void list_places(const Lookup *lookup, GString *list)
{
    guint n = MIN(lookup->places->len, DB_CHOOSE_NAMES_MAX);
    guint i;

    for (i = 0; i < n; i++) {
        const LookupPlace *place = &g_array_index(lookup->places, LookupPlace,
                                                  i);

        g_string_append_printf(list, "%s%s", i ? ", " : "",
                               place->domain->name);
        if (place->region) {
            g_string_append_printf(list, " (%s)", place->region->region);
        }
    }
    g_string_append(list, n < lookup->places->len ? ", ..." : "");
}

static LookupPlace *find_place(const Lookup *lookup, const char *name,
                               uint64_t *offset, GError **error)
{
    g_autoptr(GString) list = NULL;
    bool exists = false;
    LookupPlace *place = find_region(lookup, name, *offset, &exists);

    if (place) {
        *offset -= place->region->offset;
        return place;
    }
    place = exists ? NULL : find_domain(lookup, name);
    if (place) {
        return place;
    }
    if (!exists && !lookup->device && is_region_name(name)) {
        return first_place(lookup, error);
    }
    list = g_string_new(NULL);
    list_places(lookup, list);
    if (exists) {
        g_set_error(error, LOOKUP_ERROR, 0,
                    "no domain is known at 0x%" PRIx64 " of %s; DOMAIN:OFFSET works: %s",
                    *offset, name, list->str);
    } else {
        g_set_error(error, LOOKUP_ERROR, 0,
                    "there is no region or domain '%s'; there are: %s", name,
                    list->str);
    }
    return NULL;
}

LookupPlace *lookup_address(Lookup *lookup, const char *text, uint64_t *offset,
                            GError **error)
{
    const char *number = split(text);
    g_autofree char *name = number > text ?
                            g_strndup(text, number - text - 1) : NULL;
    LookupPlace *place;

    if (!regdb_number(number, offset)) {
        g_set_error(error, LOOKUP_ERROR, 0,
                    "'%s': REGION:OFFSET or REGION:NAME expected: bar0:0x100, for example",
                    text);
        return NULL;
    }
    if (name) {
        return find_place(lookup, name, offset, error);
    }
    place = first_place(lookup, error);
    if (place && place->region && !place->region->at) {
        /* without a name, it is an offset in the first region */
        return find_place(lookup, place->region->region, offset, error);
    }
    return place;
}

void lookup_put_address(const LookupPlace *place, uint64_t offset,
                        GString *text)
{
    if (place->region && !place->region->at) {
        g_string_append_printf(text, "%s:0x%" PRIx64, place->region->region,
                               place->region->offset + offset);
    } else {
        g_string_append_printf(text, "%s:0x%" PRIx64, place->domain->name,
                               offset);
    }
}

void lookup_close(Lookup *lookup)
{
    guint i;

    if (!lookup) {
        return;
    }
    for (i = 0; i < lookup->places->len; i++) {
        regdb_view_free(g_array_index(lookup->places, LookupPlace, i).view);
    }
    g_array_unref(lookup->places);
    g_clear_error(&lookup->several);
    g_free(lookup->variants);
    regdb_free(lookup->db);
    regdb_device_free(lookup->device);
    g_free(lookup);
}
