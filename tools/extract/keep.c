/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace extract: files of what was found, and the list of them
 */
#include "tools/extract/keep.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

#include "tools/analysis/json-line.h"
#include "tools/common/outfile.h"

/* Characters of the trace's name in the names of files */
#define STEM_MAX 100

/**
 * struct ExtractKeep: state
 * @stem: the trace's name without a directory and endings
 * @dir: where to write files, or NULL
 * @force: replace existing files
 * @n: items so far
 * @files: files that were written
 * @first: for the sum of each item, the first item that has it
 * @name: name of the last item's file
 * @sum: sum of the last item
 * @list: the list, if there is @dir
 */
struct ExtractKeep {
    char *stem;
    char *dir;
    bool force;
    uint64_t n;
    uint64_t files;
    GHashTable *first;
    char *name;
    char *sum;
    OutFile *list;
};

/* "/tmp/gpu.mmt.zst" is "gpu". */
static char *make_stem(const char *log)
{
    static const char *const endings[] = {
        ".zst", ".gz", ".xz", ".mmt", ".log", ".txt", ".mmiotrace",
    };
    char *stem = !strcmp(log, "-") ? g_strdup("stdin")
                                   : g_path_get_basename(log);
    unsigned i;
    char *p;

    for (i = 0; i < G_N_ELEMENTS(endings); i++) {
        if (g_str_has_suffix(stem, endings[i]) && stem[0] != '.') {
            stem[strlen(stem) - strlen(endings[i])] = '\0';
        }
    }
    if (strlen(stem) > STEM_MAX) {
        stem[STEM_MAX] = '\0';
    }
    for (p = stem; *p; p++) {
        if (!g_ascii_isalnum(*p) && !strchr("-_.+", *p)) {
            *p = '_';
        }
    }
    return stem;
}

static char *make_path(const ExtractKeep *keep, const char *name)
{
    return g_build_filename(keep->dir, name, NULL);
}

static void put_head(ExtractKeep *keep)
{
    g_autoptr(GString) head = g_string_new("{");

    json_line_text(head, "format", "vfio-trace-extract");
    json_line_number(head, "version", 1);
    json_line_text(head, "trace", keep->stem);
    json_line_list(head, "items");
    fputs(head->str, outfile_stream(keep->list));
}

static bool open_list(ExtractKeep *keep, GError **error)
{
    g_autofree char *name = g_strconcat(keep->stem, "-extract.json", NULL);
    g_autofree char *path = make_path(keep, name);

    if (g_mkdir(keep->dir, 0777) < 0 && errno != EEXIST) {
        int err = errno;

        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(err),
                    "%s: can not make the directory: %s", keep->dir,
                    g_strerror(err));
        return false;
    }
    keep->list = outfile_open(path, keep->force, error);
    if (keep->list) {
        put_head(keep);
    }
    return keep->list;
}

ExtractKeep *extract_keep_new(const char *log, const char *dir, bool force,
                              GError **error)
{
    g_autoptr(ExtractKeep) keep = g_new0(ExtractKeep, 1);

    keep->stem = make_stem(log);
    keep->dir = g_strdup(dir);
    keep->force = force;
    keep->first = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                        g_free);
    if (dir && !open_list(keep, error)) {
        return NULL;
    }
    return g_steal_pointer(&keep);
}

static const char *item_word(const ExtractItem *item)
{
    return item->thing ? "memory" : item->upload->reads ? "download"
                                                        : "upload";
}

static bool save(ExtractKeep *keep, const ExtractItem *item, GError **error)
{
    g_autofree char *path = make_path(keep, keep->name);
    g_autoptr(OutFile) out = outfile_open(path, keep->force, error);

    if (!out) {
        return false;
    }
    fwrite(item->bytes->data, 1, item->bytes->len, outfile_stream(out));
    if (!outfile_commit(out, error)) {
        return false;
    }
    keep->files++;
    return true;
}

/* Return: number of the first item with these bytes */
static uint64_t find_same(ExtractKeep *keep, uint64_t number)
{
    uint64_t *first = g_hash_table_lookup(keep->first, keep->sum);

    if (!first) {
        first = g_new(uint64_t, 1);
        *first = number;
        g_hash_table_insert(keep->first, g_strdup(keep->sum), first);
    }
    return *first;
}

bool extract_keep_item(ExtractKeep *keep, ExtractItem *item, GError **error)
{
    uint64_t first;

    if (keep->n == EXTRACT_ITEMS_MAX) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "there are more than %u uploads; select less, or use --min",
                    EXTRACT_ITEMS_MAX);
        return false;
    }
    g_free(keep->sum);
    keep->sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
                                            item->bytes->data,
                                            item->bytes->len);
    first = find_same(keep, ++keep->n);
    item->number = keep->n;
    item->kind = extract_kind(item->bytes->data, item->bytes->len);
    item->sha256 = keep->sum;
    item->same = first == item->number ? 0 : first;
    if (item->same || !keep->dir) {
        item->file = NULL;
        return true;
    }
    g_free(keep->name);
    keep->name = g_strdup_printf("%s-%s%" PRIu64 ".bin", keep->stem,
                                 item_word(item), item->number);
    item->file = keep->name;
    return save(keep, item, error);
}

void extract_keep_list(ExtractKeep *keep, const GString *json)
{
    if (keep->list) {
        fprintf(outfile_stream(keep->list), "%s\n%s}", keep->n > 1 ? "," : "",
                json->str);
    }
}

uint64_t extract_keep_files(const ExtractKeep *keep)
{
    return keep->files;
}

bool extract_keep_end(ExtractKeep *keep, GError **error)
{
    if (!keep->list) {
        return true;
    }
    fputs("\n]}\n", outfile_stream(keep->list));
    return outfile_commit(keep->list, error);
}

void extract_keep_free(ExtractKeep *keep)
{
    if (keep) {
        outfile_free(keep->list);
        g_hash_table_destroy(keep->first);
        g_free(keep->stem);
        g_free(keep->dir);
        g_free(keep->name);
        g_free(keep->sum);
        g_free(keep);
    }
}
