/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the host's architecture
 *
 * A guest that is fast and has a device of the host has the host's own
 * architecture: that is what KVM can run, and so which QEMU is needed.
 */
#ifndef VFIO_TRACE_HOST_ARCH_H
#define VFIO_TRACE_HOST_ARCH_H

#include <glib.h>
#include <stdbool.h>

typedef enum HostArchId {
    HOST_ARCH_X86,      /* or not known */
    HOST_ARCH_ARM,      /* of 64 bits */
    HOST_ARCH_ARM32,
    HOST_ARCH_POWER,
    HOST_ARCH_S390,
    HOST_ARCH_RISCV,
    HOST_ARCH_LOONGARCH,
    HOST_ARCHES
} HostArchId;

/**
 * struct HostArch: an architecture
 * @id: which
 * @name: as QEMU and libvirt call it, "aarch64"
 * @title: as people call it, "Arm"
 * @qemu: the name that 'make install' gives to its QEMU; NULL if vfio-trace
 *        has none
 */
typedef struct HostArch {
    HostArchId id;
    const char *name;
    const char *title;
    const char *qemu;
} HostArch;

/**
 * host_arch() - find out the host's architecture
 * @root: as in pci.h
 *
 * By /proc/cpuinfo (each architecture's show_cpuinfo() in the kernel).
 */
const HostArch *host_arch(const char *root);

/**
 * host_arch_of() - an architecture's description
 * @id: the architecture
 */
const HostArch *host_arch_of(HostArchId id);

/**
 * host_arch_named() - find an architecture by its name
 * @name: as QEMU and libvirt call it, or NULL
 *
 * Return: the architecture, or NULL
 */
const HostArch *host_arch_named(const char *name);

/**
 * host_arch_qemu() - name of the QEMU with vfio-trace for such a host
 * @arch: the architecture
 *
 * Return: its name; that of this program's architecture if there is none
 */
const char *host_arch_qemu(const HostArch *arch);

/**
 * host_arch_is_qemu() - is a program's name that of a QEMU with vfio-trace?
 * @name: the name
 */
bool host_arch_is_qemu(const char *name);

#endif /* VFIO_TRACE_HOST_ARCH_H */
