/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: a directory for QEMU's user (see idmap.h)
 */
#include "tools/run/idmap.h"

#include "tools/run/error.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child has a user namespace, and waits to be killed. */
static G_GNUC_NORETURN void hold_namespace(int ready)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (unshare(CLONE_NEWUSER) < 0 || write(ready, "", 1) != 1) {
        _exit(1);
    }
    for (;;) {
        pause();
    }
}

static bool write_map(pid_t pid, const char *name, unsigned from, unsigned to)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/%s", (int)pid, name);
    g_autofree char *map = g_strdup_printf("%u %u 1\n", from, to);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write(fd, map, strlen(map)) == (ssize_t)strlen(map);

    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

/* Return: a descriptor of the namespace of a child that is ready, or -1 */
static int map_namespace(pid_t pid, uid_t owner, uid_t uid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/ns/user", (int)pid);
    const struct passwd *pw = getpwuid(owner);

    return write_map(pid, "uid_map", owner, uid) &&
           write_map(pid, "gid_map", pw ? pw->pw_gid : (gid_t)owner, uid) ?
           open(path, O_RDONLY | O_CLOEXEC) : -1;
}

/* Return: a user namespace in which @uid is @owner, or -1 */
static int make_namespace(uid_t owner, uid_t uid)
{
    int ready[2];
    char byte;
    pid_t pid;
    int fd = -1;

    if (pipe2(ready, O_CLOEXEC)) {
        return -1;
    }
    pid = fork();
    if (!pid) {
        hold_namespace(ready[1]);
    }
    close(ready[1]);
    if (pid > 0) {
        if (read(ready[0], &byte, 1) == 1) {
            fd = map_namespace(pid, owner, uid);
        }
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    close(ready[0]);
    return fd;
}

static bool set_attributes(int tree, uid_t owner, uid_t uid, bool read_only)
{
    struct mount_attr attr = {
        .attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
                    (read_only ? MOUNT_ATTR_RDONLY : 0),
    };
    int namespace = -1;
    bool ok;

    if (owner) {
        namespace = make_namespace(owner, uid);
        if (namespace < 0) {
            return false;
        }
        attr.attr_set |= MOUNT_ATTR_IDMAP;
        attr.userns_fd = namespace;
    }
    ok = !mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr));
    if (namespace >= 0) {
        close(namespace);
    }
    return ok;
}

int run_idmap_mount(const char *dir, uid_t owner, uid_t uid, bool read_only,
                    GError **error)
{
    int fd = open(dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int tree = fd < 0 ? -1 : open_tree(fd, "", OPEN_TREE_CLONE |
                                       OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);

    if (tree < 0 || !set_attributes(tree, owner, uid, read_only)) {
        run_error(error, "can't mount %s for QEMU: %s", dir,
                  g_strerror(errno));
        if (tree >= 0) {
            close(tree);
        }
        tree = -1;
    }
    if (fd >= 0) {
        close(fd);
    }
    return tree;
}
