/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: native execution, on the host's processor
 *
 * The instruction works on copies: the guest's state is changed only after it
 * has been executed and has accessed no more than was planned.
 */
#include "libinsn/native.h"

#include <cpuid.h>
#include <string.h>

#include "libinsn/native-internal.h"
#include "libinsn/xsave-area.h"
#include "libinsn/xstate.h"

#define FSW_ES (1u << 7)
/* Invalid operation, overflow, underflow: nothing is stored */
#define FSW_NO_STORE (1u << 0 | 1u << 3 | 1u << 4)

/* CF, PF, AF, ZF, SF, DF, OF */
#define FLAGS 0xcd5ull
#define FLAG_TF (1ull << 8)

#define SIGNATURE_HYGON_EBX 0x6f677948u
/* EBX of leaf 0x80000008: x87's pointers are always saved and restored */
#define CPUID_XSAVEERPTR (1u << 2)

#define CR0_NE (1ull << 5)
#define CR4_OSXMMEXCPT (1ull << 10)

/* Offset of the operand in the page; its address modulo 64 is added */
#define OPERAND_AT 2048
/* Bytes before and after the operand that must not have been written */
#define MARGIN 128

static uint64_t load64(const uint8_t *area, size_t at)
{
    uint64_t value;

    memcpy(&value, area + at, sizeof(value));
    return value;
}

static uint16_t load16(const uint8_t *area, size_t at)
{
    uint16_t value;

    memcpy(&value, area + at, sizeof(value));
    return value;
}

static void store64(uint8_t *area, size_t at, uint64_t value)
{
    memcpy(area + at, &value, sizeof(value));
}

static bool is_active(const InsnSpan *span, unsigned i)
{
    return span->active >> i & 1;
}

/*
 * The operand has the alignment of the guest's, so that the processor itself
 * raises alignment faults.  But a small one never crosses a cache line: a
 * locked access that does is a split lock, for which a host may kill the
 * process, and no instruction requires a small one to be aligned to more than
 * 16 bytes.
 */
static uint8_t *place_operand(InsnNativeThread *thread, const InsnSpan *span)
{
    unsigned at = span->addr & 63;
    uint8_t *operand;

    if (span->size <= 16 && at + span->size > 64) {
        at &= 15;
    }
    operand = thread->page + OPERAND_AT + at;
    memset(operand - MARGIN, 0, MARGIN + span->size + MARGIN);
    for (unsigned i = 0; i < span->size; i++) {
        if (span->read && is_active(span, i)) {
            operand[i] = span->data[i];
        }
    }
    return operand;
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i]) {
            return false;
        }
    }
    return true;
}

/* What was written outside the planned operand has not been translated. */
static bool kept_within(const uint8_t *operand, const InsnSpan *span)
{
    return is_zero(operand - MARGIN, MARGIN) &&
           is_zero(operand + span->size, MARGIN);
}

static uint64_t read_flags(void)
{
    uint64_t flags;

    asm volatile("subq $128, %%rsp\n\t"
                 "pushfq\n\t"
                 "popq %0\n\t"
                 "addq $128, %%rsp"
                 : "=r" (flags) : : "cc", "memory");
    return flags;
}

static void load_state(InsnNativeThread *thread, const InsnState *state,
                       const InsnNativeCode *code, const uint8_t *operand)
{
    InsnNativeContext *cx = &thread->cx;
    size_t len = state->xsave_len < thread->area_len ? state->xsave_len :
                 thread->area_len;
    uint64_t bv = load64(state->xsave, INSN_XSAVE_AT_XSTATE_BV) & cx->mask;
    uint32_t mxcsr;

    memcpy(cx->gpr, state->gpr, sizeof(cx->gpr));
    if (code->rsp >= 0) {
        cx->gpr[code->rsp] = state->gpr[INSN_RSP];
    }
    cx->gpr[code->base] = (uintptr_t)operand;
    cx->rflags = (read_flags() & ~(FLAGS | FLAG_TF)) | (state->rflags & FLAGS);

    /* XRSTOR refuses a header that has anything but known components. */
    memset(cx->guest, 0, thread->area_len);
    memcpy(cx->guest, state->xsave, len);
    memset(cx->guest + INSN_XSAVE_AT_HEADER, 0,
           INSN_XSAVE_AT_EXTENDED - INSN_XSAVE_AT_HEADER);
    store64(cx->guest, INSN_XSAVE_AT_XSTATE_BV, bv);
    memcpy(&mxcsr, cx->guest + INSN_XSAVE_AT_MXCSR, sizeof(mxcsr));
    mxcsr &= thread->mxcsr_mask;
    memcpy(cx->guest + INSN_XSAVE_AT_MXCSR, &mxcsr, sizeof(mxcsr));
}

