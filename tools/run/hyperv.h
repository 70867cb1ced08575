/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: Hyper-V's features for a Windows guest
 *
 * They make Windows fast and stable as a guest; QEMU's
 * docs/system/i386/hyperv.rst explains each.  QEMU does not start with one that
 * KVM lacks, as an older KVM does, or one that is nested in another hypervisor.
 */
#ifndef VFIO_TRACE_RUN_HYPERV_H
#define VFIO_TRACE_RUN_HYPERV_H

#include <glib.h>
#include <linux/kvm.h>
#include <stdbool.h>

/**
 * run_hyperv_choose() - choose the features that KVM and QEMU have
 * @entries: KVM's answer to KVM_GET_SUPPORTED_HV_CPUID, or NULL if KVM could
 *           not be asked: it is then assumed to have all of them
 * @n: number of entries
 * @synic: QEMU has the synthetic interrupt controller, hv-synic
 * @missing: where to store the names of the features that are left out, to be
 *           freed; NULL if none is
 *
 * A feature whose requirements are left out is left out, too.
 *
 * Return: the features as -cpu takes them, each with a comma before it; to be
 *         freed
 */
char *run_hyperv_choose(const struct kvm_cpuid_entry2 *entries, size_t n,
                        bool synic, char **missing);

/**
 * run_hyperv_ask() - ask the host's KVM, and choose
 * @root: where the host's files are (see host_root())
 * @synic: as for run_hyperv_choose()
 * @missing: as for run_hyperv_choose()
 *
 * Return: as run_hyperv_choose()
 */
char *run_hyperv_ask(const char *root, bool synic, char **missing);

#endif /* VFIO_TRACE_RUN_HYPERV_H */
