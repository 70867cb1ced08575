/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: options that choose a register database (see db-options.h)
 */
#include "tools/analysis/db-options.h"

#include <string.h>

#include "libregdb/loader.h"
#include "libregdb/view.h"
#include "tools/analysis/db-choose.h"

/* Names that a message lists */
#define LISTED_MAX 40

static AnalysisDbOptions given;

/* [REGION[+OFFSET]=]NAME */
static gboolean parse_domain(const char *option, const char *value,
                             gpointer data, GError **error)
{
    const char *equals = strrchr(value, '=');
    RegDbRegionOf of = { 0 };

    (void)data;
    if (equals) {
        g_autofree char *place = g_strndup(value, equals - value);

        if (!regdb_region_of_parse(place, equals + 1, &of)) {
            g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "%s '%s': REGION=DOMAIN, REGION+OFFSET=DOMAIN or DOMAIN expected: bar0=E1000E, for example",
                        option, value);
            return FALSE;
        }
    } else if (*value) {
        of.domain = g_strdup(value);
    } else {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "%s: name of a domain expected", option);
        return FALSE;
    }
    if (!given.domains) {
        given.domains = g_array_new(FALSE, TRUE, sizeof(RegDbRegionOf));
        g_array_set_clear_func(given.domains, regdb_region_of_clear);
    }
    g_array_append_val(given.domains, of);
    return TRUE;
}

static const GOptionEntry entries[] = {
    { "db", 0, 0, G_OPTION_ARG_FILENAME, &given.db,
      "Names of registers from this database", "FILE" },
    { "variant", 0, 0, G_OPTION_ARG_STRING_ARRAY, &given.variants,
      "The chip: its name or number in the database", "[SET=]NAME" },
    { "domain", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer)parse_domain,
      "Domain of the database that is in a region",
      "[REGION[+OFFSET]=]NAME" },
    { "no-db", 0, 0, G_OPTION_ARG_NONE, &given.no_db,
      "No names of registers", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

const AnalysisDbOptions *analysis_db_options(void)
{
    return &given;
}

const GOptionEntry *analysis_db_option_entries(void)
{
    return entries;
}

GOptionGroup *analysis_db_option_group(void)
{
    GOptionGroup *group = g_option_group_new("names",
        "Names of registers (vfio-trace-selection(7)):",
        "Print the options that choose a register database, and exit", NULL,
        NULL);

    g_option_group_add_entries(group, entries);
    return group;
}

void analysis_db_options_find(void)
{
    char *path = given.db ? db_choose_file(given.db, NULL) : NULL;

    if (path) {
        g_free(given.db);
        given.db = path;
    }
}

void analysis_db_options_reset(void)
{
    g_clear_pointer(&given.db, g_free);
    g_clear_pointer(&given.variants, g_strfreev);
    g_clear_pointer(&given.domains, g_array_unref);
    given.no_db = FALSE;
}

/* Return: the variant's number in its set, or REGDB_ANY_VARIANT */
static uint32_t find_variant(const RegDbVarset *set, const char *name)
{
    uint64_t number;
    bool is_number = regdb_number(name, &number);
    uint32_t i;

    for (i = 0; i < set->n; i++) {
        if (!g_ascii_strcasecmp(set->names[i], name)) {
            return i;
        }
    }
    for (i = 0; is_number && i < set->n; i++) {
        if (set->has_value[i] && set->values[i] == number) {
            return i;
        }
    }
    return REGDB_ANY_VARIANT;
}

static void list_variants(const RegDb *db, const char *set, GString *text)
{
    unsigned n = 0;
    uint32_t i, k;

    for (i = 0; i < db->n_varsets; i++) {
        if (set && strcmp(set, db->varsets[i]->name)) {
            continue;
        }
        for (k = 0; k < db->varsets[i]->n; k++) {
            if (n++ == LISTED_MAX) {
                g_string_append(text, ", ...");
                return;
            }
            g_string_append_printf(text, "%s%s%s%s", n > 1 ? ", " : "",
                                   set ? "" : db->varsets[i]->name,
                                   set ? "" : "=",
                                   db->varsets[i]->names[k]);
        }
    }
}

static char *no_variant(const RegDb *db, const char *set, const char *text)
{
    g_autoptr(GString) known = g_string_new(NULL);

    list_variants(db, set, known);
    return known->len ?
        g_strdup_printf("there is no variant '%s' in %s: it has %s", text,
                        db->path, known->str) :
        g_strdup_printf("there is no variant '%s': %s has none", text,
                        db->path);
}

int analysis_db_take_variant(const RegDb *db, const char *text,
                             uint32_t *variants, char **message)
{
    const char *equals = strchr(text, '=');
    g_autofree char *set = equals ? g_strndup(text, equals - text) : NULL;
    const char *name = equals ? equals + 1 : text;
    const RegDbVarset *found = NULL;
    uint32_t variant = REGDB_ANY_VARIANT;
    uint32_t i;

    for (i = 0; i < db->n_varsets; i++) {
        const RegDbVarset *one = db->varsets[i];
        uint32_t k = set && strcmp(set, one->name) ? REGDB_ANY_VARIANT :
                     find_variant(one, name);

        if (k == REGDB_ANY_VARIANT) {
            continue;
        }
        if (found) {
            *message = g_strdup_printf(
                                       "variant '%s' is in several sets: use %s=%s or %s=%s",
                                       text, found->name, name, one->name,
                                       name);
            return -1;
        }
        found = one;
        variant = k;
    }
    if (!found) {
        *message = no_variant(db, set && regdb_varset(db, set) ? set : NULL,
                              text);
        return -1;
    }
    variants[found->number] = variant;
    return found->number;
}
