/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: liba64 decodes loads and stores as objdump does
 *
 * Random instructions are written as objdump would write them, and compared.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "liba64/a64.h"

#define WORDS 60000

/* --- our text ------------------------------------------------------------ */

static char *register_text(unsigned reg, bool wide)
{
    return reg == 31 ? g_strdup(wide ? "xzr" : "wzr")
                     : g_strdup_printf("%c%u", wide ? 'x' : 'w', reg);
}

static char *base_text(unsigned reg)
{
    return reg == 31 ? g_strdup("sp") : register_text(reg, true);
}

/* The register of a load or store of one or two */
static char *transferred_text(const A64Insn *insn, unsigned i)
{
    static const char vector[] = { [1] = 'b', [2] = 'h', [4] = 's', [8] = 'd',
                                   [16] = 'q' };

    if (insn->kind == A64_KIND_VECTOR) {
        return g_strdup_printf("%c%u", vector[insn->size], insn->reg[i]);
    }
    return register_text(insn->reg[i], insn->sign ? insn->wide
                                                  : insn->size == 8);
}

static void put_address(GString *s, const A64Insn *insn)
{
    static const char *const extends[8] = {
        [A64_EXTEND_UXTW] = "uxtw", [A64_EXTEND_LSL] = "lsl",
        [A64_EXTEND_SXTW] = "sxtw", [A64_EXTEND_SXTX] = "sxtx",
    };
    g_autofree char *base = base_text(insn->base);
    g_autofree char *rm = register_text(insn->rm, insn->extend & 1);

    if (insn->index == A64_INDEX_PC) {
        g_string_append_printf(s, "%+" G_GINT64_FORMAT, insn->offset);
        return;
    }
    g_string_append_printf(s, "[%s", base);
    if (insn->index == A64_INDEX_POST) {
        g_string_append(s, "]");
    }
    if (!insn->has_rm) {
        if (insn->offset || insn->index != A64_INDEX_OFFSET) {
            g_string_append_printf(s, ", #%" G_GINT64_FORMAT, insn->offset);
        }
    } else {
        g_string_append_printf(s, ", %s", rm);
        if (insn->extend != A64_EXTEND_LSL || insn->shift) {
            g_string_append_printf(s, ", %s", extends[insn->extend]);
        }
        if (insn->shift) {
            g_string_append_printf(s, " #%u", insn->shift);
        }
    }
    if (insn->index != A64_INDEX_POST) {
        g_string_append(s, insn->index == A64_INDEX_PRE ? "]!" : "]");
    }
}

static const char *suffix_of(const A64Insn *insn)
{
    static const char *const unsigned_ones[9] = { [1] = "b", [2] = "h" };
    static const char *const signed_ones[9] = {
        [1] = "sb", [2] = "sh", [4] = "sw",
    };
    const char *suffix = NULL;

    if (insn->kind == A64_KIND_GENERAL) {
        suffix = (insn->sign ? signed_ones : unsigned_ones)[insn->size];
    }
    return suffix ? suffix : "";
}

static void put_registers(GString *s, const A64Insn *insn)
{
    unsigned i;

    g_string_append_printf(s, "%s%s%s ", insn->load ? "ld" : "st",
                           insn->regs == 2 ? "p" : "r", suffix_of(insn));
    for (i = 0; i < insn->regs; i++) {
        g_autofree char *reg = transferred_text(insn, i);

        g_string_append_printf(s, "%s, ", reg);
    }
}

