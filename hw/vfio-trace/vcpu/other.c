/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: vCPUs of an architecture of which nothing is known
 */
#include "qemu/osdep.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"

const VFIOTraceVCPUArch vfio_trace_vcpu_arch = {
};
