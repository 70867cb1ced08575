/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: complete the log of a QEMU that died (see recover.h)
 */
#include "libmmiotrace/recover.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmmiotrace/format.h"
#include "libmmiotrace/frame.h"
#include "libmmiotrace/mark-put.h"
#include "libmmiotrace/parts.h"

#define RECOVER_BUF (1u << 20)

GQuark mmt_recover_error_quark(void)
{
    return g_quark_from_static_string("mmt-recover-error");
}

/**
 * struct Recovery: state of a recovery
 * @rf: the ring
 * @place: directory and name of the log's part; MMT_PLACE_NONE for an output
 * @fd: the file that is written
 * @file: its name
 * @framer: compressor, or NULL
 * @fmt: the formatter's state
 * @buf: text that is not written yet
 * @len: bytes of @buf
 * @total: bytes of text from the ring
 * @fresh: the log has no text before that
 */
typedef struct Recovery {
    MmtRingFile *rf;
    MmtPlace place;
    int fd;
    char *file;
    MmtFramer *framer;
    MmtFormatter fmt;
    char *buf;
    size_t len;
    uint64_t total;
    bool fresh;
} Recovery;

static bool fail_errno(GError **error, const char *what, const char *file)
{
    g_set_error(error, MMT_RECOVER_ERROR, MMT_RECOVER_ERROR_SYSTEM,
                "can't %s '%s': %s", what, file, g_strerror(errno));
    return false;
}

/* --- opening the log ----------------------------------------------------- */

/*
 * A ring is not trusted.  A file is only changed if it belongs to the user, as
 * the ring does, and is the file that the ring's commit names.
 */
static bool check_log(Recovery *r, const MmtCommit *commit, GError **error)
{
    struct stat log;

    if (fstat(r->fd, &log) < 0) {
        return fail_errno(error, "look at", r->file);
    }
    if (commit->ino != log.st_ino || commit->dev != log.st_dev) {
        g_set_error(error, MMT_RECOVER_ERROR, MMT_RECOVER_ERROR_NEEDS_OUTPUT,
                    "'%s' is not the file that the ring '%s' belongs to; the ring's records can be written into a new file",
                    r->file, r->rf->path);
        return false;
    }
    if (commit->offset > (uint64_t)log.st_size) {
        g_set_error(error, MMT_RECOVER_ERROR, MMT_RECOVER_ERROR_NEEDS_OUTPUT,
                    "'%s' was truncated: %" PRIu64
                    " bytes were written to it; the ring's records can be written into a new file",
                    r->file, commit->offset);
        return false;
    }
    return true;
}

static bool open_log(Recovery *r, const MmtCommit *commit, MmtRecovered *done,
                     GError **error)
{
    const MmtRingFileHeader *header = r->rf->header;
    const char *why = NULL;
    struct stat st;

    if (header->flags & (MMT_RING_FILE_STREAM | MMT_RING_FILE_NO_PATH)) {
        g_set_error(error, MMT_RECOVER_ERROR, MMT_RECOVER_ERROR_NEEDS_OUTPUT,
                    "the log '%s' %s; the ring's records can be written into a new file",
                    header->log,
                    header->flags & MMT_RING_FILE_STREAM ?
                    "is a pipe or a socket" : "has no path");
        return false;
    }
    if (commit->part > UINT32_MAX - 1) {
        g_set_error(error, MMT_RECOVER_ERROR, MMT_RECOVER_ERROR_BAD,
                    "'%s' is damaged: invalid part %" PRIu64, r->rf->path,
                    commit->part);
        return false;
    }
    r->file = mmt_part_name(header->log, commit->part);
    if (!g_path_is_absolute(r->file)) {
        g_set_error(error, MMT_RECOVER_ERROR, MMT_RECOVER_ERROR_BAD,
                    "'%s' is damaged: the log's path is not absolute",
                    r->rf->path);
        return false;
    }
    if (r->rf->log.dir >= 0 ? mmt_place_beside(&r->place, &r->rf->log, r->file)
                            : mmt_place_take(&r->place, r->file)) {
        r->fd = mmt_place_open(&r->place, O_RDWR, &why);
    }
    if (r->fd < 0 && why) {
        g_set_error(error, MMT_RECOVER_ERROR, MMT_RECOVER_ERROR_BAD,
                    "'%s' is not the log of the ring '%s': it %s", r->file,
                    r->rf->path, why);
        return false;
    }
    if (r->fd < 0 && errno == ENOENT) {
        g_set_error(error, MMT_RECOVER_ERROR, MMT_RECOVER_ERROR_NEEDS_OUTPUT,
                    "'%s' does not exist any more; the ring's records can be written into a new file",
                    r->file);
        return false;
    }
    if (r->fd < 0) {
        return fail_errno(error, "open", r->file);
    }
    if (flock(r->fd, LOCK_EX | LOCK_NB) < 0) {
        g_set_error(error, MMT_RECOVER_ERROR, MMT_RECOVER_ERROR_SYSTEM,
                    "'%s' is in use", r->file);
        return false;
    }
    if (!check_log(r, commit, error)) {
        return false;
    }
    if (fstat(r->fd, &st) < 0 || ftruncate(r->fd, commit->offset) < 0 ||
        lseek(r->fd, commit->offset, SEEK_SET) < 0) {
        return fail_errno(error, "truncate", r->file);
    }
    done->cut = st.st_size - commit->offset;
    return true;
}