static void put_vectors(GString *s, const A64Insn *insn)
{
    static const char size[] = { [1] = 'b', [2] = 'h', [4] = 's', [8] = 'd' };
    unsigned i;

    g_string_append_printf(s, "%s%u%s {", insn->load ? "ld" : "st",
                           insn->interleaved,
                           insn->kind == A64_KIND_REPLICATE ? "r" : "");
    for (i = 0; i < insn->regs; i++) {
        g_string_append_printf(s, "%sv%u.", i ? ", " : "", insn->reg[i]);
        if (insn->kind != A64_KIND_LANE) {
            g_string_append_printf(s, "%u", (insn->quad ? 16 : 8) / insn->size);
        }
        g_string_append_c(s, size[insn->size]);
    }
    g_string_append_c(s, '}');
    if (insn->kind == A64_KIND_LANE) {
        g_string_append_printf(s, "[%u]", insn->lane);
    }
    g_string_append(s, ", ");
}

static char *text_of(const A64Insn *insn)
{
    g_autoptr(GString) s = g_string_new(NULL);
    g_autofree char *base = register_text(insn->base, true);

    switch (insn->kind) {
    case A64_KIND_NOTHING:
        return g_strdup("prefetch");
    case A64_KIND_ZERO:
        return g_strdup_printf("dc zva, %s", base);
    case A64_KIND_GENERAL:
    case A64_KIND_VECTOR:
        put_registers(s, insn);
        break;
    default:
        put_vectors(s, insn);
        break;
    }
    put_address(s, insn);
    return g_string_free(g_steal_pointer(&s), false);
}

/* --- objdump's text ------------------------------------------------------ */

/* Mnemonics that are the same to us; others are left alone */
static const char *const same[][2] = {
    { "ldur", "ldr" }, { "stur", "str" }, { "ldnp", "ldp" }, { "stnp", "stp" },
    { "ldapur", "ldr" }, { "stlur", "str" }, { "ldapr", "ldr" },
    { "ldlar", "ldr" }, { "stllr", "str" }, { "ldar", "ldr" },
    { "stlr", "str" }, { "ldpsw", "ldpsw" },
};

static char *same_mnemonic(const char *text)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(same); i++) {
        size_t len = strlen(same[i][0]);

        if (g_str_has_prefix(text, same[i][0])) {
            return g_strconcat(same[i][1], text + len, NULL);
        }
    }
    return g_strdup(text);
}

