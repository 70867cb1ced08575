/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: widths of the host's addresses
 */
#ifndef VFIO_TRACE_HOST_ADDRESS_H
#define VFIO_TRACE_HOST_ADDRESS_H

/**
 * host_address_cpu_bits() - width of the CPU's physical addresses
 * @root: as in pci.h
 *
 * Return: bits; 0 if that is not known
 */
unsigned host_address_cpu_bits(const char *root);

/**
 * host_address_iommu_bits() - width of addresses that all IOMMUs translate
 * @root: as in pci.h
 *
 * Return: bits; 0 if that is not known.  AMD's have as many as the CPU.
 */
unsigned host_address_iommu_bits(const char *root);

/**
 * host_address_guest_bits() - width of a guest's physical addresses, on Arm
 * @root: as in pci.h
 *
 * There it is KVM that limits them (KVM_CAP_ARM_VM_IPA_SIZE).
 *
 * Return: bits; 0 if that is not known
 */
unsigned host_address_guest_bits(const char *root);

#endif /* VFIO_TRACE_HOST_ADDRESS_H */
