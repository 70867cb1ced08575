/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of a KVM vCPU that instructions use (see vcpu-state.h)
 *
 * Registers are read and set by KVM's ioctls: cpu_synchronize_state() would
 * also read a hundred MSRs.  It is used for exceptions, which QEMU has fields
 * for.
 */
#include "qemu/osdep.h"
#include "qemu/memalign.h"
#include "cpu.h"
#include "system/hw_accel.h"
#include "system/kvm.h"
#include "system/kvm_int.h"
#include "libinsn/xsave-area.h"
#include "hw/vfio-trace/rescue/vcpu-state.h"

#include <linux/kvm.h>

/* PKRU is component 9 of an XSAVE area. */
#define XSTATE_PKRU (1ull << 9)

/* Size of the XSAVE area for KVM_GET_XSAVE2; 0 or less if KVM lacks that */
static int wide;

const char *vfio_trace_rescue_vcpu_usable(void)
{
    wide = kvm_vm_check_extension(kvm_state, KVM_CAP_XSAVE2);
    if (!kvm_check_extension(kvm_state, KVM_CAP_EXIT_ON_EMULATION_FAILURE)) {
        return "kernel";
    }
    return kvm_check_extension(kvm_state, KVM_CAP_XSAVE) ? NULL : "no-xsave";
}

static InsnSegment rescue_vcpu_segment(const struct kvm_segment *s)
{
    /* In a code segment, bit 2 has another meaning. */
    bool code = s->type & 8;

    return (InsnSegment) {
        .base = s->base,
        .limit = s->limit,
        .expand_down = !code && (s->type & 4),
        .big = s->db,
        .unusable = s->unusable,
    };
}

static InsnMode rescue_vcpu_mode(const struct kvm_sregs *s, uint64_t rflags)
{
    if ((s->efer & MSR_EFER_LMA) && s->cs.l) {
        return INSN_MODE_64;
    }
    return (s->cr0 & CR0_PE_MASK) && !(rflags & VM_MASK) && s->cs.db ?
           INSN_MODE_32 : INSN_MODE_16;
}

static unsigned rescue_vcpu_cpl(const struct kvm_sregs *s, uint64_t rflags)
{
    if (!(s->cr0 & CR0_PE_MASK)) {
        return 0;
    }
    return rflags & VM_MASK ? 3 : s->ss.dpl;
}

static void rescue_vcpu_gprs_to(struct kvm_regs *r, const uint64_t *gpr)
{
    r->rax = gpr[INSN_RAX];
    r->rcx = gpr[INSN_RCX];
    r->rdx = gpr[INSN_RDX];
    r->rbx = gpr[INSN_RBX];
    r->rsp = gpr[INSN_RSP];
    r->rbp = gpr[INSN_RBP];
    r->rsi = gpr[INSN_RSI];
    r->rdi = gpr[INSN_RDI];
    r->r8 = gpr[INSN_R8];
    r->r9 = gpr[INSN_R9];
    r->r10 = gpr[INSN_R10];
    r->r11 = gpr[INSN_R11];
    r->r12 = gpr[INSN_R12];
    r->r13 = gpr[INSN_R13];
    r->r14 = gpr[INSN_R14];
    r->r15 = gpr[INSN_R15];
}

static void rescue_vcpu_gprs_from(uint64_t *gpr, const struct kvm_regs *r)
{
    const uint64_t order[INSN_GPRS] = {
        r->rax, r->rcx, r->rdx, r->rbx, r->rsp, r->rbp, r->rsi, r->rdi,
        r->r8, r->r9, r->r10, r->r11, r->r12, r->r13, r->r14, r->r15,
    };

    memcpy(gpr, order, sizeof(order));
}

