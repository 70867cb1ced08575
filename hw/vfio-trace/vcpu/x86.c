/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: x86's vCPUs
 */
#include "qemu/osdep.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"

const VFIOTraceVCPUArch vfio_trace_vcpu_arch = {
    .space = MMT_EXTRA_CR3,
#ifdef CONFIG_KVM
    .kvm = vfio_trace_x86_kvm,
#endif
#ifdef CONFIG_TCG
    .tcg = vfio_trace_x86_tcg,
#endif
};
