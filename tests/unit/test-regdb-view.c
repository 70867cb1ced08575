/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: lookup by address and by name, text of values, limits */
#include <string.h>

#include "libregdb/build.h"
#include "libregdb/text.h"
#include "libregdb/view.h"

/* A database that is being made, and what it is made of */
typedef struct Base {
    RegDbBuild *build;
    RegDbDomain *domain;
    RegDbType *hex;
} Base;

static Base base_new(unsigned unit)
{
    Base base = { .build = regdb_build_new("test", "test") };

    base.domain = regdb_build_domain(base.build, "D", unit, NULL);
    base.hex = regdb_build_type(base.build, REGDB_HEX);
    return base;
}

static RegDbElement *add(Base *base, RegDbElement *parent,
                         RegDbElementKind kind, const char *name,
                         uint64_t offset, uint64_t length, uint64_t stride)
{
    RegDbElement e = {
        .kind = kind, .name = name, .offset = offset, .length = length,
        .stride = stride, .access = REGDB_READ_WRITE,
        .bits = kind == REGDB_REGISTER ? 32 : 0, .type = base->hex,
    };

    return regdb_build_element(base->build, base->domain, parent, &e);
}

static RegDbElement *add_reg(Base *base, RegDbElement *parent, unsigned bits,
                             unsigned access, const char *name,
                             uint64_t offset)
{
    RegDbElement e = {
        .kind = REGDB_REGISTER, .name = name, .offset = offset, .length = 1,
        .access = access, .bits = bits, .type = base->hex,
    };

    return regdb_build_element(base->build, base->domain, parent, &e);
}

static const char *name_at(RegDbView *view, uint64_t offset)
{
    const RegDbRegister *reg = regdb_view_find(view, offset, REGDB_READ_WRITE);

    return reg ? reg->name : "-";
}

#define assert_name(view, offset, name) \
    g_assert_cmpstr(name_at(view, offset), ==, name)

static void test_groups(void)
{
    Base base = base_new(8);
    RegDbElement *array, *stripe, *inner;
    g_autoptr(RegDb) db = NULL;
    g_autoptr(RegDbView) view = NULL;

    add(&base, NULL, REGDB_REGISTER, "CTRL", 0, 1, 0);
    add(&base, NULL, REGDB_REGISTER, "RAL", 0x40, 4, 8);
    array = add(&base, NULL, REGDB_ARRAY, "Q", 0x100, 2, 0x40);
    add(&base, array, REGDB_REGISTER, "HEAD", 0, 1, 0);
    inner = add(&base, array, REGDB_STRIPE, NULL, 0x10, 3, 8);
    add(&base, inner, REGDB_REGISTER, "SLOT", 4, 1, 0);
    stripe = add(&base, NULL, REGDB_STRIPE, "S", 0x200, 0, 0x20);
    add(&base, stripe, REGDB_REGISTER, "R", 0x10, 2, 4);
    db = regdb_build_end(base.build);
    view = regdb_view_new(db, base.domain, NULL);

    assert_name(view, 0, "CTRL");
    assert_name(view, 3, "CTRL");
    assert_name(view, 4, "-");
    assert_name(view, 0x40, "RAL[0]");
    assert_name(view, 0x44, "-");
    assert_name(view, 0x58, "RAL[0x3]");
    assert_name(view, 0x60, "-");
    assert_name(view, 0x100, "Q[0].HEAD");
    assert_name(view, 0x104, "Q[0]+0x4");
    assert_name(view, 0x14c, "Q[0x1]+0xc");
    assert_name(view, 0x15c, "Q[0x1].SLOT[0x1]");
    assert_name(view, 0x180, "-");
    assert_name(view, 0x200, "-");
    assert_name(view, 0x214, "S[0].R[0x1]");
    assert_name(view, 0x210 + 0x20 * 77, "S[0x4d].R[0]");
    /* twice the same: from the cache */
    assert_name(view, 0x214, "S[0].R[0x1]");
    g_assert_cmpuint(db->n_registers, ==, 5);
    g_assert_null(regdb_view_find(view, UINT64_MAX, REGDB_READ));
}

