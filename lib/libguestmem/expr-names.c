/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: expressions: registers, variables, fields, functions */
#include "libguestmem/expr-internal.h"

/* The words that have a meaning, and their argument */
typedef struct ExprWord {
    const char *word;
    bool (*take)(GmemCompile *c, const GmemToken *name, unsigned arg);
    unsigned arg;
} ExprWord;

/* --- parts --------------------------------------------------------------- */

/* EXPR and ')' or ',' behind it */
static bool expr_take_argument(GmemCompile *c, bool last)
{
    return gmem_expr_take_any(c) &&
           (last ? gmem_take_sign(c->p, ')', "')'") :
            gmem_take_sign(c->p, ',', "','"));
}

static bool expr_take_open(GmemCompile *c)
{
    return gmem_take_sign(c->p, '(', "'('");
}

/* --- variables ----------------------------------------------------------- */

static bool expr_take_variable(GmemCompile *c, const GmemToken *name,
                               unsigned variable)
{
    bool of_access = variable == GMEM_VAR_VALUE || variable == GMEM_VAR_INDEX;

    if (!(c->scope->variables & 1u << variable)) {
        g_autofree char *shown = gmem_token_show(name);

        return gmem_fail_at(&c->p->lex, name, GMEM_ERROR_SYNTAX,
                            "%s has no meaning here", shown);
    }
    if (of_access && !c->p->value.len) {
        c->p->value = *name;
    }
    return gmem_expr_put(c, (GmemOp) {
        .code = GMEM_OP_VARIABLE, .a = variable,
    });
}

/* --- memory and fields --------------------------------------------------- */

static bool expr_take_memory(GmemCompile *c, const GmemToken *name,
                             unsigned bytes)
{
    if (c->scope->bare || c->scope->registers) {
        return gmem_fail_at(&c->p->lex, name, GMEM_ERROR_SYNTAX,
                            "memory can't be read here");
    }
    return expr_take_open(c) && expr_take_argument(c, true) &&
           gmem_expr_put(c, (GmemOp) {
               .code = GMEM_OP_MEMORY, .b = bytes,
           });
}

/* A constant offset is checked once the entry's size is known. */
static bool expr_note_use(GmemCompile *c, const GmemToken *name,
                          GmemEntryOf of, unsigned bytes, unsigned from)
{
    const GmemOp *op = &g_array_index(c->code.op, GmemOp, from);
    GmemUse use = {
        .token = *name, .of = of, .statement = c->scope->statement,
        .item = of == GMEM_ENTRY_THIS ? c->scope->item : c->scope->outer,
    };

    if (c->code.op->len != from + 1 || op->code != GMEM_OP_NUMBER) {
        return true;
    }
    use.end = op->number + bytes;
    if (use.end < bytes) {
        return gmem_fail_at(&c->p->lex, name, GMEM_ERROR_LIMIT,
                            "an offset that does not fit in 64 bits");
    }
    if (c->scope->bare) {
        return use.end <= GMEM_CAPABILITY_BYTES ||
               gmem_fail_at(&c->p->lex, name, GMEM_ERROR_LIMIT,
                            "a field behind the %d bytes of config space",
                            GMEM_CAPABILITY_BYTES);
    }
    g_array_append_val(c->p->use, use);
    return true;
}

static bool expr_take_field_of(GmemCompile *c, const GmemToken *name,
                               GmemEntryOf of, unsigned bytes)
{
    static const char *const missing[GMEM_ENTRIES] = {
        [GMEM_ENTRY_THIS] = "there is no entry here to take a field of",
        [GMEM_ENTRY_OUTER] = "'outer' has a meaning only in a list",
        [GMEM_ENTRY_COMMAND] = "'command' has a meaning only for an answer to one",
    };
    unsigned from;

    if (!(c->scope->entries & 1u << of)) {
        return gmem_fail_at(&c->p->lex, name, GMEM_ERROR_SYNTAX, "%s",
                            missing[of]);
    }
    if (!gmem_take_sign(c->p, '[', "'['")) {
        return false;
    }
    from = c->code.op->len;
    return gmem_expr_take_any(c) &&
           expr_note_use(c, name, of, bytes, from) &&
           gmem_take_sign(c->p, ']', "']'") &&
           gmem_expr_put(c, (GmemOp) {
               .code = GMEM_OP_FIELD, .a = of, .b = bytes,
           });
}

static bool expr_take_field(GmemCompile *c, const GmemToken *name,
                            unsigned bytes)
{
    return expr_take_field_of(c, name, GMEM_ENTRY_THIS, bytes);
}

