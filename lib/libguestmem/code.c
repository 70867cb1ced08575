/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: operations of an expression (see code.h) */
#include "libguestmem/code.h"
#include "libguestmem/op.h"

#define CODE_TEXT(x) CODE_QUOTE(x)
#define CODE_QUOTE(x) #x

static GmemOp *code_at(const GmemCode *code, unsigned i)
{
    return &g_array_index(code->op, GmemOp, i);
}

/* Numbers that an operation takes from the stack; all but jumps push one. */
static unsigned code_pops(uint8_t op)
{
    switch (op) {
    case GMEM_OP_NUMBER:
    case GMEM_OP_VARIABLE:
    case GMEM_OP_JUMP:
        return 0;
    case GMEM_OP_BITS:
        return 3;
    default:
        return op >= GMEM_OP_ADD && op <= GMEM_OP_MAXIMUM ? 2 : 1;
    }
}

static bool code_jumps(uint8_t op)
{
    return op == GMEM_OP_JUMP || op == GMEM_OP_JUMP_IF_ZERO ||
           op == GMEM_OP_JUMP_IF_NOT_ZERO;
}

/* Are the last operations, as many as that pops, numbers? */
static bool code_has_numbers(const GmemCode *code, unsigned pops)
{
    unsigned i;

    if (!pops || code->op->len < code->barrier + pops) {
        return false;
    }
    for (i = code->op->len - pops; i < code->op->len; i++) {
        if (code_at(code, i)->code != GMEM_OP_NUMBER) {
            return false;
        }
    }
    return true;
}

/* Carries out an operation on constants, in place of it */
static bool code_fold(GmemCode *code, uint8_t op)
{
    unsigned pops = code_pops(op);
    GmemOp *x;
    uint64_t result;

    if (!code_has_numbers(code, pops)) {
        return false;
    }
    x = code_at(code, code->op->len - pops);
    if (op == GMEM_OP_BITS) {
        result = gmem_op_bits(x[0].number, x[1].number, x[2].number);
    } else if (!(pops == 2 ?
                 gmem_op_two(op, x[0].number, x[1].number, &result) :
                 gmem_op_one(op, x[0].number, &result))) {
        return false;
    }
    x[0].number = result;
    g_array_set_size(code->op, code->op->len - pops + 1);
    code->depth -= pops - 1;
    return true;
}

const char *gmem_code_put(GmemCode *code, GmemOp op)
{
    if (code_fold(code, op.code)) {
        return NULL;
    }
    if (code->op->len == GMEM_OPS_MAX) {
        return "an expression of more than " CODE_TEXT(GMEM_OPS_MAX) " operations";
    }
    code->depth -= code_pops(op.code);
    code->depth += !code_jumps(op.code);
    if (code->depth > GMEM_STACK_MAX) {
        return "an expression needs more than " CODE_TEXT(GMEM_STACK_MAX) " numbers";
    }
    g_array_append_val(code->op, op);
    if (code_jumps(op.code)) {
        code->barrier = code->op->len;
    }
    return NULL;
}

const char *gmem_code_put_number(GmemCode *code, uint64_t number)
{
    return gmem_code_put(code, (GmemOp) {
        .code = GMEM_OP_NUMBER, .number = number,
    });
}

void gmem_code_land(GmemCode *code, unsigned from)
{
    code_at(code, from)->a = code->op->len - from - 1;
    code->barrier = code->op->len;
}

bool gmem_code_take_number(GmemCode *code, unsigned from, uint64_t *number)
{
    if (code->op->len != from + 1 ||
        code_at(code, from)->code != GMEM_OP_NUMBER) {
        return false;
    }
    *number = code_at(code, from)->number;
    g_array_set_size(code->op, from);
    code->depth--;
    return true;
}
