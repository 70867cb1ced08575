/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: expressions of rings files
 *
 * The parser's operations are carried out by a small evaluator of the test's
 * own, with fixed registers, variables, fields and memory.
 */
#include <glib.h>
#include <string.h>

#include "libguestmem/op.h"
#include "libguestmem/parse.h"

/* Registers: R is 0x1122334455667788, A[i] is 0x100 + i, U is not known */
static const char head[] =
    "rings 1\n"
    "register R bar0:0:8 w LOW=7:0 HIGH=63:56 BIT=3 ALL=63:0\n"
    "register U bar0:8:4 w F=11:4 TOP=31\n"
    "register A[3..9] bar0:0x10:4 w NIBBLE=3:0\n"
    "register D[0..3] bar0:0x100:4 w\n";

static bool get_register(const GmemOp *op, uint64_t index, uint64_t *x)
{
    static const uint64_t base[] = { 0x1122334455667788, 0, 0x100, 0x200 };

    *x = op->a == 1 && op->code == GMEM_OP_KNOWN ? op->number :
         base[op->a] + index;
    return op->a != 1 || op->code == GMEM_OP_KNOWN;
}

/* Field at offset 3 of entry 2, 1 byte: 0x20301; memory: the address plus 1 */
static uint64_t get_number(const GmemOp *op, uint64_t x)
{
    return op->code == GMEM_OP_FIELD ?
           (uint64_t)op->a << 16 | x << 8 | op->b : x + op->b;
}

/* Return: false if it can't be evaluated */
static bool step(const GmemOp *op, uint64_t *stack, unsigned *depth,
                 unsigned *next)
{
    uint64_t *top = &stack[*depth];

    switch (op->code) {
    case GMEM_OP_NUMBER:
        top[0] = op->number;
        ++*depth;
        return true;
    case GMEM_OP_VARIABLE:
        top[0] = 1000 + op->a;
        ++*depth;
        return true;
    case GMEM_OP_REGISTER:
    case GMEM_OP_KNOWN:
        return get_register(op, top[-1], &top[-1]);
    case GMEM_OP_FIELD:
    case GMEM_OP_MEMORY:
        top[-1] = get_number(op, top[-1]);
        return true;
    case GMEM_OP_BITS:
        top[-3] = gmem_op_bits(top[-3], top[-2], top[-1]);
        *depth -= 2;
        return true;
    case GMEM_OP_JUMP:
        *next += op->a;
        return true;
    case GMEM_OP_JUMP_IF_ZERO:
    case GMEM_OP_JUMP_IF_NOT_ZERO:
        --*depth;
        *next += !top[-1] == (op->code == GMEM_OP_JUMP_IF_ZERO) ? op->a : 0;
        return true;
    default:
        if (gmem_op_one(op->code, top[-1], &top[-1])) {
            return true;
        }
        --*depth;
        return gmem_op_two(op->code, top[-2], top[-1], &top[-2]);
    }
}

static bool evaluate(const GmemExpr *expr, uint64_t *x)
{
    uint64_t stack[GMEM_STACK_MAX];
    unsigned depth = 0;
    unsigned i = 0;

    while (i < expr->n) {
        const GmemOp *op = &expr->op[i++];

        if (!step(op, stack, &depth, &i)) {
            return false;
        }
        g_assert_cmpuint(depth, <=, GMEM_STACK_MAX);
    }
    g_assert_cmpuint(i, ==, expr->n);
    g_assert_cmpuint(depth, ==, 1);
    *x = stack[0];
    return true;
}

/* As the key of an entry, in which all but `value` and `index` may be used */
static GmemFile *parse(const char *expr, GError **error)
{
    g_autofree char *text = g_strdup_printf(
        "%sring X[0..7] {\n base R\n count 8\n entry 64\n tail value\n"
        " on write D\n key %s\n}\n", head, expr);

    return gmem_parse("x", text, strlen(text), error);
}

/* --- values -------------------------------------------------------------- */