/* Of elements that overlap the first one counts, but the access is regarded. */
static void test_overlap(void)
{
    Base base = base_new(8);
    RegDbElement *array;
    g_autoptr(RegDb) db = NULL;
    g_autoptr(RegDbView) view = NULL;
    RegDbPart parts[REGDB_PARTS_MAX];

    add_reg(&base, NULL, 8, REGDB_READ, "RBR", 0);
    add_reg(&base, NULL, 8, REGDB_WRITE, "THR", 0);
    add_reg(&base, NULL, 16, REGDB_READ_WRITE, "VENDOR", 0x10);
    add_reg(&base, NULL, 16, REGDB_READ_WRITE, "DEVICE", 0x12);
    add_reg(&base, NULL, 32, REGDB_READ_WRITE, "ID", 0x10);
    array = add(&base, NULL, REGDB_ARRAY, "A", 0x20, 1, 0x10);
    add(&base, array, REGDB_REGISTER, "IN", 8, 1, 0);
    add(&base, NULL, REGDB_REGISTER, "LATE", 0x20, 1, 0);
    db = regdb_build_end(base.build);
    view = regdb_view_new(db, base.domain, NULL);

    assert_name(view, 0, "RBR");
    g_assert_cmpstr(regdb_view_find(view, 0, REGDB_READ)->name, ==, "RBR");
    g_assert_cmpstr(regdb_view_find(view, 0, REGDB_WRITE)->name, ==, "THR");
    assert_name(view, 0x10, "VENDOR");
    assert_name(view, 0x20, "A+0");

    g_assert_cmpuint(regdb_view_parts(view, 0x10, 4, REGDB_READ, parts), ==, 1);
    g_assert_cmpstr(parts[0].reg->name, ==, "ID");
    g_assert_cmpuint(regdb_view_parts(view, 0x12, 2, REGDB_READ, parts), ==, 1);
    g_assert_cmpstr(parts[0].reg->name, ==, "DEVICE");
    g_assert_cmpuint(regdb_view_parts(view, 0x11, 1, REGDB_READ, parts), ==, 1);
    g_assert_cmpstr(parts[0].reg->name, ==, "VENDOR");
    g_assert_cmpuint(parts[0].low, ==, 8);
    g_assert_cmpuint(parts[0].bits, ==, 8);

    /* what has no register is one part; the register behind it another */
    g_assert_cmpuint(regdb_view_parts(view, 0x24, 8, REGDB_READ, parts), ==, 2);
    g_assert_cmpstr(parts[0].reg->name, ==, "A+0x4");
    g_assert_cmpuint(parts[0].bits, ==, 32);
    g_assert_cmpstr(parts[1].reg->name, ==, "A.IN");
    g_assert_cmpuint(parts[1].shift, ==, 32);
    g_assert_cmpuint(regdb_view_parts(view, 0x80, 8, REGDB_READ, parts), ==, 1);
    g_assert_null(parts[0].reg);
    g_assert_cmpuint(parts[0].bits, ==, 64);
}

/* Addresses that count words, offsets that follow no stride */
static void test_units(void)
{
    static const uint64_t offsets[] = { 0x10, 0x40, 0x20 };
    Base base = base_new(32);
    RegDbElement e = {
        .kind = REGDB_ARRAY, .name = "A", .length = 3, .stride = 4,
        .offsets = offsets,
    };
    RegDbElement *array;
    g_autoptr(RegDb) db = NULL;
    g_autoptr(RegDbView) view = NULL;
    RegDbPart parts[REGDB_PARTS_MAX];

    add(&base, NULL, REGDB_REGISTER, "W", 1, 1, 0);
    array = regdb_build_element(base.build, base.domain, NULL, &e);
    add(&base, array, REGDB_REGISTER, "R", 1, 1, 0);
    db = regdb_build_end(base.build);
    view = regdb_view_new(db, base.domain, NULL);
    assert_name(view, 4, "W");
    assert_name(view, 7, "W");
    assert_name(view, 8, "-");
    assert_name(view, 0x41 * 4, "A[0x1].R");
    assert_name(view, 0x21 * 4, "A[0x2].R");
    assert_name(view, 0x30 * 4, "-");
    g_assert_cmpuint(regdb_view_parts(view, 6, 2, REGDB_READ, parts), ==, 1);
    g_assert_cmpuint(parts[0].low, ==, 16);
}

