# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab: a machine with an IOMMU (L1) emulated by QEMU, and in it the
KVM guest (L2) that gets a device by VFIO.

    cli       options, exit status
    plan      everything one run needs, checked before anything starts
    arch      what differs from one architecture to another
    packages  kernels and programs of other architectures
    foreign   machines of another architecture
    kernel    a distribution kernel and the closure of its modules
    iommufd   a kernel with iommufd, built if necessary
    vmlinux   the uncompressed kernel in a vmlinuz
    elf       a program and the closure of its shared libraries
    cpio      initramfs archives, written without root
    image     L1's large, cached initramfs and the small one of each run
    devices   which backends a target device needs
    storage   a disk for L1
    devtrace  the accesses that arrive at the devices
    machine   the two QEMU command lines
    logs      statistics of a run's logs
    cache     content-keyed, safe for two labs at once
    accel     whether KVM is usable here, by a probe
    run       one run: start, watch, collect, judge
"""
