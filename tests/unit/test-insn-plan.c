/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: decoding of instructions, and their accesses
 */
#include <glib.h>
#include <string.h>

#include "libinsn/insn.h"
#include "libinsn/lanes.h"
#include "libinsn/xsave-area.h"
#include "libinsn/xstate.h"

#define CR0 0x80000011u /* PG, ET, PE */
#define CR0_EM (1u << 2)
#define CR0_TS (1u << 3)
#define CR4 (CR4_OSFXSR | CR4_OSXSAVE)
#define CR4_OSFXSR (1u << 9)
#define CR4_LA57 (1u << 12)
#define CR4_OSXSAVE (1u << 18)
#define RFLAGS_VM (1u << 17)
#define MXCSR_MM (1u << 17)

/* The legacy part of an XSAVE area, and its header */

#define AREA_BYTES 4096

typedef enum Kind { NOTHING, FIELD, VECTOR, OPMASK, MM, AREA } Kind;

/* A register, or part of it, and its value */
typedef struct Set {
    Kind kind;
    size_t where;
    size_t len;
    uint64_t value;
} Set;

#define SET(field, value) \
    { FIELD, offsetof(InsnState, field), sizeof(((InsnState *)0)->field), value }
#define DWORD(nr, dword, value) { VECTOR, nr, dword, value }
#define MASK(nr, value) { OPMASK, nr, 0, value }
#define MMX(nr, value) { MM, nr, 0, value }
#define SET_FSW(value) { AREA, INSN_XSAVE_AT_FSW, 2, value }
#define SET_MXCSR(value) { AREA, INSN_XSAVE_AT_MXCSR, 4, value }

#define NONE { { 0 } }

#define MAX_SETS 8

typedef struct Case {
    InsnMode mode;
    const char *text;
    const char *hex;
    const char *want;
    Set set[MAX_SETS];
} Case;

#include "insn-plan-cases.h"

typedef struct Machine {
    InsnState state;
    uint8_t area[AREA_BYTES] __attribute__((aligned(64)));
} Machine;

static size_t parse_hex(const char *hex, uint8_t *bytes)
{
    size_t len = strlen(hex) / 2;

    g_assert_cmpuint(len, <=, INSN_MAX_LEN);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = g_ascii_xdigit_value(hex[2 * i]) << 4 |
                   g_ascii_xdigit_value(hex[2 * i + 1]);
    }
    return len;
}

/*
 * Every register has another value: RAX 0x100000, RCX 0x200000 and so on; in
 * 16-bit code AX 0x1000, CX 0x2000, with something above, and ES starts at
 * 0x10000, CS at 0x20000.
 */
static void init_state(Machine *m, InsnMode mode)
{
    InsnState *s = &m->state;

    memset(m, 0, sizeof(*m));
    s->mode = mode;
    s->rip = 0x40000000;
    s->rflags = 2;
    s->cr0 = mode == INSN_MODE_16 ? 0 : CR0;
    s->cr4 = CR4;
    s->xcr0 = INSN_XSTATE_ALL;
    s->xsave = m->area;
    s->xsave_len = sizeof(m->area);
    for (unsigned i = 0; i < INSN_GPRS; i++) {
        s->gpr[i] = mode == INSN_MODE_16 ? 0xdead0000 + (i + 1) * 0x1000
                                         : (i + 1) * 0x100000;
    }
    for (unsigned i = 0; i < INSN_SEGMENTS; i++) {
        s->seg[i].limit = mode == INSN_MODE_16 ? 0xffff : UINT32_MAX;
        s->seg[i].base = mode == INSN_MODE_16 ? (i + 1) * 0x10000 : 0;
    }
    if (mode == INSN_MODE_64) {
        /* These must be ignored */
        s->seg[INSN_DS].base = s->seg[INSN_SS].base = 0x12340000;
        s->seg[INSN_DS].unusable = s->seg[INSN_ES].unusable = true;
        s->seg[INSN_FS].base = 0x7f0000000000;
        s->seg[INSN_GS].base = 0xffff888000000000;
    } else if (mode == INSN_MODE_32) {
        s->seg[INSN_FS].base = 0x5000;
        s->seg[INSN_FS].limit = 0xfff;
    }
    insn_xstate_normalize(s);
}

