# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab: a machine with an IOMMU (L1) emulated by QEMU, and in it the
KVM guest (L2) that gets a device by VFIO.

    cli       options, exit status
    plan      everything one run needs, checked before anything starts
    kernel    a distribution kernel and the closure of its modules
    iommufd   a kernel that has it, built if need be
    vmlinux   the uncompressed kernel in a vmlinuz
    elf       a program and the closure of its shared libraries
    cpio      initramfs archives, written without root
    image     L1's large, cached initramfs and the small one of each run
    devices   which backends a target device needs
    storage   a disk for L1
    devtrace  what arrives at the devices
    machine   the two QEMU command lines
    logs      the logs of a run in numbers
    cache     content-keyed, safe for two labs at once
    accel     is KVM usable here? proven by a probe, not by presence
    run       one run: start, watch, collect, judge
"""
