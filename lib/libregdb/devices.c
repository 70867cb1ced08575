/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: which database is for which device (see devices.h) */
#include "libregdb/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libregdb/loader.h"
#include "libregdb/manifest.h"
#include "libregdb/trust.h"

/* ".regdb" files of a directory */
#define FILES_MAX 1024

/* Bytes of a pci.did that are looked at */
#define DID_MAX (256u << 10)

/*
 * How well an entry names a device.  A class tells more than a vendor: a
 * vendor's graphics card has an audio function, too.
 */
typedef enum Rank {
    RANK_NONE,
    RANK_ANY,
    RANK_VENDOR,
    RANK_CLASS,
    RANK_DEVICE = RANK_CLASS + 3,
} Rank;

/**
 * struct Query: the device that is looked for
 * @vendor: PCI vendor ID
 * @device: PCI device ID
 * @class_code: its class, or 0
 */
typedef struct Query {
    uint16_t vendor;
    uint16_t device;
    uint32_t class_code;
} Query;

/**
 * struct Search: state of a search
 * @dirs: the search path, without symbolic links
 * @query: the device, or NULL for all entries
 * @messages: what is wrong
 * @found: RegDbDevice, without a query
 * @best: the best entry of the directory whose database is installed, or NULL
 * @rank: its rank
 * @missing: the best entry of all directories whose database is not, or NULL
 * @missing_rank: its rank
 */
typedef struct Search {
    GPtrArray *dirs;
    const Query *query;
    RegDbMessages *messages;
    GPtrArray *found;
    RegDbDevice *best;
    Rank rank;
    RegDbDevice *missing;
    Rank missing_rank;
} Search;

/* The directories that exist and may be read */
static GPtrArray *open_dirs(RegDbMessages *messages)
{
    GPtrArray *dirs = g_ptr_array_new_with_free_func(free);
    g_auto(GStrv) path = regdb_search_path();
    unsigned i;

    for (i = 0; path[i]; i++) {
        char *real = realpath(path[i], NULL);
        g_autofree char *why = NULL;

        if (!real) {
            if (errno != ENOENT && errno != ENOTDIR) {
                regdb_message(messages, path[i], 0, "%s", g_strerror(errno));
            }
        } else if (!regdb_trusted(real, real, &why)) {
            regdb_message(messages, path[i], 0,
                          "root reads no databases of this directory: %s", why);
            free(real);
        } else {
            g_ptr_array_add(dirs, real);
        }
    }
    return dirs;
}

/*
 * A byte more than @max, so that who parses the text sees that it is too long.
 * Return: the text, followed by a NUL; NULL after a message
 */
static char *read_file(const char *dir, const char *path, size_t max,
                       gsize *len, RegDbMessages *messages)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
                  O_NOFOLLOW);
    int error = errno;
    g_autofree char *text = NULL;
    g_autofree char *why = NULL;
    struct stat st;
    ssize_t got;

    if (fd < 0 || fstat(fd, &st)) {
        regdb_message(messages, path, 0, "%s", error == ELOOP ?
                      "is a symbolic link" : g_strerror(error));
    } else if (!regdb_trusted(dir, path, &why)) {
        regdb_message(messages, path, 0, "root does not read this file: %s",
                      why);
    } else if (!S_ISREG(st.st_mode)) {
        regdb_message(messages, path, 0, "is not a regular file");
    } else {
        text = g_malloc(max + 2);
        got = read(fd, text, max + 1);
        if (got < 0) {
            regdb_message(messages, path, 0, "%s", g_strerror(errno));
            g_clear_pointer(&text, g_free);
        } else {
            text[got] = '\0';
            *len = got;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return g_steal_pointer(&text);
}

/* A file in @dir, wherever symbolic links lead: NULL unless that is in @dir */
static char *find_in(const char *dir, const char *name, const char *manifest,
                     RegDbMessages *messages)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *why = NULL;
    char *real = realpath(path, NULL);
    size_t len = strlen(dir);
    struct stat st;

    if (!real || stat(real, &st) || !S_ISREG(st.st_mode)) {
        free(real);
        return NULL;
    }
    if (strncmp(real, dir, len) || (dir[1] && real[len] != '/')) {
        regdb_message(messages, manifest, 0,
                      "%s leads out of the directory of databases: copy it there, or use --db",
                      path);
    } else if (!regdb_trusted(dir, real, &why)) {
        regdb_message(messages, manifest, 0, "root does not read %s: %s", path,
                      why);
    } else {
        char *result = g_strdup(real);

        free(real);
        return result;
    }
    free(real);
    return NULL;
}

/* The file that a line of umr's pci.did names: "0x6798 tahiti.asic", or NULL */
static char *did_line(const char *line, uint16_t device)
{
    g_auto(GStrv) words = g_strsplit_set(line, " \t\r", -1);
    uint64_t id;

    return words[0] && words[1] && regdb_number(words[0], &id) &&
           id == device && regdb_path_is_inside(words[1]) ?
           g_strdup(words[1]) : NULL;
}

