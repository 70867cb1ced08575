/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: session files (see session-file.h)
 */
#include "tools/session/session-file.h"

#include "tools/host/fs.h"
#include "tools/session/session-json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".json"

/* Maximum size of a session file */
#define FILE_MAX (256 * 1024)

#define LOCK_SECONDS 15
#define LOCK_POLL_US 100000

bool session_file_prepare_dir(const char *path, GError **error)
{
    struct stat st;

    if ((mkdir(path, 0700) && errno != EEXIST) || lstat(path, &st)) {
        g_set_error(error, SESSION_ERROR, SESSION_ERROR_IO,
                    "can not make the directory %s: %s", path,
                    g_strerror(errno));
        return false;
    }
    if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid()) {
        g_set_error(error, SESSION_ERROR, SESSION_ERROR_IO,
                    "%s is not a directory that user %u owns: look what it is, and remove it",
                    path, (unsigned)geteuid());
        return false;
    }
    if ((st.st_mode & 077) && chmod(path, 0700)) {
        g_set_error(error, SESSION_ERROR, SESSION_ERROR_IO,
                    "can not make %s private: %s", path, g_strerror(errno));
        return false;
    }
    return true;
}

int session_file_lock(GError **error)
{
    gint64 deadline = g_get_monotonic_time() + LOCK_SECONDS * G_USEC_PER_SEC;
    g_autofree char *path = g_build_filename(session_dir(), "lock", NULL);
    int fd;

    if (!session_file_prepare_dir(session_dir(), error)) {
        return -1;
    }
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        g_set_error(error, SESSION_ERROR, SESSION_ERROR_IO,
                    "can not open %s: %s", path, g_strerror(errno));
        return -1;
    }
    while (flock(fd, LOCK_EX | LOCK_NB)) {
        if (g_get_monotonic_time() > deadline) {
            g_set_error(error, SESSION_ERROR, SESSION_ERROR_LOCKED,
                        "another vfio-trace is taking or giving back a device; try again when it has finished");
            close(fd);
            return -1;
        }
        g_usleep(LOCK_POLL_US);
    }
    return fd;
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

bool session_file_save(const Session *session, GError **error)
{
    g_autofree char *path = session_path(session->name, SUFFIX);
    g_autofree char *draft = session_path(session->name, ".new");
    g_autofree char *text = session_json_text(session);

    if (write_synced(draft, text) && !rename(draft, path) &&
        sync_dir(session_dir())) {
        return true;
    }
    g_set_error(error, SESSION_ERROR, SESSION_ERROR_IO,
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
        g_set_error(error, SESSION_ERROR, SESSION_ERROR_IO,
                    "can not read %s: %s", path, g_strerror(errno));
    } else if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
               (st.st_mode & 022)) {
        g_set_error(error, SESSION_ERROR, SESSION_ERROR_CONTENT,
                    "%s is not trusted: other users could have written it",
                    path);
    } else {
        n = read(fd, text, FILE_MAX + 1);
        if (n < 0 || n > FILE_MAX) {
            g_set_error(error, SESSION_ERROR, SESSION_ERROR_CONTENT,
                        "%s: %s", path, n < 0 ? g_strerror(errno) :
                        "too large for a session file");
            n = -1;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    *len = MAX(n, 0);
    return n < 0 ? NULL : g_steal_pointer(&text);
}

Session *session_file_load(const char *name, GError **error)
{
    g_autofree char *path = session_path(name, SUFFIX);
    g_autofree char *text = NULL;
    gsize len;

    text = read_own_file(path, &len, error);
    return text ? session_json_parse(name, text, len, error) : NULL;
}

char **session_file_names(void)
{
    g_auto(GStrv) files = host_fs_names(session_dir());
    GPtrArray *names = g_ptr_array_new();
    size_t i;

    for (i = 0; files[i]; i++) {
        if (g_str_has_suffix(files[i], SUFFIX)) {
            char *name = g_strndup(files[i],
                                   strlen(files[i]) - strlen(SUFFIX));

            if (session_is_name(name)) {
                g_ptr_array_add(names, name);
            } else {
                g_free(name);
            }
        }
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

/* Remove the files of a directory, and of directories in it. */
static void remove_files(const char *dir)
{
    g_auto(GStrv) files = host_fs_names(dir);
    size_t i;

    for (i = 0; files[i]; i++) {
        g_autofree char *file = g_build_filename(dir, files[i], NULL);
        struct stat st;

        if (!lstat(file, &st) && S_ISDIR(st.st_mode)) {
            remove_files(file);
            rmdir(file);
        } else {
            unlink(file);
        }
    }
}

/* Without root, they are in the session's directory. */
static void remove_displays(const char *name)
{
    static const char *const protocols[] = { "vnc", "spice" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(protocols); i++) {
        g_autofree char *path = session_display_path(name, protocols[i]);

        unlink(path);
    }
}

void session_file_remove(const Session *session)
{
    g_autofree char *path = session_path(session->name, SUFFIX);
    g_autofree char *dir = session_path(session->name, "");

    remove_displays(session->name);
    remove_files(dir);
    rmdir(dir);
    unlink(path);
    sync_dir(session_dir());
}
