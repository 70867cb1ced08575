/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: statements `area` and `register` */
#include "libguestmem/expr-internal.h"

#include <string.h>

/* Offsets are below this, so that they can be added up. */
#define REGISTER_OFFSET_MAX ((uint64_t)1 << 56)

/* What a register's place, stride and bank depend on: registers before it */
static const GmemScope register_scope = { .registers = true };

/* Fields of a capability */
static const GmemScope area_scope = {
    .bare = true, .entries = 1u << GMEM_ENTRY_THIS,
};

int gmem_find_register(const GmemParse *p, const GmemToken *token)
{
    g_autofree char *name = g_strndup(token->text, token->len);
    void *i;

    return token->kind == GMEM_TOKEN_NAME &&
           g_hash_table_lookup_extended(p->regs, name, NULL, &i) ?
           GPOINTER_TO_INT(i) : -1;
}

const char *gmem_register_name(const GmemParse *p, unsigned i)
{
    return i < p->file->reg->len ?
           g_array_index(p->file->reg, GmemRegister, i).name : NULL;
}

/* --- area ---------------------------------------------------------------- */

static int register_find_area(const GmemParse *p, const GmemToken *token)
{
    unsigned i;

    for (i = 0; i < p->file->area->len; i++) {
        if (gmem_token_is(token,
                          g_array_index(p->file->area, GmemArea, i).name)) {
            return i;
        }
    }
    return -1;
}

static bool register_is_bar(const GmemToken *token)
{
    return token->kind == GMEM_TOKEN_NAME && token->len == 4 &&
           !memcmp(token->text, "bar", 3) && g_ascii_isdigit(token->text[3]);
}

bool gmem_take_area(GmemParse *p)
{
    GmemToken name = p->lex.token;
    GmemArea *area;
    uint64_t capability;

    if (register_find_area(p, &name) >= 0) {
        return gmem_fail(&p->lex, "a second area of this name");
    }
    if (register_is_bar(&name)) {
        return gmem_fail(&p->lex, "the name of a BAR; another name expected");
    }
    if (p->file->area->len == GMEM_AREAS_MAX) {
        return gmem_fail_at(&p->lex, &name, GMEM_ERROR_LIMIT,
                            "more than %d areas", GMEM_AREAS_MAX);
    }
    area = gmem_file_add_area(p->file);
    area->line = name.line;
    area->name = gmem_take_name(p, "a name for the area");
    if (!area->name || !gmem_take_word(p, "capability") ||
        !gmem_take_number(p, "a capability's ID", 1, 255, &capability)) {
        return false;
    }
    area->capability = capability;
    if (gmem_skip_word(p, "when") &&
        !gmem_take_expr(p, &area_scope, &area->when)) {
        return false;
    }
    return gmem_take_word(p, "bar") &&
           gmem_take_expr(p, &area_scope, &area->bar) &&
           gmem_take_word(p, "offset") &&
           gmem_take_expr(p, &area_scope, &area->offset);
}

/* --- the place of a register --------------------------------------------- */

static bool register_take_bar(GmemParse *p, GmemRegister *reg)
{
    const GmemToken *token = &p->lex.token;
    int area = register_find_area(p, token);

    if (area >= 0) {
        reg->bar = -1;
        reg->area = area;
    } else if (register_is_bar(token) && token->text[3] < '0' + GMEM_BARS) {
        reg->bar = token->text[3] - '0';
    } else {
        return gmem_fail_expected(&p->lex,
                                  "a place (bar0 to bar5, or an area that was declared before)");
    }
    return gmem_lex_next(&p->lex);
}

