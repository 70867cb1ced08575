/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the register database of one device (see db-device.h)
 */
#include "tools/analysis/db-device.h"
#include "tools/analysis/chip-nvidia.h"
#include "tools/analysis/db-options.h"

#include <stdlib.h>
#include <string.h>

/* IDs that no device has: entries for all devices match them */
#define NO_VENDOR 0xffff

AnalysisDbDevice *analysis_db_device_new(AnalysisDbFiles *files,
                                         const MmtRegionDevice *trace)
{
    AnalysisDbDevice *device = g_new0(AnalysisDbDevice, 1);

    device->files = files;
    device->trace = trace;
    device->places = analysis_places_new();
    return device;
}

/* Forget the database; it is chosen or loaded again. */
static void forget(AnalysisDbDevice *device)
{
    g_ptr_array_set_size(device->places, 0);
    g_clear_pointer(&device->variants, g_free);
    g_clear_pointer(&device->given, g_free);
    device->db = NULL;
    device->loaded = false;
    device->only = NULL;
    device->only_region = NULL;
    device->other_region = NULL;
    device->ambiguous = false;
    device->described = NULL;
}

/* Another device has taken the place of this one. */
static void forget_contents(AnalysisDbDevice *device)
{
    device->class_code = 0;
    device->class_whole = false;
    device->found = (AnalysisChip) { 0 };
    device->chip = (AnalysisChip) { 0 };
    device->chip_known = false;
    g_clear_pointer(&device->caps, g_free);
    forget(device);
}

void analysis_db_device_free(AnalysisDbDevice *device)
{
    if (device) {
        forget(device);
        g_ptr_array_unref(device->places);
        g_free(device->caps);
        g_free(device);
    }
}

char *analysis_db_device_name(const AnalysisDbDevice *device)
{
    const char *id = device->trace->id;
    g_autofree char *ids = device->vendor || device->device ?
        g_strdup_printf("%04x:%04x", device->vendor, device->device) : NULL;

    if (!*id) {
        return g_strdup(ids ? ids : "the device");
    }
    if (ids && *device->trace->title) {
        return g_strdup_printf("%s (%s, %s)", id, ids, device->trace->title);
    }
    /* traces of some formats have nothing but the IDs to tell devices apart */
    return ids && strcmp(id, ids) ? g_strdup_printf("%s (%s)", id, ids)
                                  : g_strdup(id);
}

static bool same_file(const char *a, const char *b)
{
    char *x = realpath(a, NULL);
    char *y = realpath(b, NULL);
    bool same = x && y && !strcmp(x, y);

    free(x);
    free(y);
    return same;
}

/* An entry that says where the domains of --db's database are */
static const RegDbDevice *choose_given(AnalysisDbDevice *device,
                                       const char *path)
{
    const RegDbDevice *entry = NULL;

    if (device->vendor || device->device) {
        entry = analysis_db_files_find(device->files, device->vendor,
                                       device->device, device->class_code);
    }
    if (entry && entry->file && same_file(entry->file, path)) {
        return entry;
    }
    return analysis_db_files_entry(device->files, path);
}

bool analysis_db_device_choose(AnalysisDbDevice *device)
{
    const AnalysisDbOptions *options = analysis_db_options();
    const RegDbDevice *before = device->entry;
    bool other;

    if (device->chosen && device->vendor == device->trace->vendor &&
        device->device == device->trace->device &&
        device->chosen_class == device->class_code) {
        return false;
    }
    other = device->chosen && (device->vendor || device->device) &&
            (device->vendor != device->trace->vendor ||
             device->device != device->trace->device);
    if (other) {
        forget_contents(device);
    }
    device->chosen = true;
    device->described = NULL;
    device->chosen_class = device->class_code;
    device->vendor = device->trace->vendor;
    device->device = device->trace->device;
    if (options->no_db) {
        return false;
    }
    if (options->db) {
        device->entry = choose_given(device, options->db);
    } else if (device->vendor || device->device || device->class_code) {
        device->entry = analysis_db_files_find(device->files, device->vendor,
                                               device->device,
                                               device->class_code);
    }
    if (device->entry == before && !other) {
        return false;
    }
    device->detect = device->entry ? device->entry->detect : NULL;
    forget(device);
    return true;
}

static void add_place(AnalysisDbDevice *device, const char *region,
                      uint64_t offset, const char *at,
                      const RegDbDomain *domain)
{
    AnalysisPlace *place = analysis_place_add(device->places, region, offset,
                                              device->db, domain);

    place->at = g_strdup(at);
    place->known = !at;
}

