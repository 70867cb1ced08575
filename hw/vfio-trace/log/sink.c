/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: log sinks (see sink.h)
 */
#include "qemu/osdep.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/sockets.h"
#include "qemu/units.h"
#include "libmmiotrace/frame.h"
#include "libmmiotrace/parts.h"
#include "hw/vfio-trace/log/file.h"
#include "hw/vfio-trace/log/sink.h"
#include "hw/vfio-trace/log/sink-socket.h"

/* More than the longest frame: one MiB of text that does not compress */
#define SINK_FRAMES_BUF (2 * MiB)

#define FDSET_PREFIX "/dev/fdset/"

/* How long to wait for the rest of a pipe to be read when the log ends */
#define SINK_DRAIN_MS 2000

char *vfio_trace_sink_name(const char *file)
{
    const char *path;
    g_autofree char *abs_path = NULL;

    if (strstart(file, FDSET_PREFIX, NULL)) {
        return g_strdup(file);
    }
    if (strstart(file, VFIO_TRACE_SINK_UNIX, &path)) {
        abs_path = g_canonicalize_filename(path, NULL);
        return g_strconcat(VFIO_TRACE_SINK_UNIX, abs_path, NULL);
    }
    return g_canonicalize_filename(file, NULL);
}

/* --- regular files ------------------------------------------------------- */

/*
 * The file is open with O_APPEND, so after a truncation the bytes go to its new
 * end.  Comparing the position after the write detects every truncation.
 */
static ssize_t log_sink_file_write(VFIOTraceSink *s, const char *buf,
                                   size_t len)
{
    ssize_t n = write(s->fd, buf, len);
    off_t end;

    if (n < 0) {
        return -errno;
    }
    end = lseek(s->fd, 0, SEEK_CUR);
    if (end >= 0 && end - n < s->offset) {
        s->offset = end - n;
        return -ESTALE;
    }
    return n;
}

static void log_sink_file_close(VFIOTraceSink *s)
{
    /* Cut off what a rewind could not. */
    struct stat st;

    if (!fstat(s->fd, &st) && st.st_size > s->offset &&
        ftruncate(s->fd, s->offset) < 0) {
        /* fsync has reported the error, or the caller's close() will. */
        return;
    }
}

static const VFIOTraceSinkOps log_sink_file_ops = {
    .write = log_sink_file_write,
    .close = log_sink_file_close,
};

static void log_sink_file_identify(VFIOTraceSink *s)
{
    struct stat st;

    if (!fstat(s->fd, &st)) {
        s->dev = st.st_dev;
        s->ino = st.st_ino;
    }
}

static bool log_sink_file_open(VFIOTraceSink *s, bool overwrite, Error **errp)
{
    s->ops = &log_sink_file_ops;
    s->has_path = true;
    s->fd = vfio_trace_file_open(&s->dir, overwrite, &s->created, errp);
    if (s->fd < 0) {
        return false;
    }
    log_sink_file_identify(s);
    return true;
}

/* --- pipes and other streams --------------------------------------------- */

static ssize_t log_sink_stream_write(VFIOTraceSink *s, const char *buf,
                                     size_t len)
{
    ssize_t n = write(s->fd, buf, len);

    return n < 0 ? -errno : n;
}

static void log_sink_stream_close(VFIOTraceSink *s)
{
    int unread = 0;
    int i;

    /* Without any open descriptor the contents of a pipe are lost. */
    for (i = 0; i < SINK_DRAIN_MS / 10; i++) {
        if (ioctl(s->fd, FIONREAD, &unread) < 0 || !unread) {
            return;
        }
        g_usleep(10 * 1000);
    }
}

static const VFIOTraceSinkOps log_sink_stream_ops = {
    .write = log_sink_stream_write,
    .close = log_sink_stream_close,
};

/*
 * The owner of a FIFO reads it, and can pause the guest by not reading.
 * Checked after open(): until then another file may get the FIFO's name.
 */
