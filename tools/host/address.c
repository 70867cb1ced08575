/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: widths of the host's addresses (see address.h)
 */
#include "tools/host/address.h"

#include "tools/host/fs.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Of a KVM on Arm that does not say how many it has */
#define ARM_GUEST_BITS 40

/* "address sizes : 46 bits physical, 48 bits virtual" */
unsigned host_address_cpu_bits(const char *root)
{
    g_autofree char *path = host_fs_path(root, "/proc/cpuinfo");
    g_autofree char *text = host_fs_text(path);
    const char *line = text ? strstr(text, "address sizes") : NULL;
    unsigned bits;

    return line && sscanf(line, "address sizes : %u bits", &bits) == 1 ? bits
                                                                       : 0;
}

/*
 * VT-d's capability register: bits 21:16 are the width of addresses less one;
 * bits 9, 10 and 11 stand for page tables of 3, 4 and 5 levels.
 */
static unsigned address_bits_of(uint64_t cap)
{
    unsigned bits = (cap >> 16 & 0x3f) + 1;
    unsigned table = cap >> 11 & 1 ? 57 : cap >> 10 & 1 ? 48 : 39;

    return cap >> 9 & 7 ? MIN(bits, table) : bits;
}

unsigned host_address_iommu_bits(const char *root)
{
    g_autofree char *dir = host_fs_path(root, "/sys/class/iommu");
    g_auto(GStrv) units = host_fs_names(dir);
    unsigned least = 0;
    size_t i;

    for (i = 0; units[i]; i++) {
        g_autofree char *unit = g_build_filename(dir, units[i], "intel-iommu",
                                                 NULL);
        g_autofree char *text = host_fs_attr(unit, "cap");
        uint64_t cap = text ? g_ascii_strtoull(text, NULL, 16) : 0;
        unsigned bits = address_bits_of(cap);

        if (cap && (!least || bits < least)) {
            least = bits;
        }
    }
    return least;
}

unsigned host_address_guest_bits(const char *root)
{
    g_autofree char *path = host_fs_path(root, "/dev/kvm");
    int fd = open(path, O_RDWR | O_CLOEXEC);
    int bits = 0;

    if (fd < 0) {
        return 0;
    }
    if (ioctl(fd, KVM_GET_API_VERSION, 0) == KVM_API_VERSION) {
        bits = ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE);
        bits = bits > 0 ? bits : ARM_GUEST_BITS;
    }
    close(fd);
    return bits;
}
