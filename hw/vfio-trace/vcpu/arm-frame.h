/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: frames of Arm's 64-bit code
 */
#ifndef HW_VFIO_TRACE_ARM_FRAME_H
#define HW_VFIO_TRACE_ARM_FRAME_H

#include "qemu/bitops.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"

/**
 * vfio_trace_arm_frame() - the frame of a function
 * @fp: X29: there are the caller's X29 and the return address (AAPCS64)
 * @tcr: TCR_EL1 or TCR_EL2: T0SZ and T1SZ say how many bits an address has; the
 *       others may be the signature of a return address (FEAT_PAuth)
 * @big: data are big-endian
 */
static inline VFIOTraceFrame vfio_trace_arm_frame(uint64_t fp, uint64_t tcr,
                                                  bool big)
{
    return (VFIOTraceFrame) {
        .fp = fp,
        .width = 8,
        .ret = 8,
        .big = big,
        .va_bits = { 64 - extract64(tcr, 0, 6), 64 - extract64(tcr, 16, 6) },
    };
}

#endif /* HW_VFIO_TRACE_ARM_FRAME_H */