/* What a .regdb file or an option says */
static void add_given(AnalysisDbDevice *device, const RegDbRegionOf *of,
                      const char *who)
{
    const RegDbDomain *domain = regdb_domain(device->db, of->domain);
    g_autofree char *known = NULL;

    if (domain && regdb_region_of_by_capability(of)) {
        /* add_capabilities() does it */
        return;
    }
    if (domain && of->region) {
        add_place(device, of->region, of->offset, of->at, domain);
    } else if (domain) {
        device->only = domain;
    } else {
        device->faulty = true;
        known = analysis_place_domains(device->db);
        tool_error(analysis_db_files_verb(device->files),
                   "%s: there is no domain '%s' in %s: it has %s", who,
                   of->domain, device->db->path, known);
    }
}

/* AMD's registers are MMIO with umr and Mesa; Southern Islands are older. */
static const char *amd_region(const RegDb *db)
{
    static const char *const old[] = {
        "tahiti.asic", "pitcairn.asic", "verde.asic", "oland.asic",
        "hainan.asic", "gfx6.json"
    };
    g_autofree char *name = g_path_get_basename(db->path);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(old); i++) {
        if (!strcmp(old[i], name)) {
            return "bar2";
        }
    }
    return "bar5";
}

static bool is_region_name(const char *name)
{
    static const char *const names[] = {
        "bar0", "bar1", "bar2", "bar3", "bar4", "bar5", "rom", "config",
        "vga-memory", "vga-3b0", "vga-3c0", "mem"
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!g_ascii_strcasecmp(names[i], name)) {
            return true;
        }
    }
    return false;
}

/*
 * "PCI_8086_10D3_bar0", as 'profile --as rnndb' calls domains, and
 * "DEVICE_0000_01_00_0_bar0", of a trace without IDs
 */
static const char *find_region(const AnalysisDbDevice *device,
                               const char *domain)
{
    g_autofree char *ids = g_strdup_printf("PCI_%04X_%04X_", device->vendor,
                                           device->device);
    bool known = device->vendor || device->device;
    const char *name = strrchr(domain, '_');

    if (is_region_name(domain)) {
        return domain;
    }
    return name && is_region_name(name + 1) &&
           (g_str_has_prefix(domain, ids) ||
            (!known && (g_str_has_prefix(domain, "PCI_") ||
                        g_str_has_prefix(domain, "DEVICE_")))) ? name + 1 : NULL;
}

/* No .regdb file and no option says where the domains are: their names do. */
static void add_by_name(AnalysisDbDevice *device)
{
    const RegDb *db = device->db;
    uint32_t i;

    for (i = 0; i < db->n_domains; i++) {
        const RegDbDomain *domain = db->domains[i];
        const char *name = find_region(device, domain->name);

        if (name) {
            g_autofree char *region = g_ascii_strdown(name, -1);

            add_place(device, region, 0, NULL, domain);
        } else if (!strcmp(domain->name, "NV_MMIO")) {
            add_place(device, "bar0", 0, NULL, domain);
            device->detect = "nvidia";
        } else if (!strcmp(domain->name, "MMIO") &&
                   (!strcmp(db->format, "umr") ||
                    !strcmp(db->format, "mesa"))) {
            add_place(device, amd_region(db), 0, NULL, domain);
        }
    }
    if (!device->places->len && db->n_domains == 1) {
        device->only = db->domains[0];
    }
}

static void add_places(AnalysisDbDevice *device)
{
    const AnalysisDbOptions *options = analysis_db_options();
    const RegDbDevice *entry = device->entry;
    unsigned i;

    if (options->domains) {
        for (i = 0; i < options->domains->len; i++) {
            add_given(device, &g_array_index(options->domains, RegDbRegionOf,
                                             i), "--domain");
        }
    } else if (entry && entry->regions->len) {
        for (i = 0; i < entry->regions->len; i++) {
            add_given(device, &g_array_index(entry->regions, RegDbRegionOf, i),
                      entry->manifest);
        }
    } else {
        add_by_name(device);
    }
}

static void take_variant(AnalysisDbDevice *device, const char *text,
                         bool by_user)
{
    g_autofree char *message = NULL;
    int set = analysis_db_take_variant(device->db, text, device->variants,
                                       &message);

    if (set >= 0) {
        device->given[set] |= by_user;
        return;
    }
    device->faulty = true;
    tool_error(analysis_db_files_verb(device->files), "%s: %s",
               by_user ? "--variant" : device->entry->manifest, message);
}

