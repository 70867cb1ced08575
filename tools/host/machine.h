/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what kind of machine the host is
 *
 * What helps on one kind of machine is useless on another: no firmware setup
 * switches on the IOMMU of a virtual machine.
 *
 * Sources: /proc/cpuinfo (each architecture's show_cpuinfo() in the kernel),
 * /sys/class/dmi/id, /proc/device-tree, /proc/sysinfo, /proc/self/smaps,
 * Documentation/ABI/testing/sysfs-hypervisor-xen, /proc/xen/capabilities,
 * /run/systemd/container (systemd's container interface), /.dockerenv and
 * /run/.containerenv (Docker and Podman), kernel.modules_disabled
 * (Documentation/admin-guide/sysctl/kernel.rst).
 */
#ifndef VFIO_TRACE_HOST_MACHINE_H
#define VFIO_TRACE_HOST_MACHINE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum HostMachine {
    HOST_MACHINE_HARDWARE,  /* or not known */
    HOST_MACHINE_VIRTUAL,   /* a virtual machine */
    HOST_MACHINE_CONTAINER, /* a container on any machine */
    HOST_MACHINE_XEN,       /* domain 0: Linux on hardware, but below Xen */
    HOST_MACHINES
} HostMachine;

/**
 * host_machine() - find out what kind of machine it is
 * @root: as in pci.h
 */
HostMachine host_machine(const char *root);

/**
 * host_machine_cpu_has() - is a word in /proc/cpuinfo?
 * @root: as in pci.h
 * @word: a feature, or the vendor's name
 */
bool host_machine_cpu_has(const char *root, const char *word);

/**
 * host_machine_loads_modules() - can modules of the kernel still be loaded?
 * @root: as in pci.h
 */
bool host_machine_loads_modules(const char *root);

/**
 * host_machine_page() - size of the host's pages
 * @root: as in pci.h
 *
 * What is trapped, and what is mapped into a guest, are whole pages.  Arm has
 * pages of 4, 16 or 64 KiB, POWER mostly of 64 KiB.
 *
 * Return: their size in bytes
 */
uint64_t host_machine_page(const char *root);

#endif /* VFIO_TRACE_HOST_MACHINE_H */