static bool log_sink_fifo_check(VFIOTraceSink *s, Error **errp)
{
    ERRP_GUARD();
    struct stat st;

    if (fstat(s->fd, &st) < 0) {
        error_setg_errno(errp, errno, "trace log '%s'", s->path);
        return false;
    }
    if (!S_ISFIFO(st.st_mode)) {
        error_setg(errp, "trace log '%s' is no longer a FIFO", s->path);
        return false;
    }
    if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH))) {
        error_setg(errp, "trace log '%s' is a FIFO that %s", s->path,
                   st.st_uid != geteuid() ? "belongs to another user"
                                          : "other users can write to");
        error_append_hint(errp,
                          "Create it as QEMU's user with mode 0600 or 0640, or pass an open file descriptor with -add-fd and file=/dev/fdset/N.\n");
        return false;
    }
    return true;
}

static bool log_sink_fifo_open(VFIOTraceSink *s, Error **errp)
{
    s->ops = &log_sink_stream_ops;
    s->stream = true;
    s->has_path = true;
    /*
     * Open for reading, too: then open() needs no reader, and what a reader has
     * not read stays in the FIFO when it closes.
     */
    s->fd = open(s->path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC |
                 O_NOCTTY);
    if (s->fd < 0) {
        error_setg_errno(errp, errno, "can't open trace log '%s'", s->path);
        return false;
    }
    if (!log_sink_fifo_check(s, errp)) {
        close(s->fd);
        s->fd = -1;
        return false;
    }
    return true;
}

/* --- file descriptors passed to QEMU ------------------------------------- */

static bool log_sink_fdset_open(VFIOTraceSink *s, bool overwrite, Error **errp)
{
    ERRP_GUARD();
    struct stat st;
    int flags;

    s->fd = qemu_open(s->path, O_WRONLY, errp);
    if (s->fd < 0) {
        error_free_or_abort(errp);
        s->fd = qemu_open(s->path, O_RDWR, errp);
    }
    if (s->fd < 0) {
        error_prepend(errp, "can't open trace log '%s': ", s->path);
        error_append_hint(errp,
                          "Add a writable file descriptor to the set, with -add-fd or QMP's add-fd.\n");
        return false;
    }
    flags = fcntl(s->fd, F_GETFL);
    if (fstat(s->fd, &st) < 0 || flags < 0) {
        error_setg_errno(errp, errno, "trace log '%s'", s->path);
        goto fail;
    }
    s->stream = !S_ISREG(st.st_mode);
    s->ops = s->stream ? &log_sink_stream_ops : &log_sink_file_ops;
    flags |= s->stream ? O_NONBLOCK : O_APPEND;
    if (fcntl(s->fd, F_SETFL, flags) < 0) {
        error_setg_errno(errp, errno, "trace log '%s'", s->path);
        goto fail;
    }
    if (s->stream) {
        return true;
    }
    if (st.st_size && !overwrite) {
        error_setg(errp, "trace log '%s' is not empty", s->path);
        error_append_hint(errp,
                          "Set overwrite=on (trace-overwrite=on on vfio-pci-trace) to empty it.\n");
        goto fail;
    }
    if (ftruncate(s->fd, 0) < 0) {
        error_setg_errno(errp, errno, "can't empty trace log '%s'", s->path);
        goto fail;
    }
    log_sink_file_identify(s);
    return true;

fail:
    qemu_close(s->fd);
    s->fd = -1;
    return false;
}

/* --- all kinds ----------------------------------------------------------- */

static bool log_sink_open_dir(VFIOTraceSink *s, const char *path, Error **errp)
{
    ERRP_GUARD();

    if (mmt_place_take(&s->dir, path)) {
        return true;
    }
    error_setg_errno(errp, errno, "can't create trace log '%s'", path);
    if (errno == ENOENT) {
        error_append_hint(errp, "Create its directory first.\n");
    }
    return false;
}

static bool log_sink_open(VFIOTraceSink *s, bool overwrite, Error **errp)
{
    const char *path = s->name;
    struct stat st;

    if (strstart(s->name, FDSET_PREFIX, NULL)) {
        return log_sink_fdset_open(s, overwrite, errp);
    }
    if (strstart(s->name, VFIO_TRACE_SINK_UNIX, &path)) {
        return log_sink_open_dir(s, path, errp) &&
               vfio_trace_socket_open(s, path, overwrite, errp);
    }
    if (!log_sink_open_dir(s, path, errp)) {
        return false;
    }
    if (!lstat(s->name, &st) && S_ISFIFO(st.st_mode)) {
        return log_sink_fifo_open(s, errp);
    }
    return log_sink_file_open(s, overwrite, errp);
}

