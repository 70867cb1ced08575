/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: Arm's vCPUs
 */
#include "qemu/osdep.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"

const VFIOTraceVCPUArch vfio_trace_vcpu_arch = {
    .space = MMT_EXTRA_TTBR0,
    .no_kvm_attrs = true,
#ifdef CONFIG_KVM
    .kvm = vfio_trace_arm_kvm,
#endif
#ifdef CONFIG_TCG
    .tcg = vfio_trace_arm_tcg,
#endif
};
