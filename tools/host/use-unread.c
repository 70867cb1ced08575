/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: lists of the host that can't be read (see use-unread.h)
 *
 * A list that can't be read says nothing: it is then not known whether the
 * device is in it.  A list that does not exist is empty.
 */
#include "tools/host/use-unread.h"
#include "tools/host/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Base classes of devices that a list is of interest for, as bits */
#define STORAGE     (1u << 0x01)
#define NETWORK     (1u << 0x02)
#define DISPLAY     (1u << 0x03)
#define SERIAL      (1u << 0x07)
#define SYSTEM      (1u << 0x08)    /* SD cards */
#define SERIAL_BUS  (1u << 0x0c)    /* USB */
#define WIRELESS    (1u << 0x0d)

#define DISKS       (STORAGE | NETWORK | SYSTEM | SERIAL_BUS)
#define NETWORKS    (NETWORK | SERIAL_BUS | WIRELESS)

static const struct List {
    const char *path;
    int flags;
    HostPciUseKind kind;
    uint32_t bases;
    bool with_vfio;
} lists[] = {
    { "/proc/iomem", 0, HOST_PCI_USE_DISPLAY, DISPLAY, true },
    { "/sys/class/graphics", O_DIRECTORY, HOST_PCI_USE_DISPLAY, DISPLAY,
      true },
    { "/sys/class/drm", O_DIRECTORY, HOST_PCI_USE_DISPLAY, DISPLAY, false },
    { "/proc/self/mountinfo", 0, HOST_PCI_USE_DISK, DISKS, false },
    { "/proc/swaps", 0, HOST_PCI_USE_DISK, DISKS, false },
    { "/sys/class/block", O_DIRECTORY, HOST_PCI_USE_DISK, DISKS, false },
    { "/sys/class/net", O_DIRECTORY, HOST_PCI_USE_NETWORK, NETWORKS, false },
    { "/proc/net/route", 0, HOST_PCI_USE_NETWORK, NETWORKS, false },
    { "/proc/consoles", 0, HOST_PCI_USE_CONSOLE, SERIAL, false },
    { "/sys/class/input", O_DIRECTORY, HOST_PCI_USE_INPUT, SERIAL_BUS, false },
};

typedef struct Seen {
    bool unread[G_N_ELEMENTS(lists)];
} Seen;

static bool is_unread(const char *root, const struct List *list)
{
    g_autofree char *path = host_fs_path(root, "%s", list->path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | list->flags);
    bool unread;
    char byte;

    if (fd < 0) {
        return errno != ENOENT;
    }
    unread = !list->flags && read(fd, &byte, 1) < 0;
    close(fd);
    return unread;
}

static void *look(const HostPciPlaces *at)
{
    Seen *seen = g_new0(Seen, 1);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lists); i++) {
        seen->unread[i] = is_unread(at->root, &lists[i]);
    }
    return seen;
}

static void find(HostPciUser *user, const void *data)
{
    const Seen *seen = data;
    unsigned base = user->dev->class_code >> 16;
    /* A device of unknown class can be in any list. */
    uint32_t bases = user->dev->class_code == HOST_PCI_CLASS_UNKNOWN ?
                     UINT32_MAX : base < 32 ? 1u << base : 0;
    bool vfio = host_pci_is_vfios(user->dev);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (seen->unread[i] && (lists[i].bases & bases) &&
            (!vfio || lists[i].with_vfio)) {
            host_pci_add_use(user, lists[i].kind, HOST_PCI_NEED_UNKNOWN,
                             "ask as root: sudo vfio-trace doctor ...",
                             "%s can't be read", lists[i].path);
        }
    }
}

const HostPciSubject host_pci_unread_lists = {
    .with_vfio = true,
    .look = look,
    .find = find,
    .free = g_free,
};