/* The variant of the chip that was found, unless the user has said which */
static void take_chip(AnalysisDbDevice *device)
{
    const RegDbVarset *set = regdb_varset(device->db, ANALYSIS_CHIP_SET);
    g_autofree char *text = device->chip.name ?
        g_strdup_printf(ANALYSIS_CHIP_SET "=%s", device->chip.name) :
        g_strdup_printf(ANALYSIS_CHIP_SET "=0x%x", device->chip.number);
    g_autofree char *message = NULL;

    device->chip_known = false;
    if (device->chip.number && set && !device->given[set->number]) {
        device->chip_known = analysis_db_take_variant(device->db, text,
                                                      device->variants,
                                                      &message) >= 0;
    }
}

static void take_variants(AnalysisDbDevice *device)
{
    const AnalysisDbOptions *options = analysis_db_options();
    unsigned i;

    device->variants = g_new(uint32_t, device->db->n_varsets + 1);
    device->given = g_new0(bool, device->db->n_varsets + 1);
    for (i = 0; i < device->db->n_varsets; i++) {
        device->variants[i] = REGDB_ANY_VARIANT;
    }
    for (i = 0; device->entry && device->entry->variants[i]; i++) {
        take_variant(device, device->entry->variants[i], false);
    }
    for (i = 0; options->variants && options->variants[i]; i++) {
        take_variant(device, options->variants[i], true);
    }
    take_chip(device);
}

static bool has_place(const AnalysisDbDevice *device, const RegDbRegionOf *of)
{
    unsigned i;

    for (i = 0; i < device->places->len; i++) {
        const AnalysisPlace *place = device->places->pdata[i];

        if (!strcmp(place->region, of->region) && place->known &&
            place->offset == of->offset) {
            return true;
        }
    }
    return false;
}

/*
 * Config space is alike in all devices: what is for all devices names it if the
 * device's database, or the one that --db names, does not.
 */
static void add_config(AnalysisDbDevice *device)
{
    const RegDbDevice *entry = analysis_db_files_find(device->files, NO_VENDOR,
                                                      NO_VENDOR, 0);
    const RegDb *db;
    unsigned i;

    db = entry && entry->file && strcmp(entry->file, device->db->path) ?
         analysis_db_files_load(device->files, entry->file) : NULL;
    for (i = 0; db && i < entry->regions->len; i++) {
        const RegDbRegionOf *of = &g_array_index(entry->regions, RegDbRegionOf,
                                                 i);
        const RegDbDomain *domain = regdb_domain(db, of->domain);

        if (domain && !of->at && !regdb_region_of_by_capability(of) &&
            !strcmp(of->region, "config") && !has_place(device, of)) {
            analysis_place_add(device->places, of->region, of->offset, db,
                               domain);
        }
    }
}

/* Capabilities are alike in all devices, too, wherever they are. */
static void add_capabilities(AnalysisDbDevice *device)
{
    const RegDbDevice *common = analysis_db_files_find(device->files, NO_VENDOR,
                                                       NO_VENDOR, 0);
    AnalysisPlaceSource sources[2];
    unsigned n = 0;

    if (device->entry) {
        sources[n++] = (AnalysisPlaceSource) { device->db,
                                               device->entry->regions };
    }
    if (common && common->file) {
        sources[n++] = (AnalysisPlaceSource) {
            analysis_db_files_load(device->files, common->file),
            common->regions
        };
    }
    analysis_place_capabilities(device->places, device->caps, sources, n);
}

static void find_at(AnalysisDbDevice *device);

bool analysis_db_device_load(AnalysisDbDevice *device)
{
    const char *path = analysis_db_options()->db;

    if (device->loaded) {
        return device->db;
    }
    device->loaded = true;
    device->described = NULL;
    if (!path && device->entry) {
        path = device->entry->file;
    }
    if (!path || analysis_db_options()->no_db) {
        return false;
    }
    device->db = analysis_db_files_load(device->files, path);
    if (device->db) {
        take_variants(device);
        add_places(device);
        add_config(device);
        if (device->caps) {
            add_capabilities(device);
        }
        find_at(device);
    }
    return device->db;
}

RegDbView *analysis_db_device_view(AnalysisDbDevice *device,
                                   AnalysisPlace *place)
{
    unsigned i;

    for (i = 0; i < device->places->len && !place->view; i++) {
        const AnalysisPlace *other = device->places->pdata[i];

        if (other == place) {
            place->view = regdb_view_new(place->db, place->domain,
                                         place->db == device->db ?
                                         device->variants : NULL);
        }
    }
    return place->view;
}

/* BARs, and regions of what is not PCI */
static bool is_memory(const MmtRegion *region)
{
    return region->number < MMT_REGION_ROM;
}