static void set_one(Machine *m, const Set *set)
{
    uint8_t vector[INSN_MAX_OPERAND];
    uint32_t dword = set->value;

    switch (set->kind) {
    case FIELD:
        memcpy((char *)&m->state + set->where, &set->value, set->len);
        break;
    case VECTOR:
        insn_xstate_get_vector(&m->state, set->where, vector, sizeof(vector));
        memcpy(vector + set->len * sizeof(dword), &dword, sizeof(dword));
        insn_xstate_set_vector(&m->state, set->where, vector, sizeof(vector));
        break;
    case OPMASK:
        insn_xstate_set_mask(&m->state, set->where, set->value);
        break;
    case MM:
        memcpy(m->area + INSN_XSAVE_AT_ST + set->where * 16, &set->value, 8);
        break;
    case AREA:
        memcpy(m->area + set->where, &set->value, set->len);
        break;
    case NOTHING:
        break;
    }
}

/*
 * Spans as "RW 700000+16", R for read and W for written, with "ss:" for the
 * stack segment; ":" and a mask if not all bytes are active.  Of several spans,
 * an empty one is "-".
 */
static char *plan_text(const InsnPlan *plan)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < plan->spans; i++) {
        const InsnSpan *span = &plan->span[i];

        g_string_append(text, i ? " " : "");
        if (plan->spans > 1 && !span->active) {
            g_string_append_c(text, '-');
            continue;
        }
        g_string_append_printf(text, "%s%s %s%" G_GINT64_MODIFIER "x+%u",
                               span->read ? "R" : "", span->write ? "W" : "",
                               span->segment == INSN_SS ? "ss:" : "",
                               span->addr, span->size);
        if (span->active != UINT64_MAX >> (64 - span->size)) {
            g_string_append_printf(text, ":%" G_GINT64_MODIFIER "x",
                                   span->active);
        }
    }
    return g_string_free(text, FALSE);
}

static char *fault_text(InsnFault fault)
{
    static const char *const name[] = {
        [INSN_UD] = "#UD", [INSN_NM] = "#NM", [INSN_SS_FAULT] = "#SS",
        [INSN_GP] = "#GP",
    };

    g_assert_cmpuint(fault.vector, <, G_N_ELEMENTS(name));
    g_assert_nonnull(name[fault.vector]);
    g_assert_cmpuint(fault.error_code, ==, 0);
    return g_strdup(name[fault.vector]);
}

static char *case_text(const Case *c, Machine *m)
{
    static const char *const status_name[] = {
        [INSN_SHORT] = "short", [INSN_INVALID] = "invalid",
        [INSN_NO_MEMORY] = "no memory", [INSN_UNSUPPORTED] = "unsupported",
    };
    uint8_t bytes[INSN_MAX_LEN];
    size_t len = parse_hex(c->hex, bytes);
    InsnStatus status;
    InsnFault fault;
    InsnPlan plan;
    Insn insn;

    status = insn_decode(&insn, bytes, len, c->mode);
    if (status != INSN_OK) {
        return g_strdup(status_name[status]);
    }
    g_assert_cmpuint(insn.z.length, ==, len);
    init_state(m, c->mode);
    for (size_t i = 0; i < MAX_SETS; i++) {
        set_one(m, &c->set[i]);
    }
    fault = insn_plan(&insn, &m->state, &plan);
    return fault.vector ? fault_text(fault) : plan_text(&plan);
}

/* Does the row need registers that this machine lacks? */
static bool needs_more(const Case *c)
{
    for (size_t i = 0; i < MAX_SETS; i++) {
        const Set *set = &c->set[i];

        if (set->kind == OPMASK && !(insn_xstate_host() & INSN_XSTATE_OPMASK)) {
            return true;
        }
        if (set->kind == VECTOR && set->len >= 4 &&
            !(insn_xstate_host() & INSN_XSTATE_AVX)) {
            return true;
        }
    }
    return false;
}

static void test_cases(void)
{
    static Machine machine;
    unsigned left_out = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = NULL;

        if (needs_more(&cases[i])) {
            left_out++;
            continue;
        }
        got = case_text(&cases[i], &machine);
        if (strcmp(got, cases[i].want)) {
            g_test_message("%s (%s), mode %d: '%s', not '%s'", cases[i].text,
                           cases[i].hex, cases[i].mode, got, cases[i].want);
            g_test_fail();
        }
    }
    g_test_message("%u rows left out: this processor has no such registers",
                   left_out);
}

