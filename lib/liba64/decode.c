/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * liba64: decoder of A64 loads and stores (see a64.h)
 *
 * It follows the Arm Architecture Reference Manual for A-profile, C4.1, "Loads
 * and Stores".  Where the manual leaves the behaviour open (CONSTRAINED
 * UNPREDICTABLE: a base that is also transferred and written back, a pair that
 * loads one register twice), the instruction is refused: processors differ.
 */
#include <stddef.h>

#include "liba64/a64.h"

/* Fields that many instructions have */
#define RT(word)  decode_bits(word, 0, 5)
#define RN(word)  decode_bits(word, 5, 5)
#define RT2(word) decode_bits(word, 10, 5)
#define RM(word)  decode_bits(word, 16, 5)
#define IS_VECTOR(word) decode_bits(word, 26, 1)

static unsigned decode_bits(uint32_t word, unsigned from, unsigned count)
{
    return word >> from & ((1u << count) - 1);
}

static int64_t decode_signed(uint32_t word, unsigned from, unsigned count)
{
    int64_t value = decode_bits(word, from, count);

    return value >> (count - 1) ? value - (1ll << count) : value;
}

static A64Status decode_refuse(A64Insn *insn, const char *name)
{
    insn->name = name;
    return A64_REFUSED;
}

/* --- one register -------------------------------------------------------- */

/**
 * struct Transfer: what "size" and "opc" say of one general register
 * @valid: such an instruction exists
 * @load: it loads
 * @sign: with a sign
 * @wide: to 64 bits
 */
static const struct Transfer {
    bool valid;
    bool load;
    bool sign;
    bool wide;
} transfers[4][4] = {
    { { true }, { true, true }, { true, true, true, true },
      { true, true, true } },
    { { true }, { true, true }, { true, true, true, true },
      { true, true, true } },
    { { true }, { true, true }, { true, true, true, true } },
    { { true }, { true, true } },
};

/* "size" and "opc" of PRFM */
static bool decode_is_prefetch(uint32_t word)
{
    return !IS_VECTOR(word) && word >> 30 == 3 && decode_bits(word, 22, 2) == 2;
}

static bool decode_vector_transfer(A64Insn *insn, uint32_t word)
{
    unsigned size = word >> 30;
    unsigned opc = decode_bits(word, 22, 2);

    if ((opc & 2) && size) {
        return false;
    }
    insn->kind = A64_KIND_VECTOR;
    insn->load = opc & 1;
    insn->size = opc & 2 ? 16 : 1 << size;
    return true;
}

static bool decode_general_transfer(A64Insn *insn, uint32_t word)
{
    const struct Transfer *transfer =
        &transfers[word >> 30][decode_bits(word, 22, 2)];

    insn->kind = A64_KIND_GENERAL;
    insn->size = 1 << (word >> 30);
    insn->load = transfer->load;
    insn->sign = transfer->sign;
    insn->wide = transfer->wide;
    return transfer->valid;
}

/* What an instruction with "size", "V" and "opc" transfers; not the address */
static bool decode_transfer(A64Insn *insn, uint32_t word)
{
    insn->regs = 1;
    insn->reg[0] = RT(word);
    insn->base = RN(word);
    return IS_VECTOR(word) ? decode_vector_transfer(insn, word)
                           : decode_general_transfer(insn, word);
}

static bool decode_writes_back(const A64Insn *insn)
{
    return insn->index == A64_INDEX_PRE || insn->index == A64_INDEX_POST;
}

/* Is its behaviour open?  The stack pointer is no register that is loaded. */
static A64Status decode_check(A64Insn *insn)
{
    unsigned i;

    for (i = 0; insn->kind == A64_KIND_GENERAL && i < insn->regs; i++) {
        if (decode_writes_back(insn) && insn->reg[i] == insn->base &&
            insn->base != A64_REG_31) {
            return decode_refuse(insn, "unpredictable");
        }
    }
    if ((insn->kind == A64_KIND_GENERAL || insn->kind == A64_KIND_VECTOR) &&
        insn->load && insn->regs == 2 && insn->reg[0] == insn->reg[1]) {
        return decode_refuse(insn, "unpredictable");
    }
    return A64_OK;
}

static A64Status decode_prefetch(A64Insn *insn)
{
    insn->kind = A64_KIND_NOTHING;
    return A64_OK;
}

/* Base and a scaled offset of 12 bits */
static A64Status decode_unsigned(A64Insn *insn, uint32_t word)
{
    if (decode_is_prefetch(word)) {
        return decode_prefetch(insn);
    }
    if (!decode_transfer(insn, word)) {
        return A64_UNKNOWN;
    }
    insn->offset = (int64_t)decode_bits(word, 10, 12) * insn->size;
    return A64_OK;
}

