/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: expressions: operators, and what they are made of */
#include "libguestmem/expr-internal.h"

#include <string.h>

static const struct {
    unsigned sign;
    unsigned level;         /* the higher, the tighter */
    GmemOpCode code;        /* of || and &&: the jump */
} expr_binary[] = {
    { GMEM_SIGN('|', '|'), 1, GMEM_OP_JUMP_IF_NOT_ZERO },
    { GMEM_SIGN('&', '&'), 2, GMEM_OP_JUMP_IF_ZERO },
    { GMEM_SIGN('=', '='), 3, GMEM_OP_EQUAL },
    { GMEM_SIGN('!', '='), 3, GMEM_OP_NOT_EQUAL },
    { '<', 3, GMEM_OP_LESS },
    { GMEM_SIGN('<', '='), 3, GMEM_OP_NOT_GREATER },
    { '>', 3, GMEM_OP_GREATER },
    { GMEM_SIGN('>', '='), 3, GMEM_OP_NOT_LESS },
    { '|', 4, GMEM_OP_OR },
    { '^', 5, GMEM_OP_XOR },
    { '&', 6, GMEM_OP_AND },
    { GMEM_SIGN('<', '<'), 7, GMEM_OP_SHIFT_LEFT },
    { GMEM_SIGN('>', '>'), 7, GMEM_OP_SHIFT_RIGHT },
    { '+', 8, GMEM_OP_ADD },
    { '-', 8, GMEM_OP_SUBTRACT },
    { '*', 9, GMEM_OP_MULTIPLY },
    { '/', 9, GMEM_OP_DIVIDE },
    { '%', 9, GMEM_OP_MODULO },
};

/* Comparisons can't be chained: 1 < x < 5 would not mean what it looks like. */
#define EXPR_COMPARISON 3

static const struct {
    char sign;
    GmemOpCode code;
} expr_unary[] = {
    { '!', GMEM_OP_IS_ZERO },
    { '~', GMEM_OP_NOT },
    { '-', GMEM_OP_NEGATE },
};

/* --- operations ---------------------------------------------------------- */

bool gmem_expr_put(GmemCompile *c, GmemOp op)
{
    const char *limit = gmem_code_put(&c->code, op);

    return !limit || gmem_fail_at(&c->p->lex, &c->p->lex.token,
                                  GMEM_ERROR_LIMIT, "%s", limit);
}

bool gmem_expr_put_code(GmemCompile *c, GmemOpCode code)
{
    return gmem_expr_put(c, (GmemOp) { .code = code });
}

bool gmem_expr_put_number(GmemCompile *c, uint64_t number)
{
    return gmem_expr_put(c, (GmemOp) {
        .code = GMEM_OP_NUMBER, .number = number,
    });
}

/* --- operators ----------------------------------------------------------- */

static bool expr_put_number_token(GmemCompile *c)
{
    return gmem_expr_put_number(c, c->p->lex.token.number) &&
           gmem_lex_next(&c->p->lex);
}

static bool expr_take_primary(GmemCompile *c)
{
    GmemLex *lex = &c->p->lex;

    if (lex->token.kind == GMEM_TOKEN_NUMBER) {
        return expr_put_number_token(c);
    }
    if (lex->token.kind == GMEM_TOKEN_NAME) {
        return gmem_expr_take_named(c);
    }
    if (gmem_token_is_sign(&lex->token, '(')) {
        return gmem_lex_next(lex) && gmem_expr_take_any(c) &&
               gmem_take_sign(c->p, ')', "')'");
    }
    return gmem_fail_expected(lex, "a number, a register, a field or '('");
}

static bool expr_take_unary(GmemCompile *c)
{
    const GmemToken *token = &c->p->lex.token;
    bool ok = false;
    size_t i;

    if (++c->nesting > GMEM_NESTING_MAX) {
        return gmem_fail_at(&c->p->lex, token, GMEM_ERROR_LIMIT,
                            "an expression that is nested more than %d deep",
                            GMEM_NESTING_MAX);
    }
    for (i = 0; i < G_N_ELEMENTS(expr_unary); i++) {
        if (gmem_token_is_sign(token, expr_unary[i].sign)) {
            ok = gmem_lex_next(&c->p->lex) && expr_take_unary(c) &&
                 gmem_expr_put_code(c, expr_unary[i].code);
            break;
        }
    }
    if (i == G_N_ELEMENTS(expr_unary)) {
        ok = expr_take_primary(c);
    }
    c->nesting--;
    return ok;
}

