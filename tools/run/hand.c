/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: files handed over to QEMU's user (see hand.h)
 */
#include "tools/run/hand.h"

#include "tools/host/usb.h"
#include "tools/run/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 8

/* Major number of the kernel's USB device nodes */
#define USB_DEVICE_MAJOR 189

/* Suffix of a socket's name until QEMU runs */
#define NOT_YET ".pending"

typedef enum HandKind {
    HAND_SET,           /* descriptor in an fd set */
    HAND_COPY,          /* copy in a memfd */
    HAND_SOCKET,        /* listening socket */
    HAND_FD,            /* another descriptor */
} HandKind;

/**
 * struct Handed: one file
 * @kind: how it is handed over
 * @path: its path, or its name
 * @as: the path by which QEMU opens it, or NULL
 * @fd: the descriptor; -1 once it is handed over
 * @set: number of the fd set
 */
typedef struct Handed {
    HandKind kind;
    char *path;
    char *as;
    int fd;
    unsigned set;
} Handed;

/**
 * struct RunHand
 * @files: Handed
 * @sets: number of fd sets
 */
struct RunHand {
    GArray *files;
    unsigned sets;
};

static const Handed *at(const RunHand *hand, guint i)
{
    return &g_array_index(hand->files, Handed, i);
}

static void add_file(RunHand *hand, HandKind kind, const char *path, char *as,
                     int fd, unsigned set)
{
    Handed file = { kind, g_strdup(path), as, fd, set };

    g_array_append_val(hand->files, file);
}

/*
 * QEMU takes the descriptor of a set that has the access mode it needs.
 * @more: further flags of open()
 */
static bool add_set(RunHand *hand, const char *path, bool write, int more,
                    GError **error)
{
    unsigned set = ++hand->sets;
    bool first;

    for (first = true; ; first = false) {
        int flags = write && first ? O_RDWR : O_RDONLY;
        int fd = open(path, flags | more | O_CLOEXEC | O_NONBLOCK |
                      O_NOCTTY);
        struct stat st;

        if (fd < 0) {
            return run_error(error, "%s: %s", path, g_strerror(errno));
        }
        if (fstat(fd, &st) || !(S_ISREG(st.st_mode) || S_ISBLK(st.st_mode))) {
            close(fd);
            return run_error(error,
                             "%s is neither a regular file nor a block device",
                             path);
        }
        add_file(hand, HAND_SET, first ? path : "", first ?
                 g_strdup_printf("/dev/fdset/%u", set) : NULL, fd, set);
        if (!write || !first) {
            return true;
        }
    }
}

/* With an open node, libusb needs no access to /dev/bus/usb. */
static bool add_usb(RunHand *hand, const HostUsb *usb, GError **error)
{
    unsigned set = ++hand->sets;
    int fd = open(usb->node, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
    struct stat st;

    if (fd < 0) {
        return run_error(error, "%s: %s", usb->node, g_strerror(errno));
    }
    if (fstat(fd, &st) || !S_ISCHR(st.st_mode) ||
        major(st.st_rdev) != USB_DEVICE_MAJOR) {
        close(fd);
        return run_error(error, "%s is not a USB device", usb->node);
    }
    add_file(hand, HAND_SET, usb->node, g_strdup_printf("/dev/fdset/%u", set),
             fd, set);
    return true;
}

static bool copy_into(int to, const char *path, GError **error)
{
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    g_autofree char *buf = g_malloc(1 << 20);
    struct stat st;
    ssize_t n = -1;

    /* A device such as /dev/zero has no end. */
    if (from >= 0 && (fstat(from, &st) || !S_ISREG(st.st_mode))) {
        close(from);
        return run_error(error, "%s is not a regular file", path);
    }
    while (from >= 0 && (n = read(from, buf, 1 << 20)) > 0) {
        if (write(to, buf, n) != n) {
            n = -1;
            break;
        }
    }
    if (n < 0) {
        run_error(error, "can't copy %s: %s", path, g_strerror(errno));
    }
    if (from >= 0) {
        close(from);
    }
    return n == 0;
}

/* Files are copied even if they are readable: QEMU may not see their path. */
static bool add_copy(RunHand *hand, const char *path, GError **error)
{
    int fd;

    if (!path) {
        return true;
    }
    fd = memfd_create("vfio-trace", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) {
        return run_error(error, "can't copy %s: %s", path, g_strerror(errno));
    }
    if (!copy_into(fd, path, error)) {
        close(fd);
        return false;
    }
    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW |
          F_SEAL_WRITE);
    add_file(hand, HAND_COPY, path, g_strdup_printf("/proc/self/fd/%d", fd), fd,
             0);
    return true;
}

