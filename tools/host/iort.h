/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the IOMMUs of an Arm machine, as its firmware describes them
 *
 * A server's firmware has an ACPI table for them, the IORT (Arm's document
 * DEN0049, and include/acpi/actbl2.h in the kernel), which only root can read.
 * Other machines have a device tree (Devicetree/bindings/iommu/arm,smmu*.yaml
 * and pci/pci-iommu.txt in the kernel's documentation).
 */
#ifndef VFIO_TRACE_HOST_IORT_H
#define VFIO_TRACE_HOST_IORT_H

#include <stdbool.h>

/**
 * struct HostIort: what the firmware describes
 * @acpi: there are ACPI tables
 * @table: there is an IORT among them
 * @tree: there is a device tree
 * @known: the IORT, or the tree, could be read: the numbers are true
 * @smmus: IOMMUs that can be used: SMMUs of any version
 * @disabled: IOMMUs of the device tree that are switched off
 * @its: interrupt translation services of a GICv3
 * @bridges: PCI host bridges
 * @mapped: those of them that are behind an IOMMU; only with a device tree
 */
typedef struct HostIort {
    bool acpi;
    bool table;
    bool tree;
    bool known;
    unsigned smmus;
    unsigned disabled;
    unsigned its;
    unsigned bridges;
    unsigned mapped;
} HostIort;

/**
 * host_iort_read() - read the firmware's description
 * @root: as in pci.h
 * @iort: where to store it
 */
void host_iort_read(const char *root, HostIort *iort);

#endif /* VFIO_TRACE_HOST_IORT_H */
