/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: an instruction that is stepped, and its ways out
 *
 * Theory of operation
 *
 * The handlers' first instructions are the doors, where breakpoints stand: at one
 * of these TF, by which it was stepped, is on the guest's stack, and is taken
 * away there.  A handler without a breakpoint would run freely, with the windows
 * lifted, and could come back as if nothing had been.  There are four
 * breakpoints, and more exceptions than that; nor does the instruction say which
 * are possible: the guest has made the tables by which they are delivered, and
 * each may end in another one.
 *
 * So the vCPU sees only the IDT's beginning meanwhile.  What is beyond its limit
 * raises #GP, and where #GP is beyond it, too, #DF: one door for all of them
 * (Intel SDM volume 3, "Interrupt 8 - Double Fault Exception"; AMD APM volume 2,
 * 8.2.9).  If the vCPU comes out there it is put back, and runs the instruction
 * again with another part of the table:
 *
 *      FIRST       0-8     doors: #DF, #UD, #NM, and the instruction's own one
 *      SEGMENTS    0-12    doors: #DF, #TS, #NP, #SS
 *      REST        0-15    doors: #DF, #GP, #PF.  #GP's error code names a
 *                          vector that is beyond: that is raised when the
 *                          windows are back
 *
 * All other vCPUs stand, and interrupts are held: each time it raises the same.
 * Without #DF in the guest's IDT, and for the few that change or show IDTR, or
 * that are software interrupts, there may be ways without a door: then the log
 * says that accesses may be missing.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/rcu.h"
#include "cpu.h"
#include "system/kvm.h"
#include "hw/vfio-trace/vcpu/guest-linear.h"
#include "hw/vfio-trace/rescue/step-internal.h"

#define PAGE 4096

/* Of RFLAGS as they are pushed, the byte with TF in it */
#define TF_BYTE 1
#define TF_BIT  (TF_MASK >> (8 * TF_BYTE))

/* --- the guest's memory, by linear address -------------------------------- */

