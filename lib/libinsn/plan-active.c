/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: the bytes of its operand that a masked instruction accesses
 */
#include <string.h>

#include "libinsn/list.h"
#include "libinsn/operand.h"
#include "libinsn/plan-active.h"
#include "libinsn/xstate.h"

/* Bytes of the elements, @size bytes each, whose bit in @mask is set */
static uint64_t spread(uint64_t mask, unsigned elements, unsigned size)
{
    uint64_t bytes = 0;

    for (unsigned i = 0; i < elements; i++) {
        if (mask >> i & 1) {
            bytes |= insn_low_bits(size) << (i * size);
        }
    }
    return bytes;
}

/* A bit for each element of a vector that is negative */
static uint64_t signs(const uint8_t *vector, unsigned elements, unsigned size)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < elements; i++) {
        mask |= (uint64_t)(vector[(i + 1) * size - 1] >> 7) << i;
    }
    return mask;
}

uint64_t insn_plan_vector_signs(const InsnState *state,
                                const ZydisDecodedOperand *op,
                                unsigned elements, unsigned size)
{
    uint8_t vector[INSN_MAX_OPERAND];

    insn_xstate_get_vector(state, insn_register_number(op), vector,
                           sizeof(vector));
    return signs(vector, elements, size);
}

static uint64_t maskmov_active(const Insn *insn, const InsnState *state)
{
    const ZydisDecodedOperand *op = &insn->op[1];
    unsigned bytes = insn_operand_bytes(&insn->op[insn->memory]);
    uint8_t mmx[8];
    uint64_t value;

    if (insn->z.mnemonic != ZYDIS_MNEMONIC_MASKMOVQ) {
        return insn_plan_vector_signs(state, op, bytes, 1);
    }
    value = insn_xstate_get_mmx(state, insn_register_number(op));
    memcpy(mmx, &value, sizeof(mmx));
    return signs(mmx, sizeof(mmx), 1);
}

/* Broadcasts: number of elements in memory, and of those made from them */
static const struct {
    uint8_t from;
    uint8_t to;
} broadcast[ZYDIS_BROADCAST_MODE_MAX_VALUE + 1] = {
    [ZYDIS_BROADCAST_MODE_1_TO_2]  = { 1, 2 },
    [ZYDIS_BROADCAST_MODE_1_TO_4]  = { 1, 4 },
    [ZYDIS_BROADCAST_MODE_1_TO_8]  = { 1, 8 },
    [ZYDIS_BROADCAST_MODE_1_TO_16] = { 1, 16 },
    [ZYDIS_BROADCAST_MODE_1_TO_32] = { 1, 32 },
    [ZYDIS_BROADCAST_MODE_1_TO_64] = { 1, 64 },
    [ZYDIS_BROADCAST_MODE_2_TO_4]  = { 2, 4 },
    [ZYDIS_BROADCAST_MODE_2_TO_8]  = { 2, 8 },
    [ZYDIS_BROADCAST_MODE_2_TO_16] = { 2, 16 },
    [ZYDIS_BROADCAST_MODE_4_TO_8]  = { 4, 8 },
    [ZYDIS_BROADCAST_MODE_4_TO_16] = { 4, 16 },
    [ZYDIS_BROADCAST_MODE_8_TO_16] = { 8, 16 },
};

/* Classes with fault suppression; others read all bytes, whatever the mask */
static const bool class_suppresses[ZYDIS_EXCEPTION_CLASS_MAX_VALUE + 1] = {
    [ZYDIS_EXCEPTION_CLASS_E1]  = true,
    [ZYDIS_EXCEPTION_CLASS_E2]  = true,
    [ZYDIS_EXCEPTION_CLASS_E3]  = true,
    [ZYDIS_EXCEPTION_CLASS_E4]  = true,
    [ZYDIS_EXCEPTION_CLASS_E5]  = true,
    [ZYDIS_EXCEPTION_CLASS_E6]  = true,
    [ZYDIS_EXCEPTION_CLASS_E10] = true,
    [ZYDIS_EXCEPTION_CLASS_E11] = true,
};

/*
 * Instructions without fault suppression, whatever their class: one element of
 * the result depends on several elements in memory
 */
static const uint16_t mixes_elements[] = {
    ZYDIS_MNEMONIC_VCVTNE2PS2BF16, ZYDIS_MNEMONIC_VDBPSADBW,
    ZYDIS_MNEMONIC_VGF2P8AFFINEINVQB, ZYDIS_MNEMONIC_VGF2P8AFFINEQB,
};

/* Can the opmask exclude bytes of the operand from the access? */
static bool is_masked(const Insn *insn)
{
    const ZydisDecodedInstruction *z = &insn->z;
    const ZydisDecodedOperand *op = &insn->op[insn->memory];

    if (z->encoding != ZYDIS_INSTRUCTION_ENCODING_EVEX ||
        z->avx.mask.mode <= ZYDIS_MASK_MODE_DISABLED) {
        return false;
    }
    if (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) {
        return true;
    }
    return class_suppresses[z->meta.exception_class] &&
           !INSN_LIST_HAS(mixes_elements, z->mnemonic);
}

static uint64_t opmask_active(const Insn *insn, const InsnState *state)
{
    const ZydisDecodedInstruction *z = &insn->z;
    const ZydisDecodedOperand *op = &insn->op[insn->memory];
    uint64_t mask = insn_xstate_get_mask(state,
                                         ZydisRegisterGetId(z->avx.mask.reg));
    unsigned bytes = insn_operand_bytes(op);
    unsigned lanes = op->element_count;
    unsigned from = broadcast[z->avx.broadcast.mode].from;

    if (from) {
        uint64_t folded = 0;

        for (unsigned i = 0; i < broadcast[z->avx.broadcast.mode].to; i++) {
            folded |= (mask >> i & 1) << i % from;
        }
        return spread(folded, from, bytes / from);
    }
    if (z->meta.category == ZYDIS_CATEGORY_COMPRESS ||
        z->meta.category == ZYDIS_CATEGORY_EXPAND) {
        mask = insn_low_bits(__builtin_popcountll(mask & insn_low_bits(lanes)));
    }
    return spread(mask, lanes, bytes / lanes);
}

static const uint16_t vex_masked[] = {
    ZYDIS_MNEMONIC_VMASKMOVPD, ZYDIS_MNEMONIC_VMASKMOVPS,
    ZYDIS_MNEMONIC_VPMASKMOVD, ZYDIS_MNEMONIC_VPMASKMOVQ,
};

uint64_t insn_plan_active(const Insn *insn, const InsnState *state)
{
    const ZydisDecodedInstruction *z = &insn->z;
    const ZydisDecodedOperand *op = &insn->op[insn->memory];
    unsigned bytes = insn_operand_bytes(op);

    if (insn->way == INSN_WAY_MASKMOV) {
        return spread(maskmov_active(insn, state), bytes, 1);
    }
    if (INSN_LIST_HAS(vex_masked, z->mnemonic)) {
        unsigned size = op->element_size / 8;
        unsigned elements = bytes / size;

        return spread(insn_plan_vector_signs(state, &insn->op[1], elements,
                                             size),
                      elements, size);
    }
    if (is_masked(insn)) {
        return opmask_active(insn, state);
    }
    return insn_low_bits(bytes);
}