bool vfio_trace_sink_open(VFIOTraceSink *s, const char *name, bool overwrite,
                          Error **errp)
{
    s->name = g_strdup(name);
    s->path = g_strdup(name);
    s->dir = MMT_PLACE_NONE;
    s->fd = -1;
    s->listen_fd = -1;
    if (!log_sink_open(s, overwrite, errp)) {
        mmt_place_free(&s->dir);
        g_clear_pointer(&s->name, g_free);
        g_clear_pointer(&s->path, g_free);
        return false;
    }
    return true;
}

bool vfio_trace_sink_clear_parts(VFIOTraceSink *s, bool overwrite, bool wanted,
                                 Error **errp)
{
    ERRP_GUARD();
    unsigned n;

    if (s->stream || !s->has_path) {
        return true;
    }
    for (n = 1; overwrite || n == 1; n++) {
        g_autofree char *path = mmt_part_name(s->name, n);
        struct stat st;

        if (lstat(path, &st) < 0) {
            break;
        }
        if (overwrite && S_ISREG(st.st_mode) && st.st_uid == geteuid()) {
            if (unlink(path) < 0) {
                error_setg_errno(errp, errno,
                                 "can't remove '%s', a part of an earlier trace log",
                                 path);
                return false;
            }
        } else if (wanted) {
            error_setg(errp,
                       "'%s' exists: trace log '%s' could not continue there",
                       path, s->name);
            error_append_hint(errp,
                              "Move it away, or set overwrite=on (trace-overwrite=on on vfio-pci-trace).\n");
            return false;
        } else {
            break;
        }
    }
    return true;
}

ssize_t vfio_trace_sink_write(VFIOTraceSink *s, const char *buf, size_t len)
{
    ssize_t n;

    do {
        n = s->ops->write(s, buf, len);
    } while (n == -EINTR);
    if (n > 0) {
        s->offset += n;
    }
    return n;
}

void vfio_trace_sink_wait(VFIOTraceSink *s, int ms)
{
    struct pollfd pfd = {
        .fd = s->fd >= 0 ? s->fd : s->listen_fd,
        .events = s->fd >= 0 ? POLLOUT : POLLIN,
    };

    poll(&pfd, 1, ms);
}

int vfio_trace_sink_sync(VFIOTraceSink *s)
{
    struct statvfs fs;
    int ret;

    if (s->stream) {
        return 0;
    }
    do {
        ret = fdatasync(s->fd);
    } while (ret < 0 && errno == EINTR);
    if (ret < 0) {
        return -errno;
    }
    /*
     * On ext4 neither write() nor fdatasync() fails if the file system has been
     * remounted read-only under an open file: nothing reaches the disk.
     */
    if (!fstatvfs(s->fd, &fs) && (fs.f_flag & ST_RDONLY)) {
        return -EROFS;
    }
    return 0;
}

int vfio_trace_sink_rewind(VFIOTraceSink *s, uint64_t offset)
{
    s->offset = offset;
    return ftruncate(s->fd, offset) < 0 ? -errno : 0;
}

static int log_sink_copy(int from, int to, uint64_t len)
{
    g_autofree char *buf = g_malloc(1 * MiB);
    uint64_t at = 0;

    while (at < len) {
        ssize_t n = pread(from, buf, MIN(len - at, 1 * MiB), at);

        if (n <= 0) {
            return n < 0 ? -errno : -EIO;
        }
        if (qemu_write_full(to, buf, n) != n) {
            return -errno;
        }
        at += n;
    }
    return fdatasync(to) < 0 ? -errno : 0;
}

/* Creates a file next to the first part.  Returns a negative errno or an fd. */
static int log_sink_create(const VFIOTraceSink *s, const char *path)
{
    MmtPlace place;
    bool created;
    int fd = -1;
    int saved;

    if (mmt_place_beside(&place, &s->dir, path)) {
        fd = vfio_trace_file_open(&place, false, &created, NULL);
    }
    saved = errno;
    mmt_place_free(&place);
    return fd < 0 ? -saved : fd;
}

static void log_sink_remove(const VFIOTraceSink *s, int fd, const char *path)
{
    MmtPlace place;

    if (mmt_place_beside(&place, &s->dir, path)) {
        mmt_place_remove(&place, fd);
    }
    mmt_place_free(&place);
}

