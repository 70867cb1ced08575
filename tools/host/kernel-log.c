/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: messages of the host's kernel (see kernel-log.h)
 */
#include "tools/host/kernel-log.h"

#include "tools/host/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* The kernel's buffer is smaller, mostly; a record has at most 8 KiB. */
#define LOG_BYTES (4u << 20)
#define RECORD_BYTES 8192

char *host_kernel_log(const char *root)
{
    g_autofree char *path = host_fs_path(root, "/dev/kmsg");
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    GString *text = fd >= 0 ? g_string_new(NULL) : NULL;

    while (text && text->len < LOG_BYTES) {
        char record[RECORD_BYTES];
        ssize_t n = read(fd, record, sizeof(record));

        if (n > 0) {
            g_string_append_len(text, record, n);
        } else if (!n || errno != EPIPE) {
            /* EPIPE: records were overwritten; the next one is read */
            break;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return text ? g_string_free(text, FALSE) : NULL;
}