/*
 * Without a pending exception, older AMD processors neither load nor clear the
 * pointers in the registers: they still are those of the previous user of x87,
 * most likely this process.  FNSTENV would store them; FLDCW and FLDENV may
 * unmask an exception, and then they are saved with the state (AMD APM volume
 * 2, 11.4.4.3, volume 4 for FXSAVE).
 */
bool insn_native_shows_pointers(const Insn *insn)
{
    return insn->z.mnemonic == ZYDIS_MNEMONIC_FNSTENV ||
           insn->z.mnemonic == ZYDIS_MNEMONIC_FLDENV ||
           insn->z.mnemonic == ZYDIS_MNEMONIC_FLDCW;
}

static bool has_stale_pointers(void)
{
    uint32_t eax, ebx, ecx, edx;

    __cpuid(0, eax, ebx, ecx, edx);
    return (ebx == signature_AMD_ebx || ebx == SIGNATURE_HYGON_EBX) &&
           (!__get_cpuid(0x80000008, &eax, &ebx, &ecx, &edx) ||
            !(ebx & CPUID_XSAVEERPTR));
}

/*
 * The processor may not have stored components that are in their initial state;
 * it always stores MXCSR.
 */
static void write_out(InsnNativeThread *thread, const InsnState *state)
{
    InsnState after = *state;
    uint32_t mxcsr;

    after.xsave = thread->cx.guest;
    after.xsave_len = thread->area_len;
    memcpy(&mxcsr, after.xsave + INSN_XSAVE_AT_MXCSR, sizeof(mxcsr));
    insn_xstate_normalize(&after);
    memcpy(after.xsave + INSN_XSAVE_AT_MXCSR, &mxcsr, sizeof(mxcsr));
}

static bool within(uint64_t addr, const void *page)
{
    return addr - (uintptr_t)page < INSN_NATIVE_PAGE;
}

static uint64_t operand_offset(const Insn *insn, const InsnState *state,
                               const InsnSpan *span)
{
    ZydisRegister reg = insn->op[insn->memory].mem.segment;
    uint64_t base = 0;

    if (reg >= ZYDIS_REGISTER_ES && reg <= ZYDIS_REGISTER_GS &&
        (state->mode != INSN_MODE_64 || reg >= ZYDIS_REGISTER_FS)) {
        base = state->seg[reg - ZYDIS_REGISTER_ES].base;
    }
    return state->mode == INSN_MODE_64 ? span->addr - base :
           (uint32_t)(span->addr - base);
}

static bool is_x87(const Insn *insn)
{
    return insn->z.encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY &&
           insn->z.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT &&
           (insn->z.opcode & 0xf8) == 0xd8;
}

/*
 * x87 keeps the address of its last instruction (FIP), the address of that
 * instruction's operand (FDP), and its opcode (FOP).  The guest must get its
 * own; ours would reveal addresses of this process.  Processors may lose them
 * on the way here if no exception is pending; so an instruction other than
 * x87's gets those of @state back.
 */
static void fix_pointers(InsnNativeThread *thread, const Insn *insn,
                         const InsnNativeCode *code, const InsnState *state,
                         const InsnSpan *span)
{
    uint8_t *area = thread->cx.guest;
    uint64_t rip = state->mode == INSN_MODE_64 ? state->rip :
                   (uint32_t)state->rip;
    uint16_t fop = insn_native_fop(&insn->z);

    if (!is_x87(insn)) {
        memcpy(area + INSN_XSAVE_AT_FOP, state->xsave + INSN_XSAVE_AT_FOP,
               INSN_XSAVE_AT_MXCSR - INSN_XSAVE_AT_FOP);
        return;
    }
    if (within(load64(area, INSN_XSAVE_AT_FIP), thread->entry)) {
        store64(area, INSN_XSAVE_AT_FIP, rip);
        /* FOP may be updated on exceptions only, unlike the other two. */
        if (load16(area, INSN_XSAVE_AT_FOP) == code->fop) {
            memcpy(area + INSN_XSAVE_AT_FOP, &fop, sizeof(fop));
        }
    }
    if (within(load64(area, INSN_XSAVE_AT_FDP), thread->page)) {
        store64(area, INSN_XSAVE_AT_FDP, operand_offset(insn, state, span));
    }
}

