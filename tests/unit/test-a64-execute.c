/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: liba64 executes random loads and stores as a processor does
 *
 * The processor is the host's if it is arm64, else QEMU's user emulator runs
 * a64-guest.c.
 */
#include <glib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "liba64/a64.h"
#include "a64-case.h"

#define ROUNDS 6000

/* --- the processor ------------------------------------------------------- */

typedef struct Processor {
    GPid pid;
    int in;
    int out;
} Processor;

static bool processor_start(Processor *p)
{
    const char *argv[] = {
        A64_EMULATOR, "-cpu", "max", A64_GUEST, NULL,
    };
    const char **run = *A64_EMULATOR ? argv : argv + 3;

    return *A64_GUEST &&
           g_spawn_async_with_pipes(NULL, (char **)run, NULL,
                                    G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                    &p->pid, &p->in, &p->out, NULL, NULL);
}

static void processor_stop(Processor *p)
{
    int status;

    close(p->in);
    close(p->out);
    g_assert_cmpint(waitpid(p->pid, &status, 0), ==, p->pid);
    g_assert_cmpint(status, ==, 0);
}

/* Return: false if the program has died of the instruction */
static bool processor_execute(Processor *p, A64Case *c)
{
    size_t done = 0;

    if (write(p->in, c, sizeof(*c)) != sizeof(*c)) {
        return false;
    }
    while (done < sizeof(*c)) {
        ssize_t n = read(p->out, (char *)c + done, sizeof(*c) - done);

        if (n <= 0) {
            return false;
        }
        done += n;
    }
    return true;
}

/* --- liba64 -------------------------------------------------------------- */

static void state_of_case(A64State *s, const A64Case *c)
{
    unsigned i;

    *s = (A64State) {
        .sp = GUINT64_FROM_LE(c->sp),
        .pc = A64_CASE_CODE,
        .zero_block = GUINT32_FROM_LE(c->zero_block),
    };
    for (i = 0; i < A64_GPRS; i++) {
        s->x[i] = GUINT64_FROM_LE(c->x[i]);
    }
    for (i = 0; i < A64_VECTORS; i++) {
        s->v[i][0] = GUINT64_FROM_LE(c->v[i][0]);
        s->v[i][1] = GUINT64_FROM_LE(c->v[i][1]);
    }
}

static void case_of_state(A64Case *c, const A64State *s)
{
    unsigned i;

    c->sp = GUINT64_TO_LE(s->sp);
    for (i = 0; i < A64_GPRS; i++) {
        c->x[i] = GUINT64_TO_LE(s->x[i]);
    }
    for (i = 0; i < A64_VECTORS; i++) {
        c->v[i][0] = GUINT64_TO_LE(s->v[i][0]);
        c->v[i][1] = GUINT64_TO_LE(s->v[i][1]);
    }
}

typedef struct Run {
    A64Case *c;
    A64Plan plan;
} Run;

static uint64_t run_read(void *opaque, unsigned access)
{
    Run *run = opaque;
    const A64Access *a = &run->plan.access[access];
    uint64_t value = 0;

    memcpy(&value, run->c->memory + (a->addr - A64_CASE_MEMORY), a->size);
    return GUINT64_FROM_LE(value);
}

static void run_write(void *opaque, unsigned access, uint64_t value)
{
    Run *run = opaque;
    const A64Access *a = &run->plan.access[access];

    g_assert_true(a->size == 8 || !(value >> 8 * a->size));
    value = GUINT64_TO_LE(value);
    memcpy(run->c->memory + (a->addr - A64_CASE_MEMORY), &value, a->size);
}

static bool run_fits(const Run *run, bool aligned)
{
    unsigned i;

    for (i = 0; i < run->plan.accesses; i++) {
        const A64Access *a = &run->plan.access[i];

        if (a->addr < A64_CASE_MEMORY ||
            a->addr + a->size > A64_CASE_MEMORY + A64_CASE_BYTES ||
            (aligned && a->addr % a->size)) {
            return false;
        }
    }
    return true;
}

