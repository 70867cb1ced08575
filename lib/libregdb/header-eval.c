/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: C headers, expressions of integers */
#include "libregdb/header-internal.h"

#include <string.h>

/* Parentheses and operators that are open, macros that call each other */
#define HEADER_DEPTH_MAX 32
#define HEADER_CALLS_MAX 8

/* Bytes of an expression that count as a step */
#define HEADER_STEP_BYTES 16

/**
 * struct HeaderEval: an expression that is being evaluated
 * @header: the headers
 * @p: the rest of it
 * @param: name of the parameter, or NULL
 * @argument: its value
 * @depth: nesting
 * @calls: macros that are being evaluated
 */
typedef struct HeaderEval {
    RegDbHeader *header;
    const char *p;
    const char *param;
    uint64_t argument;
    unsigned depth;
    unsigned calls;
} HeaderEval;

typedef struct HeaderOperator {
    const char *text;
    unsigned level;
    bool (*apply)(uint64_t a, uint64_t b, uint64_t *value);
} HeaderOperator;

#define HEADER_OPERATOR(name, condition, expression) \
    static bool header_##name(uint64_t a, uint64_t b, uint64_t *value) \
    { \
        if (!(condition)) { \
            return false; \
        } \
        *value = expression; \
        return true; \
    }

HEADER_OPERATOR(either, true, a || b)
HEADER_OPERATOR(both, true, a && b)
HEADER_OPERATOR(or, true, a | b)
HEADER_OPERATOR(xor, true, a ^ b)
HEADER_OPERATOR(and, true, a & b)
HEADER_OPERATOR(equal, true, a == b)
HEADER_OPERATOR(unequal, true, a != b)
HEADER_OPERATOR(less_equal, true, (int64_t)a <= (int64_t)b)
HEADER_OPERATOR(more_equal, true, (int64_t)a >= (int64_t)b)
HEADER_OPERATOR(less, true, (int64_t)a < (int64_t)b)
HEADER_OPERATOR(more, true, (int64_t)a > (int64_t)b)
HEADER_OPERATOR(left, b < 64, a << b)
HEADER_OPERATOR(right, b < 64, a >> b)
HEADER_OPERATOR(plus, true, a + b)
HEADER_OPERATOR(minus, true, a - b)
HEADER_OPERATOR(times, true, a * b)
HEADER_OPERATOR(over, b != 0, a / b)
HEADER_OPERATOR(rest, b != 0, a % b)

/* Longer ones come before those that they begin with. */
static const HeaderOperator header_operators[] = {
    { "||", 1, header_either }, { "&&", 2, header_both },
    { "==", 6, header_equal }, { "!=", 6, header_unequal },
    { "<<", 8, header_left }, { ">>", 8, header_right },
    { "<=", 7, header_less_equal }, { ">=", 7, header_more_equal },
    { "|", 3, header_or }, { "^", 4, header_xor }, { "&", 5, header_and },
    { "<", 7, header_less }, { ">", 7, header_more },
    { "+", 9, header_plus }, { "-", 9, header_minus },
    { "*", 10, header_times }, { "/", 10, header_over },
    { "%", 10, header_rest },
};

static bool header_ternary(HeaderEval *eval, uint64_t *value);

static bool header_steps(RegDbHeader *header, size_t n)
{
    if (n < REGDB_HEADER_STEPS_MAX - header->steps) {
        header->steps += n;
        return true;
    }
    if (!header->full) {
        regdb_source_fault(header->source, 0,
                           "the macros call each other so often that it takes too long to evaluate them");
        header->full = true;
    }
    return false;
}

static void header_skip(HeaderEval *eval)
{
    while (g_ascii_isspace(*eval->p)) {
        eval->p++;
    }
}

static bool header_take(HeaderEval *eval, char c)
{
    header_skip(eval);
    if (*eval->p != c) {
        return false;
    }
    eval->p++;
    return true;
}

static bool header_number(HeaderEval *eval, uint64_t *value)
{
    const char *p = eval->p;
    unsigned base = 10;
    const char *begin;

    if (*p == '0' && (p[1] == 'x' || p[1] == 'X')) {
        base = 16;
        p += 2;
    } else if (*p == '0' && (p[1] == 'b' || p[1] == 'B')) {
        base = 2;
        p += 2;
    } else if (*p == '0') {
        base = 8;
    }
    *value = 0;
    for (begin = p; g_ascii_isxdigit(*p); p++) {
        uint64_t digit = g_ascii_xdigit_value(*p);

        if (digit >= base || *value > (UINT64_MAX - digit) / base) {
            return false;
        }
        *value = *value * base + digit;
    }
    while (*p && strchr("uUlL", *p)) {
        p++;
    }
    eval->p = p;
    return p != begin && !g_ascii_isalnum(*p) && *p != '_' && *p != '.';
}

