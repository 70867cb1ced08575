/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: log of a QEMU that has its own user (see session-log.h)
 *
 * Here root works in directories of other users.  Their descriptors are kept
 * open, files in them are examined by descriptor, and only files of QEMU's user
 * are moved.
 */
#include "tools/session/session-log.h"

#include "libmmiotrace/parts.h"
#include "libmmiotrace/recover.h"

#include "tools/common/as-user.h"
#include "tools/session/session.h"
#include "tools/session/session-uid.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool session_log_is_file(const char *log)
{
    struct stat st;

    return !g_str_has_prefix(log, "unix:") &&
           !g_str_has_prefix(log, "/dev/fdset/") &&
           (lstat(log, &st) ? errno == ENOENT : S_ISREG(st.st_mode));
}

/* --- before QEMU runs ---------------------------------------------------- */

/* Return: false if a file exists that can't be removed */
static bool remove_old(const MmtPlace *dir, const char *path, bool *there,
                       GError **error)
{
    MmtPlace place = MMT_PLACE_NONE;
    const char *why = NULL;
    int fd = -1;
    bool ok;

    if (mmt_place_beside(&place, dir, path)) {
        fd = mmt_place_open(&place, O_RDONLY, &why);
    }
    *there = fd >= 0;
    ok = fd >= 0 ? mmt_place_remove(&place, fd) : errno == ENOENT;
    if (!ok) {
        session_error(error, SESSION_ERROR_IO, "%s %s", path,
                      why ? why : g_strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    mmt_place_free(&place);
    return ok;
}

static bool is_there(const MmtPlace *dir, const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    struct stat st;

    return !fstatat(dir->dir, name, &st, AT_SYMLINK_NOFOLLOW);
}

/* QEMU does not see the old files, and so can't refuse them itself. */
static bool refuse_old(const MmtPlace *dir, const char *log, GError **error)
{
    g_autofree char *sidecar = g_strconcat(log, MMT_RING_SIDECAR_SUFFIX, NULL);
    g_autofree char *part = mmt_part_name(log, 1);
    const char *const names[] = { log, sidecar, part };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (is_there(dir, names[i])) {
            return session_error(error, SESSION_ERROR_IO,
                                 "%s exists already: choose another name, or use --overwrite",
                                 names[i]);
        }
    }
    return true;
}

/* The log, its sidecar and its parts */
static bool remove_all_old(const MmtPlace *dir, const char *log, GError **error)
{
    g_autofree char *sidecar = g_strconcat(log, MMT_RING_SIDECAR_SUFFIX, NULL);
    bool there = true;
    unsigned n;

    if (!remove_old(dir, sidecar, &there, error)) {
        return false;
    }
    for (n = 0, there = true; there; n++) {
        g_autofree char *path = mmt_part_name(log, n);

        if (!remove_old(dir, path, &there, error)) {
            return false;
        }
    }
    return true;
}

char *session_log_work(const char *log)
{
    g_autofree char *dir = g_path_get_dirname(log);

    return g_strdup_printf("%s/" SESSION_LOG_WORK "%08x%08x",
                           strcmp(dir, "/") ? dir : "", g_random_int(),
                           g_random_int());
}

/*
 * The owner of the parent directory may have replaced the new directory.  A
 * directory that is not empty, or older than @since, was not made here.
 */
static bool is_new(int fd, const struct statx_timestamp *since)
{
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    g_autoptr(GDir) d = g_dir_open(path, 0, NULL);
    struct statx st;

    return d && !g_dir_read_name(d) &&
           !statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME,
                  &st) &&
           S_ISDIR(st.stx_mode) && st.stx_uid == geteuid() &&
           (st.stx_mode & 07777) == 0700 &&
           (!(st.stx_mask & STATX_BTIME) ||
            st.stx_btime.tv_sec >= since->tv_sec);
}

static bool make_for(int dir, const char *name, uid_t uid)
{
    struct statx_timestamp since = {
        /* The birth time is from the kernel's coarse clock. */
        .tv_sec = g_get_real_time() / G_USEC_PER_SEC - 1,
    };
    bool ok;
    int fd;

    if (mkdirat(dir, name, 0700) < 0) {
        return false;
    }
    fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    errno = EPERM;
    ok = is_new(fd, &since) && fchown(fd, uid, uid) == 0;
    if (!ok) {
        int saved = errno;

        unlinkat(dir, name, AT_REMOVEDIR);
        errno = saved;
    }
    close(fd);
    return ok;
}

