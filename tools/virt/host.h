/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: requirements of a traced domain's QEMU on libvirt's machine
 *
 * Theory of operation
 *
 * libvirt runs QEMU as another user than the one who enables the trace, and
 * AppArmor or SELinux may confine it.  What can be checked is checked as that
 * user, in a child; what only an administrator can allow is printed.
 */
#ifndef VFIO_TRACE_VIRT_HOST_H
#define VFIO_TRACE_VIRT_HOST_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "tools/host/arch.h"

/**
 * struct VirtHost: how libvirt runs its QEMUs
 * @uid: their user
 * @gid: their group
 * @arch: the machine's architecture; x86 if vfio-trace does not know it
 * @apparmor: AppArmor confines them
 * @selinux: SELinux confines them
 */
typedef struct VirtHost {
    uid_t uid;
    gid_t gid;
    const HostArch *arch;
    bool apparmor;
    bool selinux;
} VirtHost;

/**
 * virt_host_read() - find out how libvirt runs its QEMUs
 * @host: result
 * @capabilities: libvirt's capabilities XML
 * @type: the domain's type: kvm or qemu
 * @dac_label: the domain's own user and group, or NULL
 * @error: where to store the error
 *
 * Return: true, or false after an error
 */
bool virt_host_read(VirtHost *host, const char *capabilities,
                    const char *type, const char *dac_label, GError **error);

/**
 * virt_host_find_emulator() - find the QEMU with vfio-pci-trace
 * @host: the user as which QEMU runs
 * @arch: the domain's architecture
 * @current: the domain's current emulator, or NULL
 * @error: where to store the error
 *
 * Return: its absolute path, to be freed with g_free(); or NULL
 */
char *virt_host_find_emulator(const VirtHost *host, const HostArch *arch,
                              const char *current, GError **error);

/**
 * virt_host_check_emulator() - is a program a QEMU with vfio-pci-trace?
 * @host: the user as which it runs
 * @path: its path
 * @error: where to store the error
 *
 * Runs the program; if the caller is root, as the user of libvirt's QEMUs.
 */
bool virt_host_check_emulator(const VirtHost *host, const char *path,
                              GError **error);

/**
 * virt_host_check_emulator_access() - can libvirt start this QEMU?
 * @host: the user as which it runs
 * @emulator: its path
 * @error: where to store the error, with the remedy
 *
 * Only root can check this; for other callers, the result is true.
 */
bool virt_host_check_emulator_access(const VirtHost *host,
                                     const char *emulator, GError **error);

/**
 * virt_host_check_log() - can the domain's QEMU write its log?
 * @host: the user as which it runs
 * @log: path of the log
 * @overwrite: the log may exist already
 * @error: where to store the error, with the remedy
 *
 * Only root can check the access; other callers get errors of paths only.
 */
bool virt_host_check_log(const VirtHost *host, const char *log, bool overwrite,
                         GError **error);

/**
 * virt_host_check_readable() - can the domain's QEMU read a file?
 * @host: the user as which it runs
 * @path: the file
 * @error: where to store the error, with the remedy
 *
 * Only root can check this; for other callers, the result is true.
 */
bool virt_host_check_readable(const VirtHost *host, const char *path,
                              GError **error);

/**
 * virt_host_can_search() - can QEMU's user open files in a directory?
 * @host: the user
 * @dir: the directory
 *
 * As root, this is tried for @dir and all directories above it; other callers
 * only see the mode of @dir.
 */
bool virt_host_can_search(const VirtHost *host, const char *dir);

/**
 * virt_host_user_name() - get the name of QEMU's user
 * @host: the user
 *
 * Return: the name, or the number if it has none; to be freed
 */
char *virt_host_user_name(const VirtHost *host);

/* Prefix of a domain's ring directory, before the name of its profile */
#define VIRT_HOST_RING_DIR "/dev/shm/vfio-trace-"

/**
 * virt_host_ring_dir() - get the directory for a domain's rings
 * @host: how QEMU is confined
 * @uuid: the domain's UUID
 *
 * With AppArmor, each domain has a directory of its own: one rule is for all
 * domains, and must not let a domain access the rings of another one.
 *
 * Return: its path, to be freed, or NULL for QEMU's default
 */
char *virt_host_ring_dir(const VirtHost *host, const char *uuid);

/**
 * virt_host_print_needs() - print what an administrator must allow
 * @host: how QEMU is confined
 * @emulator: path of the QEMU
 * @log: path of the log
 * @files: paths of files that it reads, terminated by NULL; or NULL
 */
void virt_host_print_needs(const VirtHost *host, const char *emulator,
                           const char *log, const char *const *files);

#endif /* VFIO_TRACE_VIRT_HOST_H */
