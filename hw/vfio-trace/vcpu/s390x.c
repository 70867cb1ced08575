/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: s390x's vCPUs
 */
#include "qemu/osdep.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"

const VFIOTraceVCPUArch vfio_trace_vcpu_arch = {
    .space = MMT_EXTRA_ASCE,
    /* PCI's instructions are calls of the device's callbacks. */
    .no_attrs = true,
#ifdef CONFIG_TCG
    .tcg = vfio_trace_s390x_tcg,
#endif
};
