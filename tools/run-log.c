/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the log of a QEMU that has a user of its own (see run-log.h)
 *
 * Root works in directories here that belong to others.  They are held, what is
 * in them is looked at by descriptor, and only what belongs to QEMU's user is
 * taken.
 */
#include "run-log.h"

#include "libmmiotrace/parts.h"
#include "libmmiotrace/recover.h"

#include "as-user.h"
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool run_log_is_file(const char *log)
{
    struct stat st;

    return !g_str_has_prefix(log, "unix:") &&
           !g_str_has_prefix(log, "/dev/fdset/") &&
           (lstat(log, &st) || !S_ISFIFO(st.st_mode));
}

/* --- before -------------------------------------------------------------- */

/* Return: false if there is something that can't be removed */
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
        run_error(error, "%s %s", path, why ? why : g_strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    mmt_place_free(&place);
    return ok;
}

/* The log, what names its ring, and its parts */
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

char *run_log_work(const char *log)
{
    g_autofree char *dir = g_path_get_dirname(log);

    return g_strdup_printf("%s/" RUN_LOG_WORK "%08x%08x",
                           strcmp(dir, "/") ? dir : "", g_random_int(),
                           g_random_int());
}

bool run_log_prepare(const char *log, const char *work, bool overwrite,
                     uid_t uid, GError **error)
{
    g_autofree char *dir = g_path_get_dirname(log);
    g_autofree char *name = g_path_get_basename(work);
    MmtPlace place = MMT_PLACE_NONE;
    bool ok = false;
    int fd = -1;

    if (!mmt_place_take(&place, log)) {
        run_error(error, "the log's directory %s: %s", dir, g_strerror(errno));
    } else if (!overwrite || remove_all_old(&place, log, error)) {
        if (mkdirat(place.dir, name, 0700) == 0) {
            fd = openat(place.dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
                        O_CLOEXEC);
        }
        ok = fd >= 0 && fchown(fd, uid, uid) == 0;
        if (!ok) {
            run_error(error, "can't make a directory for QEMU's user in %s: "
                      "%s; choose another for the log with -o, or --as-root",
                      dir, g_strerror(errno));
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    mmt_place_free(&place);
    return ok;
}

/* --- meanwhile, and afterwards ------------------------------------------- */

/**
 * struct Move: files on their way
 * @log: where the log belongs
 * @work: where it is
 * @uid: whose it is
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

/* Return: the file, or -1 if there is none of QEMU's user's */
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

/* By descriptor: QEMU may put another file there at any time. */
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

void run_log_show(const char *log, const char *work, uid_t uid)
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

/* As QEMU's user.  Return: 0 if nothing is left to be recovered */
static int recover(void *opaque)
{
    const Move *move = opaque;
    g_autoptr(GError) error = NULL;
    MmtRecovered done;
    MmtRingFile *rf = mmt_ring_file_open_in(move->work, move->log.path,
                                            &error);
    bool ok;

    if (!rf) {
        return !g_error_matches(error, MMT_RING_FILE_ERROR,
                                MMT_RING_FILE_ERROR_NONE);
    }
    ok = mmt_recover(rf, NULL, &done, NULL);
    mmt_ring_file_close(rf, ok);
    return !ok;
}

/* QEMU has ended before it had begun: no log is better than none in it. */
static void remove_empty(const Move *move)
{
    int fd = open_its(move, move->log.name);
    struct stat st;

    if (fd >= 0 && !fstat(fd, &st) && !st.st_size) {
        /* Also what run_log_show() has made */
        mmt_place_remove(&move->log, fd);
        unlinkat(move->work, move->log.name, 0);
    }
    if (fd >= 0) {
        close(fd);
    }
}

static bool give_to_root(int fd)
{
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);

    return chmod(path, 0600) == 0 &&
           fchownat(fd, "", 0, 0, AT_EMPTY_PATH) == 0;
}

/*
 * What is not complete stays QEMU's user's: only that may complete it.
 *
 * Return: false if there is no such file
 */
static bool move_file(const Move *move, const char *path, bool complete,
                      BindSay *say, void *opaque)
{
    g_autofree char *name = g_path_get_basename(path);
    int fd = open_its(move, name);

    if (fd < 0) {
        return false;
    }
    if ((!complete || give_to_root(fd)) && link_it(move, fd, name)) {
        unlinkat(move->work, name, 0);
    } else {
        g_autofree char *text = g_strdup_printf("can't move %s to its place: "
                                                "%s", path, g_strerror(errno));

        say(opaque, text);
    }
    close(fd);
    return true;
}

void run_log_finish(const char *log, const char *work, uid_t uid, BindSay *say,
                    void *opaque)
{
    g_autofree char *sidecar = g_strconcat(log, MMT_RING_SIDECAR_SUFFIX, NULL);
    g_autofree char *name = g_path_get_basename(work);
    g_autofree char *text = NULL;
    bool complete;
    Move move;
    int result;
    unsigned n;

    if (!open_move(&move, log, work, uid)) {
        close_move(&move);
        return;
    }
    complete = as_user(uid, recover, &move, &result, NULL) && !result;
    if (!complete) {
        text = g_strdup_printf("%s can't be completed; 'vfio-trace recover' "
                               "may say why", log);
        say(opaque, text);
    }
    remove_empty(&move);
    for (n = 0; ; n++) {
        g_autofree char *path = mmt_part_name(log, n);

        if (!move_file(&move, path, complete, say, opaque)) {
            break;
        }
    }
    move_file(&move, sidecar, complete, say, opaque);
    if (unlinkat(move.log.dir, name, AT_REMOVEDIR) < 0) {
        g_free(text);
        text = g_strdup_printf("%s stays, with what QEMU has left in it: %s",
                               work, g_strerror(errno));
        say(opaque, text);
    }
    close_move(&move);
}