static const struct {
    const char *text;
    uint64_t value;
} good[] = {
    /* numbers */
    { "0", 0 },
    { "18446744073709551615", UINT64_MAX },
    { "0xffffffffffffffff", UINT64_MAX },
    { "0XfF", 255 },
    { "4K", 4096 },
    { "3M", 3 << 20 },
    { "17592186044415M", 0xfffffffffff00000 },
    /* precedence, as the manual page has it */
    { "1 + 2 * 3", 7 },
    { "(1 + 2) * 3", 9 },
    { "2 * 3 % 4", 2 },
    { "10 - 3 - 2", 5 },
    { "100 / 10 / 5", 2 },
    { "1 << 2 + 3", 32 },
    { "1 << 3 << 2", 32 },
    { "256 >> 4 >> 1", 8 },
    { "0xff & 0x0f << 4", 0xf0 },
    { "6 & 3 ^ 1", 3 },
    { "8 | 6 ^ 2", 12 },
    { "1 | 2 == 3", 1 },
    { "0xff & 0xf == 0xf", 1 },
    { "3 == 3 && 2 < 1", 0 },
    { "1 || 0 && 0", 1 },
    { "0 || 0 ? 5 : 6", 6 },
    { "1 ? 2 : 0 ? 3 : 4", 2 },
    { "0 ? 2 : 0 ? 3 : 4", 4 },
    { "0 ? 2 : 1 ? 3 : 4", 3 },
    { "(1 ? 0 : 1) ? 3 : 4", 4 },
    { "1 ? 1 ? 5 : 6 : 7", 5 },
    { "-1", UINT64_MAX },
    { "--5", 5 },
    { "!0 + !7", 1 },
    { "!!9", 1 },
    { "~0 >> 60", 15 },
    { "~0xfff & 0x12345", 0x12000 },
    { "-2 + 5", 3 },
    { "2 - -3", 5 },
    /* comparisons are unsigned */
    { "-1 > 1", 1 },
    { "1 < 2", 1 },
    { "2 <= 2", 1 },
    { "2 >= 3", 0 },
    { "2 > 2", 0 },
    { "2 != 2", 0 },
    /* what wraps around, and what is defined to be 0 */
    { "0 - 1", UINT64_MAX },
    { "18446744073709551615 + 2", 1 },
    { "1 << 64", 0 },
    { "1 >> 64", 0 },
    { "1 << 63", 1ULL << 63 },
    { "bits(R, 63, 56)", 0x11 },
    { "bits(R, 7, 0)", 0x88 },
    { "bits(R, 3, 3)", 1 },
    { "bits(R, 63, 0)", 0x1122334455667788 },
    { "bits(R, R & 0, 1)", 0 },
    { "min(3, 5) + max(3, 5) * 10", 53 },
    { "min(-1, 5)", 5 },
    /* registers */
    { "R", 0x1122334455667788 },
    { "R.LOW", 0x88 },
    { "R.HIGH << 8 | R.BIT", 0x1101 },
    { "R.ALL == R", 1 },
    { "A[3]", 0x103 },
    { "A[2 + 2 * 3]", 0x108 },
    { "A[position - 997]", 0x108 },
    { "A[9].NIBBLE", 9 },
    { "D[A[4].NIBBLE - 4]", 0x200 },
    { "known(R, 5) & 0xff", 0x88 },
    { "known(U, 5)", 5 },
    { "known(U, 2 * 3)", 6 },
    { "known(U.F, 0xff)", 0xff },
    { "known(U.F, 7) + 1", 8 },
    { "known(U.TOP, 1)", 1 },
    { "known(A[5], 0)", 0x105 },
    { "known(A[n - 997].NIBBLE, 3)", 5 },
    /* what is not needed is not evaluated */
    { "0 && U", 0 },
    { "1 || U", 1 },
    { "1 && 7", 1 },
    { "0 || 7", 1 },
    { "R ? 3 : U", 3 },
    { "!R ? U : 4", 4 },
    { "n && 0 || 1 && position", 1 },
    /* variables */
    { "n", 1000 + GMEM_VAR_N },
    { "segment", 1000 + GMEM_VAR_SEGMENT },
    { "phase", 1000 + GMEM_VAR_PHASE },
    { "position", 1000 + GMEM_VAR_POSITION },
    { "address", 1000 + GMEM_VAR_ADDRESS },
    { "trigger", 1000 + GMEM_VAR_TRIGGER },
    /* fields, and memory */
    { "u8[3]", 0x301 },
    { "u16[2 * 4]", 0x802 },
    { "u32[60]", 0x3c04 },
    { "u64[56]", 0x3808 },
    { "u8[u8[0]]", 0x101 },
    { "mem8(0x10)", 0x11 },
    { "mem16(0x10) + mem32(0x20) + mem64(0x30)", 0x12 + 0x24 + 0x38 },
    { "mem64(mem64(R & 0xf0) + 8)", 0x98 },
    /* constants are not folded over the end of a jump */
    { "(R ? 1 : 2) + 3", 4 },
    { "(!R ? 1 : 2) * 3", 6 },
    { "(R && 1) + 1", 2 },
    { "-(R ? 1 : 2)", UINT64_MAX },
    { "bits(R ? 0xf0 : 0, 7, 4)", 15 },
    { "bits(0xf0, R ? 7 : 5, R ? 4 : 5)", 15 },
};