/* Behind `outer` and `command` */
static bool expr_take_entry(GmemCompile *c, const GmemToken *name,
                            unsigned of)
{
    static const char *const words[] = { "u8", "u16", "u32", "u64" };
    unsigned i;

    if (!gmem_take_sign(c->p, '.', "'.'")) {
        return false;
    }
    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (gmem_token_is(&c->p->lex.token, words[i])) {
            return gmem_lex_next(&c->p->lex) &&
                   expr_take_field_of(c, name, of, 1 << i);
        }
    }
    return gmem_fail_expected(&c->p->lex, "u8, u16, u32 or u64");
}

/* --- registers ----------------------------------------------------------- */

/* Of a constant index, is it one of the array's? */
static bool expr_check_index(GmemCompile *c, const GmemToken *name,
                             const GmemRegister *reg, unsigned from)
{
    const GmemOp *op = &g_array_index(c->code.op, GmemOp, from);

    if (c->code.op->len != from + 1 || op->code != GMEM_OP_NUMBER ||
        (op->number >= reg->low && op->number <= reg->high)) {
        return true;
    }
    return gmem_fail_at(&c->p->lex, name, GMEM_ERROR_SYNTAX,
                        "register %s has no index %" G_GUINT64_FORMAT
                        "; %u to %u expected", reg->name, op->number, reg->low,
                        reg->high);
}

static bool expr_take_register_index(GmemCompile *c, const GmemToken *name,
                                     const GmemRegister *reg)
{
    unsigned from = c->code.op->len;

    if (!reg->is_array) {
        return gmem_at_sign(c->p, '[') ?
               gmem_fail(&c->p->lex, "register %s is no array", reg->name) :
               gmem_expr_put_number(c, 0);
    }
    if (!gmem_at_sign(c->p, '[')) {
        return gmem_fail_expected(&c->p->lex, "the index of the array: '['");
    }
    return gmem_lex_next(&c->p->lex) && gmem_expr_take_any(c) &&
           expr_check_index(c, name, reg, from) &&
           gmem_take_sign(c->p, ']', "']'");
}

static const GmemField *expr_find_field(const GmemRegister *reg,
                                        const GmemToken *token)
{
    unsigned i;

    for (i = 0; i < reg->field->len; i++) {
        const GmemField *field = &g_array_index(reg->field, GmemField, i);

        if (gmem_token_is(token, field->name)) {
            return field;
        }
    }
    return NULL;
}

/* .FIELD, if it is there */
static bool expr_take_register_field(GmemCompile *c, const GmemRegister *reg,
                                     const GmemField **field)
{
    *field = NULL;
    if (!gmem_at_sign(c->p, '.')) {
        return true;
    }
    if (!gmem_lex_next(&c->p->lex)) {
        return false;
    }
    *field = expr_find_field(reg, &c->p->lex.token);
    if (!*field) {
        g_autofree char *shown = gmem_token_show(&c->p->lex.token);

        return gmem_fail(&c->p->lex,
                         "%s; a field of register %s, as its statement declares it, expected",
                         shown, reg->name);
    }
    return gmem_lex_next(&c->p->lex);
}

static bool expr_put_bits(GmemCompile *c, const GmemField *field)
{
    return !field || (gmem_expr_put_number(c, field->high) &&
                      gmem_expr_put_number(c, field->low) &&
                      gmem_expr_put_code(c, GMEM_OP_BITS));
}

/* NAME[EXPR].FIELD.  Return: its number, or -1 */
static int expr_take_reference(GmemCompile *c, const GmemToken *name,
                               GmemOpCode code, const GmemField **field)
{
    int i = c->scope->bare ? -1 : gmem_find_register(c->p, name);
    const GmemRegister *reg;

    if (c->scope->bare) {
        gmem_fail_at(&c->p->lex, name, GMEM_ERROR_SYNTAX,
                     "only fields of the capability, as u8[3], have a meaning here");
        return -1;
    }
    if (i < 0) {
        gmem_fail_name(c->p, name, "a register, or a word of expressions,",
                       gmem_register_name);
        return -1;
    }
    reg = &g_array_index(c->p->file->reg, GmemRegister, i);
    return expr_take_register_index(c, name, reg) &&
           gmem_expr_put(c, (GmemOp) { .code = code, .a = i }) &&
           expr_take_register_field(c, reg, field) ? i : -1;
}

static bool expr_take_register(GmemCompile *c, const GmemToken *name)
{
    const GmemField *field;

    return expr_take_reference(c, name, GMEM_OP_REGISTER, &field) >= 0 &&
           expr_put_bits(c, field);
}

/* The default takes the place of the register, so it is moved to the field. */
static bool expr_take_default(GmemCompile *c, const GmemField *field,
                              uint64_t *number)
{
    unsigned from = c->code.op->len;
    GmemToken at = c->p->lex.token;

    if (!gmem_expr_take_any(c)) {
        return false;
    }
    if (!gmem_code_take_number(&c->code, from, number)) {
        return gmem_fail_at(&c->p->lex, &at, GMEM_ERROR_SYNTAX,
                            "a default that is not constant; a number expected");
    }
    if (field && *number > UINT64_MAX >> (63 - (field->high - field->low))) {
        return gmem_fail_at(&c->p->lex, &at, GMEM_ERROR_LIMIT,
                            "a default that does not fit in the field");
    }
    *number <<= field ? field->low : 0;
    return true;
}