/* What is changed is said to be. */
static void check_changed(const A64State *before, const A64State *after)
{
    unsigned i;

    for (i = 0; i < A64_GPRS; i++) {
        g_assert_true(before->x[i] == after->x[i] ||
                      (after->x_changed & 1u << i));
    }
    g_assert_true(before->sp == after->sp ||
                  (after->x_changed & 1u << A64_REG_31));
    for (i = 0; i < A64_VECTORS; i++) {
        g_assert_true(!memcmp(before->v[i], after->v[i], 16) ||
                      (after->v_changed & 1u << i));
    }
}

static void run_case(const A64Insn *insn, A64Case *c)
{
    Run run = { .c = c };
    const A64Memory memory = { &run, run_read, run_write };
    A64State before;
    A64State state;

    state_of_case(&before, c);
    state = before;
    g_assert_true(a64_plan(insn, &state, &run.plan));
    a64_execute(insn, &run.plan, &state, &memory);
    g_assert_cmphex(state.pc, ==, A64_CASE_CODE + 4);
    check_changed(&before, &state);
    case_of_state(c, &state);
}

/* --- random cases -------------------------------------------------------- */

/* Acquire and release: processors want these to be aligned, in any memory. */
static bool is_ordered(uint32_t word)
{
    return (word & 0x3f000000) == 0x08000000 ||
           (word & 0x3f000000) == 0x19000000 ||
           (word & 0x3ffffc00) == 0x38bfc000;
}

static uint64_t random64(void)
{
    return (uint64_t)g_test_rand_int() << 32 | (uint32_t)g_test_rand_int();
}

static void random_registers(A64Case *c)
{
    unsigned i;

    for (i = 0; i < A64_GPRS; i++) {
        c->x[i] = GUINT64_TO_LE(random64());
    }
    for (i = 0; i < A64_VECTORS; i++) {
        c->v[i][0] = random64();
        c->v[i][1] = random64();
    }
    for (i = 0; i < A64_CASE_BYTES; i += 8) {
        uint64_t value = random64();

        memcpy(c->memory + i, &value, 8);
    }
    c->sp = GUINT64_TO_LE(A64_CASE_MEMORY + 1024);
}

static uint64_t random_address(const A64Insn *insn, uint32_t word)
{
    uint64_t addr = A64_CASE_MEMORY + g_test_rand_int_range(256, 3584);

    return insn->base == A64_REG_31 || insn->index == A64_INDEX_PC ||
           is_ordered(word) ? addr & ~15 : addr;
}

/* Move the base, or the PC-relative offset, so that memory is there. */
static void random_place(A64Insn *insn, A64Case *c)
{
    uint64_t addr = random_address(insn, GUINT32_FROM_LE(c->word));
    A64State s;
    A64Plan plan;

    if (insn->index == A64_INDEX_PC) {
        c->word = GUINT32_TO_LE((GUINT32_FROM_LE(c->word) & ~(0x7ffffu << 5)) |
                                (uint32_t)(addr - A64_CASE_CODE) / 4 << 5);
        return;
    }
    state_of_case(&s, c);
    if (!a64_plan(insn, &s, &plan) || !plan.accesses) {
        return;
    }
    if (insn->base != A64_REG_31) {
        c->x[insn->base] =
            GUINT64_TO_LE(s.x[insn->base] + addr - plan.access[0].addr);
    } else if (insn->kind != A64_KIND_ZERO) {
        c->sp = GUINT64_TO_LE((s.sp + addr - plan.access[0].addr) & ~15ull);
    }
}

/* Bits of all loads and stores, and of those that chance alone seldom finds */
static uint32_t random_word(void)
{
    static const struct {
        uint32_t mask;
        uint32_t value;
    } groups[] = {
        { 0x0a000000, 0x08000000 },
        { 0x0a000000, 0x08000000 },
        { 0x0a000000, 0x08000000 },
        { 0xbfbf0000, 0x0c000000 },
        { 0xbfa00000, 0x0c800000 },
        { 0xbf9f0000, 0x0d000000 },
        { 0xbf800000, 0x0d800000 },
        { 0xffffffe0, 0xd50b7420 },
    };
    unsigned i = g_test_rand_int_range(0, G_N_ELEMENTS(groups));

    return (g_test_rand_int() & ~groups[i].mask) | groups[i].value;
}

