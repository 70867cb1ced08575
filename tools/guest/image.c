/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: images of a guest's disks (see image.h)
 */
#include "tools/guest/image.h"

#include <glib.h>

/*
 * By the file's name.  The contents are the guest's: a raw disk with a qcow2
 * header could name any file of the host as its backing file.
 */
const char *guest_image_format(const char *path)
{
    static const struct {
        const char *suffix;
        const char *format;
    } formats[] = {
        { ".qcow2", "qcow2" },
        { ".vhdx", "vhdx" },
        { ".vmdk", "vmdk" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (g_str_has_suffix(path, formats[i].suffix)) {
            return formats[i].format;
        }
    }
    return "raw";
}