/* Base and an offset of 9 bits, not scaled */
static A64Status decode_unscaled(A64Insn *insn, uint32_t word)
{
    if (decode_is_prefetch(word)) {
        return decode_prefetch(insn);
    }
    if (!decode_transfer(insn, word)) {
        return A64_UNKNOWN;
    }
    insn->offset = decode_signed(word, 12, 9);
    return A64_OK;
}

/* The same, with another order between threads: no difference here */
static A64Status decode_ordered(A64Insn *insn, uint32_t word)
{
    return decode_is_prefetch(word) ? A64_UNKNOWN : decode_unscaled(insn, word);
}

/* As above, with the base written back; these have no PRFM */
static A64Status decode_indexed(A64Insn *insn, uint32_t word)
{
    if (!decode_transfer(insn, word)) {
        return A64_UNKNOWN;
    }
    insn->offset = decode_signed(word, 12, 9);
    insn->index = word & (1u << 11) ? A64_INDEX_PRE : A64_INDEX_POST;
    return decode_check(insn);
}

/* LDTR, STTR: translated as for EL0 */
static A64Status decode_unprivileged(A64Insn *insn, uint32_t word)
{
    return IS_VECTOR(word) || decode_is_prefetch(word) ||
           !decode_transfer(insn, word)
           ? A64_UNKNOWN : decode_refuse(insn, "ldtr/sttr");
}

/* Base and a register */
static A64Status decode_by_register(A64Insn *insn, uint32_t word)
{
    unsigned option = decode_bits(word, 13, 3);

    if (!(option & 2)) {
        return A64_UNKNOWN;
    }
    if (decode_is_prefetch(word)) {
        /* Others with these bits are RPRFM: no access either. */
        return decode_prefetch(insn);
    }
    if (!decode_transfer(insn, word)) {
        return A64_UNKNOWN;
    }
    insn->has_rm = true;
    insn->rm = RM(word);
    insn->extend = option;
    if (word & (1u << 12)) {
        insn->shift = __builtin_ctz(insn->size);
    }
    return A64_OK;
}

/* LDAR, STLR, LDLAR, STLLR, LDAPR: the order between threads is not ours. */
static A64Status decode_acquire(A64Insn *insn, uint32_t word)
{
    insn->kind = A64_KIND_GENERAL;
    insn->regs = 1;
    insn->reg[0] = RT(word);
    insn->base = RN(word);
    insn->size = 1 << (word >> 30);
    insn->load = decode_bits(word, 22, 1);
    return A64_OK;
}

static A64Status decode_rcpc(A64Insn *insn, uint32_t word)
{
    A64Status status = decode_acquire(insn, word);

    insn->load = true;
    return status;
}

static A64Status decode_literal(A64Insn *insn, uint32_t word)
{
    unsigned opc = word >> 30;

    insn->regs = 1;
    insn->reg[0] = RT(word);
    insn->load = true;
    insn->index = A64_INDEX_PC;
    insn->offset = decode_signed(word, 5, 19) * 4;
    if (IS_VECTOR(word)) {
        insn->kind = A64_KIND_VECTOR;
        insn->size = 4 << opc;
        return opc == 3 ? A64_UNKNOWN : A64_OK;
    }
    if (opc == 3) {
        return decode_prefetch(insn);
    }
    insn->kind = A64_KIND_GENERAL;
    insn->size = opc == 1 ? 8 : 4;
    insn->sign = insn->wide = opc == 2;
    return A64_OK;
}

/* --- two registers ------------------------------------------------------- */

/* "opc" and "L" of two general registers; false: there is no such pair */
static bool decode_general_pair(A64Insn *insn, uint32_t word)
{
    unsigned opc = word >> 30;

    insn->kind = A64_KIND_GENERAL;
    insn->size = opc == 2 ? 8 : 4;
    insn->sign = insn->wide = opc == 1;
    return opc != 3 && (opc != 1 || insn->load);
}

static bool decode_vector_pair(A64Insn *insn, uint32_t word)
{
    insn->kind = A64_KIND_VECTOR;
    insn->size = 4 << (word >> 30);
    return word >> 30 != 3;
}

