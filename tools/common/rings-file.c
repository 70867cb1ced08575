/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: rings files that the user names (see rings-file.h)
 */
#include "tools/common/rings-file.h"

#include "libguestmem/find.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

GQuark rings_file_error_quark(void)
{
    return g_quark_from_static_string("vfio-trace-rings-file");
}

static bool fail(GError **error, const char *path, const char *why)
{
    g_set_error(error, RINGS_FILE_ERROR, 0, "%s: %s", path, why);
    return false;
}

bool rings_file_is_path(const char *word)
{
    return strchr(word, '/') || g_str_has_suffix(word, RINGS_FILE_SUFFIX);
}

char *rings_file_name(const char *word)
{
    g_autofree char *file = rings_file_is_path(word) ?
                            g_path_get_basename(word) :
                            g_strconcat(word, RINGS_FILE_SUFFIX, NULL);

    return gmem_parse_name(file);
}

/* Read at most the limit of a rings file: a file may grow meanwhile. */
static bool read_text(int fd, RingsFile *rings, GError **error)
{
    ssize_t n;

    rings->text = g_malloc(GMEM_FILE_BYTES_MAX + 1);
    do {
        n = read(fd, rings->text + rings->len,
                 GMEM_FILE_BYTES_MAX + 1 - rings->len);
        rings->len += MAX(n, 0);
    } while (n > 0 && rings->len <= GMEM_FILE_BYTES_MAX);
    if (n < 0) {
        return fail(error, rings->path, g_strerror(errno));
    }
    return rings->len <= GMEM_FILE_BYTES_MAX ||
           fail(error, rings->path,
                "it has more than 256 KiB: it is no rings file");
}

/* A FIFO must not be waited for, nor a device be opened as a terminal. */
static bool read_file(RingsFile *rings, GError **error)
{
    int fd = open(rings->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;
    bool ok;

    if (fd < 0) {
        return fail(error, rings->path, g_strerror(errno));
    }
    if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        ok = fail(error, rings->path, "it is not a regular file");
    } else {
        ok = read_text(fd, rings, error);
    }
    close(fd);
    return ok;
}

/* Return: the file, or NULL; @path is taken over */
static RingsFile *open_path(char *path, GError **error)
{
    g_autoptr(RingsFile) rings = g_rc_box_new0(RingsFile);

    rings->path = path;
    if (!read_file(rings, error)) {
        return NULL;
    }
    rings->file = gmem_parse(path, rings->text, rings->len, error);
    if (!rings->file) {
        g_autofree char *dir = g_path_get_dirname(path);

        /* The parser's message begins with the name. */
        g_prefix_error(error, "%s/", dir);
        return NULL;
    }
    rings->name = g_strdup(rings->file->name);
    /* It separates QEMU's list of files. */
    if (strchr(rings->name, ':')) {
        fail(error, path,
             "the name of a rings file can't have a ':': rename it");
        return NULL;
    }
    return g_steal_pointer(&rings);
}

RingsFile *rings_file_open(const char *word, GError **error)
{
    char *path = rings_file_is_path(word) ? g_canonicalize_filename(word, NULL)
                                          : gmem_find(word, error);

    return path ? open_path(path, error) : NULL;
}

GPtrArray *rings_file_for(uint16_t vendor, uint16_t device,
                          uint32_t class_code, GError **error)
{
    g_autoptr(GPtrArray) all = gmem_find_all();
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(
        (GDestroyNotify)rings_file_unref);
    guint i;

    for (i = 0; i < all->len; i++) {
        const GmemFound *found = all->pdata[i];
        RingsFile *rings;

        if (!found->file) {
            /* It may be the one that is for the device. */
            g_set_error(error, RINGS_FILE_ERROR, 0,
                        "%s: %s: mend the file, move it away, or name files instead of 'auto'",
                        found->path, found->error->message);
            return NULL;
        }
        if (!gmem_file_is_for(found->file, vendor, device, class_code)) {
            continue;
        }
        rings = open_path(g_strdup(found->path), error);
        if (!rings) {
            return NULL;
        }
        g_ptr_array_add(files, rings);
    }
    return g_steal_pointer(&files);
}

bool rings_file_fits(const RingsFile *rings, uint16_t vendor, uint16_t device,
                     uint32_t class_code)
{
    return !rings->file->device->len ||
           gmem_file_is_for(rings->file, vendor, device, class_code);
}

static void clear(gpointer opaque)
{
    RingsFile *rings = opaque;

    g_free(rings->path);
    g_free(rings->name);
    g_free(rings->text);
    gmem_file_free(rings->file);
}

RingsFile *rings_file_ref(RingsFile *rings)
{
    return g_rc_box_acquire(rings);
}

void rings_file_unref(RingsFile *rings)
{
    g_rc_box_release_full(rings, clear);
}
