/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: evaluation of expressions
 *
 * Jumps go forward only, so that an evaluation ends after as many steps as the
 * expression has operations.
 */
#include "libguestmem/eval.h"
#include "libguestmem/op.h"

#include <string.h>

typedef struct EvalState {
    const GmemContext *scope;
    unsigned next;          /* operation */
    unsigned depth;
    uint64_t stack[GMEM_STACK_MAX];
} EvalState;

typedef GmemResult EvalStep(EvalState *s, const GmemOp *op);

static uint64_t *top(EvalState *s)
{
    return &s->stack[s->depth - 1];
}

static void push(EvalState *s, uint64_t value)
{
    s->stack[s->depth++] = value;
}

static uint64_t pop(EvalState *s)
{
    return s->stack[--s->depth];
}

static uint64_t from_le(const uint8_t *p, unsigned bytes)
{
    uint64_t value = 0;

    memcpy(&value, p, bytes);
    return GUINT64_FROM_LE(value);
}

/* --- values -------------------------------------------------------------- */

static GmemResult number(EvalState *s, const GmemOp *op)
{
    push(s, op->number);
    return GMEM_OK;
}

static bool register_value(const EvalState *s, const GmemOp *op,
                           uint64_t index, uint64_t *value)
{
    return s->scope->registers &&
           gmem_registers_get(s->scope->registers, op->a, index, value);
}

static GmemResult reg(EvalState *s, const GmemOp *op)
{
    return register_value(s, op, *top(s), top(s)) ? GMEM_OK : GMEM_UNKNOWN;
}

static GmemResult known(EvalState *s, const GmemOp *op)
{
    if (!register_value(s, op, *top(s), top(s))) {
        *top(s) = op->number;
    }
    return GMEM_OK;
}

static GmemResult variable(EvalState *s, const GmemOp *op)
{
    if (op->a >= GMEM_VARIABLES || !(s->scope->known & (1u << op->a))) {
        return GMEM_UNKNOWN;
    }
    push(s, s->scope->variable[op->a]);
    return GMEM_OK;
}

static GmemResult field(EvalState *s, const GmemOp *op)
{
    const GmemBytes *entry = &s->scope->entry[op->a % GMEM_ENTRIES];
    uint64_t offset = *top(s);

    if (!entry->data) {
        return op->a == GMEM_ENTRY_COMMAND ? GMEM_NO_COMMAND : GMEM_UNKNOWN;
    }
    if (op->b > 8 || op->b > entry->len || offset > entry->len - op->b) {
        return GMEM_ARITHMETIC;
    }
    *top(s) = from_le(entry->data + offset, op->b);
    return GMEM_OK;
}

static GmemResult memory(EvalState *s, const GmemOp *op)
{
    uint8_t buf[8];
    GmemResult result;

    if (!s->scope->read || op->b > sizeof(buf)) {
        return GMEM_NOT_MEMORY;
    }
    result = s->scope->read(s->scope->opaque, *top(s), buf, op->b);
    if (result == GMEM_OK) {
        *top(s) = from_le(buf, op->b);
    }
    return result;
}

/* --- operators ----------------------------------------------------------- */

static GmemResult one(EvalState *s, const GmemOp *op)
{
    return gmem_op_one(op->code, *top(s), top(s)) ? GMEM_OK : GMEM_ARITHMETIC;
}

static GmemResult two(EvalState *s, const GmemOp *op)
{
    uint64_t b = pop(s);

    return gmem_op_two(op->code, *top(s), b, top(s)) ? GMEM_OK :
           GMEM_ARITHMETIC;
}

static GmemResult bits(EvalState *s, G_GNUC_UNUSED const GmemOp *op)
{
    uint64_t low = pop(s);
    uint64_t high = pop(s);

    *top(s) = gmem_op_bits(*top(s), high, low);
    return GMEM_OK;
}

/* --- jumps --------------------------------------------------------------- */

static GmemResult jump(EvalState *s, const GmemOp *op)
{
    s->next += op->a;
    return GMEM_OK;
}

static GmemResult jump_if_zero(EvalState *s, const GmemOp *op)
{
    return pop(s) ? GMEM_OK : jump(s, op);
}