static void test_good(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GmemFile) file = parse(good[i].text, &error);
        uint64_t x;

        g_test_message("%s", good[i].text);
        g_assert_no_error(error);
        g_assert_true(evaluate(&g_array_index(file->statement, GmemStatement,
                                              0).key, &x));
        g_assert_cmphex(x, ==, good[i].value);
    }
}

/* Expressions that fail when they are evaluated */
static void test_fails(void)
{
    static const char *const text[] = {
        "U", "U.F", "1 / 0", "1 % 0", "R / (R - R)", "R ? U : 1", "1 && U",
        "0 || U", "known(R, 0) + U",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(text); i++) {
        g_autoptr(GmemFile) file = parse(text[i], NULL);
        uint64_t x;

        g_test_message("%s", text[i]);
        g_assert_nonnull(file);
        g_assert_false(evaluate(&g_array_index(file->statement, GmemStatement,
                                               0).key, &x));
    }
}

/* --- errors -------------------------------------------------------------- */

/* Column: counted from the beginning of the expression */
static const struct {
    const char *text;
    unsigned column;
    const char *error;
} bad[] = {
    { "", 0, "the end of the line; a number, a register, a field or '(' expected" },
    { "1 +", 3, "the end of the line; a number" },
    { "1 2", 2, "'2'; the end of the line expected" },
    { "(1", 2, "the end of the line; ')' expected" },
    { "1)", 1, "')'; the end of the line expected" },
    { "1 ? 2", 5, "the end of the line; ':' expected" },
    { "1 < 2 < 3", 6, "two comparisons in a row" },
    { "1 == 2 != 3", 7, "two comparisons in a row" },
    { "12ab", 0, "'12ab'; a number (16, 0x10, 4K, 1M) expected" },
    { "0x", 0, "'0x'; a number" },
    { "0xg", 0, "'0xg'; a number" },
    { "0x10K", 0, "'0x10K'; a number" },
    { "4k", 0, "'4k'; a number" },
    { "18446744073709551616", 0, "a number that does not fit in 64 bits" },
    { "0x10000000000000000", 0, "a number that does not fit in 64 bits" },
    { "17592186044416M", 0, "a number that does not fit in 64 bits" },
    { "$", 0, "'$'; a name, a number or a sign expected" },
    { "\"x\"", 0, "'\"x\"'; a number, a register" },
    { "RX", 0,
      "'RX'; a register, or a word of expressions, expected: did you mean 'R'?",
    },
    { "Q_UNKNOWN", 0, "'Q_UNKNOWN'; a register, or a word of expressions, expected" },
    { "r", 0, "'r'; a register, or a word of expressions, expected: did you mean 'R'?" },
    { "R[0]", 1, "register R is no array" },
    { "A", 1, "the end of the line; the index of the array: '[' expected" },
    { "A[2]", 0, "register A has no index 2; 3 to 9 expected" },
    { "A[10]", 0, "register A has no index 10; 3 to 9 expected" },
    { "R.NONE", 2,
      "'NONE'; a field of register R, as its statement declares it, expected",
    },
    { "R.3", 2, "'3'; a field of register R" },
    { "value", 0, "'value' has no meaning here" },
    { "index + 1", 0, "'index' has no meaning here" },
    { "outer.u8[0]", 0, "'outer' has a meaning only in a list" },
    { "command.u8[0]", 0, "'command' has a meaning only for an answer to one" },
    { "outer.v8[0]", 6, "'v8'; u8, u16, u32 or u64 expected" },
    { "u8", 2, "the end of the line; '[' expected" },
    { "u8(1)", 2, "'('; '[' expected" },
    { "u8[64]", 0, "a field up to byte 65 of an entry that has 64 bytes" },
    { "u64[57]", 0, "a field up to byte 65 of an entry that has 64 bytes" },
    { "u64[0xffffffffffffffff]", 0, "an offset that does not fit in 64 bits" },
    { "mem8[1]", 4, "'['; '(' expected" },
    { "bits(1, 2)", 9, "')'; ',' expected" },
    { "bits(1, 64, 0)", 0,
      "bits 64 to 0; bits(X, HIGH, LOW) with 63 >= HIGH >= LOW expected",
    },
    { "bits(1, 2, 3)", 0, "bits 2 to 3" },
    { "min(1)", 5, "')'; ',' expected" },
    { "max(1, 2, 3)", 8, "','; ')' expected" },
    { "known(5, 1)", 6, "'5'; a register expected" },
    { "known(n, 1)", 6, "'n'; a register" },
    { "known(R)", 7, "')'; ',' expected" },
    { "known(R, n)", 9, "a default that is not constant; a number expected" },
    { "known(U.F, 256)", 11, "a default that does not fit in the field" },
    { "known(R, 1 ? 1 : 1)", 9, "a default that is not constant" },
};

