/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle: writes the archive (see pack.h)
 *
 * With the same files and the same libarchive and libzstd, the bytes are the
 * same: members have no owner and no time.
 */
#include "tools/bundle/pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmmiotrace/bundle.h"
#include "tools/analysis/trace.h"
#include "tools/bundle/log.h"
#include "tools/bundle/manifest.h"
#include "tools/common/tool.h"

#define PIECE (256u * 1024)

/* --- measuring ----------------------------------------------------------- */

/**
 * typedef Reader - reads on
 * @opaque: what is read
 * @buf: where to store bytes
 * @len: how many at most
 * @error: where to store the error
 *
 * Return: bytes stored; 0 at the end; -1 on error
 */
typedef ssize_t Reader(void *opaque, char *buf, size_t len, GError **error);

static ssize_t read_log(void *opaque, char *buf, size_t len, GError **error)
{
    return bundle_log_read(opaque, buf, len, error);
}

/**
 * struct File: an open file
 * @path: its path
 * @fd: the file
 */
typedef struct File {
    const char *path;
    int fd;
} File;

static bool file_fail(const char *path, const char *what, GError **error)
{
    int err = errno;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(err),
                "%s: can not %s: %s", path, what, g_strerror(err));
    return false;
}

static ssize_t read_file(void *opaque, char *buf, size_t len, GError **error)
{
    File *file = opaque;
    ssize_t n;

    do {
        n = read(file->fd, buf, len);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        file_fail(file->path, "read", error);
    }
    return n;
}

static bool open_file(BundlePack *pack, File *file, const char *path,
                      GError **error)
{
    struct stat st;

    *file = (File) { path, open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) };
    if (file->fd < 0 || fstat(file->fd, &st) < 0) {
        return file_fail(path, "open", error);
    }
    if (!S_ISREG(st.st_mode)) {
        close(file->fd);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                    "%s is not a regular file", path);
        return false;
    }
    pack->mode &= st.st_mode;
    return true;
}

static bool go_on(GError **error)
{
    if (analysis_interrupted()) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                    "interrupted: nothing was written");
        return false;
    }
    return true;
}

/* Read to the end; sets size and hash */
static bool measure(BundlePack *pack, BundleMember *member, Reader *reader,
                    void *opaque, GError **error)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *buf = g_malloc(PIECE);
    ssize_t n;

    while ((n = reader(opaque, buf, PIECE, error)) > 0) {
        g_checksum_update(sum, (guchar *)buf, n);
        member->size += n;
        analysis_progress_bytes(pack->progress, "measured", member->size);
        if (!go_on(error)) {
            return false;
        }
    }
    member->sha256 = g_strdup(g_checksum_get_string(sum));
    return !n;
}

/* The name of a part is known when it was read. */
static bool scan_part(BundlePack *pack, BundleLog *log, GError **error)
{
    BundleMember measured = { 0 };
    g_autofree char *name = NULL;
    BundleMember *member;

    if (!measure(pack, &measured, read_log, log, error)) {
        g_free(measured.sha256);
        return false;
    }
    if (bundle_log_cut(log)) {
        tool_error(&verb_bundle,
                   "note: %s ends within a compressed frame: the bundle has its text up to there",
                   bundle_log_file(log));
    }
    name = bundle_log_member(log);
    member = bundle_add(pack->bundle, name, BUNDLE_ROLE_LOG, error);
    if (!member) {
        g_free(measured.sha256);
        return false;
    }
    member->size = measured.size;
    member->sha256 = measured.sha256;
    return true;
}

bool bundle_pack_scan(BundlePack *pack, GString *head, GError **error)
{
    g_autoptr(BundleLog) log = bundle_log_open(pack->log, error);
    const char *text;
    size_t len;
    int more = log != NULL;

    while (more > 0) {
        if (!scan_part(pack, log, error)) {
            return false;
        }
        more = bundle_log_next(log, error);
    }
    if (!log || more < 0) {
        return false;
    }
    pack->mode &= bundle_log_mode(log);
    text = bundle_log_head(log, &len);
    g_string_append_len(head, text, len);
    return true;
}

bool bundle_pack_file(BundlePack *pack, const char *name, const char *role,
                      const char *path, GError **error)
{
    BundleMember *member = bundle_add(pack->bundle, name, role, error);
    File file;
    bool ok;

    if (!member || !open_file(pack, &file, path, error)) {
        return false;
    }
    member->path = g_strdup(path);
    ok = measure(pack, member, read_file, &file, error);
    close(file.fd);
    return ok;
}

/* --- writing ------------------------------------------------------------- */

