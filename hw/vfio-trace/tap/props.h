/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: properties of a tap
 */
#ifndef HW_VFIO_TRACE_TAP_PROPS_H
#define HW_VFIO_TRACE_TAP_PROPS_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_properties() - add the class's properties
 * @klass: class of TYPE_PCI_TAP
 */
void pci_tap_properties(ObjectClass *klass);

#endif /* HW_VFIO_TRACE_TAP_PROPS_H */
