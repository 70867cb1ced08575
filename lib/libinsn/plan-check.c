/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: exceptions of disabled features and unaligned operands
 */
#include "libinsn/list.h"
#include "libinsn/operand.h"
#include "libinsn/plan-check.h"
#include "libinsn/xstate.h"

#define CR0_PE (1u << 0)
#define CR0_EM (1u << 2)
#define CR0_TS (1u << 3)
#define CR4_OSFXSR  (1u << 9)
#define CR4_OSXSAVE (1u << 18)
#define RFLAGS_VM   (1u << 17)

/* AMD only: SSE operands need not be aligned */
#define MXCSR_MM (1u << 17)

#define XCR0_AVX    (INSN_XSTATE_SSE | INSN_XSTATE_AVX)
#define XCR0_AVX512 \
    (XCR0_AVX | INSN_XSTATE_OPMASK | INSN_XSTATE_ZMM_HI | INSN_XSTATE_HI16)

static const InsnFault no_fault;

/* Kinds of registers that an instruction works on, as bits */
enum {
    USES_X87 = 1 << 0,
    USES_MMX = 1 << 1,
    USES_VECTOR = 1 << 2,
    USES_MASK = 1 << 3,
};

static unsigned register_use(const Insn *insn)
{
    static const uint8_t use[ZYDIS_REGCLASS_MAX_VALUE + 1] = {
        [ZYDIS_REGCLASS_X87] = USES_X87,
        [ZYDIS_REGCLASS_MMX] = USES_MMX,
        [ZYDIS_REGCLASS_XMM] = USES_VECTOR,
        [ZYDIS_REGCLASS_YMM] = USES_VECTOR,
        [ZYDIS_REGCLASS_ZMM] = USES_VECTOR,
        [ZYDIS_REGCLASS_MASK] = USES_MASK,
    };
    unsigned uses = insn->z.meta.isa_ext == ZYDIS_ISA_EXT_X87 ? USES_X87 : 0;

    for (unsigned i = 0; i < insn->z.operand_count; i++) {
        const ZydisDecodedOperand *op = &insn->op[i];

        if (op->type == ZYDIS_OPERAND_TYPE_REGISTER) {
            uses |= op->reg.value == ZYDIS_REGISTER_MXCSR
                    ? USES_VECTOR
                    : use[ZydisRegisterGetClass(op->reg.value)];
        }
    }
    return uses;
}

static InsnFault check_legacy(const InsnState *state, unsigned uses)
{
    bool em = state->cr0 & CR0_EM;

    if (em && uses & (USES_MMX | USES_VECTOR)) {
        return (InsnFault){ .vector = INSN_UD };
    }
    if (uses & USES_VECTOR && !(state->cr4 & CR4_OSFXSR)) {
        return (InsnFault){ .vector = INSN_UD };
    }
    if (em && uses & USES_X87) {
        return (InsnFault){ .vector = INSN_NM };
    }
    return no_fault;
}

static InsnFault check_vex(const Insn *insn, const InsnState *state,
                           unsigned uses)
{
    bool avx512 = uses & USES_MASK ||
                  insn->z.encoding == ZYDIS_INSTRUCTION_ENCODING_EVEX;
    uint64_t need = avx512 ? XCR0_AVX512 : XCR0_AVX;

    if (!(state->cr0 & CR0_PE) || state->rflags & RFLAGS_VM) {
        return (InsnFault){ .vector = INSN_UD };
    }
    if (uses && (!(state->cr4 & CR4_OSXSAVE) ||
                 (state->xcr0 & need) != need)) {
        return (InsnFault){ .vector = INSN_UD };
    }
    return no_fault;
}

InsnFault insn_plan_check_enabled(const Insn *insn, const InsnState *state)
{
    unsigned uses = register_use(insn);
    InsnFault fault;

    fault = insn->z.encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY
            ? check_legacy(state, uses) : check_vex(insn, state, uses);
    if (!fault.vector && uses && state->cr0 & CR0_TS) {
        fault.vector = INSN_NM;
    }
    return fault;
}

/* Classes whose operand must be aligned to its size, whatever the encoding */
static const bool class_aligned[ZYDIS_EXCEPTION_CLASS_MAX_VALUE + 1] = {
    [ZYDIS_EXCEPTION_CLASS_SSE1] = true,
    [ZYDIS_EXCEPTION_CLASS_AVX1] = true,
    [ZYDIS_EXCEPTION_CLASS_E1]   = true,
    [ZYDIS_EXCEPTION_CLASS_E1NF] = true,
};

/* SSE instructions whose operand need not be aligned, unlike all others' */
static const uint16_t unaligned[] = {
    ZYDIS_MNEMONIC_LDDQU, ZYDIS_MNEMONIC_MASKMOVDQU, ZYDIS_MNEMONIC_MOVDQU,
    ZYDIS_MNEMONIC_MOVUPD, ZYDIS_MNEMONIC_MOVUPS, ZYDIS_MNEMONIC_PCMPESTRI,
    ZYDIS_MNEMONIC_PCMPESTRM, ZYDIS_MNEMONIC_PCMPISTRI,
    ZYDIS_MNEMONIC_PCMPISTRM,
};

static unsigned alignment(const Insn *insn, const InsnState *state)
{
    const ZydisDecodedInstruction *z = &insn->z;
    unsigned bytes = insn_operand_bytes(&insn->op[insn->memory]);

    if (class_aligned[z->meta.exception_class] ||
        z->mnemonic == ZYDIS_MNEMONIC_CMPXCHG16B ||
        insn->way == INSN_WAY_COPY) {
        return bytes;
    }
    /* SHA: AMD's processors do not fault (measured on Zen 4) */
    if (z->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY || bytes != 16 ||
        z->meta.isa_ext == ZYDIS_ISA_EXT_SHA ||
        insn_xstate_get_mxcsr(state) & MXCSR_MM) {
        return 1;
    }
    return INSN_LIST_HAS(unaligned, z->mnemonic) ? 1 : bytes;
}

InsnFault insn_plan_check_alignment(const Insn *insn, const InsnState *state,
                                    const InsnSpan *span)
{
    /* A mask of zeros suppresses this fault, too (measured on Zen 4) */
    if (span->active && span->addr % alignment(insn, state)) {
        return (InsnFault){ .vector = INSN_GP };
    }
    return no_fault;
}