static A64Status decode_pair(A64Insn *insn, uint32_t word)
{
    static const A64Index index[4] = {
        A64_INDEX_OFFSET, A64_INDEX_POST, A64_INDEX_OFFSET, A64_INDEX_PRE,
    };
    unsigned mode = decode_bits(word, 23, 2);

    insn->load = decode_bits(word, 22, 1);
    if (!IS_VECTOR(word) && word >> 30 == 1 && !insn->load && mode) {
        return decode_refuse(insn, "stgp");
    }
    if (!(IS_VECTOR(word) ? decode_vector_pair(insn, word)
                          : decode_general_pair(insn, word)) ||
        (!mode && insn->sign)) {
        return A64_UNKNOWN;
    }
    insn->regs = 2;
    insn->reg[0] = RT(word);
    insn->reg[1] = RT2(word);
    insn->base = RN(word);
    insn->index = index[mode];
    insn->offset = decode_signed(word, 15, 7) * insn->size;
    return decode_check(insn);
}

/* --- vectors ------------------------------------------------------------- */

/**
 * struct Structures: what "opcode" says of multiple structures
 * @regs: number of registers; 0: there is no such instruction
 * @interleaved: number of registers whose elements alternate
 */
static const struct Structures {
    unsigned regs;
    unsigned interleaved;
} structures[16] = {
    [0x0] = { 4, 4 }, [0x2] = { 4, 1 }, [0x4] = { 3, 3 }, [0x6] = { 3, 1 },
    [0x7] = { 1, 1 }, [0x8] = { 2, 2 }, [0xa] = { 2, 1 },
};

/* Base, list of registers; @bytes: what an immediate post-index adds */
static void decode_list(A64Insn *insn, uint32_t word, unsigned bytes)
{
    unsigned i;

    for (i = 0; i < insn->regs; i++) {
        insn->reg[i] = (RT(word) + i) % A64_VECTORS;
    }
    insn->base = RN(word);
    insn->quad = decode_bits(word, 30, 1);
    if (decode_bits(word, 23, 1)) {
        insn->index = A64_INDEX_POST;
        insn->rm = RM(word);
        insn->has_rm = insn->rm != 31;
        insn->extend = A64_EXTEND_LSL;
        insn->offset = insn->has_rm ? 0 : bytes;
    }
}

static A64Status decode_structures(A64Insn *insn, uint32_t word)
{
    const struct Structures *s = &structures[decode_bits(word, 12, 4)];
    unsigned size = decode_bits(word, 10, 2);
    bool quad = decode_bits(word, 30, 1);

    if (!s->regs || (size == 3 && !quad && s->interleaved > 1)) {
        return A64_UNKNOWN;
    }
    insn->kind = A64_KIND_ELEMENTS;
    insn->load = decode_bits(word, 22, 1);
    insn->regs = s->regs;
    insn->interleaved = s->interleaved;
    insn->size = 1 << size;
    decode_list(insn, word, s->regs * (quad ? 16 : 8));
    return A64_OK;
}

/* "Q", "S" and "size" are the lane's number, as far as @size leaves bits. */
static bool decode_lane(A64Insn *insn, uint32_t word, unsigned scale)
{
    unsigned bits = decode_bits(word, 30, 1) << 3 | decode_bits(word, 10, 3);

    insn->kind = A64_KIND_LANE;
    if (scale == 2 && (bits & 1)) {
        if (bits & 6) {
            return false;
        }
        scale = 3;
    } else if (bits & ((1u << scale) - 1)) {
        return false;
    }
    insn->size = 1 << scale;
    insn->lane = bits >> scale;
    return true;
}

static A64Status decode_single(A64Insn *insn, uint32_t word)
{
    unsigned opcode = decode_bits(word, 13, 3);
    bool s = decode_bits(word, 12, 1);

    insn->load = decode_bits(word, 22, 1);
    insn->regs = (opcode & 1) * 2 + decode_bits(word, 21, 1) + 1;
    insn->interleaved = insn->regs;
    if (opcode >> 1 == 3) {
        if (s || !insn->load) {
            return A64_UNKNOWN;
        }
        insn->kind = A64_KIND_REPLICATE;
        insn->size = 1 << decode_bits(word, 10, 2);
    } else if (!decode_lane(insn, word, opcode >> 1)) {
        return A64_UNKNOWN;
    }
    decode_list(insn, word, insn->regs * insn->size);
    return A64_OK;
}

/* --- the table ----------------------------------------------------------- */

static A64Status decode_zero_block(A64Insn *insn, uint32_t word)
{
    insn->kind = A64_KIND_ZERO;
    insn->index = A64_INDEX_BLOCK;
    insn->base = RT(word);
    return A64_OK;
}

/**
 * struct Encoding: a group of instructions
 * @mask: bits that are the same in all of them
 * @value: these bits
 * @decode: decodes one of them, or
 * @name: the name under which they are refused
 */
