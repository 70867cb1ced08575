/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what a log can't do once QEMU has become another user (see
 * rights.h)
 *
 * With -run-with, QEMU changes its root directory and its user after it has
 * created its objects and devices.  A log holds descriptors of its files and of
 * their directories, so a changed root directory makes no difference.  Another
 * user may be unable to create the log's next part, to remove the ring and its
 * sidecar, which are left with a note that the log is complete, and to remove a
 * socket.
 */
#include "qemu/osdep.h"
#include <pwd.h>
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/option.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/log/log-internal.h"
#include "hw/vfio-trace/log/rights.h"

/**
 * struct LogRightsUser: the user that QEMU is going to be
 * @name: user= of -run-with, or NULL if QEMU stays what it is
 * @uid: its user ID
 * @gid: its group ID
 */
typedef struct LogRightsUser {
    const char *name;
    uid_t uid;
    gid_t gid;
} LogRightsUser;

/* As os_set_runas() does, which has accepted it */
static bool log_rights_parse_user(LogRightsUser *user, const char *name)
{
    const struct passwd *pw = getpwnam(name);
    unsigned long uid, gid;
    const char *end;

    user->name = name;
    if (pw) {
        user->uid = pw->pw_uid;
        user->gid = pw->pw_gid;
        return true;
    }
    if (qemu_strtoul(name, &end, 0, &uid) < 0 || *end != ':' ||
        qemu_strtoul(end + 1, NULL, 0, &gid) < 0) {
        return false;
    }
    user->uid = uid;
    user->gid = gid;
    return true;
}

/* QEMU takes the last one. */
static int log_rights_find_user(void *opaque, QemuOpts *opts, Error **errp)
{
    const char *name = qemu_opt_get(opts, "user");

    if (name) {
        log_rights_parse_user(opaque, name);
    }
    return 0;
}

/* Returns whether QEMU is going to be another user than it is now. */
static bool log_rights_user_changes(LogRightsUser *user)
{
    *user = (LogRightsUser) { 0 };
    if (!phase_check(PHASE_MACHINE_READY)) {
        qemu_opts_foreach(qemu_find_opts("run-with"), log_rights_find_user,
                          user, NULL);
    }
    return user->name && user->uid != geteuid();
}

bool vfio_trace_log_rights_check(VFIOTraceLog *log, Error **errp)
{
    const VFIOTraceLogState *s = vfio_trace_log_state(log);
    LogRightsUser user;

    if (s->max_size && log_rights_user_changes(&user)) {
        error_setg(errp,
                   "trace log '%s': max-size can't be used with -run-with user=%s: the next parts would belong to another user than the first",
                   s->file, user.name);
        return false;
    }
    return true;
}

/* May the user remove a file of the current user from this directory? */
static bool log_rights_may_remove(const MmtPlace *place,
                                  const LogRightsUser *user)
{
    struct stat st;

    if (place->dir < 0) {
        return true;
    }
    if (fstat(place->dir, &st) < 0) {
        return false;
    }
    if (st.st_uid == user->uid) {
        return st.st_mode & S_IWUSR;
    }
    return !(st.st_mode & S_ISVTX) &&
           (st.st_mode & (st.st_gid == user->gid ? S_IWGRP : S_IWOTH));
}

static void log_rights_warn_ring(const VFIOTraceLogState *s,
                                 const LogRightsUser *user)
{
    if (log_rights_may_remove(&s->ring_file->place, user) &&
        log_rights_may_remove(&s->ring_file->sidecar, user)) {
        return;
    }
    if (s->ring_file->header->flags & MMT_RING_FILE_NO_PATH) {
        warn_report(
            "vfio-trace: as user '%s', QEMU can't remove the ring of '%s' when that is complete: 'vfio-trace recover' will",
            user->name, s->file);
    } else {
        warn_report(
            "vfio-trace: as user '%s', QEMU can't remove the ring of '%s' when that is complete: 'vfio-trace recover', or the next start with this log, will; QEMU can't begin another part of it either",
            user->name, s->file);
    }
}

void vfio_trace_log_rights_warn(VFIOTraceLog *log)
{
    const VFIOTraceLogState *s = vfio_trace_log_state(log);
    LogRightsUser user;

    if (!log_rights_user_changes(&user)) {
        return;
    }
    log_rights_warn_ring(s, &user);
    if (s->sink.listen_fd >= 0 && !log_rights_may_remove(&s->sink.dir, &user)) {
        warn_report(
            "vfio-trace: as user '%s', QEMU can't remove the socket '%s' when it ends: the next start needs overwrite=on",
            user.name, s->file);
    }
}