static size_t header_word_len(const char *p)
{
    size_t n = 0;

    while (g_ascii_isalnum(p[n]) || p[n] == '_') {
        n++;
    }
    return n;
}

/* --- macros ------------------------------------------------------------- */

static uint64_t header_ones(uint64_t bits)
{
    return bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
}

static bool header_bit(uint64_t a, G_GNUC_UNUSED uint64_t b, uint64_t *value)
{
    *value = a < 64 ? (uint64_t)1 << a : 0;
    return a < 64;
}

static bool header_genmask(uint64_t a, uint64_t b, uint64_t *value)
{
    if (a > 63 || b > a) {
        return false;
    }
    *value = header_ones(a + 1) & ~header_ones(b);
    return true;
}

static bool header_field_prep(uint64_t a, uint64_t b, uint64_t *value)
{
    if (!a) {
        return false;
    }
    *value = (b << __builtin_ctzll(a)) & a;
    return true;
}

static bool header_same(uint64_t a, G_GNUC_UNUSED uint64_t b, uint64_t *value)
{
    *value = a;
    return true;
}

/* Of Linux; what they are given is evaluated */
static const struct {
    const char *name;
    unsigned arguments;
    bool (*apply)(uint64_t a, uint64_t b, uint64_t *value);
} header_macros[] = {
    { "BIT", 1, header_bit }, { "BIT_ULL", 1, header_bit },
    { "_BITUL", 1, header_bit }, { "_BITULL", 1, header_bit },
    { "REG_BIT", 1, header_bit }, { "REG_BIT64", 1, header_bit },
    { "REG_BIT8", 1, header_bit }, { "REG_BIT16", 1, header_bit },
    { "GENMASK", 2, header_genmask }, { "GENMASK_ULL", 2, header_genmask },
    { "REG_GENMASK", 2, header_genmask },
    { "REG_GENMASK64", 2, header_genmask },
    { "REG_GENMASK8", 2, header_genmask },
    { "REG_GENMASK16", 2, header_genmask },
    { "FIELD_PREP", 2, header_field_prep },
    { "REG_FIELD_PREP", 2, header_field_prep },
    { "_MMIO", 1, header_same },
    { "_UL", 1, header_same }, { "_ULL", 1, header_same },
};

static bool header_apply_macro(HeaderEval *eval, size_t i, uint64_t *value)
{
    uint64_t argument[2] = { 0 };
    unsigned n;

    for (n = 0; n < header_macros[i].arguments; n++) {
        if ((n && !header_take(eval, ',')) ||
            !header_ternary(eval, &argument[n])) {
            return false;
        }
    }
    return header_take(eval, ')') &&
           header_macros[i].apply(argument[0], argument[1], value);
}

static bool header_eval(RegDbHeader *header, const char *expr,
                        const char *param, uint64_t argument, unsigned calls,
                        uint64_t *value)
{
    HeaderEval eval = {
        .header = header, .p = expr, .param = param, .argument = argument,
        .calls = calls,
    };

    /* white space takes time, too */
    if (calls > HEADER_CALLS_MAX ||
        !header_steps(header, 1 + strlen(expr) / HEADER_STEP_BYTES) ||
        !header_ternary(&eval, value)) {
        return false;
    }
    header_skip(&eval);
    return !*eval.p;
}

static bool header_object(HeaderEval *eval, RegDbHeaderDefine *define,
                          uint64_t *value)
{
    if (define->state == REGDB_HEADER_NEW) {
        define->state = REGDB_HEADER_BUSY;
        define->state = header_eval(eval->header, define->expr, NULL, 0,
                                    eval->calls + 1, &define->value) ?
                        REGDB_HEADER_NUMBER : REGDB_HEADER_FAILED;
    }
    *value = define->value;
    return define->state == REGDB_HEADER_NUMBER;
}

