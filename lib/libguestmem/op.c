/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: arithmetic of expressions (see op.h) */
#include "libguestmem/op.h"

bool gmem_op_one(GmemOpCode code, uint64_t x, uint64_t *result)
{
    switch (code) {
    case GMEM_OP_NOT:
        *result = ~x;
        return true;
    case GMEM_OP_IS_ZERO:
        *result = !x;
        return true;
    case GMEM_OP_NEGATE:
        *result = -x;
        return true;
    case GMEM_OP_IS_TRUE:
        *result = !!x;
        return true;
    default:
        return false;
    }
}

#define OP_TWO(name, value) \
    static uint64_t op_##name(uint64_t a, uint64_t b) \
    { \
        return value; \
    }

OP_TWO(add, a + b)
OP_TWO(subtract, a - b)
OP_TWO(multiply, a * b)
OP_TWO(divide, a / b)
OP_TWO(modulo, a % b)
OP_TWO(and, a & b)
OP_TWO(or, a | b)
OP_TWO(xor, a ^ b)
OP_TWO(shift_left, b < 64 ? a << b : 0)
OP_TWO(shift_right, b < 64 ? a >> b : 0)
OP_TWO(equal, a == b)
OP_TWO(not_equal, a != b)
OP_TWO(less, a < b)
OP_TWO(not_greater, a <= b)
OP_TWO(greater, a > b)
OP_TWO(not_less, a >= b)
OP_TWO(minimum, MIN(a, b))
OP_TWO(maximum, MAX(a, b))

static uint64_t (*const op_two[GMEM_OPS])(uint64_t a, uint64_t b) = {
    [GMEM_OP_ADD] = op_add,
    [GMEM_OP_SUBTRACT] = op_subtract,
    [GMEM_OP_MULTIPLY] = op_multiply,
    [GMEM_OP_DIVIDE] = op_divide,
    [GMEM_OP_MODULO] = op_modulo,
    [GMEM_OP_AND] = op_and,
    [GMEM_OP_OR] = op_or,
    [GMEM_OP_XOR] = op_xor,
    [GMEM_OP_SHIFT_LEFT] = op_shift_left,
    [GMEM_OP_SHIFT_RIGHT] = op_shift_right,
    [GMEM_OP_EQUAL] = op_equal,
    [GMEM_OP_NOT_EQUAL] = op_not_equal,
    [GMEM_OP_LESS] = op_less,
    [GMEM_OP_NOT_GREATER] = op_not_greater,
    [GMEM_OP_GREATER] = op_greater,
    [GMEM_OP_NOT_LESS] = op_not_less,
    [GMEM_OP_MINIMUM] = op_minimum,
    [GMEM_OP_MAXIMUM] = op_maximum,
};

bool gmem_op_two(GmemOpCode code, uint64_t a, uint64_t b, uint64_t *result)
{
    bool divides = code == GMEM_OP_DIVIDE || code == GMEM_OP_MODULO;

    if ((unsigned)code >= GMEM_OPS || !op_two[code] || (divides && !b)) {
        return false;
    }
    *result = op_two[code](a, b);
    return true;
}

uint64_t gmem_op_bits(uint64_t x, uint64_t high, uint64_t low)
{
    if (low > high || low > 63) {
        return 0;
    }
    high = MIN(high, 63);
    return x >> low & (UINT64_MAX >> (63 - (high - low)));
}