/* --- writing ------------------------------------------------------------- */

static bool write_out(Recovery *r, GError **error)
{
    const char *p = r->buf;
    size_t len = r->len;

    if (r->framer && len) {
        len = mmt_framer_frame(r->framer, r->buf, r->len, &p);
    }
    while (len) {
        ssize_t n = write(r->fd, p, len);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return fail_errno(error, "write", r->file);
        }
        p += n;
        len -= n;
    }
    r->len = 0;
    return true;
}

static bool put_slot(Recovery *r, const MmtSlot *slot, GError **error)
{
    size_t n = mmt_format(&r->fmt, slot, r->buf + r->len);

    r->len += n;
    r->total += n;
    return r->len + MMT_FORMAT_MAX <= RECOVER_BUF || write_out(r, error);
}

static bool put_mark(Recovery *r, MmtMark mark, const MmtMarkWord *words,
                     GError **error)
{
    r->len += mmt_mark_put_line(mark, words, r->fmt.last_ns, r->buf + r->len);
    return r->len + MMT_FORMAT_MAX <= RECOVER_BUF || write_out(r, error);
}

static bool put_end(Recovery *r, const MmtRecovered *done, GError **error)
{
    return put_mark(r, MMT_MARK_RECOVERED,
                    MMT_WORDS(MMT_NUMBER("records", done->records),
                              MMT_NUMBER("pending", done->pending),
                              MMT_NUMBER("lost", done->lost)), error) &&
           put_mark(r, MMT_MARK_END, MMT_WORDS(MMT_NO_WORD), error);
}

static bool put_all(Recovery *r, MmtRecovered *done, GError **error)
{
    MmtSlot slot;

    while (mmt_ring_salvage(r->rf->ring, &slot)) {
        done->records += slot.rec.kind != MMT_KIND_TEXT;
        done->pending += slot.rec.kind != MMT_KIND_TEXT &&
                         (slot.rec.flags & MMT_FLAG_PENDING);
        if (!put_slot(r, &slot, error)) {
            return false;
        }
    }
    done->lost = mmt_ring_total_lost(r->rf->ring);
    if (r->fresh && !r->total) {
        /* An empty log without even a VERSION line stays empty. */
        return true;
    }
    return put_end(r, done, error) && write_out(r, error);
}

/*
 * Removes the next part if it was just being created: no commit is in it yet.
 * It is empty, or the ring names it.
 */
static void remove_next_part(const Recovery *r, const MmtCommit *commit)
{
    g_autofree char *path = mmt_part_name(r->rf->header->log, commit->part + 1);
    const MmtRing *ring = r->rf->ring;
    MmtPlace place = MMT_PLACE_NONE;
    const char *why;
    struct stat st;
    int fd = -1;

    if (mmt_place_beside(&place, &r->place, path)) {
        fd = mmt_place_open(&place, O_RDONLY, &why);
    }
    if (fd >= 0 && !fstat(fd, &st) &&
        (!st.st_size ||
         (st.st_ino == ring->next_ino && st.st_dev == ring->next_dev))) {
        mmt_place_remove(&place, fd);
    }
    if (fd >= 0) {
        close(fd);
    }
    mmt_place_free(&place);
}

bool mmt_recover(MmtRingFile *rf, const MmtRecoverOutput *output,
                 MmtRecovered *done, GError **error)
{
    const MmtCommit none = { 0 };
    const MmtCommit *commit;
    Recovery r = { .rf = rf, .fd = -1, .place = MMT_PLACE_NONE };
    bool ok = true;

    memset(done, 0, sizeof(*done));
    if (mmt_ring_file_finished(rf)) {
        done->finished = true;
        done->file = g_strdup(rf->header->log);
        return true;
    }
    commit = mmt_ring_rewind(rf->ring) ?: &none;
    done->offset = commit->offset;
    done->part = commit->part + 1;
    if (commit == &none && !rf->ring->head) {
        /*
         * QEMU died before it wrote anything.
         *
         */
        done->file = g_strdup(rf->header->log);
        return true;
    }
    r.fmt.last_ns = commit->last_ns;
    r.fmt.extra = rf->header->extra;
    r.fresh = !output && !commit->offset && !commit->part;
    if (output) {
        r.file = g_strdup(output->name);
        r.fd = output->fd;
    } else {
        ok = open_log(&r, commit, done, error);
    }
    if (ok) {
        r.buf = g_malloc(RECOVER_BUF);
        if (output ? g_str_has_suffix(output->name, MMT_ZSTD_SUFFIX) != 0
                   : (rf->header->flags & MMT_RING_FILE_ZSTD) != 0) {
            r.framer = mmt_framer_new(RECOVER_BUF);
        }
        ok = put_all(&r, done, error);
        if (ok && fsync(r.fd) < 0) {
            ok = fail_errno(error, "write", r.file);
        }
        if (ok && !output) {
            remove_next_part(&r, commit);
        }
    }
    if (!output && r.fd >= 0 && close(r.fd) < 0 && ok) {
        ok = fail_errno(error, "write", r.file);
    }
    mmt_place_free(&r.place);
    g_clear_pointer(&r.framer, mmt_framer_free);
    g_free(r.buf);
    done->file = ok ? g_steal_pointer(&r.file) : NULL;
    g_free(r.file);
    return ok;
}
