/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: MMIO exits of KVM's vCPUs
 */
#ifndef HW_VFIO_TRACE_TAP_EXIT_H
#define HW_VFIO_TRACE_TAP_EXIT_H

#ifdef CONFIG_KVM

/**
 * pci_tap_exit_start() - handle MMIO exits from now on
 *
 * Does nothing without KVM, or if it has been called before.
 */
void pci_tap_exit_start(void);

#else

static inline void pci_tap_exit_start(void)
{
}

#endif

#endif /* HW_VFIO_TRACE_TAP_EXIT_H */