/*
 * A deleted file keeps its contents while it is open, but can't be linked
 * again: copy it to its old path.
 */
static int log_sink_put_back(VFIOTraceSink *s)
{
    int fd = log_sink_create(s, s->path);
    int ret;

    if (fd < 0) {
        return fd;
    }
    ret = log_sink_copy(s->fd, fd, s->offset);
    if (ret < 0) {
        log_sink_remove(s, fd, s->path);
        close(fd);
        return ret;
    }
    close(s->fd);
    s->fd = fd;
    log_sink_file_identify(s);
    return 0;
}

int vfio_trace_sink_look(VFIOTraceSink *s, bool *put_back)
{
    struct stat st;
    int ret;

    *put_back = false;
    if (s->stream || fstat(s->fd, &st) < 0) {
        return 0;
    }
    if (st.st_size < s->offset) {
        s->offset = st.st_size;
        return -ESTALE;
    }
    if (st.st_nlink || !s->has_path) {
        return 0;
    }
    ret = log_sink_put_back(s);
    *put_back = !ret;
    return ret;
}

static uint64_t log_sink_whole_lines(VFIOTraceSink *s)
{
    char buf[MMT_LINE_MAX];
    uint64_t from = s->offset - MIN(s->offset, sizeof(buf));
    ssize_t n = pread(s->fd, buf, s->offset - from, from);
    const char *line = n > 0 ? memrchr(buf, '\n', n) : NULL;

    if (n < 0) {
        return s->offset;
    }
    return line ? from + (line + 1 - buf) : from;
}

/* Reads instead of mapping: another process may be truncating the file. */
static uint64_t log_sink_whole_frames(VFIOTraceSink *s)
{
    g_autofree char *buf = g_malloc(SINK_FRAMES_BUF);
    uint64_t end = 0;
    size_t whole;

    do {
        ssize_t n = pread(s->fd, buf, MIN(SINK_FRAMES_BUF, s->offset - end),
                          end);

        whole = n > 0 ? mmt_frames_end(buf, n) : 0;
        end += whole;
    } while (whole);
    return end;
}

uint64_t vfio_trace_sink_whole(VFIOTraceSink *s, bool frames)
{
    if (!s->offset) {
        return 0;
    }
    return frames ? log_sink_whole_frames(s) : log_sink_whole_lines(s);
}

bool vfio_trace_sink_may_create(const VFIOTraceSink *s, const char *path,
                                Error **errp)
{
    g_autofree char *dir = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    struct stat st;

    if (!fstatat(s->dir.dir, name, &st, AT_SYMLINK_NOFOLLOW)) {
        error_setg(errp, "can't continue in '%s': that exists", path);
        return false;
    }
    if (faccessat(s->dir.dir, ".", W_OK | X_OK, AT_EACCESS) < 0) {
        error_setg_errno(errp, errno,
                         "can't continue in '%s': QEMU can't create files in '%s'",
                         path, dir);
        return false;
    }
    return true;
}

int vfio_trace_sink_next_part(VFIOTraceSink *s)
{
    g_autofree char *path = mmt_part_name(s->name, s->part + 1);
    int fd;

    assert(!s->stream && s->has_path);
    fd = log_sink_create(s, path);
    if (fd < 0) {
        return fd;
    }
    close(s->fd);
    s->fd = fd;
    s->part++;
    s->offset = 0;
    log_sink_file_identify(s);
    g_free(s->path);
    s->path = g_steal_pointer(&path);
    return 0;
}

void vfio_trace_sink_commit(const VFIOTraceSink *s, MmtCommit *commit)
{
    commit->part = s->part;
    commit->offset = s->offset;
    commit->dev = s->dev;
    commit->ino = s->ino;
}

int vfio_trace_sink_close(VFIOTraceSink *s, bool remove)
{
    int ret = 0;

    s->ops->close(s);
    if (remove && s->created) {
        log_sink_remove(s, s->fd, s->path);
    }
    /* qemu_close() handles descriptors from a set, too. */
    if (s->fd >= 0 && qemu_close(s->fd) < 0) {
        ret = -errno;
    }
    s->fd = -1;
    mmt_place_free(&s->dir);
    g_clear_pointer(&s->name, g_free);
    g_clear_pointer(&s->path, g_free);
    return ret;
}
