/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: directory of a TPM's state (see session-tpm.h)
 *
 * Its owner may be another user than root, who could put links to others'
 * files there.  So a file changes its owner only by its descriptor, and only if
 * it belongs to whom the directory belongs to.
 */
#include "tools/session/session-tpm.h"

#include "tools/common/as-user.h"
#include "tools/common/invoker.h"
#include "tools/session/session.h"
#include "tools/session/session-uid.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Time for the processes of a run that was killed to end */
#define LEFTOVER_US (3 * G_USEC_PER_SEC)
#define POLL_US 50000

static bool fail(GError **error, const char *path, const char *why)
{
    return session_error(error, SESSION_ERROR_IO, "the TPM's state %s: %s",
                         path, why);
}

static int make_dir(void *opaque)
{
    return !mkdir(opaque, 0700) || errno == EEXIST ? 0 : errno;
}

static bool make_as_owner(const char *path, uid_t *owner, GError **error)
{
    int failure = 0;

    *owner = tool_owner_beside(path);
    if (!access(path, F_OK)) {
        return true;
    }
    return as_user(*owner, make_dir, (void *)path, &failure, error) &&
           (!failure || fail(error, path, g_strerror(failure)));
}

static bool is_leftover(uid_t uid)
{
    return uid >= SESSION_UID_FIRST && uid <= SESSION_UID_LAST;
}

/* Does swtpm make files of this name?  "TMP" is that of a draft. */
static bool is_of_swtpm(const char *name)
{
    return !strcmp(name, ".lock") || g_str_has_prefix(name, "tpm2-") ||
           g_str_has_prefix(name, "TMP");
}

/*
 * All files of the directory are lent, so nothing else may be there.
 *
 * Return: the name of another file, to be freed; or NULL
 */
static char *find_other(int fd)
{
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        if (!is_of_swtpm(name)) {
            return g_strdup(name);
        }
    }
    return NULL;
}

/* Return: false if a file belongs to somebody else than @from */
static bool give_file(int dir, const char *name, uid_t from, uid_t to,
                      gid_t gid)
{
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
                    O_CLOEXEC);
    struct stat st;
    bool ok = fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) &&
              st.st_uid == from && !fchown(fd, to, gid);

    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

/* Return: the name of a file that was not given, to be freed; or NULL */
static char *give_all(int fd, uid_t from, uid_t to, gid_t gid)
{
    int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    char *left = dir ? NULL : g_strdup(".");
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
            !give_file(fd, entry->d_name, from, to, gid) && !left) {
            left = g_strdup(entry->d_name);
        }
    }
    if (dir) {
        closedir(dir);
    } else if (copy >= 0) {
        close(copy);
    }
    return left;
}

static void give_back(int fd, uid_t uid, uid_t owner)
{
    const struct passwd *pw = getpwuid(owner);
    gid_t gid = pw ? pw->pw_gid : (gid_t)owner;
    struct stat st;

    /* What is not given back, the next run takes from the old user. */
    if (!fstat(fd, &st) && st.st_uid == uid && !fchown(fd, owner, gid)) {
        g_free(give_all(fd, uid, owner, gid));
    }
}

/* The processes of a run that was killed may take a moment to end. */
static bool wait_for(uid_t uid)
{
    gint64 end = g_get_monotonic_time() + LEFTOVER_US;

    while (!session_uid_is_free(uid)) {
        if (g_get_monotonic_time() > end) {
            return false;
        }
        g_usleep(POLL_US);
    }
    return true;
}

static bool check(int fd, const char *path, uid_t *owner, GError **error)
{
    struct stat st;

    if (fstat(fd, &st)) {
        return fail(error, path, g_strerror(errno));
    }
    if (!geteuid() && is_leftover(st.st_uid)) {
        if (!wait_for(st.st_uid)) {
            return fail(error, path, "another guest has it: end that first");
        }
        give_back(fd, st.st_uid, *owner);
        return true;
    }
    if (!geteuid() && st.st_uid && st.st_uid != tool_invoker()) {
        return fail(error, path,
                    "it belongs to another user: choose another directory with --tpm=DIR");
    }
    if (!geteuid() && st.st_mode & 022) {
        return fail(error, path,
                    "other users can write to it: 'chmod 700' it, or choose another directory with --tpm=DIR");
    }
    *owner = st.st_uid;
    return true;
}

int session_tpm_open(const char *path, uid_t *owner, GError **error)
{
    g_autofree char *other = NULL;
    int fd;

    if (!make_as_owner(path, owner, error)) {
        return -1;
    }
    fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        fail(error, path, errno == ELOOP || errno == ENOTDIR ?
             "it is not a directory" : g_strerror(errno));
    } else if (!check(fd, path, owner, error)) {
        close(fd);
        fd = -1;
    }
    other = fd >= 0 ? find_other(fd) : NULL;
    if (other) {
        session_error(error, SESSION_ERROR_IO,
                      "the TPM's state %s: it has a file that is not of a TPM, %s: choose another directory with --tpm=DIR",
                      path, other);
        close(fd);
        fd = -1;
    }
    return fd;
}

bool session_tpm_lend(int fd, const char *path, uid_t uid, GError **error)
{
    g_autofree char *left = NULL;
    g_autofree char *why = NULL;
    struct stat st;

    if (fstat(fd, &st)) {
        return fail(error, path, g_strerror(errno));
    }
    if (fchmod(fd, 0700) || fchown(fd, uid, uid)) {
        return fail(error, path, g_strerror(errno));
    }
    left = give_all(fd, st.st_uid, uid, uid);
    why = left ? g_strdup_printf("%s is not a file of the directory's owner",
                                 left) : NULL;
    return !left || fail(error, path, why);
}

void session_tpm_return(const char *path, uid_t uid, uid_t owner)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd >= 0) {
        give_back(fd, uid, owner);
        close(fd);
    }
}