/* "{v30.8b-v1.8b}" is "{v30.8b, v31.8b, v0.8b, v1.8b}". */
static void expand_list(GString *s)
{
    g_autoptr(GRegex) regex =
        g_regex_new("\\{v(\\d+)\\.(\\w+)-v(\\d+)\\.\\w+\\}", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autoptr(GString) list = g_string_new("{");
    g_autofree char *first = NULL;
    g_autofree char *kind = NULL;
    g_autofree char *last = NULL;
    unsigned reg;
    int from, to;

    if (!g_regex_match(regex, s->str, 0, &match)) {
        return;
    }
    first = g_match_info_fetch(match, 1);
    kind = g_match_info_fetch(match, 2);
    last = g_match_info_fetch(match, 3);
    for (reg = atoi(first);; reg = (reg + 1) % A64_VECTORS) {
        g_string_append_printf(list, "v%u.%s", reg, kind);
        if (reg == (unsigned)atoi(last)) {
            break;
        }
        g_string_append(list, ", ");
    }
    g_string_append_c(list, '}');
    g_match_info_fetch_pos(match, 0, &from, &to);
    g_string_erase(s, from, to - from);
    g_string_insert(s, from, list->str);
}

/* "ldr x0, 0xffc" at 0x1000 is "ldr x0, -4". */
static void relative_literal(GString *s, uint64_t pc)
{
    char *at = strrchr(s->str, ' ');

    if (at && g_str_has_prefix(at, " 0x") && !strchr(s->str, '[')) {
        int64_t offset = (int64_t)(g_ascii_strtoull(at, NULL, 16) - pc);

        g_string_truncate(s, at + 1 - s->str);
        g_string_append_printf(s, "%+" G_GINT64_FORMAT, offset);
    }
}

static char *normal_text(const char *line, uint64_t pc)
{
    g_autoptr(GString) s = NULL;
    g_autofree char *text = NULL;
    char *comment = strstr(line, "  //");

    if (g_str_has_prefix(line, "prf") || g_str_has_prefix(line, "rprf")) {
        return g_strdup("prefetch");
    }
    text = g_strndup(line, comment ? (size_t)(comment - line) : strlen(line));
    g_strchomp(g_strdelimit(text, "\t", ' '));
    g_autofree char *mnemonic = same_mnemonic(text);

    s = g_string_new(mnemonic);
    g_string_replace(s, ", lsl #0]", "]", 0);
    g_string_replace(s, "xtw #0]", "xtw]", 0);
    g_string_replace(s, "xtx #0]", "xtx]", 0);
    expand_list(s);
    relative_literal(s, pc);
    return g_string_free(g_steal_pointer(&s), false);
}

/* Lines of objdump, one for each word; NULL: it is not there */
static char **disassemble(const uint32_t *words, unsigned count)
{
    g_autofree char *out = NULL;
    g_autofree char *name = NULL;
    char *argv[] = {
        (char *)A64_OBJDUMP, (char *)"-D", (char *)"-z", (char *)"-b",
        (char *)"binary", (char *)"-m", (char *)"aarch64", NULL, NULL,
    };
    g_autofree uint32_t *le = g_new(uint32_t, count);
    GPtrArray *lines = g_ptr_array_new();
    unsigned i;
    int fd;

    for (i = 0; i < count; i++) {
        le[i] = GUINT32_TO_LE(words[i]);
    }
    fd = g_file_open_tmp("a64-XXXXXX", &name, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, le, 4 * count), ==, 4 * count);
    close(fd);
    argv[7] = name;
    g_assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL,
                               &out, NULL, NULL, NULL));
    g_unlink(name);
    for (char *at = out, *end; (end = strchr(at, '\n')); at = end + 1) {
        char *text;

        *end = '\0';
        text = strchr(at, '\t');
        text = text ? strchr(text + 1, '\t') : NULL;
        if (text) {
            g_ptr_array_add(lines, g_strdup(text + 1));
        }
    }
    g_assert_cmpuint(lines->len, ==, count);
    g_ptr_array_add(lines, NULL);
    return (char **)g_ptr_array_free(lines, false);
}

/* --- comparison ---------------------------------------------------------- */

/*
 * Instructions that are refused have one name for several, and no operands.
 * What is there for no instruction of objdump is newer than objdump.
 */
static bool refused_as(const A64Insn *insn, const char *line)
{
    static const struct {
        const char *name;
        const char *mnemonic;
    } names[] = {
        { "ldtr/sttr", "[ls]d?t+r" }, { "ldraa/ldrab", "ldra[ab]" },
        { "cpy/set", "cpy|set" }, { "unpredictable", "ld|st" },
        { "memory tag", "st|ld" }, { "sve", "" }, { "sme", "" },
        { "dc gva", "dc\tgva" }, { "dc gzva", "dc\tgzva" },
    };
    const char *mnemonic = insn->name;
    g_autofree char *regex = NULL;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!strcmp(insn->name, names[i].name)) {
            mnemonic = names[i].mnemonic;
        }
    }
    /* STADD is LDADD that loads into nothing. */
    if (i == G_N_ELEMENTS(names) && g_str_has_prefix(mnemonic, "ld") &&
        g_str_has_prefix(line, "st")) {
        mnemonic += 2;
        line += 2;
    }
    regex = g_strdup_printf("^(%s)", mnemonic);
    return g_regex_match_simple(regex, line, 0, 0);
}

static bool is_undefined(const char *line)
{
    return strstr(line, "undefined") || g_str_has_prefix(line, "udf") ||
           g_str_has_prefix(line, ".inst");
}

static bool is_load_or_store(const char *line)
{
    return g_str_has_prefix(line, "ld") || g_str_has_prefix(line, "st") ||
           g_str_has_prefix(line, "swp") || g_str_has_prefix(line, "cas") ||
           /* those that write memory: the others clean caches */
           g_str_has_prefix(line, "dc\tzva") ||
           g_str_has_prefix(line, "dc\tg") || g_str_has_prefix(line, "prf");
}