static bool register_take_offset(GmemParse *p, GmemRegister *reg)
{
    if (!gmem_at_sign(p, '(')) {
        return gmem_take_number(p, "an offset", 0, REGISTER_OFFSET_MAX,
                                &reg->offset);
    }
    if (!gmem_lex_next(&p->lex) ||
        !gmem_take_expr(p, &register_scope, &reg->offset_expr) ||
        !gmem_take_sign(p, ')', "')'")) {
        return false;
    }
    if (gmem_expr_number(&reg->offset_expr, &reg->offset)) {
        gmem_expr_clear(&reg->offset_expr);
    }
    return reg->offset <= REGISTER_OFFSET_MAX ||
           gmem_fail(&p->lex, "an offset that is too large");
}

static bool register_take_place(GmemParse *p, GmemRegister *reg)
{
    GmemToken at;
    uint64_t width;

    if (!register_take_bar(p, reg) ||
        !gmem_take_sign(p, ':', "':' and an offset") ||
        !register_take_offset(p, reg) ||
        !gmem_take_sign(p, ':', "':' and a width")) {
        return false;
    }
    at = p->lex.token;
    if (!gmem_take_number(p, "a width", 1, 8, &width)) {
        return false;
    }
    reg->width = width;
    return !(width & (width - 1)) ||
           gmem_fail_at(&p->lex, &at, GMEM_ERROR_SYNTAX,
                        "a width of %" G_GUINT64_FORMAT
                        " bytes; 1, 2, 4 or 8 expected", width);
}

/* --- what follows the place ---------------------------------------------- */

/* Behind "NAME =" */
static bool register_take_field(GmemParse *p, GmemRegister *reg,
                                const GmemToken *name)
{
    GmemField field = { 0 };
    uint64_t high;
    uint64_t low;
    unsigned i;

    for (i = 0; i < reg->field->len; i++) {
        if (gmem_token_is(name,
                          g_array_index(reg->field, GmemField, i).name)) {
            return gmem_fail_at(&p->lex, name, GMEM_ERROR_SYNTAX,
                                "a second field of this name");
        }
    }
    if (reg->field->len == GMEM_FIELDS_MAX) {
        return gmem_fail_at(&p->lex, name, GMEM_ERROR_LIMIT,
                            "more than %d fields", GMEM_FIELDS_MAX);
    }
    if (!gmem_take_number(p, "a bit", 0, reg->width * 8 - 1, &high)) {
        return false;
    }
    low = high;
    if (gmem_at_sign(p, ':') &&
        (!gmem_lex_next(&p->lex) ||
         !gmem_take_number(p, "a lowest bit", 0, high, &low))) {
        return false;
    }
    field.name = g_strndup(name->text, name->len);
    field.high = high;
    field.low = low;
    g_array_append_val(reg->field, field);
    return true;
}

static bool register_take_directions(GmemRegister *reg, const GmemToken *word)
{
    bool reads = gmem_token_is(word, "r") || gmem_token_is(word, "rw");
    bool writes = gmem_token_is(word, "w") || gmem_token_is(word, "rw");

    if ((!reads && !writes) || reg->reads || reg->writes) {
        return false;
    }
    reg->reads = reads;
    reg->writes = writes;
    return true;
}

static bool register_take_array_expr(GmemParse *p, GmemRegister *reg,
                                     const GmemToken *word, GmemExpr *expr)
{
    g_autofree char *shown = gmem_token_show(word);

    if (!reg->is_array) {
        return gmem_fail_at(&p->lex, word, GMEM_ERROR_SYNTAX,
                            "%s of a register that is no array; NAME[LOW..HIGH] expected",
                            shown);
    }
    if (reg->stride.n || reg->bank.n) {
        return gmem_fail_at(&p->lex, word, GMEM_ERROR_SYNTAX,
                            "%s; one 'stride' or 'bank' expected", shown);
    }
    return gmem_take_expr(p, &register_scope, expr);
}

