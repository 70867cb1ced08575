/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: no rescue of instructions, for another target or host, or a build
 * without KVM or Zydis
 */
#include "qemu/osdep.h"
#include "system/kvm.h"
#include "hw/vfio-trace/rescue/rescue.h"

const char *vfio_trace_rescue_start(void)
{
    return kvm_enabled() ? "build" : NULL;
}

void vfio_trace_rescue_stop(void)
{
}
