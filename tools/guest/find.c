/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: settings of a guest: which file a name means, and may it be read
 *
 * With a settings file one can have root run a program.  So root reads only
 * what no third user could have put there, on a way of directories that are
 * held open, from the root directory on.
 */
#include "tools/guest/internal.h"

#include "tools/common/invoker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".conf"
#define SYSTEM_DIR "/etc/vfio-trace/guests"

/* Largest settings file */
#define TEXT_MAX (64 * 1024)

static char *user_dir(void)
{
    g_autofree char *home = tool_invoker_home();

    if (tool_invoker() == geteuid()) {
        return g_build_filename(g_get_user_config_dir(), "vfio-trace/guests",
                                NULL);
    }
    return home ? g_build_filename(home, ".config/vfio-trace/guests", NULL)
                : NULL;
}

char *guest_find_path(const char *word, char **all)
{
    g_autofree char *dir = NULL;
    g_autofree char *file = NULL;
    g_autofree char *own = NULL;
    g_autofree char *system = NULL;

    if (strchr(word, '/') || g_str_has_suffix(word, SUFFIX)) {
        *all = g_canonicalize_filename(word, NULL);
        return g_strdup(*all);
    }
    dir = user_dir();
    file = g_strconcat(word, SUFFIX, NULL);
    own = dir ? g_build_filename(dir, file, NULL) : NULL;
    system = g_build_filename(SYSTEM_DIR, file, NULL);
    *all = own ? g_strdup_printf("%s, %s", own, system) : g_strdup(system);
    return g_strdup(own && (!access(own, F_OK) || access(system, F_OK))
                    ? own : system);
}

/* Could a third user have written this?  @above: only what is in it counts. */
static bool trust(const struct stat *st, const char *path, bool above,
                  GError **error)
{
    uid_t invoker = tool_invoker();

    if (geteuid()) {
        return true;
    }
    if (st->st_uid && st->st_uid != invoker) {
        return guest_error(error,
                           "%s belongs to user %u: root only reads settings of its own, or of the user who has called sudo; make a copy of your own",
                           path, (unsigned)st->st_uid);
    }
    return !(st->st_mode & 022) ||
           (above && S_ISDIR(st->st_mode) && st->st_mode & S_ISVTX) ||
           guest_error(error,
                       "%s: other users can write to it, so root does not read settings there: 'chmod go-w %s'",
                       path, path);
}

/* Return: a descriptor of the directory, which is trusted, or -1 */
static int open_dir(const char *dir, GError **error)
{
    g_autoptr(GString) path = g_string_new(NULL);
    g_auto(GStrv) parts = g_strsplit(dir + 1, "/", -1);
    int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat st;
    size_t i;

    for (i = 0; fd >= 0 && parts[i] && *parts[i]; i++) {
        int next = openat(fd, parts[i], O_PATH | O_DIRECTORY | O_NOFOLLOW |
                          O_CLOEXEC);

        close(fd);
        fd = next;
        g_string_append_printf(path, "/%s", parts[i]);
        if (fd >= 0 && (fstat(fd, &st) ||
                        !trust(&st, path->str, parts[i + 1], error))) {
            close(fd);
            return -1;
        }
    }
    if (fd < 0) {
        guest_error(error, "%s: %s", dir, g_strerror(errno));
    }
    return fd;
}

/* Return: contents, or NULL */
static char *read_text(int fd, const char *path, GError **error)
{
    g_autofree char *text = g_malloc(TEXT_MAX + 1);
    size_t len = 0;
    ssize_t n;

    do {
        n = read(fd, text + len, TEXT_MAX + 1 - len);
        len += MAX(n, 0);
    } while (n > 0 && len <= TEXT_MAX);
    if (n < 0) {
        guest_error(error, "%s: %s", path, g_strerror(errno));
    } else if (len > TEXT_MAX) {
        guest_error(error, "%s has more than %d KiB: it is no settings file",
                    path, TEXT_MAX / 1024);
    } else if (memchr(text, '\0', len)) {
        guest_error(error, "%s has binary data: it is no settings file", path);
    } else {
        text[len] = '\0';
        return g_steal_pointer(&text);
    }
    return NULL;
}

char *guest_find_read(const char *path, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *dir = realpath(parent, NULL);
    char *text = NULL;
    struct stat st;
    int dir_fd;
    int fd;

    if (!dir) {
        guest_error(error, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    dir_fd = open_dir(dir, error);
    if (dir_fd < 0) {
        return NULL;
    }
    fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
                O_CLOEXEC);
    close(dir_fd);
    if (fd < 0 || fstat(fd, &st)) {
        guest_error(error, "%s: %s", path, errno == ELOOP ?
                    "it is a symbolic link: name the file that it leads to" :
                    g_strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        guest_error(error, "%s is not a regular file", path);
    } else if (trust(&st, path, false, error)) {
        text = read_text(fd, path, error);
    }
    if (fd >= 0) {
        close(fd);
    }
    return text;
}

bool guest_file_load(GuestSettings *settings, const char *word, GError **error)
{
    g_autofree char *all = NULL;
    g_autofree char *path = guest_find_path(word, &all);
    g_autofree char *text = NULL;

    if (access(path, F_OK) && errno == ENOENT) {
        return guest_error(error,
                           "--vm %s: there is no such settings file (%s); --save-vm makes one",
                           word, all);
    }
    text = guest_find_read(path, error);
    return text && guest_file_parse(settings, path, text, error);
}