static bool fail(struct archive *out, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                "can not write the bundle: %s",
                archive_error_string(out) ?: "libarchive does not say why");
    return false;
}

static bool begin(struct archive *out, const char *name, uint64_t size,
                  GError **error)
{
    struct archive_entry *entry = archive_entry_new();
    bool ok;

    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, 0, 0);
    archive_entry_set_size(entry, size);
    ok = archive_write_header(out, entry) == ARCHIVE_OK;
    archive_entry_free(entry);
    return ok || fail(out, error);
}

static bool put(struct archive *out, const void *p, size_t len, GError **error)
{
    return archive_write_data(out, p, len) == (ssize_t)len ||
           fail(out, error);
}

static bool put_text(struct archive *out, const char *name, const char *text,
                     GError **error)
{
    return begin(out, name, strlen(text), error) &&
           put(out, text, strlen(text), error);
}

static bool changed(const BundleMember *member, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                "%s has changed while it was read: try again", member->name);
    return false;
}

/* Write as many bytes as were measured, which must be the same. */
static bool copy(BundlePack *pack, struct archive *out,
                 const BundleMember *member, Reader *reader, void *opaque,
                 GError **error)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *buf = g_malloc(PIECE);
    uint64_t left = member->size;

    while (left) {
        ssize_t n = reader(opaque, buf, MIN(left, PIECE), error);

        if (n <= 0) {
            return n ? false : changed(member, error);
        }
        g_checksum_update(sum, (guchar *)buf, n);
        if (!put(out, buf, n, error) || !go_on(error)) {
            return false;
        }
        left -= n;
        analysis_progress_bytes(pack->progress, "written",
                                member->size - left);
    }
    return !strcmp(g_checksum_get_string(sum), member->sha256) ||
           changed(member, error);
}

static bool write_file(BundlePack *pack, struct archive *out,
                       const BundleMember *member, GError **error)
{
    File file;
    bool ok;

    if (!open_file(pack, &file, member->path, error)) {
        return false;
    }
    ok = copy(pack, out, member, read_file, &file, error);
    close(file.fd);
    return ok;
}

static bool write_bytes(struct archive *out, const BundleMember *member,
                        GError **error)
{
    gsize len;
    gconstpointer p = g_bytes_get_data(member->bytes, &len);

    return put(out, p, len, error);
}

/* @first: it is the first part of the log */
static bool write_part(BundlePack *pack, struct archive *out, BundleLog *log,
                       const BundleMember *member, bool first, GError **error)
{
    int more = first ? 1 : bundle_log_next(log, error);

    if (more <= 0) {
        return more ? false : changed(member, error);
    }
    return copy(pack, out, member, read_log, log, error);
}

static bool write_members(BundlePack *pack, struct archive *out,
                          GError **error)
{
    g_autoptr(BundleLog) log = bundle_log_open(pack->log, error);
    bool ok = log;
    guint i;

    for (i = 0; ok && i < pack->bundle->members->len; i++) {
        const BundleMember *member = pack->bundle->members->pdata[i];

        ok = begin(out, member->name, member->size, error) &&
             (member->bytes ? write_bytes(out, member, error) :
              member->path ? write_file(pack, out, member, error) :
              write_part(pack, out, log, member, i == 0, error));
    }
    if (ok) {
        pack->mode &= bundle_log_mode(log);
    }
    return ok;
}

static bool write_all(BundlePack *pack, struct archive *out, GError **error)
{
    g_autofree char *manifest = bundle_manifest_text(pack->bundle);
    g_autofree char *sums = bundle_sums(pack->bundle, manifest);

    if (strlen(manifest) > BUNDLE_MANIFEST_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "the manifest would be too large: give fewer files");
        return false;
    }
    return put_text(out, MMT_BUNDLE_MANIFEST, manifest, error) &&
           write_members(pack, out, error) &&
           put_text(out, BUNDLE_SUMS, sums, error);
}

bool bundle_pack_write(BundlePack *pack, FILE *stream, GError **error)
{
    struct archive *out = archive_write_new();
    bool ok;

    ok = archive_write_set_format_pax_restricted(out) == ARCHIVE_OK &&
         (!pack->compress ||
          archive_write_add_filter_zstd(out) == ARCHIVE_OK) &&
         archive_write_set_bytes_in_last_block(out, 1) == ARCHIVE_OK &&
         archive_write_open_FILE(out, stream) == ARCHIVE_OK;
    ok = ok ? write_all(pack, out, error) : fail(out, error);
    if (archive_write_close(out) != ARCHIVE_OK && ok) {
        ok = fail(out, error);
    }
    archive_write_free(out);
    return ok;
}
