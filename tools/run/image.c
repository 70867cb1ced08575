/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: check of the images of disks (see image.h)
 */
#include "tools/run/image.h"

#include "tools/guest/image.h"
#include "tools/run/error.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* A guest may have written the header of another format to its raw disk. */
static bool check_format(const char *path, GError **error)
{
    static const struct {
        const char *magic;
        const char *format;
        const char *suffix;
    } formats[] = {
        { "QFI\xfb", "qcow2", ".qcow2" },
        { "vhdxfile", "vhdx", ".vhdx" },
        { "KDMV", "vmdk", ".vmdk" },
    };
    const char *format = guest_image_format(path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char head[8] = "";
    size_t i;

    if (fd < 0 || pread(fd, head, sizeof(head), 0) < 0) {
        head[0] = '\0';
    }
    if (fd >= 0) {
        close(fd);
    }
    for (i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (!strcmp(format, "raw") &&
            !memcmp(head, formats[i].magic, strlen(formats[i].magic))) {
            return run_error(error,
                             "--disk %s: it has the header of a %s image, but its name does not end in %s: rename it if it is one; if it is a raw disk, its guest may have written this header as an attack",
                             path, formats[i].format, formats[i].suffix);
        }
    }
    return true;
}

/*
 * QEMU's user gets the image, but not its backing or data files (qcow2's
 * header: QEMU's docs/interop/qcow2.rst; a VMDK descriptor is text).
 */
static bool check_alone(const char *path, GError **error)
{
    uint8_t head[80] = { 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof(head), 0);
    bool alone = true;
    size_t i;

    if (fd >= 0) {
        close(fd);
    }
    if (n == (ssize_t)sizeof(head) && !memcmp(head, "QFI\xfb", 4)) {
        for (i = 8; i < 16; i++) {
            alone &= !head[i];
        }
        /* Incompatible feature 2: the data is in another file */
        alone &= head[7] < 3 || !(head[79] & 4);
    } else if (n > 0) {
        alone = memcmp(head, "# Disk DescriptorFile", 21) != 0;
    }
    return alone ||
           run_error(error,
                     "--disk %s: it needs another file, which QEMU's user can't open: make one image of them ('qemu-img convert'), or use --as-root",
                     path);
}

bool run_image_check(const char *path, bool alone, GError **error)
{
    return check_format(path, error) && (!alone || check_alone(path, error));
}