typedef struct Seen {
    GString *text;
} Seen;

static bool see(const RegDbMatch *match, void *opaque)
{
    GString *text = opaque;
    unsigned i;

    g_string_append_printf(text, "%s@%" G_GINT64_MODIFIER "x", match->name,
                           match->offset);
    for (i = 0; i < match->n_repeats; i++) {
        g_string_append_printf(text, "*%u/%u", (unsigned)match->length[i],
                               (unsigned)match->stride[i]);
    }
    g_string_append_c(text, ' ');
    return true;
}

static void assert_found(RegDbView *view, const char *pattern,
                         const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_assert_true(regdb_view_each(view, pattern, see, text));
    g_assert_cmpstr(text->str, ==, expected);
}

static void test_names(void)
{
    Base base = base_new(8);
    RegDbElement *array, *stripe;
    g_autoptr(RegDb) db = NULL;
    g_autoptr(RegDbView) view = NULL;

    add(&base, NULL, REGDB_REGISTER, "CTRL", 0, 1, 0);
    add(&base, NULL, REGDB_REGISTER, "CTRL_EXT", 0x18, 1, 0);
    array = add(&base, NULL, REGDB_ARRAY, "Q", 0x100, 4, 0x40);
    stripe = add(&base, array, REGDB_STRIPE, NULL, 0, 2, 8);
    add(&base, stripe, REGDB_REGISTER, "TAIL", 4, 1, 0);
    db = regdb_build_end(base.build);
    view = regdb_view_new(db, base.domain, NULL);
    assert_found(view, "CTRL", "CTRL@0 ");
    assert_found(view, "ctrl*", "CTRL@0 CTRL_EXT@18 ");
    assert_found(view, "Q[2].TAIL[0x1]", "Q[*].TAIL[*]@18c ");
    assert_found(view, "Q.TAIL[1]", "Q[*].TAIL[*]@10c*4/64 ");
    assert_found(view, "Q[4].TAIL", "");
    assert_found(view, "*TA?L", "Q[*].TAIL[*]@104*4/64*2/8 ");
    assert_found(view, "nothing", "");
    assert_found(view, NULL,
                 "CTRL@0 CTRL_EXT@18 Q[*].TAIL[*]@104*4/64*2/8 ");
    g_assert_true(regdb_name_matches("q[*].tail[0]", "Q[0x3].TAIL[0]"));
    g_assert_true(regdb_name_matches("Q[3].*", "Q[0x3].TAIL[0]"));
    g_assert_true(regdb_name_matches("Q.TAIL", "Q[0x3].TAIL[0]"));
    g_assert_false(regdb_name_matches("Q[2].*", "Q[0x3].TAIL[0]"));
    g_assert_false(regdb_name_matches("Q.TAI", "Q[0x3].TAIL[0]"));
    /* ends, whatever the pattern is */
    g_assert_false(regdb_name_matches("*a*a*a*a*a*a*a*a*a*a*b",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

/* Registers that overlap, since they are wider than their stride */
static void test_wide(void)
{
    Base base = base_new(8);
    g_autoptr(RegDb) db = NULL;
    g_autoptr(RegDbView) view = NULL;

    add(&base, NULL, REGDB_REGISTER, "W", 0x10, 3, 2);
    db = regdb_build_end(base.build);
    view = regdb_view_new(db, base.domain, NULL);
    assert_name(view, 0x13, "W[0x1]");
    assert_name(view, 0x15, "W[0x2]");
    assert_name(view, 0x17, "W[0x2]");
    assert_name(view, 0x18, "-");
}

static RegDbType *add_type(Base *base, RegDbKind kind)
{
    return regdb_build_type(base->build, kind);
}

static void add_field(Base *base, RegDbType *set, const char *name,
                      unsigned low, unsigned high, const RegDbType *type)
{
    RegDbField field = { .name = name, .low = low, .high = high,
                         .type = type };

    g_assert_nonnull(regdb_build_field(base->build, set, &field));
}

static void assert_value(const RegDbView *view, const RegDbType *type,
                         uint64_t value, unsigned bits, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);

    regdb_put_value(view, type, value, bits, &regdb_no_colors, text);
    g_assert_cmpstr(text->str, ==, expected);
}

static void assert_change(const RegDbView *view, const RegDbType *type,
                          uint64_t before, uint64_t after, uint64_t mask,
                          const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_assert_cmpint(regdb_put_change(view, type, 32, before, after, mask,
                                     &regdb_no_colors, text), ==,
                    *expected != '\0');
    g_assert_cmpstr(text->str, ==, expected);
}

static void test_values(void)
{
    Base base = base_new(8);
    RegDbType *speed = add_type(&base, REGDB_ENUM);
    RegDbType *set = add_type(&base, REGDB_BITSET);
    RegDbType *flag = add_type(&base, REGDB_BOOLEAN);
    RegDbType *number = add_type(&base, REGDB_UINT);
    RegDbType *whole = add_type(&base, REGDB_INT);
    RegDbType *real = add_type(&base, REGDB_FLOAT);
    RegDbType *fixed = add_type(&base, REGDB_FIXED);
    RegDbType *shifted = add_type(&base, REGDB_HEX);
    RegDbType *named = add_type(&base, REGDB_NAMED);
    RegDbType *moved = add_type(&base, REGDB_NAMED);
    RegDbType *steps = add_type(&base, REGDB_INT);
    RegDbValue fast = { .name = "1000", .value = 2, .known = true };
    g_autoptr(RegDb) db = NULL;
    g_autoptr(RegDbView) view = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    RegDbRegister reg = { .bits = 32, .type = set };
    RegDbPart part = { .reg = &reg, .low = 8, .bits = 8 };

    regdb_build_value(base.build, speed, &fast);
    add_field(&base, set, "FD", 0, 0, flag);
    add_field(&base, set, "RST", 26, 26, flag);
    add_field(&base, set, "SPEED", 8, 9, speed);
    add_field(&base, set, "COUNT", 16, 19, number);
    fixed->radix = 4;
    shifted->shr = 12;
    named->base = shifted;
    named->add = 1;
    moved->base = set;
    moved->shr = 8;
    steps->shr = 2;
    db = regdb_build_end(base.build);
    view = regdb_view_new(db, base.domain, NULL);

    assert_value(view, NULL, 0x12, 32, "0x12");
    assert_value(view, base.hex, 0, 32, "0");
    assert_value(view, speed, 2, 2, "1000");
    assert_value(view, speed, 3, 2, "0x3");
    assert_value(view, set, 0, 32, "{ SPEED = 0 | COUNT = 0 }");
    assert_value(view, set, 0x04050201, 32,
                 "{ FD | RST | SPEED = 1000 | COUNT = 5 }");
    assert_value(view, set, 0x80000000, 32,
                 "{ SPEED = 0 | COUNT = 0 | 0x80000000 }");
    assert_value(view, flag, 1, 1, "TRUE");
    assert_value(view, flag, 0, 1, "FALSE");
    assert_value(view, whole, 0xff, 8, "-1");
    assert_value(view, whole, 0x7f, 8, "127");
    assert_value(view, whole, (uint64_t)1 << 63, 64, "-9223372036854775808");
    assert_value(view, real, 0x3f800000, 32, "1.000000");
    assert_value(view, real, 0xc000, 16, "-2.000000");
    assert_value(view, fixed, 0xf8, 8, "-0.500000 (000000f8)");
    assert_value(view, shifted, 2, 32, "0x2000");
    assert_value(view, named, 2, 32, "0x3000");

    assert_value(view, steps, 0x7f, 8, "508");
    assert_value(view, steps, 0xff, 8, "-4");
    assert_value(view, steps, 0x80, 8, "-512");

    assert_change(view, moved, 0, 2, 0xff, "SPEED 0 -> 1000");
    assert_change(view, set, 1, 1, UINT32_MAX, "");
    assert_change(view, set, 0x00000201, 0x04000200, UINT32_MAX, "-FD +RST");
    assert_change(view, set, 0x00000001, 0x00030201, UINT32_MAX,
                  "SPEED 0 -> 1000 COUNT 0 -> 3");
    assert_change(view, set, 0, 0x40000000, UINT32_MAX, "0 -> 0x40000000");
    assert_change(view, set, 0, 0x04000001, 0xff, "+FD");
    assert_change(view, base.hex, 1, 2, UINT32_MAX, "0x1 -> 0x2");

    /* one byte of the register: only its fields */
    regdb_put_part(view, &part, 0x02, &regdb_no_colors, text);
    g_assert_cmpstr(text->str, ==, "{ SPEED = 1000 }");
}

/* An enum with many values has an index: of equal ones, the first one counts */
static void test_many_values(void)
{
    static const uint64_t only_b = 1 << 1;
    Base base = base_new(8);
    RegDbType *chips = add_type(&base, REGDB_ENUM);
    RegDbType *many = add_type(&base, REGDB_ENUM);
    const RegDbVarset *varset;
    uint32_t variant = 0;
    g_autoptr(RegDb) db = NULL;
    g_autoptr(RegDbView) view = NULL, any = NULL;
    unsigned i;

    for (i = 0; i < 2; i++) {
        RegDbValue chip = { .name = i ? "B" : "A" };

        regdb_build_value(base.build, chips, &chip);
    }
    varset = regdb_build_varset(base.build, "chip", chips);
    for (i = 0; i < 100; i++) {
        g_autofree char *name = g_strdup_printf("V%u", i);
        RegDbValue v = { .name = name, .value = i * 7 % 50, .known = i != 9 };

        v.when = i == 3 ? regdb_build_condition(base.build, varset, &only_b,
                                                NULL) : NULL;
        g_assert_nonnull(regdb_build_value(base.build, many, &v));
    }
    db = regdb_build_end(base.build);
    view = regdb_view_new(db, base.domain, &variant);
    any = regdb_view_new(db, base.domain, NULL);
    assert_value(view, many, 7, 8, "V1");
    assert_value(view, many, 21, 8, "V53");
    assert_value(view, many, 63 % 50, 8, "V59");
    assert_value(view, many, 50, 8, "0x32");
    g_assert_null(regdb_view_undecided(any));
    assert_value(any, many, 21, 8, "V3");
    g_assert_true(regdb_view_undecided(any) == varset);
}

static void test_variants(void)
{
    Base base = base_new(8);
    RegDbType *chips = add_type(&base, REGDB_ENUM);
    RegDbValue a = { .name = "A", .value = 1, .known = true };
    RegDbValue b = { .name = "B", .value = 2, .known = true };
    uint64_t only_b = 1 << 1;
    const RegDbVarset *varset;
    uint32_t variant = 0;
    RegDbElement e = { .kind = REGDB_REGISTER, .name = "NEW", .length = 1,
                       .bits = 32, .access = REGDB_READ_WRITE };
    g_autoptr(RegDb) db = NULL;
    RegDbView *view;

    regdb_build_value(base.build, chips, &a);
    regdb_build_value(base.build, chips, &b);
    varset = regdb_build_varset(base.build, "chip", chips);
    e.when = regdb_build_condition(base.build, varset, &only_b, NULL);
    regdb_build_element(base.build, base.domain, NULL, &e);
    add(&base, NULL, REGDB_REGISTER, "OLD", 0, 1, 0);
    db = regdb_build_end(base.build);

    view = regdb_view_new(db, base.domain, &variant);
    assert_name(view, 0, "OLD");
    g_assert_null(regdb_view_undecided(view));
    regdb_view_free(view);
    variant = 1;
    view = regdb_view_new(db, base.domain, &variant);
    assert_name(view, 0, "NEW");
    g_assert_null(regdb_view_undecided(view));
    regdb_view_free(view);
    view = regdb_view_new(db, base.domain, NULL);
    assert_name(view, 0, "NEW");
    g_assert_true(regdb_view_undecided(view) == varset);
    regdb_view_free(view);
}

/* Return: the message, if an element is refused */
static const char *refused(RegDbElement element)
{
    Base base = base_new(8);
    const char *error = NULL;

    if (!regdb_build_element(base.build, base.domain, NULL, &element)) {
        error = regdb_build_error(base.build);
        g_assert_nonnull(error);
    }
    regdb_build_free(base.build);
    return error;
}

static void test_limits(void)
{
    RegDbElement e = { .kind = REGDB_STRIPE, .length = (uint64_t)1 << 40,
                       .stride = 4 };
    Base base = base_new(8);
    RegDbElement *in = NULL;
    unsigned i;

    g_assert_cmpstr(refused(e), ==,
                    "an element is repeated more than 16777216 times");
    e.length = 0;
    g_assert_null(refused(e));
    e.stride = 0;
    g_assert_cmpstr(refused(e), ==,
                    "an element is repeated, but has no stride");
    e.length = 1 << 24;
    e.stride = (uint64_t)1 << 40;
    g_assert_cmpstr(refused(e), ==, "an element reaches beyond 2^48");
    e.kind = REGDB_REGISTER;
    g_assert_nonnull(refused(e));
    for (i = 0; i < REGDB_DEPTH_MAX; i++) {
        in = add(&base, in, REGDB_STRIPE, NULL, 0, 1, 0);
        g_assert_nonnull(in);
    }
    g_assert_null(add(&base, in, REGDB_STRIPE, NULL, 0, 1, 0));
    regdb_build_free(base.build);
}

/* A lookup in groups that multiply ends; so does one of many registers. */
static void test_hostile(void)
{
    Base base = base_new(8);
    RegDbElement *in = NULL;
    g_autoptr(RegDb) db = NULL;
    g_autoptr(RegDbView) view = NULL;
    unsigned i;

    for (i = 0; i < REGDB_DEPTH_MAX - 1; i++) {
        in = add(&base, in, REGDB_STRIPE, NULL, 0, 1 << 20, 1);
    }
    add(&base, in, REGDB_REGISTER, "FAR", 1 << 20, 1, 0);
    add(&base, NULL, REGDB_REGISTER, "MEMORY", 1 << 25, 1 << 24, 4);
    db = regdb_build_end(base.build);
    view = regdb_view_new(db, base.domain, NULL);
    name_at(view, 1 << 24);
    for (i = 0; i < (1 << 20) + 10; i++) {
        regdb_view_find(view, (1 << 25) + 4 * i, REGDB_READ);
    }
    assert_name(view, (1 << 25) + 4 * (1 << 20), "MEMORY[*]");
    assert_name(view, (1 << 25) + 4, "MEMORY[0x1]");
}

/* More registers at one address than an index has room for */
static void test_crowd(void)
{
    Base base = base_new(8);
    g_autoptr(RegDb) db = NULL;
    g_autoptr(RegDbView) view = NULL;
    unsigned i;

    for (i = 0; i < 2000; i++) {
        g_autofree char *name = g_strdup_printf("R%u", i);

        add_reg(&base, NULL, 32, i == 1999 ? REGDB_READ : REGDB_WRITE, name,
                0x10);
    }
    add(&base, NULL, REGDB_REGISTER, "ELSE", 0x20, 1, 0);
    db = regdb_build_end(base.build);
    view = regdb_view_new(db, base.domain, NULL);
    assert_name(view, 0x13, "R0");
    g_assert_cmpstr(regdb_view_find(view, 0x10, REGDB_READ)->name, ==,
                    "R1999");
    assert_name(view, 0x20, "ELSE");
    assert_name(view, 0x14, "-");
    assert_name(view, 0x24, "-");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/regdb-view/groups", test_groups);
    g_test_add_func("/regdb-view/overlap", test_overlap);
    g_test_add_func("/regdb-view/units", test_units);
    g_test_add_func("/regdb-view/names", test_names);
    g_test_add_func("/regdb-view/wide", test_wide);
    g_test_add_func("/regdb-view/many-values", test_many_values);
    g_test_add_func("/regdb-view/values", test_values);
    g_test_add_func("/regdb-view/variants", test_variants);
    g_test_add_func("/regdb-view/limits", test_limits);
    g_test_add_func("/regdb-view/hostile", test_hostile);
    g_test_add_func("/regdb-view/crowd", test_crowd);
    return g_test_run();
}
