/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: questions to KVM (see kvm.h)
 */
#include "tools/run/kvm.h"

#include "tools/host/fs.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

int run_kvm_open(const char *root)
{
    g_autofree char *path = host_fs_path(root, "/dev/kvm");
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);

    if (fd >= 0 && ioctl(fd, KVM_GET_API_VERSION, 0) != KVM_API_VERSION) {
        /* The file of a host that was made up for a test, for example */
        close(fd);
        return -1;
    }
    return fd;
}

int run_kvm_has(int kvm, int capability)
{
    int answer = ioctl(kvm, KVM_CHECK_EXTENSION, capability);

    return answer > 0 ? answer : 0;
}
