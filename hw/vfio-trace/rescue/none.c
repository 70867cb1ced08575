/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: instructions that KVM can not emulate, where nothing can be done
 * about them: another target, host, or a build without KVM or Zydis
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