/* XCR0 says which components the guest has enabled. */
static bool rescue_vcpu_load_xcr0(RescueVCPU *vcpu)
{
    struct kvm_xcrs xcrs;
    unsigned i;

    vcpu->insn.xcr0 = XSTATE_FP_MASK | XSTATE_SSE_MASK;
    if (!(vcpu->insn.cr4 & CR4_OSXSAVE_MASK)) {
        return true;
    }
    if (kvm_vcpu_ioctl(vcpu->cpu, KVM_GET_XCRS, &xcrs) < 0) {
        return false;
    }
    for (i = 0; i < xcrs.nr_xcrs; i++) {
        if (!xcrs.xcrs[i].xcr) {
            vcpu->insn.xcr0 = xcrs.xcrs[i].value;
        }
    }
    return true;
}

bool vfio_trace_rescue_load(RescueVCPU *vcpu, CPUState *cpu)
{
    struct kvm_regs regs;
    struct kvm_sregs s;

    *vcpu = (RescueVCPU) { .cpu = cpu };
    if (kvm_vcpu_ioctl(cpu, KVM_GET_REGS, &regs) < 0 ||
        kvm_vcpu_ioctl(cpu, KVM_GET_SREGS, &s) < 0) {
        return false;
    }
    vcpu->insn = (InsnState) {
        .mode = rescue_vcpu_mode(&s, regs.rflags),
        .cpl = rescue_vcpu_cpl(&s, regs.rflags),
        .rip = regs.rip,
        .rflags = regs.rflags,
        .seg = {
            [INSN_ES] = rescue_vcpu_segment(&s.es),
            [INSN_CS] = rescue_vcpu_segment(&s.cs),
            [INSN_SS] = rescue_vcpu_segment(&s.ss),
            [INSN_DS] = rescue_vcpu_segment(&s.ds),
            [INSN_FS] = rescue_vcpu_segment(&s.fs),
            [INSN_GS] = rescue_vcpu_segment(&s.gs),
        },
        .cr0 = s.cr0,
        .cr4 = s.cr4,
    };
    rescue_vcpu_gprs_from(vcpu->insn.gpr, &regs);
    vcpu->walk = (InsnWalkState) {
        .cr0 = s.cr0,
        .cr3 = s.cr3,
        .cr4 = s.cr4,
        .efer = s.efer,
        .rflags = regs.rflags,
        .phys_bits = X86_CPU(cpu)->phys_bits,
        .user = vcpu->insn.cpl == 3,
    };
    return rescue_vcpu_load_xcr0(vcpu);
}

/* CPUID leaf 0xd has the component's offset in an XSAVE area. */
static uint32_t rescue_vcpu_load_pkru(const RescueVCPU *vcpu)
{
    const ExtSaveArea *area = &x86_ext_save_areas[XSTATE_PKRU_BIT];
    uint64_t present;
    uint32_t pkru = 0;

    memcpy(&present, vcpu->insn.xsave + INSN_XSAVE_AT_XSTATE_BV,
           sizeof(present));
    if (area->offset && area->offset + sizeof(pkru) <= vcpu->insn.xsave_len &&
        (present & XSTATE_PKRU)) {
        memcpy(&pkru, vcpu->insn.xsave + area->offset, sizeof(pkru));
    }
    return pkru;
}

bool vfio_trace_rescue_load_vectors(RescueVCPU *vcpu)
{
    size_t len = MAX(wide, (int)sizeof(struct kvm_xsave));

    QEMU_BUILD_BUG_ON(sizeof(struct kvm_xsave) < INSN_XSAVE_AT_EXTENDED);
    vcpu->insn.xsave = qemu_memalign(64, len);
    vcpu->insn.xsave_len = len;
    memset(vcpu->insn.xsave, 0, len);
    if (kvm_vcpu_ioctl(vcpu->cpu, wide > 0 ? KVM_GET_XSAVE2 : KVM_GET_XSAVE,
                       vcpu->insn.xsave) < 0) {
        return false;
    }
    if (vcpu->insn.cr4 & CR4_PKE_MASK) {
        vcpu->walk.pkru = rescue_vcpu_load_pkru(vcpu);
    }
    vcpu->loaded = true;
    return true;
}

