/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: stubs of the rescue, for other targets or hosts, and builds
 * without KVM or Zydis
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "system/kvm.h"
#include "hw/vfio-trace/rescue/rescue.h"

#if defined(TARGET_I386) || defined(TARGET_ARM)
#define RESCUE_MISSING "build"
#else
#define RESCUE_MISSING "target"
#endif

const char *vfio_trace_rescue_start(void)
{
    return kvm_enabled() ? RESCUE_MISSING : NULL;
}

void vfio_trace_rescue_stop(void)
{
}
