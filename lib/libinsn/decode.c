/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: instruction decoder, and tables of the supported instructions
 *
 * An instruction that is not in the tables is refused, so that a newer Zydis
 * that decodes more instructions does not make this library run them.
 */
#include "libinsn/insn.h"
#include "libinsn/list.h"

#define BITS_PER_BYTE 8

/* The widest x87 number, bits; the environment (FLDENV, FNSTENV) is wider */
#define X87_NUMBER 80

/**
 * enum Trust: which instructions of an instruction set extension are allowed
 * @TRUST_NONE: none
 * @TRUST_CATEGORY: those whose category is in base_category
 * @TRUST_ALL: all whose operands are all allowed
 */
typedef enum Trust {
    TRUST_NONE,
    TRUST_CATEGORY,
    TRUST_ALL,
} Trust;

static const uint8_t extension[ZYDIS_ISA_EXT_MAX_VALUE + 1] = {
    [ZYDIS_ISA_EXT_BASE]       = TRUST_CATEGORY,
    [ZYDIS_ISA_EXT_LONGMODE]   = TRUST_CATEGORY,
    [ZYDIS_ISA_EXT_ADOX_ADCX]  = TRUST_ALL,
    [ZYDIS_ISA_EXT_AES]        = TRUST_ALL,
    [ZYDIS_ISA_EXT_AVX]        = TRUST_ALL,
    [ZYDIS_ISA_EXT_AVX2]       = TRUST_ALL,
    [ZYDIS_ISA_EXT_AVX2GATHER] = TRUST_ALL,
    [ZYDIS_ISA_EXT_AVX512EVEX] = TRUST_ALL,
    [ZYDIS_ISA_EXT_AVX512VEX]  = TRUST_ALL,
    [ZYDIS_ISA_EXT_AVXAES]     = TRUST_ALL,
    [ZYDIS_ISA_EXT_AVX_VNNI]   = TRUST_ALL,
    [ZYDIS_ISA_EXT_BMI1]       = TRUST_ALL,
    [ZYDIS_ISA_EXT_BMI2]       = TRUST_ALL,
    [ZYDIS_ISA_EXT_F16C]       = TRUST_ALL,
    [ZYDIS_ISA_EXT_FMA]        = TRUST_ALL,
    [ZYDIS_ISA_EXT_GFNI]       = TRUST_ALL,
    [ZYDIS_ISA_EXT_LZCNT]      = TRUST_ALL,
    [ZYDIS_ISA_EXT_MMX]        = TRUST_ALL,
    [ZYDIS_ISA_EXT_MOVBE]      = TRUST_ALL,
    [ZYDIS_ISA_EXT_MOVDIR]     = TRUST_ALL,
    [ZYDIS_ISA_EXT_PCLMULQDQ]  = TRUST_ALL,
    [ZYDIS_ISA_EXT_SHA]        = TRUST_ALL,
    [ZYDIS_ISA_EXT_SSE]        = TRUST_ALL,
    [ZYDIS_ISA_EXT_SSE2]       = TRUST_ALL,
    [ZYDIS_ISA_EXT_SSE3]       = TRUST_ALL,
    [ZYDIS_ISA_EXT_SSSE3]      = TRUST_ALL,
    [ZYDIS_ISA_EXT_SSE4]       = TRUST_ALL,
    [ZYDIS_ISA_EXT_SSE4A]      = TRUST_ALL,
    [ZYDIS_ISA_EXT_VAES]       = TRUST_ALL,
    [ZYDIS_ISA_EXT_VPCLMULQDQ] = TRUST_ALL,
    [ZYDIS_ISA_EXT_X87]        = TRUST_ALL,
};

static const bool base_category[ZYDIS_CATEGORY_MAX_VALUE + 1] = {
    [ZYDIS_CATEGORY_BINARY]    = true,
    [ZYDIS_CATEGORY_BITBYTE]   = true,
    [ZYDIS_CATEGORY_CMOV]      = true,
    [ZYDIS_CATEGORY_DATAXFER]  = true,
    [ZYDIS_CATEGORY_LOGICAL]   = true,
    [ZYDIS_CATEGORY_ROTATE]    = true,
    [ZYDIS_CATEGORY_SEMAPHORE] = true,
    [ZYDIS_CATEGORY_SETCC]     = true,
    [ZYDIS_CATEGORY_SHIFT]     = true,
};

/*
 * Parts of the extensions above that are not supported: they access no memory,
 * or only discontinued processors have them.
 */
