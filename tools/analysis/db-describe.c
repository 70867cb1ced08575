/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: which database a device has, and why (see db-describe.h)
 */
#include "tools/analysis/db-describe.h"
#include "tools/analysis/db-options.h"
#include "tools/analysis/db-place.h"

#include <inttypes.h>
#include <string.h>

static void describe_variants(const AnalysisDbDevice *device, GString *text)
{
    const RegDb *db = device->db;
    uint32_t i;

    for (i = 0; i < db->n_varsets; i++) {
        const RegDbVarset *set = db->varsets[i];

        if (device->variants[i] == REGDB_ANY_VARIANT) {
            continue;
        }
        g_string_append_printf(text, "; %s %s", set->name,
                               set->names[device->variants[i]]);
        if (device->given[i]) {
            g_string_append(text, " (--variant)");
        } else if (device->chip_known && !strcmp(set->name, ANALYSIS_CHIP_SET)) {
            g_string_append_printf(text, " (0x%x in bar0+0x0, line %" PRIu64
                                   ")", device->chip.value, device->chip.line);
        } else {
            g_string_append_printf(text, " (%s)", device->entry->manifest);
        }
    }
    if (device->chip.number && !device->chip_known &&
        !(regdb_varset(db, ANALYSIS_CHIP_SET) &&
          device->given[regdb_varset(db, ANALYSIS_CHIP_SET)->number])) {
        g_string_append_printf(text,
                               "; unknown chip 0x%x (0x%x in bar0+0x0, line %" PRIu64 ")",
                               device->chip.number, device->chip.value,
                               device->chip.line);
    } else if (device->detect && !device->chip.number &&
               regdb_varset(db, ANALYSIS_CHIP_SET) &&
               device->variants[regdb_varset(db, ANALYSIS_CHIP_SET)->number] ==
               REGDB_ANY_VARIANT) {
        g_string_append(text, "; the chip is not known: bar0+0x0 was not read");
    }
}

/* As .regdb files have it: "bar0+0x2000:MSIX" */
static void describe_place(const AnalysisPlace *place, GString *text)
{
    g_string_append_printf(text, " %s", place->region);
    if (!place->known) {
        g_string_append_printf(text, "+@%s", place->at);
    } else if (place->offset) {
        g_string_append_printf(text, "+0x%" PRIx64, place->offset);
    }
    g_string_append_printf(text, ":%s", place->domain->name);
}

/* Of config space and the capabilities in it, one line is enough. */
static bool is_part_of_config(const AnalysisDbDevice *device,
                              const AnalysisPlace *place)
{
    unsigned i;

    if (strcmp(place->region, "config") || !place->offset) {
        return false;
    }
    for (i = 0; i < device->places->len; i++) {
        const AnalysisPlace *other = device->places->pdata[i];

        if (!strcmp(other->region, "config") && !other->offset &&
            other->db == place->db) {
            return true;
        }
    }
    return false;
}

/* Domains whose offset the device tells have lines of their own. */
static bool is_shown(const AnalysisDbDevice *device, const AnalysisPlace *place)
{
    return !place->at && !place->capability &&
           !is_part_of_config(device, place);
}

/* A line for what of a device has names from a database */
static void describe_db(const AnalysisDbDevice *device, const RegDb *db,
                        GString *text)
{
    unsigned i;

    for (i = 0; i < device->places->len; i++) {
        const AnalysisPlace *place = device->places->pdata[i];

        if (place->db == db && is_shown(device, place)) {
            describe_place(place, text);
        }
    }
    g_string_append_printf(text, " of %s", db->path);
    if (db == device->db) {
        describe_variants(device, text);
    }
}

/* Is it the first place that is shown of its database? */
static bool is_first(const AnalysisDbDevice *device, unsigned number)
{
    const AnalysisPlace *place = device->places->pdata[number];
    unsigned i;

    for (i = 0; i < number; i++) {
        const AnalysisPlace *other = device->places->pdata[i];

        if (other->db == place->db && is_shown(device, other)) {
            return false;
        }
    }
    return is_shown(device, place);
}

void analysis_db_device_describe(const AnalysisDbDevice *device,
                                 void (*line)(const char *text, void *opaque),
                                 void *opaque)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *name = analysis_db_device_name(device);
    const RegDbDevice *entry = device->entry;
    unsigned i;

    for (i = 0; device->db && i < device->places->len; i++) {
        const AnalysisPlace *place = device->places->pdata[i];

        if (is_first(device, i)) {
            g_string_printf(text, "%s:", name);
            describe_db(device, place->db, text);
            line(text->str, opaque);
        }
    }
    for (i = 0; device->db && i < device->places->len; i++) {
        const AnalysisPlace *place = device->places->pdata[i];

        if (place->at) {
            g_string_printf(text, "%s:", name);
            describe_place(place, text);
            g_string_append(text, place->known ? ", from " :
                                                 ", not read yet");
            g_string_append(text, place->known ? place->at : "");
            line(text->str, opaque);
        }
    }
    if (entry && entry->missing && !analysis_db_options()->db) {
        g_string_printf(text, "%s: the database '%s' is not installed%s%s",
                        name, entry->missing,
                        entry->missing_source ? "; it is at " : "",
                        entry->missing_source ? entry->missing_source : "");
        line(text->str, opaque);
    }
    if (device->db && (analysis_db_device_placed(device) ||
                       (device->only && !device->ambiguous))) {
        return;
    }
    if (device->db) {
        g_autofree char *domains = analysis_place_domains(device->db);

        g_string_printf(text,
                        "%s: no domain of %s is in a region: it has %s; use --domain",
                        name, device->db->path, domains);
    } else if (entry && !entry->file) {
        g_string_printf(text, "%s: no names: the database '%s' is not installed%s%s",
                        name, entry->title, entry->source ? "; it is at " : "",
                        entry->source ? entry->source : "");
    } else if (entry || analysis_db_options()->db) {
        g_string_printf(text, "%s: no names: the database can not be used",
                        name);
    } else if (device->vendor || device->device || device->class_code) {
        g_string_printf(text,
                        "%s: no names: there is no register database for it",
                        name);
    } else {
        g_string_printf(text,
                        "%s: no names: its PCI IDs are not known; --pci VENDOR:DEVICE or --db FILE chooses a database",
                        name);
    }
    line(text->str, opaque);
}