static GmemResult jump_if_not_zero(EvalState *s, const GmemOp *op)
{
    return pop(s) ? jump(s, op) : GMEM_OK;
}

/* --- evaluation ---------------------------------------------------------- */

/* A step, and the numbers that it needs on the stack and leaves there */
static const struct {
    EvalStep *step;
    uint8_t needs;
    uint8_t leaves;
} steps[GMEM_OPS] = {
    [GMEM_OP_NUMBER] = { number, 0, 1 },
    [GMEM_OP_REGISTER] = { reg, 1, 1 },
    [GMEM_OP_KNOWN] = { known, 1, 1 },
    [GMEM_OP_VARIABLE] = { variable, 0, 1 },
    [GMEM_OP_FIELD] = { field, 1, 1 },
    [GMEM_OP_MEMORY] = { memory, 1, 1 },
    [GMEM_OP_BITS] = { bits, 3, 1 },
    [GMEM_OP_NOT] = { one, 1, 1 },
    [GMEM_OP_IS_ZERO] = { one, 1, 1 },
    [GMEM_OP_NEGATE] = { one, 1, 1 },
    [GMEM_OP_ADD] = { two, 2, 1 },
    [GMEM_OP_SUBTRACT] = { two, 2, 1 },
    [GMEM_OP_MULTIPLY] = { two, 2, 1 },
    [GMEM_OP_DIVIDE] = { two, 2, 1 },
    [GMEM_OP_MODULO] = { two, 2, 1 },
    [GMEM_OP_AND] = { two, 2, 1 },
    [GMEM_OP_OR] = { two, 2, 1 },
    [GMEM_OP_XOR] = { two, 2, 1 },
    [GMEM_OP_SHIFT_LEFT] = { two, 2, 1 },
    [GMEM_OP_SHIFT_RIGHT] = { two, 2, 1 },
    [GMEM_OP_EQUAL] = { two, 2, 1 },
    [GMEM_OP_NOT_EQUAL] = { two, 2, 1 },
    [GMEM_OP_LESS] = { two, 2, 1 },
    [GMEM_OP_NOT_GREATER] = { two, 2, 1 },
    [GMEM_OP_GREATER] = { two, 2, 1 },
    [GMEM_OP_NOT_LESS] = { two, 2, 1 },
    [GMEM_OP_MINIMUM] = { two, 2, 1 },
    [GMEM_OP_MAXIMUM] = { two, 2, 1 },
    [GMEM_OP_IS_TRUE] = { one, 1, 1 },
    [GMEM_OP_JUMP] = { jump, 0, 0 },
    [GMEM_OP_JUMP_IF_ZERO] = { jump_if_zero, 1, 0 },
    [GMEM_OP_JUMP_IF_NOT_ZERO] = { jump_if_not_zero, 1, 0 },
};

/* The parser proves that the stack suffices; this is the second lock. */
static bool stack_suffices(const EvalState *s, unsigned code)
{
    return code < GMEM_OPS && s->depth >= steps[code].needs &&
           s->depth - steps[code].needs + steps[code].leaves <= GMEM_STACK_MAX;
}

static GmemResult evaluate(const GmemExpr *expr, const GmemContext *scope,
                           uint64_t *value)
{
    GMEM_UNINITIALIZED EvalState s;

    s.scope = scope;
    s.next = 0;
    s.depth = 0;
    while (s.next < expr->n) {
        const GmemOp *op = &expr->op[s.next++];
        GmemResult result;

        if (!stack_suffices(&s, op->code)) {
            return GMEM_ARITHMETIC;
        }
        result = steps[op->code].step(&s, op);
        if (result != GMEM_OK) {
            return result;
        }
    }
    if (s.depth != 1) {
        return GMEM_ARITHMETIC;
    }
    *value = s.stack[0];
    return GMEM_OK;
}

GmemResult gmem_eval(const GmemExpr *expr, const GmemContext *scope,
                     uint64_t *value)
{
    /* Many are numbers; they need no stack. */
    if (expr->n == 1 && expr->op->code == GMEM_OP_NUMBER) {
        *value = expr->op->number;
        return GMEM_OK;
    }
    return evaluate(expr, scope, value);
}
