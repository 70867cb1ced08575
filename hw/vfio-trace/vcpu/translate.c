/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: linear addresses by QEMU's own walk of the tables
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/cpu-common.h"
#include "exec/target_page.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"

bool vfio_trace_vcpu_translate(CPUState *cpu, uint64_t addr, hwaddr *gpa)
{
    MemTxAttrs attrs;
    hwaddr page = cpu_get_phys_page_attrs_debug(cpu, addr & TARGET_PAGE_MASK,
                                                &attrs);

    if (page == -1) {
        return false;
    }
    *gpa = page | (addr & ~TARGET_PAGE_MASK);
    return true;
}