bool session_log_prepare(const char *log, const char *work, bool overwrite,
                         uid_t uid, GError **error)
{
    g_autofree char *dir = g_path_get_dirname(log);
    g_autofree char *name = g_path_get_basename(work);
    MmtPlace place = MMT_PLACE_NONE;
    bool ok = false;

    if (!mmt_place_take(&place, log)) {
        session_error(error, SESSION_ERROR_IO,
                      "the log's directory %s: %s", dir, g_strerror(errno));
    } else if (overwrite ? remove_all_old(&place, log, error)
                         : refuse_old(&place, log, error)) {
        ok = make_for(place.dir, name, uid);
        if (!ok) {
            session_error(error, SESSION_ERROR_IO,
                          "can't make a directory for QEMU's user in %s: %s; choose another directory for the log with -o, or use --as-root",
                          dir, g_strerror(errno));
        }
    }
    mmt_place_free(&place);
    return ok;
}

/* --- while QEMU runs, and afterwards ------------------------------------- */

/**
 * struct Move: a move of a log's files to their place
 * @log: the log's place
 * @work: descriptor of the directory that has the files
 * @uid: owner of the files
 */
typedef struct Move {
    MmtPlace log;
    int work;
    uid_t uid;
} Move;

static bool open_move(Move *move, const char *log, const char *work, uid_t uid)
{
    g_autofree char *name = g_path_get_basename(work);
    struct stat st;

    *move = (Move) { .log = MMT_PLACE_NONE, .work = -1, .uid = uid };
    if (!mmt_place_take(&move->log, log)) {
        return false;
    }
    move->work = openat(move->log.dir, name, O_RDONLY | O_DIRECTORY |
                        O_NOFOLLOW | O_CLOEXEC);
    return move->work >= 0 && !fstat(move->work, &st) && st.st_uid == uid;
}

static void close_move(Move *move)
{
    if (move->work >= 0) {
        close(move->work);
    }
    mmt_place_free(&move->log);
}

