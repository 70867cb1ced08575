/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: re-encoder of instructions
 *
 * The guest's bytes are never executed.  Zydis encodes what it has decoded from
 * them, and decoding the new bytes must give the same instruction: a mistake in
 * either direction is detected, and the instruction is not executed.
 */
#include "libinsn/native-internal.h"

#include <string.h>

/*
 * Registers that may point to the operand or replace RSP.  Those that need no
 * REX prefix come first, since AH, CH, DH and BH can't be encoded with one.
 * RBP, R13, RSP and R12 are left out: their encodings as a base are special.
 * No x87 instruction uses RCX, so each gets it as its base and its FOP isn't 0.
 */
static const uint8_t spare[] = {
    INSN_RCX, INSN_RDX, INSN_RBX, INSN_RAX, INSN_RSI, INSN_RDI,
    INSN_R8, INSN_R9, INSN_R10, INSN_R11, INSN_R14, INSN_R15,
};

int insn_native_gpr(ZydisRegister reg)
{
    ZydisRegister whole =
        ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);

    if (whole < ZYDIS_REGISTER_RAX || whole > ZYDIS_REGISTER_R15) {
        return -1;
    }
    return whole - ZYDIS_REGISTER_RAX;
}

uint16_t insn_native_fop(const ZydisDecodedInstruction *z)
{
    return (z->opcode & 7) << 8 | z->raw.modrm.mod << 6 |
           z->raw.modrm.reg << 3 | z->raw.modrm.rm;
}

/* The low part of general register @nr that is as wide as @like. */
static ZydisRegister gpr_like(ZydisRegister like, int nr)
{
    switch (ZydisRegisterGetClass(like)) {
    case ZYDIS_REGCLASS_GPR8:
        return nr < 4 ? ZYDIS_REGISTER_AL + nr : ZYDIS_REGISTER_NONE;
    case ZYDIS_REGCLASS_GPR16:
        return ZYDIS_REGISTER_AX + nr;
    case ZYDIS_REGCLASS_GPR32:
        return ZYDIS_REGISTER_EAX + nr;
    case ZYDIS_REGCLASS_GPR64:
        return ZYDIS_REGISTER_RAX + nr;
    default:
        return ZYDIS_REGISTER_NONE;
    }
}

static int take_spare(uint32_t *used)
{
    for (size_t i = 0; i < sizeof(spare); i++) {
        if (!(*used & 1u << spare[i])) {
            *used |= 1u << spare[i];
            return spare[i];
        }
    }
    return -1;
}

/*
 * Choose the registers in @code, and fill in @op, the operands of the new
 * encoding.
 */
static bool plan_operands(const Insn *insn, InsnNativeCode *code,
                          ZydisDecodedOperand *op)
{
    uint32_t used = 0;

    for (int i = 0; i < insn->z.operand_count; i++) {
        int nr;

        op[i] = insn->op[i];
        if (op[i].type == ZYDIS_OPERAND_TYPE_MEMORY) {
            if (i != insn->memory) {
                return false;
            }
            continue;
        }
        if (op[i].type != ZYDIS_OPERAND_TYPE_REGISTER) {
            continue;
        }
        nr = insn_native_gpr(op[i].reg.value);
        if (nr == INSN_RSP &&
            op[i].visibility != ZYDIS_OPERAND_VISIBILITY_EXPLICIT) {
            return false;
        }
        if (nr >= 0) {
            used |= 1u << nr;
        }
    }

    code->rsp = -1;
    if (used & 1u << INSN_RSP) {
        code->rsp = take_spare(&used);
    }
    code->base = take_spare(&used);
    if (code->base < 0 || (used & 1u << INSN_RSP && code->rsp < 0)) {
        return false;
    }

    for (int i = 0; i < insn->z.operand_count; i++) {
        if (op[i].type == ZYDIS_OPERAND_TYPE_REGISTER &&
            insn_native_gpr(op[i].reg.value) == INSN_RSP) {
            op[i].reg.value = gpr_like(op[i].reg.value, code->rsp);
            if (op[i].reg.value == ZYDIS_REGISTER_NONE) {
                return false;
            }
        } else if (i == insn->memory) {
            op[i].mem.base = ZYDIS_REGISTER_RAX + code->base;
            op[i].mem.index = ZYDIS_REGISTER_NONE;
            op[i].mem.scale = 0;
            op[i].mem.disp.value = 0;
        }
    }
    return true;
}