static bool expr_take_known(GmemCompile *c,
                            G_GNUC_UNUSED const GmemToken *known,
                            G_GNUC_UNUSED unsigned unused)
{
    const GmemField *field;
    GmemToken name;
    uint64_t number;
    unsigned at;

    if (!expr_take_open(c)) {
        return false;
    }
    name = c->p->lex.token;
    if (name.kind != GMEM_TOKEN_NAME) {
        return gmem_fail_expected(&c->p->lex, "a register");
    }
    if (!gmem_lex_next(&c->p->lex) ||
        expr_take_reference(c, &name, GMEM_OP_KNOWN, &field) < 0) {
        return false;
    }
    at = c->code.op->len - 1;
    if (!gmem_take_sign(c->p, ',', "','") ||
        !expr_take_default(c, field, &number) ||
        !gmem_take_sign(c->p, ')', "')'")) {
        return false;
    }
    g_array_index(c->code.op, GmemOp, at).number = number;
    return expr_put_bits(c, field);
}

/* --- functions ----------------------------------------------------------- */

/* bits(X, HI, LO): with constants, they must be bits */
static bool expr_check_bits(GmemCompile *c, const GmemToken *name)
{
    unsigned at = c->code.op->len - 2;
    const GmemOp *op = &g_array_index(c->code.op, GmemOp, at);

    if (at >= c->code.barrier && op[0].code == GMEM_OP_NUMBER &&
        op[1].code == GMEM_OP_NUMBER &&
        (op[0].number > 63 || op[0].number < op[1].number)) {
        return gmem_fail_at(&c->p->lex, name, GMEM_ERROR_SYNTAX,
                            "bits %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                            "; bits(X, HIGH, LOW) with 63 >= HIGH >= LOW expected",
                            op[0].number, op[1].number);
    }
    return true;
}

static bool expr_take_bits(GmemCompile *c, const GmemToken *name,
                           G_GNUC_UNUSED unsigned unused)
{
    return expr_take_open(c) && expr_take_argument(c, false) &&
           expr_take_argument(c, false) && expr_take_argument(c, true) &&
           expr_check_bits(c, name) && gmem_expr_put_code(c, GMEM_OP_BITS);
}

static bool expr_take_two(GmemCompile *c,
                          G_GNUC_UNUSED const GmemToken *name, unsigned code)
{
    return expr_take_open(c) && expr_take_argument(c, false) &&
           expr_take_argument(c, true) && gmem_expr_put_code(c, code);
}

static const ExprWord expr_words[] = {
    { "value", expr_take_variable, GMEM_VAR_VALUE },
    { "index", expr_take_variable, GMEM_VAR_INDEX },
    { "n", expr_take_variable, GMEM_VAR_N },
    { "segment", expr_take_variable, GMEM_VAR_SEGMENT },
    { "phase", expr_take_variable, GMEM_VAR_PHASE },
    { "position", expr_take_variable, GMEM_VAR_POSITION },
    { "address", expr_take_variable, GMEM_VAR_ADDRESS },
    { "trigger", expr_take_variable, GMEM_VAR_TRIGGER },
    { "u8", expr_take_field, 1 },
    { "u16", expr_take_field, 2 },
    { "u32", expr_take_field, 4 },
    { "u64", expr_take_field, 8 },
    { "outer", expr_take_entry, GMEM_ENTRY_OUTER },
    { "command", expr_take_entry, GMEM_ENTRY_COMMAND },
    { "mem8", expr_take_memory, 1 },
    { "mem16", expr_take_memory, 2 },
    { "mem32", expr_take_memory, 4 },
    { "mem64", expr_take_memory, 8 },
    { "known", expr_take_known, 0 },
    { "bits", expr_take_bits, 0 },
    { "min", expr_take_two, GMEM_OP_MINIMUM },
    { "max", expr_take_two, GMEM_OP_MAXIMUM },
};

static const ExprWord *expr_find_word(const GmemToken *name)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(expr_words); i++) {
        if (gmem_token_is(name, expr_words[i].word)) {
            return &expr_words[i];
        }
    }
    return NULL;
}

bool gmem_name_is_reserved(const GmemToken *name)
{
    return expr_find_word(name);
}

bool gmem_expr_take_named(GmemCompile *c)
{
    GmemToken name = c->p->lex.token;
    const ExprWord *word = expr_find_word(&name);

    return gmem_lex_next(&c->p->lex) &&
           (word ? word->take(c, &name, word->arg) :
            expr_take_register(c, &name));
}
