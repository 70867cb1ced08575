/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what the machine that libvirt runs on must allow a traced
 * domain's QEMU
 *
 * Theory of operation
 *
 * libvirt's QEMU is another user than whoever enables the trace, and may be
 * confined besides.  What can be tried is tried as that user, in a child;
 * what only an administrator can allow is printed.
 */
#ifndef VFIO_TRACE_VIRT_HOST_H
#define VFIO_TRACE_VIRT_HOST_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct VirtHost: how libvirt runs its QEMUs
 * @uid: as which user
 * @gid: as which group
 * @apparmor: AppArmor confines them
 * @selinux: SELinux does
 */
typedef struct VirtHost {
    uid_t uid;
    gid_t gid;
    bool apparmor;
    bool selinux;
} VirtHost;

/**
 * virt_host_read() - how libvirt runs its QEMUs
 * @host: result
 * @capabilities: libvirt's description of the machine
 * @type: the domain's type: kvm or qemu
 * @dac_label: the domain's own user and group, or NULL
 * @error: where to store why not
 *
 * Return: true if it can be told
 */
bool virt_host_read(VirtHost *host, const char *capabilities,
                    const char *type, const char *dac_label, GError **error);

/**
 * virt_host_find_emulator() - the QEMU with vfio-pci-trace
 * @host: as which user it runs
 * @current: the one that the domain has, or NULL
 * @error: where to store why there is none
 *
 * Return: its absolute path, to be freed with g_free(); or NULL
 */
char *virt_host_find_emulator(const VirtHost *host, const char *current,
                              GError **error);

/**
 * virt_host_check_emulator() - is a program a QEMU with vfio-pci-trace?
 * @host: as which user it runs
 * @path: its path
 * @error: where to store why not
 *
 * Runs the program; root does so as the user that libvirt runs it as.
 */
bool virt_host_check_emulator(const VirtHost *host, const char *path,
                              GError **error);

/**
 * virt_host_check_emulator_access() - can libvirt start that QEMU?
 * @host: as which user it runs
 * @emulator: its path
 * @error: where to store what is missing, and the remedy
 *
 * Only root can try that; for others there is nothing wrong.
 */
bool virt_host_check_emulator_access(const VirtHost *host,
                                     const char *emulator, GError **error);

/**
 * virt_host_check_log() - can the domain's QEMU write its log?
 * @host: as which user it runs
 * @log: the log
 * @overwrite: it may be there already
 * @error: where to store what is missing, and the remedy
 *
 * Likewise.
 */
bool virt_host_check_log(const VirtHost *host, const char *log, bool overwrite,
                         GError **error);

/* Followed by the name of a domain's AppArmor profile */
#define VIRT_HOST_RING_DIR "/dev/shm/vfio-trace-"

/**
 * virt_host_ring_dir() - the directory that a domain's rings are to be in
 * @host: how QEMU is confined
 * @uuid: the domain's
 *
 * With AppArmor one of its own: the rule for it is one for all domains, and must
 * not let one reach another's.
 *
 * Return: its path, to be freed, or NULL: where rings are by default
 */
char *virt_host_ring_dir(const VirtHost *host, const char *uuid);

/**
 * virt_host_print_needs() - what an administrator must allow
 * @host: how QEMU is confined
 * @emulator: its path
 * @log: where it is to write
 */
void virt_host_print_needs(const VirtHost *host, const char *emulator,
                           const char *log);

#endif /* VFIO_TRACE_VIRT_HOST_H */