static bool same_operand(const ZydisDecodedOperand *a,
                         const ZydisDecodedOperand *b)
{
    ZydisRegisterClass class;

    if (a->type != b->type || a->actions != b->actions ||
        a->visibility != b->visibility) {
        return false;
    }
    switch (a->type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
        class = ZydisRegisterGetClass(a->reg.value);
        if (class == ZYDIS_REGCLASS_FLAGS || class == ZYDIS_REGCLASS_IP) {
            /* Their width depends on the mode */
            return class == ZydisRegisterGetClass(b->reg.value);
        }
        return a->reg.value == b->reg.value && a->size == b->size &&
               a->attributes == b->attributes;
    case ZYDIS_OPERAND_TYPE_MEMORY:
        return a->size == b->size && a->mem.type == b->mem.type &&
               a->mem.base == b->mem.base && a->mem.index == b->mem.index &&
               a->mem.disp.value == b->mem.disp.value;
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        return a->size == b->size && a->imm.value.u == b->imm.value.u;
    default:
        return false;
    }
}

static bool same_instruction(const ZydisDecodedInstruction *a,
                             const ZydisDecodedInstruction *b)
{
    return a->mnemonic == b->mnemonic && a->encoding == b->encoding &&
           a->operand_count == b->operand_count &&
           a->operand_count_visible == b->operand_count_visible &&
           a->meta.category == b->meta.category &&
           a->meta.isa_ext == b->meta.isa_ext &&
           !((a->attributes ^ b->attributes) & ZYDIS_ATTRIB_HAS_LOCK) &&
           a->avx.mask.mode == b->avx.mask.mode &&
           a->avx.mask.reg == b->avx.mask.reg &&
           a->avx.broadcast.is_static == b->avx.broadcast.is_static &&
           a->avx.broadcast.mode == b->avx.broadcast.mode &&
           a->avx.rounding.mode == b->avx.rounding.mode &&
           a->avx.has_sae == b->avx.has_sae;
}

/* Does decoding the new bytes give the same instruction? */
static bool is_faithful(const Insn *insn, const ZydisDecodedOperand *op,
                        InsnNativeCode *code)
{
    ZydisDecoder decoder;
    Insn again;

    if (ZYAN_FAILED(ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64,
                                     ZYDIS_STACK_WIDTH_64)) ||
        ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, code->bytes, code->len,
                                           &again.z, again.op)) ||
        again.z.length != code->len ||
        again.z.attributes & (ZYDIS_ATTRIB_HAS_SEGMENT |
                              ZYDIS_ATTRIB_HAS_ADDRESSSIZE) ||
        !same_instruction(&insn->z, &again.z)) {
        return false;
    }
    for (int i = 0; i < again.z.operand_count; i++) {
        if (!same_operand(&op[i], &again.op[i])) {
            return false;
        }
    }
    code->fop = insn_native_fop(&again.z);
    return true;
}

bool insn_native_encode(const Insn *insn, InsnNativeCode *code)
{
    ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
    ZydisEncoderRequest request;
    ZyanUSize len = sizeof(code->bytes);

    if (insn->memory < 0 || !plan_operands(insn, code, op) ||
        ZYAN_FAILED(ZydisEncoderDecodedInstructionToEncoderRequest(
                        &insn->z, op, insn->z.operand_count_visible,
                        &request))) {
        return false;
    }
    request.machine_mode = ZYDIS_MACHINE_MODE_LONG_64;
    request.prefixes &= ZYDIS_ATTRIB_HAS_LOCK;
    request.address_size_hint = ZYDIS_ADDRESS_SIZE_HINT_NONE;
    if (ZYAN_FAILED(ZydisEncoderEncodeInstruction(&request, code->bytes,
                                                  &len))) {
        return false;
    }
    code->len = len;
    return is_faithful(insn, op, code);
}