/*
 * Replace umr's pci.did by the file of the device; all entries show pci.did.
 * @lacks is set to what is not there although pci.did is.
 */
static char *find_did(const Search *search, const char *dir, const char *name,
                      const char *manifest, char *did, char **lacks)
{
    g_autofree char *folder = g_path_get_dirname(name);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    gsize len;
    unsigned i;

    if (!search->query) {
        return did;
    }
    text = read_file(dir, did, DID_MAX, &len, search->messages);
    g_free(did);
    lines = g_strsplit(text ? text : "", "\n", -1);
    for (i = 0; lines[i]; i++) {
        g_autofree char *file = did_line(lines[i], search->query->device);

        if (file) {
            g_autofree char *path = g_build_filename(folder, file, NULL);
            char *found = find_in(dir, path, manifest, search->messages);

            if (!found) {
                g_free(*lacks);
                *lacks = g_steal_pointer(&file);
            }
            return found;
        }
    }
    if (!*lacks) {
        *lacks = g_strdup_printf("%04x:%04x", search->query->vendor,
                                 search->query->device);
    }
    return NULL;
}

static char *find_one(const Search *search, const char *dir, const char *name,
                      const char *manifest, char **lacks)
{
    char *file = find_in(dir, name, manifest, search->messages);

    return file && g_str_has_suffix(file, ".did") ?
           find_did(search, dir, name, manifest, file, lacks) : file;
}

/* Beside the manifest first, then in all directories */
static void find_file(const Search *search, const char *dir,
                      const RegDbManifest *manifest, RegDbDevice *entry)
{
    g_autofree char *lacks = NULL;
    char *title;
    unsigned i, k;

    entry->file_name = g_strdup(manifest->files[0]);
    for (i = 0; manifest->files[i]; i++) {
        entry->file = find_one(search, dir, manifest->files[i],
                               entry->manifest, &lacks);
        for (k = 0; !entry->file && k < search->dirs->len; k++) {
            if (strcmp(search->dirs->pdata[k], dir)) {
                entry->file = find_one(search, search->dirs->pdata[k],
                                       manifest->files[i], entry->manifest,
                                       &lacks);
            }
        }
        if (entry->file) {
            g_free(entry->file_name);
            entry->file_name = g_strdup(manifest->files[i]);
            return;
        }
    }
    if (lacks) {
        title = g_strdup_printf("%s: %s", entry->title, lacks);
        g_free(entry->title);
        entry->title = title;
    }
}

static RegDbDevice *make_entry(const Search *search, const char *dir,
                               const char *path, const RegDbManifest *manifest,
                               const RegDbGroup *group, char *match)
{
    RegDbDevice *entry = g_new0(RegDbDevice, 1);
    unsigned i;

    entry->manifest = g_strdup(path);
    entry->title = g_strdup(manifest->title);
    entry->source = g_strdup(manifest->source);
    entry->match = match;
    entry->variants = group->variants ? g_strdupv(group->variants)
                                      : g_new0(char *, 1);
    entry->detect = g_strdup(group->detect);
    entry->regions = g_array_new(FALSE, TRUE, sizeof(RegDbRegionOf));
    g_array_set_clear_func(entry->regions, regdb_region_of_clear);
    for (i = 0; i < group->regions->len; i++) {
        const RegDbRegionOf *of = &g_array_index(group->regions, RegDbRegionOf,
                                                 i);
        RegDbRegionOf copy = {
            .region = g_strdup(of->region),
            .offset = of->offset,
            .at = g_strdup(of->at),
            .capability = of->capability,
            .domain = g_strdup(of->domain),
        };

        g_array_append_val(entry->regions, copy);
    }
    find_file(search, dir, manifest, entry);
    return entry;
}

static Rank rank_id(const RegDbId *id, const Query *query)
{
    if (id->any_vendor) {
        return RANK_ANY;
    }
    if (id->vendor != query->vendor) {
        return RANK_NONE;
    }
    return id->any_device ? RANK_VENDOR :
           id->device == query->device ? RANK_DEVICE : RANK_NONE;
}

static Rank rank_class(const RegDbClass *class, const Query *query)
{
    return query->class_code &&
           (query->class_code & class->mask) == class->code ?
           RANK_CLASS - 1 + class->digits / 2 : RANK_NONE;
}

static Rank best_id(const RegDbGroup *group, const Query *query, char **match)
{
    Rank best = RANK_NONE;
    unsigned i;

    for (i = 0; i < group->ids->len; i++) {
        const RegDbId *id = &g_array_index(group->ids, RegDbId, i);
        Rank rank = rank_id(id, query);

        if (rank > best) {
            best = rank;
            g_free(*match);
            *match = regdb_id_text(id);
        }
    }
    return best;
}

static Rank best_class(const RegDbGroup *group, const Query *query,
                       char **match)
{
    Rank best = RANK_NONE;
    unsigned i;

    for (i = 0; i < group->classes->len; i++) {
        const RegDbClass *class = &g_array_index(group->classes, RegDbClass, i);
        Rank rank = rank_class(class, query);

        if (rank > best) {
            best = rank;
            g_free(*match);
            *match = regdb_class_text(class);
        }
    }
    return best;
}