static void test_bad(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GmemFile) file = parse(bad[i].text, &error);
        g_autofree char *expected = g_strdup_printf(
            "x:12:%u: %s", 6 + bad[i].column, bad[i].error);

        g_test_message("%s", bad[i].text);
        g_assert_null(file);
        g_assert_nonnull(error);
        if (!g_str_has_prefix(error->message, expected)) {
            g_assert_cmpstr(error->message, ==, expected);
        }
    }
}

/* --- limits -------------------------------------------------------------- */

static char *repeat(const char *before, const char *middle, const char *behind,
                    unsigned n)
{
    GString *text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < n; i++) {
        g_string_append(text, before);
    }
    g_string_append(text, middle);
    for (i = 0; i < n; i++) {
        g_string_append(text, behind);
    }
    return g_string_free(text, FALSE);
}

static void assert_limit(const char *before, const char *behind, unsigned n,
                         const char *error_part)
{
    g_autofree char *text = repeat(before, "n", behind, n);
    g_autoptr(GError) error = NULL;
    g_autoptr(GmemFile) file = parse(text, &error);

    if (!error_part) {
        g_assert_no_error(error);
        g_assert_nonnull(file);
        return;
    }
    g_assert_null(file);
    g_assert_error(error, GMEM_ERROR, GMEM_ERROR_LIMIT);
    if (!strstr(error->message, error_part)) {
        g_assert_cmpstr(error->message, ==, error_part);
    }
}

static void test_limits(void)
{
    assert_limit("(", ")", 31, NULL);
    assert_limit("(", ")", 32, "nested more than 64 deep");
    assert_limit("(", ")", 100000, "nested more than 64 deep");
    assert_limit("-", "", 62, NULL);
    assert_limit("-", "", 63, "nested more than 64 deep");
    assert_limit("~", "", 200000, "nested more than 64 deep");
    assert_limit("n ? n : ", "", 62, NULL);
    assert_limit("n ? n : ", "", 20000, "deep");
    assert_limit("n ? ", ": n", 62, NULL);
    assert_limit("n + (", ")", 31, NULL);
    assert_limit("", " + n", 127, NULL);
    assert_limit("", " + n", 128, "more than 256 operations");
    assert_limit("", " + n", 50000, "more than 256 operations");
    assert_limit("", " + 1", 50000, "more than 256 operations");
    assert_limit("mem8(", ")", 31, NULL);
    assert_limit("mem8(", ")", 32, "nested more than 64 deep");
    assert_limit("u8[", "]", 10000, "nested more than 64 deep");
    assert_limit("A[", "]", 10000, "nested more than 64 deep");
    assert_limit("min(n, min(n, ", "))", 16, "nested more than 64 deep");
    assert_limit("bits(n, n, bits(n, n, ", "))", 7, NULL);
}

/* Two numbers for each level, so that the stack ends before the nesting does */
static void test_stack(void)
{
    g_autofree char *fits = repeat("bits(n, n + (n & (n << (", "n", "))), n)",
                                   7);
    g_autofree char *deep = repeat("bits(n, n, n + (n * ", "1 << n", "))", 12);
    g_autoptr(GError) error = NULL;
    g_autoptr(GmemFile) file = parse(fits, &error);
    g_autoptr(GmemFile) none = NULL;

    g_assert_no_error(error);
    g_assert_nonnull(file);
    none = parse(deep, &error);
    g_assert_null(none);
    g_assert_error(error, GMEM_ERROR, GMEM_ERROR_LIMIT);
    g_assert_nonnull(strstr(error->message, "needs more than 32 numbers"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guestmem-expr/good", test_good);
    g_test_add_func("/guestmem-expr/fails", test_fails);
    g_test_add_func("/guestmem-expr/bad", test_bad);
    g_test_add_func("/guestmem-expr/limits", test_limits);
    g_test_add_func("/guestmem-expr/stack", test_stack);
    return g_test_run();
}
