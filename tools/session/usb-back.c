/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: gives USB devices back to the host's drivers (see usb-back.h)
 */
#include "tools/session/usb-back.h"

#include "tools/host/fs.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* A device that no driver wants is no error: it may never have had one. */
static void probe(const char *root, const char *interface)
{
    g_autofree char *path = host_fs_path(root, "/sys/bus/usb/drivers_probe");
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd >= 0) {
        (void)!write(fd, interface, strlen(interface));
        close(fd);
    }
}

void usb_give_back(const char *root, const char *name)
{
    g_autofree char *dir = host_fs_path(root, "/sys/bus/usb/devices/%s", name);
    g_autofree char *prefix = g_strconcat(name, ":", NULL);
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *driver = g_build_filename(dir, names[i], "driver",
                                                   NULL);

        if (g_str_has_prefix(names[i], prefix) && access(driver, F_OK)) {
            probe(root, names[i]);
        }
    }
}
