/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: questions to KVM
 */
#ifndef VFIO_TRACE_RUN_KVM_H
#define VFIO_TRACE_RUN_KVM_H

/**
 * run_kvm_open() - open KVM
 * @root: where the host's files are (see host_root())
 *
 * Return: a descriptor; -1 if there is no KVM, or this user can't open it
 */
int run_kvm_open(const char *root);

/**
 * run_kvm_has() - ask for a capability
 * @kvm: the descriptor
 * @capability: KVM_CAP_...
 *
 * Return: KVM's answer, which is 0 for a capability that it lacks
 */
int run_kvm_has(int kvm, int capability);

#endif /* VFIO_TRACE_RUN_KVM_H */