static const bool excluded_set[ZYDIS_ISA_SET_MAX_VALUE + 1] = {
    [ZYDIS_ISA_SET_AVX512PF_512]           = true,
    [ZYDIS_ISA_SET_AVX512_4FMAPS_512]      = true,
    [ZYDIS_ISA_SET_AVX512_4FMAPS_SCALAR]   = true,
    [ZYDIS_ISA_SET_AVX512_4VNNIW_512]      = true,
    [ZYDIS_ISA_SET_SSE_PREFETCH]           = true,
};

static const bool register_class[ZYDIS_REGCLASS_MAX_VALUE + 1] = {
    [ZYDIS_REGCLASS_GPR8]  = true,
    [ZYDIS_REGCLASS_GPR16] = true,
    [ZYDIS_REGCLASS_GPR32] = true,
    [ZYDIS_REGCLASS_GPR64] = true,
    [ZYDIS_REGCLASS_X87]   = true,
    [ZYDIS_REGCLASS_MMX]   = true,
    [ZYDIS_REGCLASS_XMM]   = true,
    [ZYDIS_REGCLASS_YMM]   = true,
    [ZYDIS_REGCLASS_ZMM]   = true,
    [ZYDIS_REGCLASS_MASK]  = true,
    [ZYDIS_REGCLASS_FLAGS] = true,
};

/* Allowed registers whose class has other registers, too */
static const uint16_t single_register[] = {
    ZYDIS_REGISTER_X87CONTROL, ZYDIS_REGISTER_X87STATUS,
    ZYDIS_REGISTER_X87TAG, ZYDIS_REGISTER_MXCSR,
};

static const uint16_t stack_pointer[] = {
    ZYDIS_REGISTER_SP, ZYDIS_REGISTER_ESP, ZYDIS_REGISTER_RSP,
};

/* If the bit number is in a register, it changes the operand's address */
static const uint16_t bit_test[] = {
    ZYDIS_MNEMONIC_BT, ZYDIS_MNEMONIC_BTC, ZYDIS_MNEMONIC_BTR,
    ZYDIS_MNEMONIC_BTS,
};

static const struct {
    ZydisMnemonic mnemonic;
    InsnWay way;
} by_hand[] = {
    { ZYDIS_MNEMONIC_MOVDIR64B, INSN_WAY_COPY },
    { ZYDIS_MNEMONIC_MASKMOVQ, INSN_WAY_MASKMOV },
    { ZYDIS_MNEMONIC_MASKMOVDQU, INSN_WAY_MASKMOV },
    { ZYDIS_MNEMONIC_VMASKMOVDQU, INSN_WAY_MASKMOV },
};

/*
 * Cache hints, which have no effect on an operand that is not RAM.  KVM
 * emulates some of them and refuses others (CLWB, CLFLUSHOPT).
 */
static const uint16_t hint[] = {
    ZYDIS_MNEMONIC_CLDEMOTE, ZYDIS_MNEMONIC_CLFLUSH, ZYDIS_MNEMONIC_CLFLUSHOPT,
    ZYDIS_MNEMONIC_CLWB, ZYDIS_MNEMONIC_PREFETCHNTA,
    ZYDIS_MNEMONIC_PREFETCHT0, ZYDIS_MNEMONIC_PREFETCHT1,
    ZYDIS_MNEMONIC_PREFETCHT2, ZYDIS_MNEMONIC_PREFETCHW,
    ZYDIS_MNEMONIC_PREFETCHWT1,
};

static const struct {
    ZydisMachineMode machine;
    ZydisStackWidth stack;
} machine[] = {
    [INSN_MODE_16] = { ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16 },
    [INSN_MODE_32] = { ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32 },
    [INSN_MODE_64] = { ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64 },
};

static bool register_allowed(const ZydisDecodedOperand *op)
{
    ZydisRegister reg = op->reg.value;

    if (INSN_LIST_HAS(stack_pointer, reg)) {
        return op->visibility == ZYDIS_OPERAND_VISIBILITY_EXPLICIT;
    }
    return register_class[ZydisRegisterGetClass(reg)] ||
           INSN_LIST_HAS(single_register, reg);
}