bool analysis_db_device_access(AnalysisDbDevice *device,
                               const MmtRegion *region)
{
    if (!device->only || device->other_region || !is_memory(region) ||
        device->only_region == region) {
        return false;
    }
    if (device->only_region) {
        device->other_region = region;
        return true;
    }
    device->only_region = region;
    device->described = NULL;
    add_place(device, region->name, 0, NULL, device->only);
    return true;
}

/* The only domain could be in either of two BARs. */
static void take_other_region(AnalysisDbDevice *device)
{
    g_autofree char *name = analysis_db_device_name(device);
    g_autofree char *domains = analysis_place_domains(device->db);
    const MmtRegion *one = device->only_region;
    const MmtRegion *other = device->other_region;
    unsigned i;

    device->ambiguous = true;
    device->described = NULL;
    for (i = device->places->len; i-- > 0;) {
        const AnalysisPlace *place = device->places->pdata[i];

        if (place->domain == device->only &&
            !strcmp(place->region, device->only_region->name)) {
            g_ptr_array_remove_index(device->places, i);
        }
    }
    tool_error(analysis_db_files_verb(device->files),
               "%s and %s of %s are accessed: say which of them has which domain of %s (%s), with --domain %s=%s, for example",
               one->name, other->name, name, device->db->path, domains,
               one->number < other->number ? one->name : other->name,
               device->only->name);
}

/* The chip decides what exists: views of before are of no use. */
static void renew_views(AnalysisDbDevice *device)
{
    unsigned i;

    for (i = 0; i < device->places->len; i++) {
        AnalysisPlace *place = device->places->pdata[i];

        g_clear_pointer(&place->view, regdb_view_free);
    }
}

const RegDbRegister *analysis_db_device_register(AnalysisDbDevice *device,
                                                 const MmtRegion *region,
                                                 uint64_t offset)
{
    AnalysisPlace *best = NULL;
    unsigned i;

    if (!analysis_db_device_load(device)) {
        return NULL;
    }
    if (analysis_db_device_access(device, region)) {
        analysis_db_device_apply(device);
    }
    for (i = 0; i < device->places->len; i++) {
        AnalysisPlace *place = device->places->pdata[i];

        if (place->known && place->offset <= offset &&
            !g_ascii_strcasecmp(place->region, region->name) &&
            (!best || place->offset > best->offset)) {
            best = place;
        }
    }
    return best ? regdb_view_find(analysis_db_device_view(device, best),
                                  offset - best->offset, REGDB_READ_WRITE)
                : NULL;
}

/**
 * struct At: a register that has an offset is looked for
 * @place: the domain that is there
 * @in: place of the domain that is searched
 * @field: name of the field, or NULL
 * @found: it was found
 */
typedef struct At {
    AnalysisPlace *place;
    const AnalysisPlace *in;
    const char *field;
    bool found;
} At;

static const RegDbField *find_field(const RegDbType *type, const char *name)
{
    uint32_t i;

    while (type && type->kind == REGDB_NAMED) {
        type = type->base;
    }
    for (i = 0; type && type->kind == REGDB_BITSET && i < type->n_fields;
         i++) {
        if (!g_ascii_strcasecmp(type->fields[i].name, name)) {
            return &type->fields[i];
        }
    }
    return NULL;
}

static bool take_at_register(const RegDbMatch *match, void *opaque)
{
    At *at = opaque;
    AnalysisPlace *place = at->place;
    const RegDbType *type = match->element->type;
    const RegDbField *field = NULL;

    if (match->n_repeats) {
        return true;
    }
    if (at->field) {
        field = find_field(type, at->field);
        if (!field) {
            return true;
        }
        type = field->type;
    }
    place->at_region = at->in->region;
    place->at_offset = at->in->offset + match->offset;
    place->at_bits = match->element->bits;
    place->at_low = field ? field->low : 0;
    place->at_high = field ? field->high : match->element->bits - 1;
    place->at_shr = type ? type->shr : 0;
    place->at_add = type ? type->add : 0;
    at->found = true;
    return false;
}

/* "REGISTER", or "REGISTER.FIELD" if there is no register of that name */
static void find_at_in(AnalysisDbDevice *device, AnalysisPlace *place,
                       AnalysisPlace *in)
{
    RegDbView *view = analysis_db_device_view(device, in);
    const char *dot = strrchr(place->at, '.');
    g_autofree char *name = dot ? g_strndup(place->at, dot - place->at) : NULL;
    At at = { .place = place, .in = in };

    regdb_view_each(view, place->at, take_at_register, &at);
    if (!at.found && dot) {
        at.field = dot + 1;
        regdb_view_each(view, name, take_at_register, &at);
    }
}