/*
 * LDAR with an Rs of 15.  Rs "should be" 31 (Arm's manual, C6.2, LDAR), and what
 * else is there may do anything; objdump does not look at the highest bit.
 */
static bool is_ldar_of_objdump(uint32_t word)
{
    return (word & 0x3ffffc00) == 0x08cffc00;
}

/* Return: NULL, or what is wrong */
static char *compare(uint32_t word, const char *line, uint64_t pc)
{
    A64Insn insn;
    A64Status status = a64_decode(&insn, word);
    g_autofree char *ours = NULL;
    g_autofree char *theirs = NULL;

    if (status == A64_UNKNOWN) {
        return is_load_or_store(line) && !is_ldar_of_objdump(word)
               ? g_strdup("not known") : NULL;
    }
    if (status == A64_REFUSED) {
        return refused_as(&insn, line) || is_undefined(line)
               ? NULL : g_strdup_printf("refused as %s", insn.name);
    }
    ours = text_of(&insn);
    theirs = normal_text(line, pc);
    return strcmp(ours, theirs) ? g_strdup(ours) : NULL;
}

static void compare_all(const uint32_t *words, unsigned count)
{
    g_auto(GStrv) lines = disassemble(words, count);
    unsigned wrong = 0;
    unsigned i;

    for (i = 0; i < count; i++) {
        g_autofree char *why = compare(words[i], lines[i], 4ull * i);

        if (why && wrong++ < 40) {
            g_test_message("%08x: %s; objdump: %s", words[i], why, lines[i]);
        }
    }
    g_assert_cmpuint(wrong, ==, 0);
}

static bool have_objdump(void)
{
    if (!*A64_OBJDUMP) {
        g_test_skip("no objdump for arm64: binutils-aarch64-linux-gnu");
    }
    return *A64_OBJDUMP;
}

/* Anything at all, half of it loads and stores */
static void test_random(void)
{
    g_autofree uint32_t *words = g_new(uint32_t, WORDS);
    unsigned i;

    if (!have_objdump()) {
        return;
    }
    for (i = 0; i < WORDS; i++) {
        words[i] = g_test_rand_int();
        if (i & 1) {
            words[i] = (words[i] | 1u << 27) & ~(1u << 25);
        }
    }
    compare_all(words, WORDS);
}

static void append_each_rs(GArray *words, uint32_t word)
{
    uint32_t rs;

    for (rs = 1; rs < 31; rs++) {
        uint32_t other = word | rs << 16;

        g_array_append_val(words, other);
    }
}

/* Every combination of the bits that say what it is; registers are random */
static void test_encodings(void)
{
    g_autoptr(GArray) words = g_array_new(false, false, 4);
    unsigned n;

    if (!have_objdump()) {
        return;
    }
    for (n = 0; n < 1u << 17; n++) {
        /* bits 31..21 and 15..10, with bit 27 set and bit 25 clear */
        uint32_t high = n >> 6;
        uint32_t low = n & 63;
        uint32_t word = high << 21 | low << 10;

        if (!(word & 1u << 27) || (word & 1u << 25)) {
            continue;
        }
        word |= g_test_rand_int() & 0x001f03ff;
        g_array_append_val(words, word);
        word |= 31u << 16;
        g_array_append_val(words, word);
        word &= ~(31u << 16);
        g_array_append_val(words, word);
        /* exclusive and ordered: there these five bits are often fixed */
        if ((word & 0x3f000000) == 0x08000000) {
            append_each_rs(words, word);
        }
    }
    compare_all((const uint32_t *)words->data, words->len);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/a64/decode/random", test_random);
    g_test_add_func("/a64/decode/encodings", test_encodings);
    return g_test_run();
}
