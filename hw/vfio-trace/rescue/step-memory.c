/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: access to guest memory for a step (see step-memory.h)
 */
#include "qemu/osdep.h"
#include "qemu/rcu.h"
#include "hw/vfio-trace/rescue/step-memory.h"
#include "hw/vfio-trace/vcpu/guest-linear.h"

#define PAGE 4096

/* Fails unless the address is RAM, so that no device register is accessed. */
static bool rescue_memory_linear_to_ram(const InsnWalkState *walk,
                                        uint64_t linear, unsigned access,
                                        hwaddr *gpa)
{
    hwaddr len = 1;
    hwaddr xlat;
    uint32_t error;

    if (!insn_walk_translate(walk, &vfio_trace_guest_memory_ro, linear, access,
                             gpa, &error)) {
        return false;
    }
    RCU_READ_LOCK_GUARD();
    return memory_region_is_ram(
        address_space_translate(&address_space_memory, *gpa, &xlat, &len,
                                false, MEMTXATTRS_UNSPECIFIED));
}

/*
 * Handlers and stacks belong to the kernel, but PUSHF's result may be in a
 * user's page: so CPL 0 with SMAP overridden.
 */
bool vfio_trace_step_access(const Stepper *s, uint64_t linear, uint8_t *buf,
                            unsigned len, bool write)
{
    InsnWalkState walk = s->vcpu.walk;

    walk.user = false;
    walk.rflags |= AC_MASK;
    while (len) {
        unsigned n = MIN(len, PAGE - (linear & (PAGE - 1)));
        hwaddr gpa;

        if (!rescue_memory_linear_to_ram(&walk, linear, 0, &gpa) ||
            address_space_rw(&address_space_memory, gpa, MEMTXATTRS_UNSPECIFIED,
                             buf, n, write) != MEMTX_OK) {
            return false;
        }
        linear += n;
        buf += n;
        len -= n;
    }
    return true;
}

/* With the vCPU's own rights; SMAP does not apply to fetches. */
bool vfio_trace_step_fetch_byte(const Stepper *s, uint64_t linear,
                                uint8_t *byte)
{
    hwaddr gpa;

    return rescue_memory_linear_to_ram(&s->vcpu.walk, linear, INSN_WALK_FETCH,
                                       &gpa) &&
           address_space_read(&address_space_memory, gpa,
                              MEMTXATTRS_UNSPECIFIED, byte, 1) == MEMTX_OK;
}

uint64_t vfio_trace_step_stack(const struct kvm_sregs *sregs, uint64_t rsp)
{
    if ((sregs->efer & MSR_EFER_LMA) && sregs->cs.l) {
        return rsp;
    }
    return (uint32_t)(sregs->ss.base +
                      (sregs->ss.db ? (uint32_t)rsp : (uint16_t)rsp));
}