/* After an instruction, the interrupt shadow of STI and MOV SS ends. */
static bool rescue_vcpu_end_interrupt_shadow(CPUState *cpu)
{
    struct kvm_vcpu_events events;

    if (kvm_vcpu_ioctl(cpu, KVM_GET_VCPU_EVENTS, &events) < 0) {
        return false;
    }
    if (!events.interrupt.shadow) {
        return true;
    }
    events.interrupt.shadow = 0;
    events.flags |= KVM_VCPUEVENT_VALID_SHADOW;
    return kvm_vcpu_ioctl(cpu, KVM_SET_VCPU_EVENTS, &events) >= 0;
}

bool vfio_trace_rescue_save(RescueVCPU *vcpu)
{
    struct kvm_regs regs = {
        .rip = vcpu->insn.rip,
        .rflags = vcpu->insn.rflags,
    };

    rescue_vcpu_gprs_to(&regs, vcpu->insn.gpr);
    /* A device may have read the registers; QEMU must not write them back. */
    vcpu->cpu->vcpu_dirty = false;
    return kvm_vcpu_ioctl(vcpu->cpu, KVM_SET_XSAVE, vcpu->insn.xsave) >= 0 &&
           rescue_vcpu_end_interrupt_shadow(vcpu->cpu) &&
           kvm_vcpu_ioctl(vcpu->cpu, KVM_SET_REGS, &regs) >= 0;
}

void vfio_trace_rescue_free(RescueVCPU *vcpu)
{
    qemu_vfree(vcpu->insn.xsave);
    vcpu->insn.xsave = NULL;
}

/*
 * Kernels before 6.12 have no flag for it in kvm_run, so the nested state is
 * read; few vCPUs have one.
 */
bool vfio_trace_rescue_nested(CPUState *cpu)
{
    g_autofree struct kvm_nested_state *nested = NULL;
    uint32_t len = kvm_max_nested_state_length();

    if (cpu->kvm_run->flags & KVM_RUN_X86_GUEST_MODE) {
        return true;
    }
    if (!X86_CPU(cpu)->env.nested_state || len < sizeof(*nested)) {
        return false;
    }
    nested = g_malloc0(len);
    nested->size = len;
    return kvm_vcpu_ioctl(cpu, KVM_GET_NESTED_STATE, nested) >= 0 &&
           (nested->flags & KVM_STATE_NESTED_GUEST_MODE);
}

static bool rescue_vcpu_has_error_code(unsigned vector)
{
    static const uint32_t those = 1u << EXCP0A_TSS | 1u << EXCP0B_NOSEG |
                                  1u << EXCP0C_STACK | 1u << EXCP0D_GPF |
                                  1u << EXCP0E_PAGE | 1u << EXCP11_ALGN;

    return vector < 32 && (those & (1u << vector));
}

bool vfio_trace_rescue_raise(CPUState *cpu, unsigned vector,
                             uint32_t error_code, uint64_t payload)
{
    CPUX86State *env = &X86_CPU(cpu)->env;

    cpu_synchronize_state(cpu);
    if (env->exception_pending || env->exception_injected) {
        return false;
    }
    env->exception_nr = vector;
    env->has_error_code = rescue_vcpu_has_error_code(vector) &&
                          (env->cr[0] & CR0_PE_MASK);
    env->error_code = error_code;
    /* Every kernel that reports failed emulation supports payloads. */
    env->exception_pending = 1;
    env->exception_has_payload = vector == EXCP0E_PAGE || vector == EXCP01_DB;
    env->exception_payload = payload;
    return true;
}

bool vfio_trace_rescue_refuse(CPUState *cpu)
{
    CPUX86State *env = &X86_CPU(cpu)->env;
    bool kernel;

    if (!vfio_trace_rescue_raise(cpu, EXCP06_ILLOP, 0, 0)) {
        return false;
    }
    kernel = !(env->hflags & HF_CPL_MASK);
    return !kernel || vfio_trace_rescue_nested(cpu);
}