static bool random_case(A64Insn *insn, A64Case *c, uint32_t zero_block)
{
    uint32_t word = random_word();
    Run run = { .c = c };
    A64State s;

    if (a64_decode(insn, word) != A64_OK) {
        return false;
    }
    random_registers(c);
    c->word = GUINT32_TO_LE(word);
    c->zero_block = GUINT32_TO_LE(zero_block);
    random_place(insn, c);
    g_assert_cmpint(a64_decode(insn, GUINT32_FROM_LE(c->word)), ==, A64_OK);
    state_of_case(&s, c);
    return a64_plan(insn, &s, &run.plan) && run_fits(&run, is_ordered(word));
}

static void assert_same(const A64Case *ours, const A64Case *real,
                        const A64Case *before)
{
    if (!memcmp(ours, real, sizeof(*ours))) {
        return;
    }
    for (unsigned i = 0; i < sizeof(*ours); i++) {
        const uint8_t *a = (const uint8_t *)ours;
        const uint8_t *b = (const uint8_t *)real;

        if (a[i] != b[i]) {
            g_test_message("byte %u of the case: %02x, not %02x", i, a[i],
                           b[i]);
        }
    }
    g_error("%08x differs", GUINT32_FROM_LE(before->word));
}

/* Cases of every kind have been executed, in every way to form an address. */
static void check_seen(unsigned seen[][8])
{
    static const struct {
        A64Kind kind;
        A64Index index;
    } want[] = {
        { A64_KIND_NOTHING, A64_INDEX_OFFSET },
        { A64_KIND_GENERAL, A64_INDEX_OFFSET },
        { A64_KIND_GENERAL, A64_INDEX_PRE },
        { A64_KIND_GENERAL, A64_INDEX_POST },
        { A64_KIND_GENERAL, A64_INDEX_PC },
        { A64_KIND_VECTOR, A64_INDEX_OFFSET },
        { A64_KIND_VECTOR, A64_INDEX_PRE },
        { A64_KIND_VECTOR, A64_INDEX_POST },
        { A64_KIND_VECTOR, A64_INDEX_PC },
        { A64_KIND_ELEMENTS, A64_INDEX_OFFSET },
        { A64_KIND_ELEMENTS, A64_INDEX_POST },
        { A64_KIND_LANE, A64_INDEX_OFFSET },
        { A64_KIND_LANE, A64_INDEX_POST },
        { A64_KIND_REPLICATE, A64_INDEX_OFFSET },
        { A64_KIND_REPLICATE, A64_INDEX_POST },
        { A64_KIND_ZERO, A64_INDEX_BLOCK },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(want); i++) {
        unsigned n = seen[want[i].kind][want[i].index];

        g_test_message("kind %d, index %d: %u", want[i].kind, want[i].index,
                       n);
        g_assert_cmpuint(n, >, 0);
    }
}

static void test_random(void)
{
    unsigned seen[8][8] = { 0 };
    uint32_t zero_block = 64;
    Processor p;
    unsigned i;

    if (!processor_start(&p)) {
        g_test_skip("no processor: needs qemu-aarch64 and an arm64 compiler");
        return;
    }
    for (i = 0; i < ROUNDS;) {
        A64Case before = { 0 };
        A64Case ours;
        A64Case real;
        A64Insn insn;

        if (!random_case(&insn, &before, zero_block)) {
            continue;
        }
        ours = real = before;
        if (!processor_execute(&p, &real)) {
            g_error("%08x is not executed", GUINT32_FROM_LE(before.word));
        }
        zero_block = GUINT32_FROM_LE(real.zero_block);
        ours.zero_block = real.zero_block;
        run_case(&insn, &ours);
        assert_same(&ours, &real, &before);
        seen[insn.kind][insn.index]++;
        i++;
    }
    processor_stop(&p);
    check_seen(seen);
}

/* --- accesses ------------------------------------------------------------ */

#define BASE 0x10064