static void store_vectors(InsnNativeThread *thread, InsnState *state)
{
    size_t len = state->xsave_len < thread->area_len ? state->xsave_len :
                 thread->area_len;
    uint8_t *area = thread->cx.guest;
    uint64_t bv = load64(state->xsave, INSN_XSAVE_AT_XSTATE_BV);

    memcpy(state->xsave, area, INSN_XSAVE_AT_UNUSED);
    memcpy(state->xsave + INSN_XSAVE_AT_EXTENDED, area + INSN_XSAVE_AT_EXTENDED,
           len - INSN_XSAVE_AT_EXTENDED);
    store64(state->xsave, INSN_XSAVE_AT_XSTATE_BV,
            bv | insn_xstate_components(state));
}

static void store_registers(InsnNativeThread *thread, InsnState *state,
                            const InsnNativeCode *code)
{
    InsnNativeContext *cx = &thread->cx;

    for (int i = 0; i < INSN_GPRS; i++) {
        if (i != INSN_RSP && i != code->base && i != code->rsp) {
            state->gpr[i] = cx->gpr[i];
        }
    }
    if (code->rsp >= 0) {
        state->gpr[INSN_RSP] = cx->gpr[code->rsp];
    }
    state->rflags = (state->rflags & ~FLAGS) | (cx->rflags & FLAGS);
}

/*
 * With an unmasked exception, x87 does not store the result, except an inexact
 * one; the next instruction raises the exception.
 */
static bool has_stored(const InsnState *state, const InsnNativeThread *thread)
{
    uint16_t old = load16(state->xsave, INSN_XSAVE_AT_FSW);
    uint16_t fsw = load16(thread->cx.guest, INSN_XSAVE_AT_FSW);
    uint16_t fcw = load16(thread->cx.guest, INSN_XSAVE_AT_FCW);

    return old & FSW_ES || !(fsw & FSW_ES) || !(fsw & ~fcw & FSW_NO_STORE);
}

static void store_operand(const uint8_t *operand, InsnSpan *span)
{
    for (unsigned i = 0; i < span->size; i++) {
        if (is_active(span, i)) {
            span->data[i] = operand[i];
        }
    }
}

static InsnFault fault_of(InsnNativeThread *thread, InsnState *state)
{
    InsnFault fault = { .vector = INSN_CANT };

    switch (thread->trap) {
    case INSN_UD:
    case INSN_GP:
    case INSN_AC:
        fault.vector = thread->trap;
        break;
    case INSN_MF:
        /* Without NE, it is an interrupt that goes through the chipset. */
        if (state->cr0 & CR0_NE) {
            fault.vector = INSN_MF;
        }
        break;
    case INSN_XM:
        fault.vector = state->cr4 & CR4_OSXMMEXCPT ? INSN_XM : INSN_UD;
        /*
         * MXCSR has the cause, and a conversion to an MMX register may already
         * have switched from x87 to MMX: both are kept.  The pointers have been
         * lost with the signal.
         */
        memcpy(thread->cx.guest + INSN_XSAVE_AT_FOP,
               state->xsave + INSN_XSAVE_AT_FOP,
               INSN_XSAVE_AT_MXCSR - INSN_XSAVE_AT_FOP);
        store_vectors(thread, state);
        break;
    }
    return fault;
}

const char *insn_native_init(void)
{
    const char *why = NULL;

    return insn_native_thread_get(&why) ? insn_native_trap_init() : why;
}

bool insn_native_can(const Insn *insn)
{
    InsnNativeCode code;

    return insn_native_thread_get(NULL) && insn_native_encode(insn, &code);
}

InsnFault insn_native_run(const Insn *insn, InsnState *state, InsnSpan *span)
{
    static const InsnFault none;
    static const InsnFault cant = { .vector = INSN_CANT };
    InsnNativeThread *thread = insn_native_thread_get(NULL);
    InsnNativeCode code;
    uint8_t *operand;

    if (!thread || state->xsave_len < INSN_XSAVE_AT_EXTENDED ||
        span->size > INSN_MAX_OPERAND ||
        (insn_native_shows_pointers(insn) && has_stale_pointers()) ||
        !insn_native_encode(insn, &code)) {
        return cant;
    }
    insn_native_thread_code(thread, &code);
    operand = place_operand(thread, span);
    load_state(thread, state, &code, operand);
    insn_native_trap_run(thread);
    write_out(thread, state);

    if (thread->trap != INSN_NATIVE_NO_TRAP) {
        return fault_of(thread, state);
    }
    if (!kept_within(operand, span)) {
        return cant;
    }
    if (span->write) {
        if (has_stored(state, thread)) {
            store_operand(operand, span);
        } else {
            span->active = 0;
        }
    }
    fix_pointers(thread, insn, &code, state, span);
    store_vectors(thread, state);
    store_registers(thread, state, &code);
    return none;
}
