/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what an exit costs on x86 (see exit-cost-vm.h)
 */
#include "qemu/osdep.h"
#include <sys/ioctl.h>
#include "cpu.h"
#include "system/kvm.h"
#include "hw/vfio-trace/vcpu/exit-cost-vm.h"

static const uint8_t exit_cost_code[] = {
    /* mov $EXIT_COST_WRITES, %ecx */
    0xb9, EXIT_COST_WRITES & 0xff, EXIT_COST_WRITES >> 8, 0, 0,
    /* 1: mov %eax, EXIT_COST_HOLE */
    0xa3, 0, 0, 0, EXIT_COST_HOLE >> 24,
    0x49,                                       /* dec %ecx */
    0x75, 0xf8,                                 /* jnz 1b */
    0xf4,                                       /* hlt */
};

static bool exit_cost_set_sregs(const ExitCostVM *m)
{
    const struct kvm_segment flat = {
        .limit = UINT32_MAX, .selector = 8, .type = 0xb, .present = 1, .db = 1,
        .s = 1, .g = 1,
    };
    struct kvm_sregs sregs;

    if (ioctl(m->vcpu, KVM_GET_SREGS, &sregs) < 0) {
        return false;
    }
    sregs.cs = flat;
    sregs.ds = flat;
    sregs.ds.type = 3;
    sregs.ds.selector = 16;
    sregs.es = sregs.fs = sregs.gs = sregs.ss = sregs.ds;
    sregs.cr0 = CR0_PE_MASK | CR0_ET_MASK;
    return ioctl(m->vcpu, KVM_SET_SREGS, &sregs) == 0;
}

static bool exit_cost_set_regs(const ExitCostVM *m)
{
    const struct kvm_regs regs = { .rflags = 2 };

    return ioctl(m->vcpu, KVM_SET_REGS, &regs) == 0;
}

/* There is no table of interrupts: an exception is a shutdown. */
void vfio_trace_exit_code(void *page)
{
    memcpy(page, exit_cost_code, sizeof(exit_cost_code));
}

unsigned long vfio_trace_exit_vm_type(void)
{
    return 0;
}

/* 32-bit mode */
bool vfio_trace_exit_set_up(const ExitCostVM *m)
{
    return exit_cost_set_sregs(m) && exit_cost_set_regs(m);
}