/* No device's registers are touched, wherever a guest has put things. */
static bool linear_to_ram(const InsnWalkState *walk, uint64_t linear,
                          unsigned access, hwaddr *gpa)
{
    hwaddr len = 1;
    hwaddr xlat;
    uint32_t error;

    if (!insn_walk_translate(walk, &vfio_trace_rescue_memory_ro, linear, access,
                             gpa, &error)) {
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
    InsnWalkState walk = s->vcpu.walk;

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

    return linear_to_ram(&s->vcpu.walk, linear, INSN_WALK_FETCH, &gpa) &&
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

/* CR4.FRED: there is no IDT then */
#define FRED_MASK (1ull << 32)

#define MSR_IA32_DEBUGCTL 0x1d9
#define DEBUGCTL_BTF      (1u << 1)

typedef enum Gate {
    GATE_NONE,          /* its delivery fails: another exception comes of it */
    GATE_DOOR,          /* its handler is where @door says */
    GATE_UNKNOWN,       /* to a task, or not to be read */
} Gate;

static bool is_protected(const Stepper *s)
{
    return s->sregs.cr0 & CR0_PE_MASK;
}

static bool is_long(const Stepper *s)
{
    return s->sregs.efer & MSR_EFER_LMA;
}

unsigned vfio_trace_step_gate_bytes(const Stepper *s)
{
    return is_long(s) ? 16 : is_protected(s) ? 8 : 4;
}

/* Where a code segment begins that is not loaded; 64-bit ones do at 0. */
static bool code_base(const Stepper *s, uint16_t selector, uint64_t *base)
{
    const struct kvm_sregs *sregs = &s->sregs;
    unsigned at = selector & ~7u;
    uint64_t table = selector & 4 ? sregs->ldt.base : sregs->gdt.base;
    uint32_t limit = selector & 4 ? sregs->ldt.limit : sregs->gdt.limit;
    uint8_t d[8];

    *base = 0;
    if (is_long(s)) {
        return true;
    }
    if (at + 7 > limit || !access_linear(s, table + at, d, 8, false)) {
        return false;
    }
    *base = lduw_le_p(d + 2) | d[4] << 16 | (uint32_t)d[7] << 24;
    return true;
}

static Gate read_gate(const Stepper *s, unsigned vector, Door *door)
{
    const struct kvm_sregs *sregs = &s->sregs;
    unsigned size = vfio_trace_step_gate_bytes(s);
    uint8_t gate[16];
    uint64_t base;

    if ((vector + 1) * size - 1 > sregs->idt.limit) {
        return GATE_NONE;
    }
    if (!access_linear(s, sregs->idt.base + vector * size, gate, size, false)) {
        return GATE_UNKNOWN;
    }
    if (!is_protected(s)) {
        door->linear = lduw_le_p(gate + 2) * 16 + lduw_le_p(gate);
        door->width = 2;
        return GATE_DOOR;
    }
    if (!(gate[5] & 0x80)) {
        return GATE_NONE;
    }
    /* An interrupt or trap gate, not one to a task */
    if ((gate[5] & 0x16) != 6 || !code_base(s, lduw_le_p(gate + 2), &base)) {
        return GATE_UNKNOWN;
    }
    door->linear = lduw_le_p(gate);
    if (gate[5] & 8) {
        door->linear |= (uint64_t)lduw_le_p(gate + 6) << 16;
    }
    if (is_long(s)) {
        door->linear |= (uint64_t)ldl_le_p(gate + 8) << 32;
    } else {
        door->linear = (uint32_t)(door->linear + base);
    }
    door->width = is_long(s) ? 8 : gate[5] & 8 ? 4 : 2;
    return GATE_DOOR;
}

static bool pushes_error_code(unsigned vector)
{
    return vector == EXCP08_DBLE || vector == EXCP11_ALGN ||
           (vector >= EXCP0A_TSS && vector <= EXCP0E_PAGE);
}

static void add_door(Stepper *s, const Door *door)
{
    unsigned i;

    /* Two exceptions with one handler can't be told apart. */
    for (i = 0; i < s->doors; i++) {
        s->uncertain |= s->door[i].linear == door->linear;
    }
    /* A breakpoint would keep an instruction there from beginning. */
    if (s->doors < DOORS && door->linear != vfio_trace_step_rip(s)) {
        s->door[s->doors++] = *door;
    } else {
        s->uncertain = true;
    }
}

static void add_vector(Stepper *s, unsigned vector, bool fault)
{
    Door door = { .vector = vector, .below = 2 };

    switch (read_gate(s, vector, &door)) {
    case GATE_NONE:
        break;
    case GATE_DOOR:
        door.below += fault && is_protected(s) && pushes_error_code(vector);
        add_door(s, &door);
        break;
    case GATE_UNKNOWN:
        s->uncertain = true;
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
        add_door(s, &(Door) { .vector = -1, .linear = msrs.entry.data });
    } else {
        s->uncertain = true;
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

/* Exceptions, up to #NM, of instructions that have one of their own */
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
    { ZYDIS_MNEMONIC_BNDCL, EXCP05_BOUND },
    { ZYDIS_MNEMONIC_BNDCN, EXCP05_BOUND },
    { ZYDIS_MNEMONIC_BNDCU, EXCP05_BOUND },
    { ZYDIS_MNEMONIC_BNDLDX, EXCP05_BOUND },
    { ZYDIS_MNEMONIC_BNDSTX, EXCP05_BOUND },
};

static void add_own(Stepper *s)
{
    unsigned i;

    if (s->known && s->insn.z.mnemonic == ZYDIS_MNEMONIC_SYSCALL) {
        add_syscall(s);
        return;
    }
    for (i = 0; s->known && i < ARRAY_SIZE(own_vector); i++) {
        if (s->insn.z.mnemonic == own_vector[i].mnemonic) {
            add_vector(s, own_vector[i].vector, true);
        }
    }
}

/* Whose other code runs without TF: a guest's, an enclave's, a transaction's */
static bool leads_elsewhere(const Stepper *s)
{
    static const ZydisMnemonic these[] = {
        ZYDIS_MNEMONIC_VMLAUNCH, ZYDIS_MNEMONIC_VMRESUME, ZYDIS_MNEMONIC_VMRUN,
        ZYDIS_MNEMONIC_SKINIT, ZYDIS_MNEMONIC_RSM, ZYDIS_MNEMONIC_ENCLU,
        ZYDIS_MNEMONIC_ENCLV, ZYDIS_MNEMONIC_UIRET, ZYDIS_MNEMONIC_XBEGIN,
    };

    return is_one_of(s, these, ARRAY_SIZE(these));
}

/* To another task, whose RFLAGS are its own: not in long mode */
static bool may_switch_task(const Stepper *s)
{
    static const ZydisMnemonic returns[] = {
        ZYDIS_MNEMONIC_IRET, ZYDIS_MNEMONIC_IRETD,
    };

    return is_protected(s) && !is_long(s) &&
           (s->insn.z.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR ||
            is_one_of(s, returns, ARRAY_SIZE(returns)));
}

/* TF's trap is held back until after the next one, which is done, too. */
static bool loads_ss(const Stepper *s)
{
    static const ZydisMnemonic these[] = {
        ZYDIS_MNEMONIC_MOV, ZYDIS_MNEMONIC_POP,
    };

    return is_one_of(s, these, ARRAY_SIZE(these)) &&
           s->insn.op[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
           s->insn.op[0].reg.value == ZYDIS_REGISTER_SS;
}

/* It may have changed its own ways out when it raises an exception. */
static bool writes_in_parts(const Stepper *s)
{
    static const ZydisMnemonic these[] = {
        ZYDIS_MNEMONIC_ENTER, ZYDIS_MNEMONIC_TILESTORED,
    };

    return s->insn.z.meta.category == ZYDIS_CATEGORY_SCATTER ||
           is_one_of(s, these, ARRAY_SIZE(these));
}

/* With BTF set, TF stops at branches only. */
static bool steps_branches(const Stepper *s)
{
    struct {
        struct kvm_msrs info;
        struct kvm_msr_entry entry;
    } msrs = {
        .info.nmsrs = 1,
        .entry.index = MSR_IA32_DEBUGCTL,
    };

    return kvm_vcpu_ioctl(s->cpu, KVM_GET_MSRS, &msrs) == 1 &&
           (msrs.entry.data & DEBUGCTL_BTF);
}

static bool is_safe(const Stepper *s)
{
    return s->known && !leads_elsewhere(s) && !may_switch_task(s) &&
           !loads_ss(s) && !writes_in_parts(s) && !steps_branches(s) &&
           !(s->sregs.cr4 & FRED_MASK);
}

static bool is_software_interrupt(const Stepper *s)
{
    static const ZydisMnemonic these[] = { ZYDIS_MNEMONIC_INT };

    return is_one_of(s, these, ARRAY_SIZE(these));
}

/*
 * There must be the whole table for it, or a #DF is not to be had; and what ends
 * in another IDT would keep this one short.
 */
static bool can_fold(const Stepper *s)
{
    static const ZydisMnemonic idtr[] = {
        ZYDIS_MNEMONIC_LIDT, ZYDIS_MNEMONIC_SIDT,
    };
    Door door;

    return !is_software_interrupt(s) && !leads_elsewhere(s) &&
           !is_one_of(s, idtr, ARRAY_SIZE(idtr)) &&
           read_gate(s, EXCP08_DBLE, &door) == GATE_DOOR &&
           door.linear != vfio_trace_step_rip(s);
}

static bool is_canonical(uint64_t address)
{
    int64_t signed_address = address;

    return signed_address << 16 >> 16 == signed_address;
}

/* A present, 64-bit code segment of CPL 0's */
static bool is_kernel_code(const Stepper *s, uint16_t selector)
{
    const struct kvm_sregs *sregs = &s->sregs;
    unsigned at = selector & ~7u;
    uint8_t d[8];

    return !(selector & 4) && at && at + 7 <= sregs->gdt.limit &&
           access_linear(s, sregs->gdt.base + at, d, sizeof(d), false) &&
           (d[5] & 0xf8) == 0x98 && (d[6] & 0x60) == 0x20;
}

/*
 * From a kernel's code to a gate of the same code segment, without a switch of
 * stacks: then there is neither #TS nor #NP nor #SS.
 */
static bool interrupts_itself(const Stepper *s, unsigned vector)
{
    const struct kvm_sregs *sregs = &s->sregs;
    uint8_t gate[16];

    return is_long(s) && sregs->cs.l && !sregs->ss.dpl &&
           (vector + 1) * sizeof(gate) - 1 <= sregs->idt.limit &&
           access_linear(s, sregs->idt.base + vector * sizeof(gate), gate,
                         sizeof(gate), false) &&
           (gate[5] & 0x9e) == 0x8e && !(gate[4] & 7) &&
           lduw_le_p(gate + 2) == sregs->cs.selector &&
           is_kernel_code(s, sregs->cs.selector) &&
           is_canonical(s->regs.rsp) && is_canonical(s->regs.rsp - 64);
}

/* As many as there are breakpoints for */
static void find_some_doors(Stepper *s)
{
    if (is_software_interrupt(s)) {
        unsigned vector = s->insn.z.raw.imm[0].value.u & 0xff;

        s->uncertain |= is_protected(s) && !interrupts_itself(s, vector);
        add_vector(s, vector, false);
        add_vector(s, EXCP08_DBLE, true);
        add_vector(s, EXCP0D_GPF, true);
        add_vector(s, is_protected(s) ? EXCP0E_PAGE : EXCP0C_STACK, true);
        return;
    }
    s->uncertain = true;
    add_vector(s, EXCP0E_PAGE, true);
    add_vector(s, EXCP0D_GPF, true);
    add_vector(s, EXCP06_ILLOP, true);
    add_own(s);
    if (s->doors < DOORS) {
        add_vector(s, EXCP0C_STACK, true);
    }
}

static void find_folded_doors(Stepper *s)
{
    add_vector(s, EXCP08_DBLE, true);
    switch (s->phase) {
    case PHASE_FIRST:
        s->vectors = EXCP08_DBLE + 1;
        add_vector(s, EXCP06_ILLOP, true);
        add_vector(s, EXCP07_PREX, true);
        add_own(s);
        break;
    case PHASE_SEGMENTS:
        s->vectors = EXCP0C_STACK + 1;
        add_vector(s, EXCP0A_TSS, true);
        add_vector(s, EXCP0B_NOSEG, true);
        add_vector(s, EXCP0C_STACK, true);
        break;
    case PHASE_REST:
        add_vector(s, EXCP0D_GPF, true);
        if (is_protected(s)) {
            s->vectors = INSN_MF;
            add_vector(s, EXCP0E_PAGE, true);
        } else {
            /* Without error codes nothing says which one it was. */
            add_vector(s, INSN_MF, true);
            add_vector(s, INSN_XM, true);
        }
        break;
    }
}

void vfio_trace_step_find_doors(Stepper *s)
{
    s->doors = 0;
    s->vectors = 0;
    s->uncertain |= !is_safe(s);
    if (can_fold(s)) {
        find_folded_doors(s);
    } else {
        find_some_doors(s);
    }
}

/* --- back to before it ---------------------------------------------------- */

static uint64_t linear_stack(const struct kvm_sregs *sregs, uint64_t rsp)
{
    if ((sregs->efer & MSR_EFER_LMA) && sregs->cs.l) {
        return rsp;
    }
    return (uint32_t)(sregs->ss.base +
                      (sregs->ss.db ? (uint32_t)rsp : (uint16_t)rsp));
}

/*
 * An exception has changed these, and nothing else: what a fault leaves in the
 * other registers is what the instruction goes on from, as REP does.
 */
static bool put_back(Stepper *s)
{
    struct kvm_regs regs;
    struct kvm_sregs sregs;

    if (kvm_vcpu_ioctl(s->cpu, KVM_GET_REGS, &regs) < 0 ||
        kvm_vcpu_ioctl(s->cpu, KVM_GET_SREGS, &sregs) < 0) {
        return false;
    }
    regs.rip = s->regs.rip;
    regs.rsp = s->regs.rsp;
    regs.rflags = s->regs.rflags;
    sregs.cs = s->sregs.cs;
    sregs.ss = s->sregs.ss;
    sregs.ds = s->sregs.ds;
    sregs.es = s->sregs.es;
    sregs.fs = s->sregs.fs;
    sregs.gs = s->sregs.gs;
    return kvm_vcpu_ioctl(s->cpu, KVM_SET_SREGS, &sregs) >= 0 &&
           kvm_vcpu_ioctl(s->cpu, KVM_SET_REGS, &regs) >= 0;
}

/*
 * What has been pushed may lie over the instruction, and what it has written
 * itself, or a device, over the gates.
 */
static bool has_changed(Stepper *s)
{
    Stepper now = *s;
    unsigned i;

    for (i = 0; i < s->len; i++) {
        uint8_t byte;

        if (!fetch_byte(s, vfio_trace_step_rip(s) + i, &byte) ||
            byte != s->bytes[i]) {
            return true;
        }
    }
    vfio_trace_step_find_doors(&now);
    if (now.doors != s->doors || now.vectors != s->vectors) {
        return true;
    }
    for (i = 0; i < s->doors; i++) {
        if (now.door[i].vector != s->door[i].vector ||
            now.door[i].linear != s->door[i].linear) {
            return true;
        }
    }
    return false;
}

/* Return: the vector beyond the limit that a #GP is about, or 0 */
static unsigned folded_vector(const Stepper *s)
{
    struct kvm_regs regs;
    struct kvm_sregs sregs;
    uint8_t code[2];
    unsigned vector;

    if (kvm_vcpu_ioctl(s->cpu, KVM_GET_REGS, &regs) < 0 ||
        kvm_vcpu_ioctl(s->cpu, KVM_GET_SREGS, &sregs) < 0 ||
        !access_linear(s, linear_stack(&sregs, regs.rsp), code, sizeof(code),
                       false)) {
        return 0;
    }
    vector = lduw_le_p(code) >> 3;
    /* Bit 1: it is about the IDT */
    return (code[0] & 2) && vector >= s->vectors ? vector : 0;
}

bool vfio_trace_step_fold(Stepper *s, End *end)
{
    unsigned vector = 0;

    if (!s->vectors) {
        return false;
    }
    if (s->at->vector == EXCP08_DBLE && s->phase != PHASE_REST) {
        s->phase++;
    } else if (s->at->vector == EXCP0D_GPF && s->phase == PHASE_REST) {
        vector = folded_vector(s);
        if (!vector) {
            return false;
        }
        /* Beyond are others than the processor's: none was expected. */
        *end = vector < 32 ? END_RAISED : END_LOST;
        s->raise = vector;
    } else {
        return false;
    }
    if (!put_back(s)) {
        *end = END_FAILED;
        return false;
    }
    return !vector;
}

bool vfio_trace_step_recheck(Stepper *s)
{
    bool changed = has_changed(s);

    s->uncertain |= changed;
    return changed;
}

/* --- TF where the processor shows it -------------------------------------- */

static void set_regs(Stepper *s, const struct kvm_regs *regs)
{
    if (kvm_vcpu_ioctl(s->cpu, KVM_SET_REGS, regs) < 0) {
        error_report("vfio-trace: KVM does not take a vCPU's registers");
    }
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
    } else if (end != END_AGAIN && end != END_FAILED && end != END_RAISED &&
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