static bool add_socket(RunHand *hand, const char *path, GError **error)
{
    g_autofree char *name = g_strconcat(path, NOT_YET, NULL);
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (strlen(name) >= sizeof(addr.sun_path)) {
        errno = ENAMETOOLONG;
    } else if (fd >= 0) {
        strcpy(addr.sun_path, name);
        unlink(name);
        if (!fchmod(fd, 0600) &&
            !bind(fd, (struct sockaddr *)&addr, sizeof(addr)) &&
            !listen(fd, BACKLOG)) {
            add_file(hand, HAND_SOCKET, path, NULL, fd, 0);
            return true;
        }
    }
    run_error(error, "can't make the socket %s: %s", path, g_strerror(errno));
    if (fd >= 0) {
        close(fd);
    }
    return false;
}

static bool open_all(RunHand *hand, const RunPlan *plan, GError **error)
{
    bool disks = !(plan->rehearsal && plan->dry_run);
    size_t i;

    for (i = 0; disks && plan->vm.disks && plan->vm.disks[i]; i++) {
        if (!add_set(hand, plan->vm.disks[i], true, 0, error)) {
            return false;
        }
    }
    for (i = 0; plan->vm.isos && plan->vm.isos[i]; i++) {
        if (!add_set(hand, plan->vm.isos[i], false, 0, error)) {
            return false;
        }
    }
    for (i = 0; !plan->rehearsal && i < plan->usb->len; i++) {
        if (!add_usb(hand, plan->usb->pdata[i], error)) {
            return false;
        }
    }
    return (!plan->vars || add_set(hand, plan->vars, true,
                                    O_NOFOLLOW, error)) &&
           add_copy(hand, plan->firmware, error) &&
           add_copy(hand, plan->vm.kernel, error) &&
           add_copy(hand, plan->vm.initrd, error) &&
           add_socket(hand, plan->own_qmp, error) &&
           add_socket(hand, plan->qmp, error);
}

RunHand *run_hand_new_empty(void)
{
    RunHand *hand = g_new0(RunHand, 1);

    hand->files = g_array_new(FALSE, FALSE, sizeof(Handed));
    return hand;
}

RunHand *run_hand_new(const RunPlan *plan, GError **error)
{
    RunHand *hand = run_hand_new_empty();

    if (!open_all(hand, plan, error)) {
        run_hand_free(hand);
        return NULL;
    }
    return hand;
}

int run_hand_channel(RunHand *hand, const char *name, GError **error)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
        run_error(error, "can't make a socket: %s", g_strerror(errno));
        return -1;
    }
    run_hand_add_fd(hand, name, ends[0]);
    return ends[1];
}

const char *run_hand_path(const RunHand *hand, const char *path)
{
    guint i;

    for (i = 0; hand && i < hand->files->len; i++) {
        if (at(hand, i)->as && !strcmp(at(hand, i)->path, path)) {
            return at(hand, i)->as;
        }
    }
    return path;
}

int run_hand_socket(const RunHand *hand, const char *path)
{
    guint i;

    for (i = 0; hand && i < hand->files->len; i++) {
        if (at(hand, i)->kind == HAND_SOCKET &&
            !strcmp(at(hand, i)->path, path)) {
            return at(hand, i)->fd;
        }
    }
    return -1;
}

void run_hand_add_fd(RunHand *hand, const char *name, int fd)
{
    add_file(hand, HAND_FD, name, NULL, fd, 0);
}

int run_hand_fd(const RunHand *hand, const char *name)
{
    guint i;

    for (i = 0; hand && i < hand->files->len; i++) {
        if (at(hand, i)->kind == HAND_FD && !strcmp(at(hand, i)->path, name)) {
            return at(hand, i)->fd;
        }
    }
    return -1;
}

void run_hand_options(const RunHand *hand, GPtrArray *argv)
{
    guint i;

    for (i = 0; hand && i < hand->files->len; i++) {
        if (at(hand, i)->kind == HAND_SET) {
            g_ptr_array_add(argv, g_strdup("-add-fd"));
            g_ptr_array_add(argv, g_strdup_printf("fd=%d,set=%u",
                                                  at(hand, i)->fd,
                                                  at(hand, i)->set));
        }
    }
}

void run_hand_keep(const RunHand *hand)
{
    guint i;

    for (i = 0; hand && i < hand->files->len; i++) {
        fcntl(at(hand, i)->fd, F_SETFD, 0);
    }
}

void run_hand_over(RunHand *hand)
{
    guint i;

    for (i = 0; hand && i < hand->files->len; i++) {
        Handed *file = &g_array_index(hand->files, Handed, i);

        if (file->kind == HAND_SOCKET) {
            g_autofree char *name = g_strconcat(file->path, NOT_YET, NULL);

            rename(name, file->path);
        }
        close(file->fd);
        file->fd = -1;
    }
}

void run_hand_free(RunHand *hand)
{
    guint i;

    if (!hand) {
        return;
    }
    for (i = 0; i < hand->files->len; i++) {
        Handed *file = &g_array_index(hand->files, Handed, i);

        if (file->fd >= 0) {
            close(file->fd);
        }
        g_free(file->path);
        g_free(file->as);
    }
    g_array_unref(hand->files);
    g_free(hand);
}