/* Where are the registers that have offsets of domains? */
static void find_at(AnalysisDbDevice *device)
{
    unsigned i, k;

    for (i = 0; i < device->places->len; i++) {
        AnalysisPlace *place = device->places->pdata[i];

        for (k = 0; k < device->places->len && !place->known &&
             !place->at_region; k++) {
            AnalysisPlace *in = device->places->pdata[k];

            if (in->known && in->db == device->db) {
                find_at_in(device, place, in);
            }
        }
    }
}

/* The bits of the register that count, if the access reaches all of them */
static bool take_at_value(AnalysisPlace *place, const MmtEntry *entry)
{
    uint64_t ones = UINT64_MAX >> (64 - 8 * CLAMP(entry->width, 1, 8));
    unsigned bits = place->at_high - place->at_low + 1;
    int64_t delta = place->at_offset - entry->offset;
    int64_t first;
    uint64_t value;

    /* all ones are what a device without power answers */
    if (delta < -8 || delta > 8 || entry->value == ones) {
        return false;
    }
    first = 8 * delta + place->at_low;
    if (first < 0 || first + bits > 8u * entry->width) {
        return false;
    }
    value = entry->value >> first;
    if (bits < 64) {
        value &= ((uint64_t)1 << bits) - 1;
    }
    place->found_offset = (value << place->at_shr) + place->at_add;
    place->found = true;
    return true;
}

static bool take_id(AnalysisDbDevice *device, const MmtRegion *region,
                    const MmtEntry *entry)
{
    const char *name;
    unsigned chip;

    if (!device->detect || device->found.number || region->number ||
        entry->offset || (entry->width && entry->width != 4)) {
        return false;
    }
    chip = analysis_chip_nvidia(entry->value, &name);
    device->found = (AnalysisChip) { .number = chip, .name = name,
                                     .value = entry->value,
                                     .line = entry->line };
    return chip;
}

static bool take_capability(AnalysisDbDevice *device, const MmtRegion *region,
                            const MmtEntry *entry)
{
    if (region->number != MMT_REGION_CONFIG) {
        return false;
    }
    if (!device->caps) {
        device->caps = pci_caps_new();
    }
    return pci_caps_read(device->caps, entry->offset, entry->width,
                         entry->value);
}

bool analysis_db_device_take(AnalysisDbDevice *device, const MmtRegion *region,
                             const MmtEntry *entry)
{
    bool found = take_id(device, region, entry);
    unsigned i;

    found |= take_capability(device, region, entry);

    for (i = 0; i < device->places->len; i++) {
        AnalysisPlace *place = device->places->pdata[i];

        if (!place->known && !place->found && place->at_region &&
            !g_ascii_strcasecmp(place->at_region, region->name)) {
            found |= take_at_value(place, entry);
        }
    }
    return found;
}

void analysis_db_device_apply(AnalysisDbDevice *device)
{
    unsigned i;

    for (i = 0; i < device->places->len; i++) {
        AnalysisPlace *place = device->places->pdata[i];

        if (place->found && !place->known) {
            place->offset = place->found_offset;
            place->known = true;
            device->described = NULL;
        }
    }
    if (device->found.number && !device->chip.number) {
        device->chip = device->found;
        device->described = NULL;
        if (device->db) {
            renew_views(device);
            take_chip(device);
        }
    }
    if (device->other_region && !device->ambiguous) {
        take_other_region(device);
    }
    if (device->db && device->caps) {
        add_capabilities(device);
    }
    if (device->db) {
        find_at(device);
    }
}

bool analysis_db_device_placed(const AnalysisDbDevice *device)
{
    unsigned i;

    for (i = 0; i < device->places->len; i++) {
        const AnalysisPlace *place = device->places->pdata[i];

        if (place->db == device->db) {
            return true;
        }
    }
    return false;
}

bool analysis_db_device_check(AnalysisDbFiles *files)
{
    static const MmtRegionDevice none = { .id = "", .name = "", .host = "",
                                          .address = "", .title = "" };
    AnalysisDbDevice *device = analysis_db_device_new(files, &none);
    bool usable;

    analysis_db_device_choose(device);
    usable = analysis_db_device_load(device) && !device->faulty;
    if (usable && !analysis_db_device_placed(device) && !device->only) {
        g_autofree char *domains = analysis_place_domains(device->db);

        tool_error(analysis_db_files_verb(files),
                   "%s has the domains %s: say which of them is in which region, with --domain bar0=%s, for example",
                   device->db->path, domains,
                   device->db->n_domains ? device->db->domains[0]->name
                                         : "NAME");
        usable = false;
    }
    analysis_db_device_free(device);
    return usable;
}