/* Every proper prefix of an instruction is incomplete */
static void test_beginnings(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t bytes[INSN_MAX_LEN];
        size_t len = parse_hex(cases[i].hex, bytes);
        Insn insn;

        if (insn_decode(&insn, bytes, len, cases[i].mode) != INSN_OK) {
            continue;
        }
        for (size_t n = 0; n < len; n++) {
            InsnStatus got = insn_decode(&insn, bytes, n, cases[i].mode);

            if (got != INSN_SHORT) {
                g_test_message("%s, %zu bytes", cases[i].text, n);
            }
            g_assert_cmpint(got, ==, INSN_SHORT);
        }
    }
}

/* Bytes after the instruction do not matter */
static void test_rest(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t bytes[64];
        size_t len;
        Insn insn;

        memset(bytes, 0xcc, sizeof(bytes));
        len = parse_hex(cases[i].hex, bytes);
        if (insn_decode(&insn, bytes, len, cases[i].mode) == INSN_OK) {
            g_assert_cmpint(insn_decode(&insn, bytes, sizeof(bytes),
                                        cases[i].mode), ==, INSN_OK);
            g_assert_cmpuint(insn.z.length, ==, len);
        }
    }
}

#define FUZZ_STRINGS 1000000

/* Random bytes that mostly begin like an instruction */
static size_t random_bytes(GRand *rand, uint8_t *bytes)
{
    static const struct {
        uint8_t len;
        uint8_t bytes[3];
    } start[] = {
        { 0, { 0 } }, { 1, { 0x0f } }, { 2, { 0x0f, 0x38 } },
        { 2, { 0x0f, 0x3a } }, { 2, { 0x66, 0x0f } }, { 2, { 0xf3, 0x0f } },
        { 3, { 0x66, 0x0f, 0x38 } }, { 1, { 0xc5 } }, { 2, { 0xc4, 0xe2 } },
        { 2, { 0xc4, 0xe1 } }, { 2, { 0x62, 0xf1 } }, { 2, { 0x62, 0xf2 } },
        { 2, { 0x62, 0xf3 } }, { 1, { 0xd9 } }, { 1, { 0x67 } },
        { 2, { 0x64, 0x0f } },
    };
    unsigned which = g_rand_int_range(rand, 0, G_N_ELEMENTS(start));

    for (unsigned i = 0; i < INSN_MAX_LEN; i++) {
        bytes[i] = g_rand_int(rand);
    }
    memcpy(bytes, start[which].bytes, start[which].len);
    return g_rand_int_range(rand, 0, 4) ? INSN_MAX_LEN
                                        : g_rand_int_range(rand, 0, 16);
}

static void random_state(GRand *rand, Machine *m, InsnMode mode)
{
    InsnState *s = &m->state;

    init_state(m, mode);
    for (unsigned i = 0; i < INSN_GPRS; i++) {
        if (g_rand_int_range(rand, 0, 3)) {
            s->gpr[i] = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);
        }
    }
    for (unsigned i = 0; i < 32; i++) {
        uint8_t vector[INSN_MAX_OPERAND];

        for (unsigned j = 0; j < sizeof(vector); j++) {
            vector[j] = g_rand_int(rand);
        }
        insn_xstate_set_vector(s, i, vector, sizeof(vector));
    }
    for (unsigned i = 0; i < 8; i++) {
        insn_xstate_set_mask(s, i, (uint64_t)g_rand_int(rand) << 32 |
                              g_rand_int(rand));
    }
}

/* insn.h's promises for every instruction that can be carried out */
static void check_decoded(const Insn *insn)
{
    g_assert_cmpint(insn->memory, >=, 0);
    g_assert_cmpint(insn->memory, <, insn->z.operand_count);
    g_assert_cmpint(insn->op[insn->memory].type, ==,
                    ZYDIS_OPERAND_TYPE_MEMORY);
    if (insn->way == INSN_WAY_COPY) {
        g_assert_cmpint(insn->op[insn->source].type, ==,
                        ZYDIS_OPERAND_TYPE_MEMORY);
        g_assert_cmpint(insn->source, !=, insn->memory);
    } else {
        g_assert_cmpint(insn->source, ==, -1);
    }
}