/* Accesses in their order, from the base on; with big-endian data if others */
static const struct {
    const char *text;
    uint32_t word;
    const char *accesses;
    const char *big_endian;
} accesses[] = {
    { "ldp x1, x2, [x0, #16]", 0xa9410801, "R8+16 R8+24", NULL },
    { "stp w1, w2, [x0, #-8]!", 0x29bf0801, "W4-8 W4-4", NULL },
    { "ldpsw x1, x2, [x0], #8", 0x68c10801, "R4+0 R4+4", NULL },
    { "ldr q3, [x0], #16", 0x3cc10403, "R8+0 R8+8", NULL },
    { "stp q1, q2, [x0]", 0xad000801, "W8+0 W8+8 W8+16 W8+24", NULL },
    { "ldr h3, [x0]", 0x7d400003, "R2+0", NULL },
    { "ld1 {v1.16b-v2.16b}, [x0]", 0x4c40a001, "R8+0 R8+8 R8+16 R8+24",
      "R1+0 R1+1 R1+2 R1+3 R1+4 R1+5 R1+6 R1+7 R1+8 R1+9 R1+10 R1+11 R1+12 "
      "R1+13 R1+14 R1+15 R1+16 R1+17 R1+18 R1+19 R1+20 R1+21 R1+22 R1+23 "
      "R1+24 R1+25 R1+26 R1+27 R1+28 R1+29 R1+30 R1+31" },
    { "st1 {v1.4s}, [x0]", 0x4c007801, "W8+0 W8+8",
      "W4+0 W4+4 W4+8 W4+12" },
    { "ld2 {v1.4h-v2.4h}, [x0]", 0x0c408401,
      "R2+0 R2+2 R2+4 R2+6 R2+8 R2+10 R2+12 R2+14", NULL },
    { "ld1 {v1.s}[2], [x0]", 0x4d408001, "R4+0", NULL },
    { "ld3r {v1.8h-v3.8h}, [x0]", 0x4d40e401, "R2+0 R2+2 R2+4", NULL },
    { "st4 {v1.b-v4.b}[9], [x0]", 0x4d202401, "W1+0 W1+1 W1+2 W1+3", NULL },
    { "prfm pldl1keep, [x0]", 0xf9800000, "", NULL },
    { "dc zva, x0", 0xd50b7420, /* the block at 0x10060 */
      "W8-4 W8+4 W8+12 W8+20", NULL },
    { "str xzr, [x0], #8", 0xf800841f, "W8+0", NULL },
};

static char *accesses_of(uint32_t word, bool big_endian)
{
    g_autoptr(GString) s = g_string_new(NULL);
    A64State state = {
        .x = { BASE }, .big_endian = big_endian, .zero_block = 32,
    };
    A64Insn insn;
    A64Plan plan;

    g_assert_cmpint(a64_decode(&insn, word), ==, A64_OK);
    g_assert_true(a64_plan(&insn, &state, &plan));
    for (unsigned i = 0; i < plan.accesses; i++) {
        const A64Access *a = &plan.access[i];

        g_string_append_printf(s, "%s%c%u%+d", i ? " " : "",
                               plan.load ? 'R' : 'W', a->size,
                               (int)(a->addr - BASE));
    }
    return g_string_free(g_steal_pointer(&s), false);
}

static void test_accesses(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(accesses); i++) {
        g_autofree char *little = accesses_of(accesses[i].word, false);
        g_autofree char *big = accesses_of(accesses[i].word, true);
        const char *want = accesses[i].big_endian ? accesses[i].big_endian
                                                  : accesses[i].accesses;

        g_test_message("%s", accesses[i].text);
        g_assert_cmpstr(little, ==, accesses[i].accesses);
        g_assert_cmpstr(big, ==, want);
    }
}

/* A block of DC ZVA that is not known, or too large */
static void test_zero_block(void)
{
    static const unsigned bad[] = { 0, 4, 24, 1024, 1u << 31 };
    A64State state = { .x = { 0x1000 } };
    A64Insn insn;
    A64Plan plan;

    a64_decode(&insn, 0xd50b7420);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        state.zero_block = bad[i];
        g_assert_false(a64_plan(&insn, &state, &plan));
    }
    state.zero_block = A64_MAX_ZERO_BLOCK;
    g_assert_true(a64_plan(&insn, &state, &plan));
    g_assert_cmpuint(plan.accesses, ==, A64_MAX_ACCESSES);
}