/* Return: the file, or -1 if QEMU's user has none of that name */
static int open_its(const Move *move, const char *name)
{
    int fd = openat(move->work, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;

    if (fd >= 0 && (fstat(fd, &st) || !S_ISREG(st.st_mode) ||
                    st.st_uid != move->uid)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* By descriptor, since QEMU may replace the file at any time */
static bool link_it(const Move *move, int fd, const char *name)
{
    struct stat ours, there;

    if (linkat(fd, "", move->log.dir, name, AT_EMPTY_PATH) == 0) {
        return true;
    }
    return errno == EEXIST && !fstat(fd, &ours) &&
           !fstatat(move->log.dir, name, &there, AT_SYMLINK_NOFOLLOW) &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

void session_log_show(const char *log, const char *work, uid_t uid)
{
    Move move;
    int fd;

    if (open_move(&move, log, work, uid)) {
        fd = open_its(&move, move.log.name);
        if (fd >= 0) {
            link_it(&move, fd, move.log.name);
            close(fd);
        }
    }
    close_move(&move);
}

/* Runs as QEMU's user.  Return: 0 if nothing is left to recover */
static int recover(void *opaque)
{
    const Move *move = opaque;
    g_autoptr(GError) error = NULL;
    MmtRecovered done;
    MmtRingFile *rf = mmt_ring_file_open_in(move->work, move->log.path,
                                            &error);
    bool ok;

    if (!rf) {
        /* Without a ring, as after the host's crash, there is no more. */
        return !g_error_matches(error, MMT_RING_FILE_ERROR,
                                MMT_RING_FILE_ERROR_NONE) &&
               !g_error_matches(error, MMT_RING_FILE_ERROR,
                                MMT_RING_FILE_ERROR_FINISHED) &&
               !g_error_matches(error, MMT_RING_FILE_ERROR,
                                MMT_RING_FILE_ERROR_ABSENT);
    }
    ok = mmt_recover(rf, NULL, &done, NULL);
    mmt_ring_file_close(rf, ok);
    return !ok;
}

/* Remove an empty log, which is left if QEMU ends before it has traced. */
static void remove_empty(const Move *move)
{
    int fd = open_its(move, move->log.name);
    struct stat st;

    if (fd >= 0 && !fstat(fd, &st) && !st.st_size) {
        /* Also the link that session_log_show() has made */
        mmt_place_remove(&move->log, fd);
        unlinkat(move->work, move->log.name, 0);
    }
    if (fd >= 0) {
        close(fd);
    }
}

/* QEMU's user has no processes any more, so it can't change the file again. */
static bool give_to_root(const Move *move, const char *name)
{
    int fd = openat(move->log.dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    struct stat st;
    bool ok = true;

    if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) &&
        st.st_uid == move->uid) {
        ok = fchownat(fd, "", 0, 0, AT_EMPTY_PATH) == 0 &&
             chmod(path, 0600) == 0;
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

/*
 * The file may have been moved already, if an earlier call was interrupted.
 *
 * Return: false if there is no such file in either directory
 */
static bool move_file(const Move *move, const char *path, BindSay *say,
                      void *opaque)
{
    g_autofree char *name = g_path_get_basename(path);
    int fd = open_its(move, name);
    bool ok = true;

    if (fd < 0 && !is_there(&move->log, path)) {
        return false;
    }
    if (fd >= 0) {
        ok = link_it(move, fd, name) && !unlinkat(move->work, name, 0);
        close(fd);
    }
    if (!ok || !give_to_root(move, name)) {
        bind_say(say, opaque, "can't move the log to %s: %s", path,
                 g_strerror(errno));
    }
    return true;
}

void session_log_finish(const char *log, const char *work, uid_t uid,
                        BindSay *say, void *opaque)
{
    g_autofree char *name = g_path_get_basename(work);
    g_autofree char *sidecar = g_strconcat(log, MMT_RING_SIDECAR_SUFFIX, NULL);
    g_autofree char *sidecar_name = g_path_get_basename(sidecar);
    Move move;
    int result;
    unsigned n;

    session_uid_end(uid);
    if (!open_move(&move, log, work, uid)) {
        close_move(&move);
        return;
    }
    if (!as_user(uid, recover, &move, &result, NULL) || result) {
        bind_say(say, opaque,
                 "%s can't be completed now, and stays in %s; use 'vfio-trace recover %s' to try again",
                 log, work, log);
        close_move(&move);
        return;
    }
    /* The sidecar names a ring that no longer exists. */
    unlinkat(move.work, sidecar_name, 0);
    remove_empty(&move);
    for (n = 0; ; n++) {
        g_autofree char *path = mmt_part_name(log, n);

        if (!move_file(&move, path, say, opaque)) {
            break;
        }
    }
    if (unlinkat(move.log.dir, name, AT_REMOVEDIR) < 0) {
        bind_say(say, opaque, "%s stays, with files that QEMU has left in it: %s",
                 work, g_strerror(errno));
    }
    close_move(&move);
}

/* Is it the directory of a QEMU that has ended? */
static bool is_left(int dir, const char *name, struct stat *st)
{
    return g_str_has_prefix(name, SESSION_LOG_WORK) &&
           !fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) &&
           S_ISDIR(st->st_mode) && st->st_uid >= SESSION_UID_FIRST &&
           st->st_uid <= SESSION_UID_LAST && session_uid_is_free(st->st_uid);
}

void session_log_adopt(const char *log, BindSay *say, void *opaque)
{
    g_autofree char *absolute = g_canonicalize_filename(log, NULL);
    g_autofree char *dir = g_path_get_dirname(absolute);
    g_autofree char *base = g_path_get_basename(absolute);
    g_autoptr(GDir) d = geteuid() ? NULL : g_dir_open(dir, 0, NULL);
    MmtPlace place = MMT_PLACE_NONE;
    const char *name;

    while (d && mmt_place_take(&place, absolute) &&
           (name = g_dir_read_name(d))) {
        g_autofree char *its = g_build_filename(name, base, NULL);
        struct stat st, file;

        if (is_left(place.dir, name, &st) &&
            !fstatat(place.dir, its, &file, AT_SYMLINK_NOFOLLOW)) {
            g_autofree char *work = g_build_filename(dir, name, NULL);

            session_log_finish(absolute, work, st.st_uid, say, opaque);
        }
        mmt_place_free(&place);
    }
    mmt_place_free(&place);
}