static bool memory_allowed(const Insn *insn, const ZydisDecodedOperand *op)
{
    if (op->mem.type != ZYDIS_MEMOP_TYPE_MEM &&
        op->mem.type != ZYDIS_MEMOP_TYPE_VSIB) {
        return false;
    }
    /* In 16-bit code, the environment differs in real and protected mode */
    if (insn->z.meta.isa_ext == ZYDIS_ISA_EXT_X87 &&
        op->size > X87_NUMBER && insn->mode == INSN_MODE_16) {
        return false;
    }
    return op->size && op->size % BITS_PER_BYTE == 0 &&
           op->size <= INSN_MAX_OPERAND * BITS_PER_BYTE && op->element_count;
}

static bool operand_allowed(const Insn *insn, const ZydisDecodedOperand *op)
{
    switch (op->type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
        return register_allowed(op);
    case ZYDIS_OPERAND_TYPE_MEMORY:
        return memory_allowed(insn, op);
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        return true;
    default:
        return false;
    }
}

static bool instruction_allowed(const Insn *insn)
{
    const ZydisDecodedInstruction *z = &insn->z;

    if (z->attributes & ZYDIS_ATTRIB_IS_PRIVILEGED ||
        excluded_set[z->meta.isa_set]) {
        return false;
    }
    if (INSN_LIST_HAS(bit_test, z->mnemonic) &&
        insn->op[1].type == ZYDIS_OPERAND_TYPE_REGISTER) {
        return false;
    }
    switch (extension[z->meta.isa_ext]) {
    case TRUST_ALL:
        return true;
    case TRUST_CATEGORY:
        return base_category[z->meta.category];
    default:
        return false;
    }
}

static InsnWay find_way(const Insn *insn)
{
    const ZydisDecodedOperand *op = &insn->op[insn->memory];

    for (size_t i = 0; i < INSN_LIST_LEN(by_hand); i++) {
        if (by_hand[i].mnemonic == insn->z.mnemonic) {
            return by_hand[i].way;
        }
    }
    if (op->mem.type == ZYDIS_MEMOP_TYPE_VSIB) {
        return op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE
               ? INSN_WAY_SCATTER : INSN_WAY_GATHER;
    }
    return INSN_WAY_NATIVE;
}

/*
 * Sets @insn->memory and, for a copy, @insn->source.  Returns the number of
 * operands in memory.
 */
static unsigned find_memory(Insn *insn)
{
    unsigned n = 0;

    insn->memory = -1;
    insn->source = -1;
    for (unsigned i = 0; i < insn->z.operand_count; i++) {
        const ZydisDecodedOperand *op = &insn->op[i];

        if (op->type != ZYDIS_OPERAND_TYPE_MEMORY ||
            op->mem.type == ZYDIS_MEMOP_TYPE_AGEN) {
            continue;
        }
        if (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE ||
            insn->memory < 0) {
            insn->source = insn->memory;
            insn->memory = i;
        } else {
            insn->source = i;
        }
        n++;
    }
    return n;
}

InsnStatus insn_decode(Insn *insn, const uint8_t *bytes, size_t len,
                       InsnMode mode)
{
    ZydisDecoder decoder;
    ZyanStatus status;
    unsigned memories;

    *insn = (Insn){ .mode = mode, .memory = -1, .source = -1 };
    if (len > INSN_MAX_LEN) {
        len = INSN_MAX_LEN;
    }
    ZydisDecoderInit(&decoder, machine[mode].machine, machine[mode].stack);
    status = ZydisDecoderDecodeFull(&decoder, bytes, len, &insn->z, insn->op);
    if (status == ZYDIS_STATUS_NO_MORE_DATA && len < INSN_MAX_LEN) {
        return INSN_SHORT;
    }
    if (!ZYAN_SUCCESS(status)) {
        return INSN_INVALID;
    }

    memories = find_memory(insn);
    if (!memories) {
        return INSN_NO_MEMORY;
    }
    if (INSN_LIST_HAS(hint, insn->z.mnemonic)) {
        insn->way = INSN_WAY_NOTHING;
        return INSN_OK;
    }
    if (!instruction_allowed(insn)) {
        return INSN_UNSUPPORTED;
    }
    for (unsigned i = 0; i < insn->z.operand_count; i++) {
        if (!operand_allowed(insn, &insn->op[i])) {
            return INSN_UNSUPPORTED;
        }
    }
    insn->way = find_way(insn);
    if (memories != (insn->way == INSN_WAY_COPY ? 2 : 1)) {
        return INSN_UNSUPPORTED;
    }
    if (insn->way == INSN_WAY_COPY) {
        /* A prefix changes the source's segment only; Zydis changes both */
        insn->op[insn->memory].mem.segment = ZYDIS_REGISTER_ES;
    }
    return INSN_OK;
}