static void check_planned(const InsnPlan *plan, InsnMode mode)
{
    g_assert_cmpuint(plan->spans, >=, 1);
    g_assert_cmpuint(plan->spans, <=, INSN_MAX_SPANS);
    for (unsigned i = 0; i < plan->spans; i++) {
        const InsnSpan *span = &plan->span[i];

        g_assert_cmpuint(span->size, >=, 1);
        g_assert_cmpuint(span->size, <=, INSN_MAX_OPERAND);
        g_assert_cmpuint(span->active & ~(UINT64_MAX >> (64 - span->size)), ==,
                         0);
        g_assert_true(span->read || span->write);
        g_assert_true(mode == INSN_MODE_64 || span->addr <= UINT32_MAX);
    }
}

/* Operands have addresses even if the instruction can't be carried out */
static void check_addresses(const Insn *insn, const InsnState *state)
{
    unsigned found = 0;

    for (unsigned i = 0; i < insn->z.operand_count; i++) {
        uint64_t addr;

        if (insn_address(insn, state, i, &addr)) {
            g_assert_true(state->mode == INSN_MODE_64 || addr <= UINT32_MAX);
            found++;
        }
    }
    if (insn->op[insn->memory].mem.type != ZYDIS_MEMOP_TYPE_VSIB) {
        g_assert_cmpuint(found, >, 0);
    }
}

static void test_fuzz(void)
{
    GRand *rand = g_rand_new_with_seed(g_test_rand_int());
    static Machine machines[3];
    unsigned planned = 0;

    for (unsigned i = 0; i < FUZZ_STRINGS; i++) {
        InsnMode mode = i % 3;
        Machine *m = &machines[mode];
        uint8_t bytes[INSN_MAX_LEN];
        size_t len = random_bytes(rand, bytes);
        /* Valgrind and ASan detect reads behind the end */
        g_autofree uint8_t *exact = g_malloc(MAX(len, 1));
        InsnStatus status;
        InsnPlan plan;
        Insn insn;

        if (i % 64 < 3) {
            random_state(rand, m, mode);
        }
        memcpy(exact, bytes, len);
        status = insn_decode(&insn, exact, len, mode);
        if (status == INSN_OK || status == INSN_UNSUPPORTED) {
            check_addresses(&insn, &m->state);
        }
        if (status != INSN_OK) {
            continue;
        }
        check_decoded(&insn);
        if (insn_plan(&insn, &m->state, &plan).vector) {
            continue;
        }
        check_planned(&plan, mode);
        if (insn.way != INSN_WAY_NATIVE) {
            insn_lanes_run(&insn, &m->state, &plan);
        }
        planned++;
    }
    g_rand_free(rand);
    g_test_message("%u of %u strings could be carried out", planned,
                   FUZZ_STRINGS);
    g_assert_cmpuint(planned, >, FUZZ_STRINGS / 100);
}

/* Addresses of instructions that can't be planned */
static void test_address(void)
{
    static const struct {
        const char *bytes;
        unsigned op;
        uint64_t addr;      /* 0: none */
    } cases[] = {
        { "f20f38f806", 0, 0x100000 },              /* enqcmd (%rsi),%rax */
        { "f20f38f806", 1, 0x700000 },
        { "64660f38f806", 1, 0x7f0000700000 },      /* movdir64b %fs:(%rsi) */
        { "0fae6610", 0, 0x700010 },                /* xsave 0x10(%rsi) */
        { "0fae6610", 1, 0 },
        { "62f27d49c60c16", 0, 0 },                 /* vgatherpf0dps */
    };
    Machine m;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t bytes[INSN_MAX_LEN];
        size_t len = parse_hex(cases[i].bytes, bytes);
        uint64_t addr = 0;
        Insn insn;

        init_state(&m, INSN_MODE_64);
        insn_decode(&insn, bytes, len, INSN_MODE_64);
        g_assert_cmpint(insn_address(&insn, &m.state, cases[i].op, &addr), ==,
                        cases[i].addr != 0);
        g_assert_cmphex(addr, ==, cases[i].addr);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/insn-plan/cases", test_cases);
    g_test_add_func("/insn-plan/address", test_address);
    g_test_add_func("/insn-plan/beginnings", test_beginnings);
    g_test_add_func("/insn-plan/rest", test_rest);
    g_test_add_func("/insn-plan/fuzz", test_fuzz);
    return g_test_run();
}
