/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Access to a device from the guest's user space
 */
#ifndef GUEST_DEVICE_H
#define GUEST_DEVICE_H

#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define PCI_COMMAND         4
#define PCI_COMMAND_MEMORY  2

/* Enable memory decoding, since no driver has done so. */
static inline void enable_memory(const char *bdf)
{
    char path[128];
    uint16_t command;
    int fd;

    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", bdf);
    fd = open(path, O_RDWR);
    if (fd < 0 || pread(fd, &command, 2, PCI_COMMAND) != 2) {
        err(1, "%s", path);
    }
    command |= PCI_COMMAND_MEMORY;
    if (pwrite(fd, &command, 2, PCI_COMMAND) != 2) {
        err(1, "%s", path);
    }
    close(fd);
}

#endif /* GUEST_DEVICE_H */