/*
 * How well does a group name the device?  With IDs and classes, it must be of
 * both; a class that is not known does not exclude it.
 */
static Rank rank_group(const RegDbGroup *group, const Query *query,
                       char **match)
{
    if (!group->ids->len) {
        return best_class(group, query, match);
    }
    if (group->classes->len && query->class_code) {
        g_autofree char *class = NULL;

        if (!best_class(group, query, &class)) {
            return RANK_NONE;
        }
    }
    return best_id(group, query, match);
}

/* All that a group names */
static char *names_of(const RegDbGroup *group)
{
    GString *text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < group->ids->len; i++) {
        g_autofree char *id = regdb_id_text(&g_array_index(group->ids, RegDbId,
                                                           i));

        g_string_append_printf(text, "%s%s", i ? " " : "", id);
    }
    for (i = 0; i < group->classes->len; i++) {
        g_autofree char *class = regdb_class_text(
            &g_array_index(group->classes, RegDbClass, i));

        g_string_append_printf(text, "%s%s", text->len ? ", " : "", class);
    }
    return g_string_free(text, FALSE);
}

/* The first of two that are as good counts. */
static void take_entry(Search *search, RegDbDevice *entry, Rank rank)
{
    RegDbDevice **best = entry->file ? &search->best : &search->missing;
    Rank *best_rank = entry->file ? &search->rank : &search->missing_rank;

    if (rank > *best_rank) {
        regdb_device_free(*best);
        *best = entry;
        *best_rank = rank;
    } else {
        regdb_device_free(entry);
    }
}

static void take_manifest(Search *search, const char *dir, const char *path,
                          const RegDbManifest *manifest)
{
    unsigned i;

    for (i = 0; i < manifest->groups->len; i++) {
        const RegDbGroup *group = manifest->groups->pdata[i];
        char *match = NULL;
        Rank rank;

        if (!search->query) {
            g_ptr_array_add(search->found,
                            make_entry(search, dir, path, manifest, group,
                                       names_of(group)));
            continue;
        }
        rank = rank_group(group, search->query, &match);
        if (rank) {
            take_entry(search, make_entry(search, dir, path, manifest, group,
                                          match), rank);
        } else {
            g_free(match);
        }
    }
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *list_manifests(const char *dir, RegDbMessages *messages)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
    const char *name;

    while (d && (name = g_dir_read_name(d))) {
        if (!g_str_has_suffix(name, ".regdb") || name[0] == '.') {
            continue;
        }
        if (names->len >= FILES_MAX) {
            regdb_message(messages, dir, 0,
                          "there are more than %u .regdb files", FILES_MAX);
            break;
        }
        g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, compare_names);
    return names;
}

static void search_dir(Search *search, const char *dir)
{
    g_autoptr(GPtrArray) names = list_manifests(dir, search->messages);
    unsigned i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(dir, names->pdata[i], NULL);
        gsize len;
        g_autofree char *text = read_file(dir, path, REGDB_MANIFEST_MAX,
                                          &len, search->messages);
        g_autoptr(RegDbManifest) manifest = NULL;

        if (text) {
            manifest = regdb_manifest_parse(path, text, len, search->messages);
        }
        if (manifest) {
            take_manifest(search, dir, path, manifest);
        }
    }
}

RegDbDevice *regdb_device_find(uint16_t vendor, uint16_t device,
                               uint32_t class_code, RegDbMessages *messages)
{
    const Query query = { .vendor = vendor, .device = device,
                          .class_code = class_code };
    g_autoptr(GPtrArray) dirs = open_dirs(messages);
    Search search = { .dirs = dirs, .query = &query, .messages = messages };
    unsigned i;

    for (i = 0; i < dirs->len && !search.best; i++) {
        search_dir(&search, dirs->pdata[i]);
    }
    if (!search.best) {
        return search.missing;
    }
    if (search.missing_rank > search.rank) {
        search.best->missing = g_steal_pointer(&search.missing->title);
        search.best->missing_source = g_steal_pointer(&search.missing->source);
    }
    regdb_device_free(search.missing);
    return search.best;
}

GPtrArray *regdb_device_all(RegDbMessages *messages)
{
    g_autoptr(GPtrArray) dirs = open_dirs(messages);
    Search search = { .dirs = dirs, .messages = messages };
    unsigned i;

    search.found = g_ptr_array_new_with_free_func(
        (GDestroyNotify)regdb_device_free);
    for (i = 0; i < dirs->len; i++) {
        search_dir(&search, dirs->pdata[i]);
    }
    return search.found;
}

void regdb_device_free(RegDbDevice *device)
{
    if (device) {
        g_free(device->manifest);
        g_free(device->title);
        g_free(device->source);
        g_free(device->file);
        g_free(device->file_name);
        g_free(device->match);
        g_array_unref(device->regions);
        g_strfreev(device->variants);
        g_free(device->detect);
        g_free(device->missing);
        g_free(device->missing_source);
        g_free(device);
    }
}