/* Number of the operator that is here; -1: none */
static int expr_operator(const GmemCompile *c)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(expr_binary); i++) {
        if (gmem_token_is_sign(&c->p->lex.token, expr_binary[i].sign)) {
            return i;
        }
    }
    return -1;
}

static bool expr_take_level(GmemCompile *c, unsigned level);

/* Behind || or &&: the right side only if the left one does not decide */
static bool expr_take_lazy(GmemCompile *c, GmemOpCode jump, unsigned level)
{
    unsigned decided = c->code.op->len;
    unsigned end;

    if (!gmem_expr_put_code(c, jump) || !expr_take_level(c, level + 1) ||
        !gmem_expr_put_code(c, GMEM_OP_IS_TRUE)) {
        return false;
    }
    end = c->code.op->len;
    if (!gmem_expr_put_code(c, GMEM_OP_JUMP)) {
        return false;
    }
    gmem_code_land(&c->code, decided);
    c->code.depth--;
    if (!gmem_expr_put_number(c, jump == GMEM_OP_JUMP_IF_NOT_ZERO)) {
        return false;
    }
    gmem_code_land(&c->code, end);
    return true;
}

/* Operators of @level and tighter */
static bool expr_take_level(GmemCompile *c, unsigned level)
{
    bool compared = false;
    int i;

    if (!expr_take_unary(c)) {
        return false;
    }
    for (i = expr_operator(c); i >= 0 && expr_binary[i].level >= level;
         i = expr_operator(c)) {
        unsigned of = expr_binary[i].level;
        GmemOpCode code = expr_binary[i].code;

        if (of == EXPR_COMPARISON && compared) {
            return gmem_fail(&c->p->lex,
                             "two comparisons in a row; '(', ')' or '&&' expected");
        }
        compared = of == EXPR_COMPARISON;
        if (!gmem_lex_next(&c->p->lex) ||
            !(of < EXPR_COMPARISON ? expr_take_lazy(c, code, of) :
              expr_take_level(c, of + 1) && gmem_expr_put_code(c, code))) {
            return false;
        }
    }
    return true;
}

/* Behind the '?' */
static bool expr_take_choice(GmemCompile *c)
{
    unsigned otherwise = c->code.op->len;
    unsigned end;

    if (!gmem_expr_put_code(c, GMEM_OP_JUMP_IF_ZERO) ||
        !gmem_expr_take_any(c) || !gmem_take_sign(c->p, ':', "':'")) {
        return false;
    }
    end = c->code.op->len;
    if (!gmem_expr_put_code(c, GMEM_OP_JUMP)) {
        return false;
    }
    gmem_code_land(&c->code, otherwise);
    c->code.depth--;
    if (!gmem_expr_take_any(c)) {
        return false;
    }
    gmem_code_land(&c->code, end);
    return true;
}

bool gmem_expr_take_any(GmemCompile *c)
{
    bool ok;

    /* Parentheses are counted by the operators around them; '?' is not. */
    if (++c->nesting > GMEM_NESTING_MAX) {
        return gmem_fail_at(&c->p->lex, &c->p->lex.token, GMEM_ERROR_LIMIT,
                            "an expression that is nested more than %d deep",
                            GMEM_NESTING_MAX);
    }
    ok = expr_take_level(c, 1);
    if (ok && gmem_at_sign(c->p, '?')) {
        ok = gmem_lex_next(&c->p->lex) && expr_take_choice(c);
    }
    c->nesting--;
    return ok;
}

/* --- whole expressions --------------------------------------------------- */

bool gmem_take_expr(GmemParse *p, const GmemScope *scope, GmemExpr *expr)
{
    GmemCompile c = {
        .p = p, .scope = scope,
        .code.op = g_array_new(FALSE, FALSE, sizeof(GmemOp)),
    };
    bool ok;

    expr->line = p->lex.token.line;
    ok = gmem_expr_take_any(&c);
    g_assert(!ok || c.code.depth == 1);
    expr->n = c.code.op->len;
    expr->op = (GmemOp *)g_array_free(c.code.op, FALSE);
    return ok;
}

bool gmem_expr_number(const GmemExpr *expr, uint64_t *number)
{
    if (expr->n != 1 || expr->op[0].code != GMEM_OP_NUMBER) {
        return false;
    }
    *number = expr->op[0].number;
    return true;
}