static const struct Encoding {
    uint32_t mask;
    uint32_t value;
    A64Status (*decode)(A64Insn *insn, uint32_t word);
    const char *name;
} encodings[] = {
    /* acquire and release, exclusive, compare and swap */
    { 0x3ffffc00, 0x08dffc00, decode_acquire },
    { 0x3fe08000, 0x08808000, decode_acquire },
    { 0x3fe08000, 0x08c00000, decode_acquire },
    { 0x3fe08000, 0x08800000, decode_acquire },
    { 0x3fe08000, 0x08000000, NULL, "stxr" },
    { 0x3fe08000, 0x08008000, NULL, "stlxr" },
    { 0x3fe08000, 0x08400000, NULL, "ldxr" },
    { 0x3fe08000, 0x08408000, NULL, "ldaxr" },
    { 0xbfe08000, 0x88200000, NULL, "stxp" },
    { 0xbfe08000, 0x88208000, NULL, "stlxp" },
    { 0xbfe08000, 0x88600000, NULL, "ldxp" },
    { 0xbfe08000, 0x88608000, NULL, "ldaxp" },
    { 0xbfa07c00, 0x08207c00, NULL, "casp" },
    { 0x3fa07c00, 0x08a07c00, NULL, "cas" },
    /* vectors */
    { 0xbfbf0000, 0x0c000000, decode_structures },
    { 0xbfa00000, 0x0c800000, decode_structures },
    { 0xbf9f0000, 0x0d000000, decode_single },
    { 0xbf800000, 0x0d800000, decode_single },
    /* PC-relative */
    { 0x3b000000, 0x18000000, decode_literal },
    /* pairs */
    { 0x3a000000, 0x28000000, decode_pair },
    /* one register */
    { 0x3b000000, 0x39000000, decode_unsigned },
    { 0x3b200c00, 0x38000000, decode_unscaled },
    { 0x3b200c00, 0x38000400, decode_indexed },
    { 0x3b200c00, 0x38000800, decode_unprivileged },
    { 0x3b200c00, 0x38000c00, decode_indexed },
    { 0x3b200c00, 0x38200800, decode_by_register },
    { 0x3f200c00, 0x19000000, decode_ordered },
    { 0xff200400, 0xf8200400, NULL, "ldraa/ldrab" },
    /* atomic */
    { 0x3ffffc00, 0x38bfc000, decode_rcpc },
    { 0x3f20fc00, 0x38200000, NULL, "ldadd" },
    { 0x3f20fc00, 0x38201000, NULL, "ldclr" },
    { 0x3f20fc00, 0x38202000, NULL, "ldeor" },
    { 0x3f20fc00, 0x38203000, NULL, "ldset" },
    { 0x3f20fc00, 0x38204000, NULL, "ldsmax" },
    { 0x3f20fc00, 0x38205000, NULL, "ldsmin" },
    { 0x3f20fc00, 0x38206000, NULL, "ldumax" },
    { 0x3f20fc00, 0x38207000, NULL, "ldumin" },
    { 0x3f20fc00, 0x38208000, NULL, "swp" },
    { 0xfffffc00, 0xf83fd000, NULL, "ld64b" },
    { 0xfffffc00, 0xf83f9000, NULL, "st64b" },
    { 0xffe0fc00, 0xf820b000, NULL, "st64bv" },
    { 0xffe0fc00, 0xf820a000, NULL, "st64bv0" },
    /* memory copy and set, tags */
    { 0x3b200c00, 0x19000400, NULL, "cpy/set" },
    { 0xff200000, 0xd9200000, NULL, "memory tag" },
    /* system instructions that write memory */
    { 0xffffffe0, 0xd50b7420, decode_zero_block },
    { 0xffffffe0, 0xd50b7460, NULL, "dc gva" },
    { 0xffffffe0, 0xd50b7480, NULL, "dc gzva" },
    /* vectors of any length, matrices */
    { 0x9e000000, 0x84000000, NULL, "sve" },
    { 0xfe000000, 0xe0000000, NULL, "sme" },
};

#define ENCODINGS (sizeof(encodings) / sizeof(encodings[0]))

A64Status a64_decode(A64Insn *insn, uint32_t word)
{
    size_t i;

    *insn = (A64Insn) { .name = NULL };
    for (i = 0; i < ENCODINGS; i++) {
        const struct Encoding *e = &encodings[i];

        if ((word & e->mask) == e->value) {
            return e->decode ? e->decode(insn, word)
                             : decode_refuse(insn, e->name);
        }
    }
    return A64_UNKNOWN;
}

bool a64_uses_vectors(const A64Insn *insn)
{
    return insn->kind == A64_KIND_VECTOR || insn->kind == A64_KIND_ELEMENTS ||
           insn->kind == A64_KIND_LANE || insn->kind == A64_KIND_REPLICATE;
}
