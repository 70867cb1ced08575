/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: stubs of the rescue, for other targets or hosts, and builds
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
