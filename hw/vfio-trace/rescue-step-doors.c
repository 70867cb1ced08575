/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: an instruction that is stepped, and its ways out
 *
 * What it is says which exceptions it may raise.  Their handlers' first
 * instructions are its doors, where breakpoints stand: at one of these TF, by
 * which it was stepped, is on the guest's stack, and is taken away there.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/rcu.h"
#include "cpu.h"
#include "system/kvm.h"
#include "rescue-memory.h"
#include "rescue-step-parts.h"

#define PAGE 4096

/* Of RFLAGS as they are pushed, the byte with TF in it */
#define TF_BYTE 1
#define TF_BIT  (TF_MASK >> (8 * TF_BYTE))

/* --- the guest's memory, by linear address -------------------------------- */

/* No device's registers are touched, wherever a guest has put things. */
static bool linear_to_ram(const WalkState *walk, uint64_t linear,
                          unsigned access, hwaddr *gpa)
{
    hwaddr len = 1;
    hwaddr xlat;
    uint32_t error;

    if (!walk_translate(walk, &vfio_trace_rescue_memory_ro, linear, access, gpa,
                        &error)) {
        return false;
    }
    RCU_READ_LOCK_GUARD();
    return memory_region_is_ram(
        address_space_translate(&address_space_memory, *gpa, &xlat, &len,
                                false, MEMTXATTRS_UNSPECIFIED));
}

