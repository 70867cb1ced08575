/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: choosing a database and its parts (see db-choose.h)
 */
#include "tools/analysis/db-choose.h"

#include <string.h>

#include "libregdb/devices.h"
#include "tools/common/nearest.h"

/* Names of a list that are compared with what the user wrote */
#define TRIED_MAX 100000

G_DEFINE_QUARK(db_choose_error, db_choose_error)

/**
 * struct Names: names of what there is, for a message
 * @what: what they are names of: "domain"
 * @nearest: the nearest one
 * @list: the first ones
 * @n: number of all
 */
typedef struct Names {
    const char *what;
    Nearest nearest;
    GString *list;
    unsigned n;
} Names;

static void names_begin(Names *names, const char *what, const char *word)
{
    *names = (Names) { .what = what, .list = g_string_new(NULL) };
    nearest_begin(&names->nearest, word, true);
}

static void names_add(Names *names, const char *name)
{
    if (names->n < DB_CHOOSE_NAMES_MAX) {
        g_string_append_printf(names->list, "%s%s", names->n ? ", " : "",
                               name);
    }
    if (names->n++ < TRIED_MAX) {
        nearest_try(&names->nearest, name);
    }
}

/* Frees the names. */
static void names_fail(Names *names, const char *db, GError **error)
{
    const char *word = names->nearest.word;

    if (names->n > DB_CHOOSE_NAMES_MAX) {
        g_string_append_printf(names->list, " and %u more",
                               names->n - DB_CHOOSE_NAMES_MAX);
    }
    if (!names->n) {
        g_set_error(error, DB_CHOOSE_ERROR, 0,
                    "'%s' has no %s '%s', and no other one", db, names->what,
                    word);
    } else if (names->nearest.best) {
        g_set_error(error, DB_CHOOSE_ERROR, 0,
                    "'%s' has no %s '%s'; did you mean '%s'? It has: %s", db,
                    names->what, word, names->nearest.best, names->list->str);
    } else {
        g_set_error(error, DB_CHOOSE_ERROR, 0, "'%s' has no %s '%s'; it has: %s",
                    db, names->what, word, names->list->str);
    }
    g_string_free(names->list, TRUE);
}

static char *find_in(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *xml = NULL;

    if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        return g_steal_pointer(&path);
    }
    xml = g_strconcat(path, ".xml", NULL);
    return g_file_test(xml, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer(&xml) :
           NULL;
}

char *db_choose_file(const char *text, GError **error)
{
    g_auto(GStrv) dirs = NULL;
    char *path = NULL;
    int i;

    if (g_file_test(text, G_FILE_TEST_EXISTS) &&
        !g_file_test(text, G_FILE_TEST_IS_DIR)) {
        return g_strdup(text);
    }
    if (*text && !g_path_is_absolute(text)) {
        dirs = regdb_search_path();
        for (i = 0; dirs[i] && !path; i++) {
            path = find_in(dirs[i], text);
        }
    }
    if (!path) {
        g_set_error(error, DB_CHOOSE_ERROR, 0,
                    "there is no database '%s'; 'vfio-trace regdb list' lists those that are installed",
                    text);
    }
    return path;
}

static uint64_t count_registers(RegDbElement *const *elements, uint32_t n)
{
    uint64_t count = 0;
    uint32_t i;

    for (i = 0; i < n; i++) {
        count += elements[i]->kind == REGDB_REGISTER ? 1 :
                 count_registers(elements[i]->children,
                                 elements[i]->n_children);
    }
    return count;
}

static const RegDbDomain *main_domain(const RegDb *db)
{
    const RegDbDomain *best = NULL;
    uint64_t most = 0;
    uint64_t all = 0;
    uint32_t i;

    for (i = 0; i < db->n_domains; i++) {
        const RegDbDomain *domain = db->domains[i];
        uint64_t n = count_registers(domain->elements, domain->n_elements);

        all += n;
        if (n > most) {
            most = n;
            best = domain;
        }
    }
    return db->n_domains == 1 ? db->domains[0] : most > all / 2 ? best : NULL;
}

const RegDbDomain *db_choose_domain(const RegDb *db, const char *name,
                                    GError **error)
{
    const RegDbDomain *domain = name ? regdb_domain(db, name) : main_domain(db);
    Names names;
    uint32_t i;

    if (domain) {
        return domain;
    }
    names_begin(&names, "domain", name ?: "");
    for (i = 0; i < db->n_domains; i++) {
        if (name && !g_ascii_strcasecmp(db->domains[i]->name, name)) {
            g_string_free(names.list, TRUE);
            return db->domains[i];
        }
        names_add(&names, db->domains[i]->name);
    }
    if (!name && names.n) {
        g_set_error(error, DB_CHOOSE_ERROR, 0,
                    "'%s' has several domains, choose one by --domain: %s%s",
                    db->path, names.list->str,
                    names.n > DB_CHOOSE_NAMES_MAX ? ", ..." : "");
        g_string_free(names.list, TRUE);
        return NULL;
    }
    names_fail(&names, db->path, error);
    return NULL;
}

const RegDbType *db_choose_type(const RegDb *db, RegDbKind kind,
                                const char *name, GError **error)
{
    bool is_enum = kind == REGDB_ENUM;
    const RegDbType *const *types = is_enum ? db->enums : db->bitsets;
    uint32_t n = is_enum ? db->n_enums : db->n_bitsets;
    Names names;
    uint32_t i;

    names_begin(&names, is_enum ? "enum" : "bitset", name);
    for (i = 0; i < n; i++) {
        if (!g_ascii_strcasecmp(types[i]->name, name)) {
            g_string_free(names.list, TRUE);
            return types[i];
        }
        names_add(&names, types[i]->name);
    }
    names_fail(&names, db->path, error);
    return NULL;
}