static bool register_take_option(GmemParse *p, GmemRegister *reg)
{
    GmemToken word = p->lex.token;

    if (word.kind != GMEM_TOKEN_NAME) {
        return gmem_fail_expected(&p->lex,
                                  "r, w, rw, 'stride', 'bank' or FIELD=HIGH:LOW");
    }
    if (!gmem_lex_next(&p->lex)) {
        return false;
    }
    if (gmem_at_sign(p, '=')) {
        return gmem_lex_next(&p->lex) && register_take_field(p, reg, &word);
    }
    if (gmem_token_is(&word, "stride")) {
        return register_take_array_expr(p, reg, &word, &reg->stride);
    }
    if (gmem_token_is(&word, "bank")) {
        return register_take_array_expr(p, reg, &word, &reg->bank);
    }
    if (!register_take_directions(reg, &word)) {
        g_autofree char *shown = gmem_token_show(&word);

        return gmem_fail_at(&p->lex, &word, GMEM_ERROR_SYNTAX,
                            "%s; one of r, w and rw, 'stride', 'bank' or FIELD=HIGH:LOW expected",
                            shown);
    }
    return true;
}

/* --- register ------------------------------------------------------------ */

static bool register_check_name(GmemParse *p, const GmemToken *name)
{
    int before = gmem_find_register(p, name);

    if (before >= 0) {
        return gmem_fail(&p->lex,
                         "a second register of this name; the first is on line %u",
                         g_array_index(p->file->reg, GmemRegister,
                                       before).line);
    }
    if (gmem_name_is_reserved(name)) {
        return gmem_fail(&p->lex,
                         "a name that has a meaning in expressions; another name expected");
    }
    return p->file->reg->len < GMEM_REGISTERS_MAX ||
           gmem_fail_at(&p->lex, name, GMEM_ERROR_LIMIT,
                        "more than %d registers", GMEM_REGISTERS_MAX);
}

/* The default stride, and whether the array ends where offsets may be */
static bool register_finish(GmemParse *p, GmemRegister *reg,
                            const GmemToken *name)
{
    uint64_t stride;

    if (reg->is_array && !reg->stride.n && !reg->bank.n) {
        reg->stride.op = g_new(GmemOp, 1);
        reg->stride.op[0] = (GmemOp) {
            .code = GMEM_OP_NUMBER, .number = reg->width,
        };
        reg->stride.n = 1;
        reg->stride.line = reg->line;
    }
    if (!reg->reads && !reg->writes) {
        reg->writes = true;
    }
    if (!gmem_expr_number(&reg->stride, &stride)) {
        return true;
    }
    if (!stride) {
        return gmem_fail_at(&p->lex, name, GMEM_ERROR_SYNTAX,
                            "a stride of 0; 'bank' expected if all are at one place");
    }
    return stride <= REGISTER_OFFSET_MAX / (GMEM_INDEX_MAX + 1) ||
           gmem_fail_at(&p->lex, name, GMEM_ERROR_LIMIT,
                        "a stride that is too large");
}

bool gmem_take_register(GmemParse *p)
{
    GmemToken name = p->lex.token;
    GmemRegister *reg;
    GmemIndex index;
    unsigned i = p->file->reg->len;

    if (!register_check_name(p, &name)) {
        return false;
    }
    reg = gmem_file_add_register(p->file);
    reg->line = name.line;
    reg->name = gmem_take_name(p, "a name for the register");
    if (!reg->name || !gmem_take_index(p, &index)) {
        return false;
    }
    reg->is_array = index.given;
    reg->low = index.low;
    reg->high = index.high;
    if (!gmem_count_instances(p, &name, 0, index.high - index.low + 1) ||
        !register_take_place(p, reg)) {
        return false;
    }
    while (p->lex.token.kind != GMEM_TOKEN_NEWLINE &&
           p->lex.token.kind != GMEM_TOKEN_END) {
        if (!register_take_option(p, reg)) {
            return false;
        }
    }
    /* from now on: it can't depend on itself */
    g_hash_table_insert(p->regs, g_strdup(reg->name), GINT_TO_POINTER(i));
    return register_finish(p, reg, &name);
}