static bool header_function(HeaderEval *eval, const RegDbHeaderDefine *define,
                            uint64_t *value)
{
    uint64_t argument;

    return !define->many && header_ternary(eval, &argument) &&
           header_take(eval, ')') &&
           header_eval(eval->header, define->expr, define->param, argument,
                       eval->calls + 1, value);
}

static bool header_call(HeaderEval *eval, const char *name, uint64_t *value)
{
    RegDbHeaderDefine *define;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(header_macros); i++) {
        if (!strcmp(header_macros[i].name, name)) {
            return header_apply_macro(eval, i, value);
        }
    }
    define = g_hash_table_lookup(eval->header->by_name, name);
    return define && define->param && header_function(eval, define, value);
}

static bool header_name(HeaderEval *eval, uint64_t *value)
{
    size_t len = header_word_len(eval->p);
    char name[REGDB_NAME_MAX + 1];
    RegDbHeaderDefine *define;

    if (len > REGDB_NAME_MAX) {
        return false;
    }
    memcpy(name, eval->p, len);
    name[len] = '\0';
    eval->p += len;
    if (eval->param && !strcmp(name, eval->param)) {
        *value = eval->argument;
        return true;
    }
    if (header_take(eval, '(')) {
        return header_call(eval, name, value);
    }
    define = g_hash_table_lookup(eval->header->by_name, name);
    return define && !define->param && header_object(eval, define, value);
}

/* --- expressions -------------------------------------------------------- */

static const char *const header_types[] = {
    "u8", "u16", "u32", "u64", "__u8", "__u16", "__u32", "__u64", "uint8_t",
    "uint16_t", "uint32_t", "uint64_t", "unsigned", "int", "long",
};

/* "(u32)", behind the parenthesis.  Advances behind it. */
static bool header_cast(HeaderEval *eval)
{
    const char *p = eval->p;
    size_t i;

    for (;;) {
        size_t len;

        while (g_ascii_isspace(*p)) {
            p++;
        }
        if (*p == ')' && p > eval->p) {
            eval->p = p + 1;
            return true;
        }
        len = header_word_len(p);
        for (i = 0; i < G_N_ELEMENTS(header_types); i++) {
            if (strlen(header_types[i]) == len &&
                !memcmp(header_types[i], p, len)) {
                break;
            }
        }
        if (i == G_N_ELEMENTS(header_types)) {
            return false;
        }
        p += len;
    }
}

static bool header_unary(HeaderEval *eval, uint64_t *value);

static bool header_sign(HeaderEval *eval, uint64_t *value)
{
    char sign = *eval->p++;

    if (!header_unary(eval, value)) {
        return false;
    }
    *value = sign == '-' ? -*value : sign == '~' ? ~*value :
             sign == '!' ? !*value : *value;
    return true;
}

static bool header_primary(HeaderEval *eval, uint64_t *value)
{
    header_skip(eval);
    if (*eval->p && strchr("-~!+", *eval->p)) {
        return header_sign(eval, value);
    }
    if (g_ascii_isdigit(*eval->p)) {
        return header_number(eval, value);
    }
    if (g_ascii_isalpha(*eval->p) || *eval->p == '_') {
        return header_name(eval, value);
    }
    if (!header_take(eval, '(')) {
        return false;
    }
    header_skip(eval);
    return header_cast(eval) ? header_unary(eval, value) :
           header_ternary(eval, value) && header_take(eval, ')');
}

static bool header_unary(HeaderEval *eval, uint64_t *value)
{
    bool ok;

    if (!header_steps(eval->header, 1) || eval->depth >= HEADER_DEPTH_MAX) {
        return false;
    }
    eval->depth++;
    ok = header_primary(eval, value);
    eval->depth--;
    return ok;
}

static const HeaderOperator *header_operator(HeaderEval *eval, unsigned level)
{
    size_t i;

    header_skip(eval);
    for (i = 0; i < G_N_ELEMENTS(header_operators); i++) {
        if (g_str_has_prefix(eval->p, header_operators[i].text)) {
            return header_operators[i].level >= level ? &header_operators[i] :
                   NULL;
        }
    }
    return NULL;
}

/* Operators that bind as strongly as @level, or more strongly */
static bool header_binary(HeaderEval *eval, unsigned level, uint64_t *value)
{
    const HeaderOperator *op;
    uint64_t right;

    if (!header_unary(eval, value)) {
        return false;
    }
    while ((op = header_operator(eval, level))) {
        eval->p += strlen(op->text);
        if (!header_binary(eval, op->level + 1, &right) ||
            !op->apply(*value, right, value)) {
            return false;
        }
    }
    return true;
}