/* --- big-endian data ----------------------------------------------------- */

static uint64_t count_read(void *opaque, unsigned access)
{
    const A64Plan *plan = opaque;
    const A64Access *a = &plan->access[access];
    uint64_t value = 0;

    /* the byte at BASE + N is N + 1 */
    for (unsigned i = 0; i < a->size; i++) {
        value |= (uint64_t)(a->addr + i - BASE + 1) << 8 * i;
    }
    return value;
}

static void bytes_write(void *opaque, unsigned access, uint64_t value)
{
    GString *s = opaque;

    (void)access;
    for (unsigned i = 0; i < 8; i++) {
        g_string_append_printf(s, "%02x", (unsigned)(value >> 8 * i & 255));
    }
}

/* What big-endian loads get from bytes 01 02 03 ..., in V1 or X1 */
static const struct {
    const char *text;
    uint32_t word;
    uint64_t low;
    uint64_t high;
} big_endian[] = {
    { "ldp x1, x2, [x0]", 0xa9400801, 0x0102030405060708, 0 },
    { "ldpsw x1, x2, [x0], #8", 0x68c10801, 0x01020304, 0 },
    { "ldr q1, [x0]", 0x3dc00001, 0x090a0b0c0d0e0f10, 0x0102030405060708 },
    { "ld1 {v1.16b}, [x0]", 0x4c407001, 0x0807060504030201,
      0x100f0e0d0c0b0a09 },
    { "ld1 {v1.4s}, [x0]", 0x4c407801, 0x0506070801020304,
      0x0d0e0f10090a0b0c },
    { "ld2 {v1.8h-v2.8h}, [x0]", 0x4c408401, 0x0d0e090a05060102,
      0x1d1e191a15161112 },
    { "ld1r {v1.8h}, [x0]", 0x4d40c401, 0x0102010201020102,
      0x0102010201020102 },
};

static void test_big_endian(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(big_endian); i++) {
        A64State state = { .x = { BASE }, .big_endian = true };
        A64Plan plan;
        const A64Memory memory = { &plan, count_read, NULL };
        A64Insn insn;

        g_test_message("%s", big_endian[i].text);
        g_assert_cmpint(a64_decode(&insn, big_endian[i].word), ==, A64_OK);
        g_assert_true(a64_plan(&insn, &state, &plan));
        a64_execute(&insn, &plan, &state, &memory);
        if (a64_uses_vectors(&insn)) {
            g_assert_cmphex(state.v[1][0], ==, big_endian[i].low);
            g_assert_cmphex(state.v[1][1], ==, big_endian[i].high);
        } else {
            g_assert_cmphex(state.x[1], ==, big_endian[i].low);
        }
    }
}

/* stp q1, q2, [x0]: bytes as they come to be in memory */
static void test_big_endian_store(void)
{
    A64State state = {
        .x = { BASE }, .big_endian = true,
        .v = { [1] = { 0x1112131415161718, 0x0102030405060708 },
               [2] = { 0x3132333435363738, 0x2122232425262728 } },
    };
    g_autoptr(GString) s = g_string_new(NULL);
    const A64Memory memory = { s, NULL, bytes_write };
    A64Insn insn;
    A64Plan plan;

    a64_decode(&insn, 0xad000801);
    g_assert_true(a64_plan(&insn, &state, &plan));
    a64_execute(&insn, &plan, &state, &memory);
    g_assert_cmpstr(s->str, ==, "01020304050607081112131415161718"
                                "21222324252627283132333435363738");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/a64/execute/random", test_random);
    g_test_add_func("/a64/execute/accesses", test_accesses);
    g_test_add_func("/a64/execute/zero-block", test_zero_block);
    g_test_add_func("/a64/execute/big-endian", test_big_endian);
    g_test_add_func("/a64/execute/big-endian-store", test_big_endian_store);
    return g_test_run();
}
