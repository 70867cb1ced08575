/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the files of sessions (see session-file.h)
 */
#include "tools/session/session-file.h"

#include "tools/session/bind.h"
#include "tools/host/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN_DIR "/run/vfio-trace"
#define SUFFIX ".json"

/* A file larger than this is none of ours. */
#define FILE_MAX (256 * 1024)

#define LOCK_SECONDS 15
#define LOCK_POLL_US 100000

GQuark session_file_error_quark(void)
{
    return g_quark_from_static_string("vfio-trace-session-file");
}

const char *session_file_dir(void)
{
    static char *path;
    const char *dir = g_getenv("VFIO_TRACE_RUN_DIR");

    if (!path) {
        path = g_canonicalize_filename(dir && *dir ? dir : RUN_DIR, NULL);
    }
    return path;
}

char *session_file_path(const char *name, const char *suffix)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);

    return g_build_filename(session_file_dir(), file, NULL);
}

bool session_file_prepare_dir(const char *path, GError **error)
{
    struct stat st;

    if ((mkdir(path, 0700) && errno != EEXIST) || lstat(path, &st)) {
        g_set_error(error, SESSION_FILE_ERROR, SESSION_FILE_ERROR_IO,
                    "can not make the directory %s: %s", path,
                    g_strerror(errno));
        return false;
    }
    if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid()) {
        g_set_error(error, SESSION_FILE_ERROR, SESSION_FILE_ERROR_IO,
                    "%s is no directory of user %u's: look what it is, and "
                    "remove it", path, (unsigned)geteuid());
        return false;
    }
    if ((st.st_mode & 077) && chmod(path, 0700)) {
        g_set_error(error, SESSION_FILE_ERROR, SESSION_FILE_ERROR_IO,
                    "can not close %s to others: %s", path, g_strerror(errno));
        return false;
    }
    return true;
}

int session_file_lock(GError **error)
{
    gint64 deadline = g_get_monotonic_time() + LOCK_SECONDS * G_USEC_PER_SEC;
    g_autofree char *path = g_build_filename(session_file_dir(), "lock", NULL);
    int fd;

    if (!session_file_prepare_dir(session_file_dir(), error)) {
        return -1;
    }
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        g_set_error(error, SESSION_FILE_ERROR, SESSION_FILE_ERROR_IO,
                    "can not open %s: %s", path, g_strerror(errno));
        return -1;
    }
    while (flock(fd, LOCK_EX | LOCK_NB)) {
        if (g_get_monotonic_time() > deadline) {
            g_set_error(error, SESSION_FILE_ERROR, SESSION_FILE_ERROR_LOCKED,
                        "another vfio-trace is taking or giving back a "
                        "device; try again when it has finished");
            close(fd);
            return -1;
        }
        g_usleep(LOCK_POLL_US);
    }
    return fd;
}

SessionFile *session_file_new(const char *name, const char *qmp,
                              const char *log)
{
    SessionFile *session = g_new0(SessionFile, 1);

    session->name = g_strdup(name);
    session->run = proc_id_of(getpid());
    session->qmp = g_strdup(qmp);
    session->log = g_strdup(log);
    session->devices = g_ptr_array_new_with_free_func(
        (GDestroyNotify)bind_state_free);
    return session;
}

static bool sync_dir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && !fsync(fd);

    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

static bool write_synced(const char *path, const char *text)
{
    size_t len = strlen(text);
    int fd;
    bool ok;

    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return false;
    }
    ok = write(fd, text, len) == (ssize_t)len && !fsync(fd);
    return !close(fd) && ok;
}

bool session_file_save(const SessionFile *session, GError **error)
{
    g_autofree char *path = session_file_path(session->name, SUFFIX);
    g_autofree char *draft = session_file_path(session->name, ".new");
    g_autofree char *text = session_file_text(session);

    if (write_synced(draft, text) && !rename(draft, path) &&
        sync_dir(session_file_dir())) {
        return true;
    }
    g_set_error(error, SESSION_FILE_ERROR, SESSION_FILE_ERROR_IO,
                "can not write %s: %s", path, g_strerror(errno));
    unlink(draft);
    return false;
}

static char *read_own_file(const char *path, gsize *len, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    g_autofree char *text = g_malloc(FILE_MAX + 1);
    struct stat st;
    ssize_t n = -1;

    if (fd < 0 || fstat(fd, &st)) {
        g_set_error(error, SESSION_FILE_ERROR, SESSION_FILE_ERROR_IO,
                    "can not read %s: %s", path, g_strerror(errno));
    } else if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
               (st.st_mode & 022)) {
        g_set_error(error, SESSION_FILE_ERROR, SESSION_FILE_ERROR_CONTENT,
                    "%s is not believed: others could have written it", path);
    } else {
        n = read(fd, text, FILE_MAX + 1);
        if (n < 0 || n > FILE_MAX) {
            g_set_error(error, SESSION_FILE_ERROR, SESSION_FILE_ERROR_CONTENT,
                        "%s: %s", path, n < 0 ? g_strerror(errno) :
                        "too large for a session's file");
            n = -1;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    *len = MAX(n, 0);
    return n < 0 ? NULL : g_steal_pointer(&text);
}

SessionFile *session_file_load(const char *name, GError **error)
{
    g_autofree char *path = session_file_path(name, SUFFIX);
    g_autofree char *text = NULL;
    gsize len;

    text = read_own_file(path, &len, error);
    return text ? session_file_parse(name, text, len, error) : NULL;
}

char **session_file_names(void)
{
    g_auto(GStrv) files = host_names(session_file_dir());
    GPtrArray *names = g_ptr_array_new();
    size_t i;

    for (i = 0; files[i]; i++) {
        if (g_str_has_suffix(files[i], SUFFIX)) {
            char *name = g_strndup(files[i],
                                   strlen(files[i]) - strlen(SUFFIX));

            if (host_pci_is_bdf(name)) {
                g_ptr_array_add(names, name);
            } else {
                g_free(name);
            }
        }
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

bool session_file_alive(const SessionFile *session)
{
    return proc_id_alive(&session->run);
}

bool session_file_has(const SessionFile *session, const char *bdf)
{
    guint i;

    for (i = 0; i < session->devices->len; i++) {
        const BindState *state = session->devices->pdata[i];

        if (!strcmp(state->bdf, bdf)) {
            return true;
        }
    }
    return false;
}

void session_file_remove(const SessionFile *session)
{
    g_autofree char *path = session_file_path(session->name, SUFFIX);
    g_autofree char *dir = session_file_path(session->name, "");
    g_auto(GStrv) files = host_names(dir);
    size_t i;

    for (i = 0; files[i]; i++) {
        g_autofree char *file = g_build_filename(dir, files[i], NULL);

        unlink(file);
    }
    rmdir(dir);
    unlink(path);
    sync_dir(session_file_dir());
}

void session_file_free(SessionFile *session)
{
    if (!session) {
        return;
    }
    g_free(session->name);
    g_free(session->qmp);
    g_free(session->log);
    g_free(session->work);
    g_ptr_array_unref(session->devices);
    g_free(session);
}
