/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: this host's files for a new domain (see new-files.h)
 */
#include "tools/virt/new-files.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool refuse(GError **error, const char *what, const char *path,
                   const char *why)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s %s: %s", what, path,
                why);
    return false;
}

/*
 * QEMU locks single bytes of an image, from 100 and from 200 on (its
 * block/file-posix.c).  Without OFD locks nothing is known.
 */
static bool is_open_in_qemu(int fd)
{
    struct flock lock = {
        .l_type = F_WRLCK,
        .l_whence = SEEK_SET,
        .l_start = 100,
        .l_len = 200,
    };

    return !fcntl(fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK;
}

static bool check_open(const char *what, const char *path, int fd, bool writes,
                       GError **error)
{
    struct stat st;

    if (fstat(fd, &st)) {
        return refuse(error, what, path, g_strerror(errno));
    }
    if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)) {
        return refuse(error, what, path,
                      "it must be a file or a block device");
    }
    if (writes && is_open_in_qemu(fd)) {
        return refuse(error, what, path,
                      "a QEMU has it open: shut that guest down first, or make a copy of the image");
    }
    return true;
}

/* A block device that is mounted, or part of another one, is busy. */
bool virt_new_file_check(const char *what, const char *path, bool writes,
                         GError **error)
{
    struct stat st;
    bool block = !stat(path, &st) && S_ISBLK(st.st_mode);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
                  (block && writes ? O_EXCL : 0));
    bool ok;

    if (fd < 0) {
        return refuse(error, what, path, errno == EBUSY ?
                      "the host uses it: it is mounted, or part of another block device"
                      : g_strerror(errno));
    }
    ok = check_open(what, path, fd, writes, error);
    close(fd);
    return ok;
}

char *virt_new_file_need(const VirtHost *host, const char *path)
{
    g_autofree char *user = virt_host_user_name(host);
    g_autoptr(GString) command = g_string_new(NULL);
    g_autofree char *dir = g_path_get_dirname(path);

    while (strcmp(dir, "/") && strcmp(dir, ".")) {
        g_autofree char *below = dir;
        g_autofree char *word = g_shell_quote(below);

        if (g_file_test(below, G_FILE_TEST_IS_DIR) &&
            !virt_host_can_search(host, below)) {
            g_string_prepend(command, word);
            g_string_prepend_c(command, ' ');
        }
        dir = g_path_get_dirname(below);
    }
    return command->len ? g_strdup_printf("setfacl -m u:%s:x%s", user,
                                          command->str) : NULL;
}