static bool header_ternary(HeaderEval *eval, uint64_t *value)
{
    uint64_t yes;
    uint64_t no;

    if (!header_binary(eval, 1, value)) {
        return false;
    }
    if (!header_take(eval, '?')) {
        return true;
    }
    if (eval->depth >= HEADER_DEPTH_MAX) {
        return false;
    }
    eval->depth++;
    if (!header_ternary(eval, &yes) || !header_take(eval, ':') ||
        !header_ternary(eval, &no)) {
        return false;
    }
    eval->depth--;
    *value = *value ? yes : no;
    return true;
}

bool regdb_header_value(RegDbHeader *header, RegDbHeaderDefine *define)
{
    HeaderEval eval = { .header = header };
    uint64_t value;

    return !define->param && header_object(&eval, define, &value);
}

bool regdb_header_call(RegDbHeader *header, const RegDbHeaderDefine *define,
                       uint64_t argument, uint64_t *value)
{
    return define->param && !define->many &&
           header_eval(header, define->expr, define->param, argument, 0,
                       value);
}

/* --- how a value is written --------------------------------------------- */

/* The text within parentheses that are around all of it */
static char *header_bare(const char *expr)
{
    char *text = g_strstrip(g_strdup(expr));
    unsigned n;

    for (n = 0; n < HEADER_DEPTH_MAX; n++) {
        size_t len = strlen(text);
        unsigned depth = 0;
        size_t i;

        if (len < 2 || text[0] != '(' || text[len - 1] != ')') {
            return text;
        }
        for (i = 0; i < len - 1; i++) {
            depth += text[i] == '(';
            depth -= text[i] == ')';
            if (!depth) {
                return text;
            }
        }
        text[len - 1] = '\0';
        memmove(text, text + 1, len - 1);
        g_strstrip(text);
    }
    return text;
}

/* Which of these characters are outside of parentheses? */
static bool header_outside(const char *text, const char *which)
{
    unsigned depth = 0;

    for (; *text; text++) {
        depth += *text == '(';
        depth -= *text == ')' && depth;
        if (!depth && strchr(which, *text)) {
            return true;
        }
    }
    return false;
}

static bool header_is_literal(const char *text, size_t digits, size_t begin)
{
    return digits > begin && strspn(text + digits, "uUlL") ==
           strlen(text + digits);
}

/* Expressions of one macro; that of Intel's GPUs is for registers only. */
static RegDbHeaderForm header_call_form(const char *text, size_t len)
{
    g_autofree char *name = g_strndup(text, len);
    size_t i;

    if (!strcmp(name, "_MMIO")) {
        return REGDB_HEADER_MMIO;
    }
    for (i = 0; i < G_N_ELEMENTS(header_macros); i++) {
        if (!strcmp(name, header_macros[i].name)) {
            return header_macros[i].apply == header_same ?
                   REGDB_HEADER_OTHER : REGDB_HEADER_BITS;
        }
    }
    return REGDB_HEADER_OTHER;
}

static RegDbHeaderForm header_form_of(const RegDbHeaderDefine *define,
                                      const char *text, uint8_t *digits)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    size_t n = hex ? strspn(text + 2, "0123456789abcdefABCDEF") + 2 :
               strspn(text, "0123456789");
    size_t word = header_word_len(text);

    if (header_is_literal(text, n, hex ? 2 : 0)) {
        *digits = MIN(n - 2 * hex, UINT8_MAX);
        return hex ? REGDB_HEADER_HEX : REGDB_HEADER_DECIMAL;
    }
    if (header_outside(text, "?") && define->param && strchr(text, '+')) {
        return REGDB_HEADER_SUM;
    }
    if (header_outside(text, ">?") && !define->param) {
        return REGDB_HEADER_OTHER;
    }
    if (header_outside(text, "|&<>~^")) {
        return REGDB_HEADER_BITS;
    }
    if (header_outside(text, "+")) {
        return REGDB_HEADER_SUM;
    }
    if (word && !text[word]) {
        return REGDB_HEADER_ALIAS;
    }
    return word && text[word] == '(' ? header_call_form(text, word) :
           REGDB_HEADER_OTHER;
}

void regdb_header_form(RegDbHeaderDefine *define)
{
    g_autofree char *text = header_bare(define->expr);

    define->form = header_form_of(define, text, &define->digits);
}
