/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: gates of the IDT (see step-gates.h)
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/vfio-trace/rescue/step-gates.h"
#include "hw/vfio-trace/rescue/step-memory.h"

unsigned vfio_trace_step_gate_bytes(const Stepper *s)
{
    return rescue_step_is_long(s) ? 16 : rescue_step_is_protected(s) ? 8 : 4;
}

/* Base of a code segment, from its descriptor; 0 for a 64-bit segment */
static bool rescue_gates_code_base(const Stepper *s, uint16_t selector,
                                   uint64_t *base)
{
    const struct kvm_sregs *sregs = &s->sregs;
    unsigned at = selector & ~7u;
    uint64_t table = selector & 4 ? sregs->ldt.base : sregs->gdt.base;
    uint32_t limit = selector & 4 ? sregs->ldt.limit : sregs->gdt.limit;
    uint8_t d[8];

    *base = 0;
    if (rescue_step_is_long(s)) {
        return true;
    }
    if (at + 7 > limit || !vfio_trace_step_access(s, table + at, d, 8, false)) {
        return false;
    }
    *base = lduw_le_p(d + 2) | d[4] << 16 | (uint32_t)d[7] << 24;
    return true;
}

Gate vfio_trace_step_read_gate(const Stepper *s, unsigned vector, Door *door)
{
    const struct kvm_sregs *sregs = &s->sregs;
    unsigned size = vfio_trace_step_gate_bytes(s);
    uint8_t gate[16];
    uint64_t base;

    if ((vector + 1) * size - 1 > sregs->idt.limit) {
        return GATE_NONE;
    }
    if (!vfio_trace_step_access(s, sregs->idt.base + vector * size, gate, size,
                                false)) {
        return GATE_UNKNOWN;
    }
    if (!rescue_step_is_protected(s)) {
        door->linear = lduw_le_p(gate + 2) * 16 + lduw_le_p(gate);
        door->width = 2;
        return GATE_DOOR;
    }
    if (!(gate[5] & 0x80)) {
        return GATE_NONE;
    }
    /* It must be an interrupt or trap gate, not a task gate. */
    if ((gate[5] & 0x16) != 6 ||
        !rescue_gates_code_base(s, lduw_le_p(gate + 2), &base)) {
        return GATE_UNKNOWN;
    }
    door->linear = lduw_le_p(gate);
    if (gate[5] & 8) {
        door->linear |= (uint64_t)lduw_le_p(gate + 6) << 16;
    }
    if (rescue_step_is_long(s)) {
        door->linear |= (uint64_t)ldl_le_p(gate + 8) << 32;
    } else {
        door->linear = (uint32_t)(door->linear + base);
    }
    door->width = rescue_step_is_long(s) ? 8 : gate[5] & 8 ? 4 : 2;
    return GATE_DOOR;
}

static bool rescue_gates_is_canonical(uint64_t address)
{
    int64_t signed_address = address;

    return signed_address << 16 >> 16 == signed_address;
}

/* Is it a present 64-bit code segment of CPL 0? */
static bool rescue_gates_is_kernel_code(const Stepper *s, uint16_t selector)
{
    const struct kvm_sregs *sregs = &s->sregs;
    unsigned at = selector & ~7u;
    uint8_t d[8];

    return !(selector & 4) && at && at + 7 <= sregs->gdt.limit &&
           vfio_trace_step_access(s, sregs->gdt.base + at, d, sizeof(d),
                                  false) &&
           (d[5] & 0xf8) == 0x98 && (d[6] & 0x60) == 0x20;
}

bool vfio_trace_step_gate_is_near(const Stepper *s, unsigned vector)
{
    const struct kvm_sregs *sregs = &s->sregs;
    uint8_t gate[16];

    return rescue_step_is_long(s) && sregs->cs.l && !sregs->ss.dpl &&
           (vector + 1) * sizeof(gate) - 1 <= sregs->idt.limit &&
           vfio_trace_step_access(s, sregs->idt.base + vector * sizeof(gate),
                                  gate, sizeof(gate), false) &&
           (gate[5] & 0x9e) == 0x8e && !(gate[4] & 7) &&
           lduw_le_p(gate + 2) == sregs->cs.selector &&
           rescue_gates_is_kernel_code(s, sregs->cs.selector) &&
           rescue_gates_is_canonical(s->regs.rsp) &&
           rescue_gates_is_canonical(s->regs.rsp - 64);
}
