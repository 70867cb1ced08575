/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: Power's vCPUs
 */
#include "qemu/osdep.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"

const VFIOTraceVCPUArch vfio_trace_vcpu_arch = {
    .space = MMT_EXTRA_PIDR,
    /* Its TLB has no attributes. */
    .no_attrs = true,
#ifdef CONFIG_TCG
    .tcg = vfio_trace_ppc_tcg,
#endif
};