/* Handlers and their stacks are a kernel's; what PUSHF wrote may be a user's. */
static bool access_linear(const Stepper *s, uint64_t linear, uint8_t *buf,
                          unsigned len, bool write)
{
    WalkState walk = s->vcpu.walk;

    walk.user = false;
    walk.rflags |= AC_MASK;
    while (len) {
        unsigned n = MIN(len, PAGE - (linear & (PAGE - 1)));
        hwaddr gpa;

        if (!linear_to_ram(&walk, linear, 0, &gpa) ||
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

/* As the vCPU does it: whether SMAP is on is no matter. */
static bool fetch_byte(const Stepper *s, uint64_t linear, uint8_t *byte)
{
    hwaddr gpa;

    return linear_to_ram(&s->vcpu.walk, linear, WALK_FETCH, &gpa) &&
           address_space_read(&address_space_memory, gpa,
                              MEMTXATTRS_UNSPECIFIED, byte, 1) == MEMTX_OK;
}

/* --- what it is ----------------------------------------------------------- */

uint64_t vfio_trace_step_rip(const Stepper *s)
{
    return s->vcpu.insn.seg[INSN_CS].base + s->regs.rip;
}

static InsnStatus decode(Stepper *s)
{
    InsnStatus status = s->len ? insn_decode(&s->insn, s->bytes, s->len,
                                             s->vcpu.insn.mode) : INSN_SHORT;

    s->known = status != INSN_SHORT && status != INSN_INVALID;
    return status;
}

/*
 * What is in a window nobody has read yet, and no more than the instruction may
 * be read: registers may come behind it.  The windows are lifted.
 */
static void fetch(Stepper *s)
{
    uint64_t linear = vfio_trace_step_rip(s);
    InsnStatus status = INSN_SHORT;

    while (status == INSN_SHORT && s->len < sizeof(s->bytes) &&
           fetch_byte(s, linear + s->len, s->bytes + s->len)) {
        s->len++;
        status = decode(s);
    }
}

void vfio_trace_step_identify(Stepper *s)
{
    const VFIOTraceStep *step = s->step;

    s->len = MIN(step->len, sizeof(s->bytes));
    memcpy(s->bytes, step->bytes, s->len);
    if (decode(s) == INSN_SHORT) {
        s->len = 0;
        fetch(s);
    }
    if (s->known) {
        s->len = s->insn.z.length;
    }
}

/* --- doors ---------------------------------------------------------------- */

/* In protected mode a handler's code segment is taken to begin at 0. */
static bool read_gate(const Stepper *s, unsigned vector, Door *door)
{
    const struct kvm_sregs *sregs = &s->sregs;
    bool protected = sregs->cr0 & CR0_PE_MASK;
    bool is_long = sregs->efer & MSR_EFER_LMA;
    unsigned size = is_long ? 16 : protected ? 8 : 4;
    uint8_t gate[16];

    if ((vector + 1) * size - 1 > sregs->idt.limit ||
        !access_linear(s, sregs->idt.base + vector * size, gate, size, false)) {
        return false;
    }
    if (!protected) {
        door->linear = lduw_le_p(gate + 2) * 16 + lduw_le_p(gate);
        door->width = 2;
        return true;
    }
    door->linear = lduw_le_p(gate) | (uint64_t)lduw_le_p(gate + 6) << 16;
    if (is_long) {
        door->linear |= (uint64_t)ldl_le_p(gate + 8) << 32;
    }
    door->width = is_long ? 8 : gate[5] & 8 ? 4 : 2;
    /* Present, and an interrupt or trap gate, not one to a task */
    return (gate[5] & 0x86) == 0x86;
}

static void add_door(Stepper *s, const Door *door)
{
    /* A breakpoint would keep an instruction there from beginning. */
    if (s->doors < DOORS && door->linear != vfio_trace_step_rip(s)) {
        s->door[s->doors++] = *door;
    }
}

static void add_vector(Stepper *s, unsigned vector, bool fault)
{
    bool error_code = fault && vector >= EXCP0A_TSS && vector <= EXCP0E_PAGE;
    Door door = { .below = 2 };

    if (read_gate(s, vector, &door)) {
        door.below += error_code && (s->sregs.cr0 & CR0_PE_MASK);
        add_door(s, &door);
    }
}

/* SYSCALL pushes nothing: RFLAGS are in R11. */
static void add_syscall(Stepper *s)
{
    struct {
        struct kvm_msrs info;
        struct kvm_msr_entry entry;
    } msrs = {
        .info.nmsrs = 1,
        .entry.index = s->sregs.cs.l ? MSR_LSTAR : MSR_CSTAR,
    };

    if (kvm_vcpu_ioctl(s->cpu, KVM_GET_MSRS, &msrs) == 1) {
        add_door(s, &(Door) { .linear = msrs.entry.data });
    }
}

/* Exceptions of instructions that have one of their own */
static const struct {
    ZydisMnemonic mnemonic;
    unsigned vector;
} own_vector[] = {
    { ZYDIS_MNEMONIC_DIV, EXCP00_DIVZ },
    { ZYDIS_MNEMONIC_IDIV, EXCP00_DIVZ },
    { ZYDIS_MNEMONIC_AAM, EXCP00_DIVZ },
    { ZYDIS_MNEMONIC_INT3, EXCP03_INT3 },
    { ZYDIS_MNEMONIC_INTO, EXCP04_INTO },
    { ZYDIS_MNEMONIC_BOUND, EXCP05_BOUND },
};

/* Hidden operands are among them: PUSH, CALL */
static bool uses_stack(const Stepper *s)
{
    unsigned i;

    for (i = 0; i < s->insn.z.operand_count; i++) {
        if (s->insn.op[i].type == ZYDIS_OPERAND_TYPE_MEMORY &&
            s->insn.op[i].mem.segment == ZYDIS_REGISTER_SS) {
            return true;
        }
    }
    return false;
}

/* FPU and vector instructions: what they raise depends on CR0. */
static unsigned usual_vector(const Stepper *s)
{
    unsigned i;

    for (i = 0; s->known && i < ARRAY_SIZE(own_vector); i++) {
        if (s->insn.z.mnemonic == own_vector[i].mnemonic) {
            return own_vector[i].vector;
        }
    }
    if (!s->known || (s->sregs.cr0 & (CR0_TS_MASK | CR0_EM_MASK))) {
        return EXCP07_PREX;
    }
    if (uses_stack(s)) {
        return EXCP0C_STACK;
    }
    return s->insn.z.meta.category == ZYDIS_CATEGORY_X87_ALU ? INSN_MF
                                                             : INSN_XM;
}

void vfio_trace_step_find_doors(Stepper *s)
{
    ZydisMnemonic mnemonic = s->known ? s->insn.z.mnemonic
                                      : ZYDIS_MNEMONIC_INVALID;

    if (mnemonic == ZYDIS_MNEMONIC_SYSCALL) {
        add_syscall(s);
    } else if (mnemonic == ZYDIS_MNEMONIC_INT) {
        add_vector(s, s->insn.z.raw.imm[0].value.u & 0xff, false);
    } else {
        add_vector(s, usual_vector(s), true);
    }
    add_vector(s, EXCP0E_PAGE, true);
    add_vector(s, EXCP0D_GPF, true);
    add_vector(s, EXCP06_ILLOP, true);
}

/* --- TF where the processor shows it -------------------------------------- */

static void set_regs(Stepper *s, const struct kvm_regs *regs)
{
    if (kvm_vcpu_ioctl(s->cpu, KVM_SET_REGS, regs) < 0) {
        error_report("vfio-trace: KVM does not take a vCPU's registers");
    }
}

static uint64_t linear_stack(const struct kvm_sregs *sregs, uint64_t rsp)
{
    if ((sregs->efer & MSR_EFER_LMA) && sregs->cs.l) {
        return rsp;
    }
    return (uint32_t)(sregs->ss.base +
                      (sregs->ss.db ? (uint32_t)rsp : (uint16_t)rsp));
}

static void clear_tf_at(const Stepper *s, uint64_t linear)
{
    uint8_t byte;

    if (access_linear(s, linear + TF_BYTE, &byte, 1, false)) {
        byte &= ~TF_BIT;
        access_linear(s, linear + TF_BYTE, &byte, 1, true);
    }
}

/* At a handler's first instruction */
static void clear_frame_tf(const Stepper *s)
{
    struct kvm_regs regs;
    struct kvm_sregs sregs;

    if (kvm_vcpu_ioctl(s->cpu, KVM_GET_REGS, &regs) >= 0 &&
        kvm_vcpu_ioctl(s->cpu, KVM_GET_SREGS, &sregs) >= 0) {
        clear_tf_at(s, linear_stack(&sregs, regs.rsp +
                                    s->at->below * s->at->width));
    }
}

/* SYSCALL has RFLAGS in R11. */
static void clear_r11_tf(Stepper *s)
{
    struct kvm_regs regs;

    if (kvm_vcpu_ioctl(s->cpu, KVM_GET_REGS, &regs) >= 0) {
        regs.r11 &= ~TF_MASK;
        set_regs(s, &regs);
    }
}

static bool is_one_of(const Stepper *s, const ZydisMnemonic *these, unsigned n)
{
    unsigned i;

    for (i = 0; s->known && i < n; i++) {
        if (s->insn.z.mnemonic == these[i]) {
            return true;
        }
    }
    return false;
}

static void hide_tf(Stepper *s, End end)
{
    static const ZydisMnemonic pushes[] = {
        ZYDIS_MNEMONIC_PUSHF, ZYDIS_MNEMONIC_PUSHFD, ZYDIS_MNEMONIC_PUSHFQ,
    };
    static const ZydisMnemonic syscalls[] = { ZYDIS_MNEMONIC_SYSCALL };

    if (end == END_DOOR && s->at->width) {
        clear_frame_tf(s);
    } else if ((end == END_STEPPED || end == END_LOST) &&
               is_one_of(s, pushes, ARRAY_SIZE(pushes))) {
        clear_tf_at(s, linear_stack(&s->sregs, s->regs.rsp -
                                    s->insn.z.operand_width / 8));
    } else if (end != END_AGAIN && end != END_FAILED &&
               is_one_of(s, syscalls, ARRAY_SIZE(syscalls))) {
        clear_r11_tf(s);
    }
}

/*
 * A guest that steps itself: KVM has taken its TF for its user's, and kept the
 * #DB from it.
 */
static void give_back_tf(Stepper *s, End end)
{
    static const ZydisMnemonic pops[] = {
        ZYDIS_MNEMONIC_POPF, ZYDIS_MNEMONIC_POPFD, ZYDIS_MNEMONIC_POPFQ,
        ZYDIS_MNEMONIC_IRET, ZYDIS_MNEMONIC_IRETD, ZYDIS_MNEMONIC_IRETQ,
    };
    struct kvm_regs regs;

    if (end == END_DOOR || end == END_LOST ||
        kvm_vcpu_ioctl(s->cpu, KVM_GET_REGS, &regs) < 0) {
        return;
    }
    if (end != END_STEPPED || !is_one_of(s, pops, ARRAY_SIZE(pops))) {
        regs.rflags |= TF_MASK;
        set_regs(s, &regs);
    }
    if (end == END_STEPPED) {
        vfio_trace_rescue_raise(s->cpu, EXCP01_DB, 0, DR6_BS);
    }
}

void vfio_trace_step_mend_tf(Stepper *s, End end)
{
    if (s->regs.rflags & TF_MASK) {
        give_back_tf(s, end);
    } else {
        hide_tf(s, end);
    }
}
