/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: instructions that libinsn executes lane by lane, compared with
 * the processor, and registers in an XSAVE area
 */
#include <cpuid.h>
#include <glib.h>
#include <string.h>
#include <sys/mman.h>

#include "libinsn/insn.h"
#include "libinsn/lanes.h"
#include "libinsn/xsave-area.h"
#include "libinsn/xstate.h"

#define AREA_BYTES 4096

#define CODE_BYTES 4096
#define RET 0xc3

/* Memory around RSI and RDI, as far as the indices below reach */
#define MEMORY_BYTES 4096
#define MEMORY_MIDDLE 2048

#define ROUNDS 200

typedef enum Need { NEED_SSE, NEED_AVX2, NEED_AVX512, NEED_MOVDIR } Need;

static const struct {
    const char *text;
    const char *hex;
    unsigned index_bytes;
    Need need;
} by_hand[] = {
    { "vgatherdps %xmm1,8(%rsi,%xmm2,4),%xmm3", "c4e271925c9608", 4, NEED_AVX2 },
    { "vgatherdps %ymm1,8(%rsi,%ymm2,1),%ymm3", "c4e275925c1608", 4, NEED_AVX2 },
    { "vgatherdpd %xmm1,8(%rsi,%xmm2,4),%xmm3", "c4e2f1925c9608", 4, NEED_AVX2 },
    { "vgatherdpd %ymm1,8(%rsi,%xmm2,1),%ymm3", "c4e2f5925c1608", 4, NEED_AVX2 },
    { "vgatherqps %xmm1,8(%rsi,%xmm2,4),%xmm3", "c4e271935c9608", 8, NEED_AVX2 },
    { "vgatherqps %xmm1,8(%rsi,%ymm2,1),%xmm3", "c4e275935c1608", 8, NEED_AVX2 },
    { "vgatherqpd %xmm1,8(%rsi,%xmm2,4),%xmm3", "c4e2f1935c9608", 8, NEED_AVX2 },
    { "vgatherqpd %ymm1,8(%rsi,%ymm2,1),%ymm3", "c4e2f5935c1608", 8, NEED_AVX2 },
    { "vpgatherdd %xmm1,8(%rsi,%xmm2,4),%xmm3", "c4e271905c9608", 4, NEED_AVX2 },
    { "vpgatherdd %ymm1,8(%rsi,%ymm2,1),%ymm3", "c4e275905c1608", 4, NEED_AVX2 },
    { "vpgatherdq %xmm1,8(%rsi,%xmm2,4),%xmm3", "c4e2f1905c9608", 4, NEED_AVX2 },
    { "vpgatherdq %ymm1,8(%rsi,%xmm2,1),%ymm3", "c4e2f5905c1608", 4, NEED_AVX2 },
    { "vpgatherqd %xmm1,8(%rsi,%xmm2,4),%xmm3", "c4e271915c9608", 8, NEED_AVX2 },
    { "vpgatherqd %xmm1,8(%rsi,%ymm2,1),%xmm3", "c4e275915c1608", 8, NEED_AVX2 },
    { "vpgatherqq %xmm1,8(%rsi,%xmm2,4),%xmm3", "c4e2f1915c9608", 8, NEED_AVX2 },
    { "vpgatherqq %ymm1,8(%rsi,%ymm2,1),%ymm3", "c4e2f5915c1608", 8, NEED_AVX2 },
    { "vgatherdps -8(%rsi,%xmm2,2),%xmm3{%k1}", "62f27d09925c56fe", 4, NEED_AVX512 },
    { "vscatterdps %xmm3,(%rsi,%xmm2,1){%k1}", "62f27d09a21c16", 4, NEED_AVX512 },
    { "vgatherdps -8(%rsi,%ymm2,2),%ymm3{%k1}", "62f27d29925c56fe", 4, NEED_AVX512 },
    { "vscatterdps %ymm3,(%rsi,%ymm18,1){%k1}", "62f27d21a21c16", 4, NEED_AVX512 },
    { "vgatherdps -8(%rsi,%zmm2,2),%zmm19{%k1}", "62e27d49925c56fe", 4, NEED_AVX512 },
    { "vscatterdps %zmm3,(%rsi,%zmm2,1){%k1}", "62f27d49a21c16", 4, NEED_AVX512 },
    { "vgatherdpd -8(%rsi,%xmm2,2),%xmm3{%k1}", "62f2fd09925c56ff", 4, NEED_AVX512 },
    { "vscatterdpd %xmm3,(%rsi,%xmm2,1){%k1}", "62f2fd09a21c16", 4, NEED_AVX512 },
    { "vgatherdpd -8(%rsi,%xmm2,2),%ymm3{%k1}", "62f2fd29925c56ff", 4, NEED_AVX512 },
    { "vscatterdpd %ymm3,(%rsi,%xmm18,1){%k1}", "62f2fd21a21c16", 4, NEED_AVX512 },
    { "vgatherdpd -8(%rsi,%ymm2,2),%zmm19{%k1}", "62e2fd49925c56ff", 4, NEED_AVX512 },
    { "vscatterdpd %zmm3,(%rsi,%ymm2,1){%k1}", "62f2fd49a21c16", 4, NEED_AVX512 },
    { "vgatherqps -8(%rsi,%xmm2,2),%xmm3{%k1}", "62f27d09935c56fe", 8, NEED_AVX512 },
    { "vscatterqps %xmm3,(%rsi,%xmm2,1){%k1}", "62f27d09a31c16", 8, NEED_AVX512 },
    { "vgatherqps -8(%rsi,%ymm2,2),%xmm3{%k1}", "62f27d29935c56fe", 8, NEED_AVX512 },
    { "vscatterqps %xmm3,(%rsi,%ymm18,1){%k1}", "62f27d21a31c16", 8, NEED_AVX512 },
    { "vgatherqps -8(%rsi,%zmm2,2),%ymm19{%k1}", "62e27d49935c56fe", 8, NEED_AVX512 },
    { "vscatterqps %ymm3,(%rsi,%zmm2,1){%k1}", "62f27d49a31c16", 8, NEED_AVX512 },
    { "vgatherqpd -8(%rsi,%xmm2,2),%xmm3{%k1}", "62f2fd09935c56ff", 8, NEED_AVX512 },
    { "vscatterqpd %xmm3,(%rsi,%xmm2,1){%k1}", "62f2fd09a31c16", 8, NEED_AVX512 },
    { "vgatherqpd -8(%rsi,%ymm2,2),%ymm3{%k1}", "62f2fd29935c56ff", 8, NEED_AVX512 },
    { "vscatterqpd %ymm3,(%rsi,%ymm18,1){%k1}", "62f2fd21a31c16", 8, NEED_AVX512 },
    { "vgatherqpd -8(%rsi,%zmm2,2),%zmm19{%k1}", "62e2fd49935c56ff", 8, NEED_AVX512 },
    { "vscatterqpd %zmm3,(%rsi,%zmm2,1){%k1}", "62f2fd49a31c16", 8, NEED_AVX512 },
    { "vpgatherdd -8(%rsi,%xmm2,2),%xmm3{%k1}", "62f27d09905c56fe", 4, NEED_AVX512 },
    { "vpscatterdd %xmm3,(%rsi,%xmm2,1){%k1}", "62f27d09a01c16", 4, NEED_AVX512 },
    { "vpgatherdd -8(%rsi,%ymm2,2),%ymm3{%k1}", "62f27d29905c56fe", 4, NEED_AVX512 },
    { "vpscatterdd %ymm3,(%rsi,%ymm18,1){%k1}", "62f27d21a01c16", 4, NEED_AVX512 },
    { "vpgatherdd -8(%rsi,%zmm2,2),%zmm19{%k1}", "62e27d49905c56fe", 4, NEED_AVX512 },
    { "vpscatterdd %zmm3,(%rsi,%zmm2,1){%k1}", "62f27d49a01c16", 4, NEED_AVX512 },
    { "vpgatherdq -8(%rsi,%xmm2,2),%xmm3{%k1}", "62f2fd09905c56ff", 4, NEED_AVX512 },
    { "vpscatterdq %xmm3,(%rsi,%xmm2,1){%k1}", "62f2fd09a01c16", 4, NEED_AVX512 },
    { "vpgatherdq -8(%rsi,%xmm2,2),%ymm3{%k1}", "62f2fd29905c56ff", 4, NEED_AVX512 },
    { "vpscatterdq %ymm3,(%rsi,%xmm18,1){%k1}", "62f2fd21a01c16", 4, NEED_AVX512 },
    { "vpgatherdq -8(%rsi,%ymm2,2),%zmm19{%k1}", "62e2fd49905c56ff", 4, NEED_AVX512 },
    { "vpscatterdq %zmm3,(%rsi,%ymm2,1){%k1}", "62f2fd49a01c16", 4, NEED_AVX512 },
    { "vpgatherqd -8(%rsi,%xmm2,2),%xmm3{%k1}", "62f27d09915c56fe", 8, NEED_AVX512 },
    { "vpscatterqd %xmm3,(%rsi,%xmm2,1){%k1}", "62f27d09a11c16", 8, NEED_AVX512 },
    { "vpgatherqd -8(%rsi,%ymm2,2),%xmm3{%k1}", "62f27d29915c56fe", 8, NEED_AVX512 },
    { "vpscatterqd %xmm3,(%rsi,%ymm18,1){%k1}", "62f27d21a11c16", 8, NEED_AVX512 },
    { "vpgatherqd -8(%rsi,%zmm2,2),%ymm19{%k1}", "62e27d49915c56fe", 8, NEED_AVX512 },
    { "vpscatterqd %ymm3,(%rsi,%zmm2,1){%k1}", "62f27d49a11c16", 8, NEED_AVX512 },
    { "vpgatherqq -8(%rsi,%xmm2,2),%xmm3{%k1}", "62f2fd09915c56ff", 8, NEED_AVX512 },
    { "vpscatterqq %xmm3,(%rsi,%xmm2,1){%k1}", "62f2fd09a11c16", 8, NEED_AVX512 },
    { "vpgatherqq -8(%rsi,%ymm2,2),%ymm3{%k1}", "62f2fd29915c56ff", 8, NEED_AVX512 },
    { "vpscatterqq %ymm3,(%rsi,%ymm18,1){%k1}", "62f2fd21a11c16", 8, NEED_AVX512 },
    { "vpgatherqq -8(%rsi,%zmm2,2),%zmm19{%k1}", "62e2fd49915c56ff", 8, NEED_AVX512 },
    { "vpscatterqq %zmm3,(%rsi,%zmm2,1){%k1}", "62f2fd49a11c16", 8, NEED_AVX512 },
    { "maskmovdqu %xmm3,%xmm2", "660ff7d3", 4, NEED_SSE },
    { "maskmovq %mm3,%mm2", "0ff7d3", 4, NEED_SSE },
    { "vmaskmovdqu %xmm1,%xmm3", "c5f9f7d9", 4, NEED_AVX2 },
    { "movdir64b 3(%rsi),%rdi", "660f38f87e03", 4, NEED_MOVDIR },
};

typedef struct Machine {
    InsnState state;
    uint8_t memory[MEMORY_BYTES] __attribute__((aligned(64)));
    uint8_t area[AREA_BYTES] __attribute__((aligned(64)));
} Machine;

static bool processor_has(Need need)
{
    unsigned a;
    unsigned b;
    unsigned c;
    unsigned d;

    switch (need) {
    case NEED_SSE:
        return true;
    case NEED_AVX2:
        return __builtin_cpu_supports("avx2");
    case NEED_AVX512:
        return __builtin_cpu_supports("avx512vl") &&
               insn_xstate_host() & INSN_XSTATE_HI16;
    case NEED_MOVDIR:
        return __get_cpuid_count(7, 0, &a, &b, &c, &d) && c & 1u << 28;
    }
    return false;
}

static size_t parse_hex(const char *hex, uint8_t *bytes)
{
    size_t len = strlen(hex) / 2;

    for (size_t i = 0; i < len; i++) {
        bytes[i] = g_ascii_xdigit_value(hex[2 * i]) << 4 |
                   g_ascii_xdigit_value(hex[2 * i + 1]);
    }
    return len;
}

static void random_fill(GRand *rand, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bytes[i] = g_rand_int(rand);
    }
}

static void init_machine(Machine *m, uint64_t rsi, uint64_t rdi)
{
    memset(m, 0, sizeof(*m));
    m->state = (InsnState){
        .mode = INSN_MODE_64,
        .cr0 = 0x80000011,
        .cr4 = 1u << 9 | 1u << 18,
        .xcr0 = INSN_XSTATE_ALL,
        .xsave = m->area,
        .xsave_len = sizeof(m->area),
    };
    m->state.gpr[INSN_RSI] = rsi;
    m->state.gpr[INSN_RDI] = rdi;
    insn_xstate_normalize(&m->state);
}

/* Indices in registers 2 and 18 that stay within the memory, all else random */
static void random_registers(GRand *rand, Machine *m, unsigned index_bytes)
{
    InsnState *s = &m->state;
    uint8_t vector[INSN_MAX_OPERAND];
    uint16_t fsw = g_rand_int_range(rand, 0, 8) << 11;

    for (unsigned i = 0; i < 32; i++) {
        random_fill(rand, vector, sizeof(vector));
        for (unsigned j = 0; i % 16 == 2 && j < sizeof(vector) / index_bytes;
             j++) {
            int64_t index = g_rand_int_range(rand, -200, 200);

            memcpy(vector + j * index_bytes, &index, index_bytes);
        }
        insn_xstate_set_vector(s, i, vector, sizeof(vector));
    }
    for (unsigned i = 0; i < 8; i++) {
        insn_xstate_set_mask(s, i, (uint64_t)g_rand_int(rand) << 32 |
                              g_rand_int(rand));
        random_fill(rand, m->area + INSN_XSAVE_AT_ST + i * 16, 10);
    }
    memcpy(m->area + INSN_XSAVE_AT_FSW, &fsw, sizeof(fsw));
}

/* Run @code with the registers of @m, and store the results in @m */
static void run_native(Machine *m, const void *code)
{
    uint8_t after[AREA_BYTES] __attribute__((aligned(64))) = { 0 };
    uint64_t rsi = m->state.gpr[INSN_RSI];
    uint64_t rdi = m->state.gpr[INSN_RDI];
    uint32_t components = insn_xstate_host();
    uint32_t mxcsr = 0x1f80;

    __asm__ volatile("xrstor64 (%%rbx)\n\t"
                     "call *%%rcx\n\t"
                     "xsave64 %[after]\n\t"
                     "fninit\n\t"
                     "ldmxcsr %[mxcsr]"
                     : "+S"(rsi), "+D"(rdi), [after] "+m"(after)
                     : "a"(components), "d"(0), "b"(m->area), "c"(code),
                       [mxcsr] "m"(mxcsr)
                     : "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
                       "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                       "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    memcpy(m->area, after, sizeof(after));
    insn_xstate_normalize(&m->state);
}

/* The same by insn_plan() and insn_lanes_run(); memory is at @base */
static void run_by_hand(Machine *m, const Insn *insn, uint64_t base)
{
    InsnPlan plan;

    g_assert_cmpuint(insn_plan(insn, &m->state, &plan).vector, ==, 0);
    for (unsigned i = 0; i < plan.spans; i++) {
        InsnSpan *span = &plan.span[i];

        /* Unread bytes must not be used */
        memset(span->data, 0xcc, sizeof(span->data));
        for (unsigned j = 0; span->read && j < span->size; j++) {
            if (span->active >> j & 1) {
                span->data[j] = m->memory[span->addr - base + j];
            }
        }
    }
    g_assert_cmpuint(insn_lanes_run(insn, &m->state, &plan).vector, ==, 0);
    for (unsigned i = 0; i < plan.spans; i++) {
        InsnSpan *span = &plan.span[i];

        for (unsigned j = 0; span->write && j < span->size; j++) {
            if (span->active >> j & 1) {
                m->memory[span->addr - base + j] = span->data[j];
            }
        }
    }
}

static void compare(const Machine *a, const Machine *b)
{
    for (unsigned i = 0; i < 32; i++) {
        uint8_t va[INSN_MAX_OPERAND];
        uint8_t vb[INSN_MAX_OPERAND];

        insn_xstate_get_vector(&a->state, i, va, sizeof(va));
        insn_xstate_get_vector(&b->state, i, vb, sizeof(vb));
        g_assert_cmpmem(va, sizeof(va), vb, sizeof(vb));
    }
    for (unsigned i = 0; i < 8; i++) {
        g_assert_cmphex(insn_xstate_get_mask(&a->state, i), ==,
                        insn_xstate_get_mask(&b->state, i));
        g_assert_cmpmem(a->area + INSN_XSAVE_AT_ST + i * 16, 10,
                        b->area + INSN_XSAVE_AT_ST + i * 16, 10);
    }
    /* And the tag word after it */
    g_assert_cmpmem(a->area + INSN_XSAVE_AT_FSW, 3,
                    b->area + INSN_XSAVE_AT_FSW, 3);
    g_assert_cmpmem(a->memory, MEMORY_BYTES, b->memory, MEMORY_BYTES);
}

static void *map_code(void)
{
    void *code = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return code == MAP_FAILED ? NULL : code;
}

static void test_processor(void)
{
    GRand *rand = g_rand_new_with_seed(g_test_rand_int());
    static Machine native;
    static Machine hand;
    uint64_t base = (uintptr_t)native.memory;
    uint8_t *code = map_code();
    unsigned done = 0;

    if (!code || !(insn_xstate_host() & INSN_XSTATE_AVX)) {
        g_test_skip("no XSAVE, or no memory that is written and executed");
        g_rand_free(rand);
        return;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(by_hand) * ROUNDS; i++) {
        unsigned row = i / ROUNDS;
        size_t len;
        Insn insn;

        if (!processor_has(by_hand[row].need)) {
            continue;
        }
        len = parse_hex(by_hand[row].hex, code);
        code[len] = RET;
        g_assert_cmpint(insn_decode(&insn, code, len, INSN_MODE_64), ==,
                        INSN_OK);
        g_assert_cmpint(insn.way, !=, INSN_WAY_NATIVE);

        init_machine(&native, base + MEMORY_MIDDLE, base + MEMORY_MIDDLE + 512);
        random_registers(rand, &native, by_hand[row].index_bytes);
        random_fill(rand, native.memory, sizeof(native.memory));
        hand = native;
        hand.state.xsave = hand.area;

        run_by_hand(&hand, &insn, base);
        run_native(&native, code);
        if (i % ROUNDS == 0) {
            g_test_message("%s", by_hand[row].text);
            done++;
        }
        compare(&hand, &native);
    }
    g_test_message("%u of %zu instructions: this processor lacks the others",
                   done, G_N_ELEMENTS(by_hand));
    munmap(code, CODE_BYTES);
    g_rand_free(rand);
}

/* MOVDIR64B, even if the processor lacks it */
static void test_copy(void)
{
    static const uint8_t code[] = { 0x66, 0x0f, 0x38, 0xf8, 0x7e, 0x03 };
    static Machine m;
    uint8_t want[MEMORY_BYTES];
    Insn insn;

    init_machine(&m, MEMORY_MIDDLE, MEMORY_MIDDLE + 512);
    for (unsigned i = 0; i < sizeof(m.memory); i++) {
        m.memory[i] = i * 7 + i / 256;
    }
    memcpy(want, m.memory, sizeof(want));
    memcpy(want + MEMORY_MIDDLE + 512, want + MEMORY_MIDDLE + 3, 64);
    g_assert_cmpint(insn_decode(&insn, code, sizeof(code), INSN_MODE_64), ==,
                    INSN_OK);
    run_by_hand(&m, &insn, 0);
    g_assert_cmpmem(m.memory, sizeof(m.memory), want, sizeof(want));
}

/* A pending x87 exception is raised first, and nothing is executed */
static void test_pending(void)
{
    static const uint8_t code[] = { 0x0f, 0xf7, 0xd1 };
    const uint16_t fsw = 0x8081 | 3 << 11;
    static Machine m;
    static Machine before;
    InsnPlan plan;
    Insn insn;

    init_machine(&m, 0x1000, 0x2000);
    memcpy(m.area + INSN_XSAVE_AT_FSW, &fsw, sizeof(fsw));
    before = m;
    g_assert_cmpint(insn_decode(&insn, code, sizeof(code), INSN_MODE_64), ==,
                    INSN_OK);
    g_assert_cmpuint(insn_plan(&insn, &m.state, &plan).vector, ==, 0);
    g_assert_cmpuint(insn_lanes_run(&insn, &m.state, &plan).vector, ==,
                     INSN_MF);
    g_assert_cmpmem(m.area, sizeof(m.area), before.area, sizeof(before.area));
}

/* Components in their initial state get initial bytes */
static void test_normalize(void)
{
    uint64_t components;
    static Machine m;
    uint8_t vector[INSN_MAX_OPERAND];
    uint8_t zero[INSN_MAX_OPERAND] = { 0 };
    uint64_t bv;
    uint32_t mxcsr;
    uint16_t fcw;

    init_machine(&m, 0, 0);
    memset(m.area, 0xa5, sizeof(m.area));
    memset(m.area + INSN_XSAVE_AT_XSTATE_BV, 0, 64);
    insn_xstate_normalize(&m.state);
    components = insn_xstate_components(&m.state);
    memcpy(&bv, m.area + INSN_XSAVE_AT_XSTATE_BV, sizeof(bv));
    g_assert_cmphex(bv, ==, components);
    g_assert_cmphex(bv, ==, insn_xstate_host());
    memcpy(&fcw, m.area, sizeof(fcw));
    memcpy(&mxcsr, m.area + INSN_XSAVE_AT_MXCSR, sizeof(mxcsr));
    g_assert_cmphex(fcw, ==, 0x37f);
    g_assert_cmphex(mxcsr, ==, 0x1f80);
    for (unsigned i = 0; i < 32; i++) {
        insn_xstate_get_vector(&m.state, i, vector, sizeof(vector));
        g_assert_cmpmem(vector, sizeof(vector), zero, sizeof(zero));
    }
    for (unsigned i = 0; i < 8; i++) {
        g_assert_cmphex(insn_xstate_get_mask(&m.state, i), ==, 0);
        g_assert_cmphex(insn_xstate_get_mmx(&m.state, i), ==, 0);
    }
}

/* Bytes in use are kept, and so is MXCSR if only AVX is in use */
static void test_normalize_in_use(void)
{
    const uint64_t bv = INSN_XSTATE_AVX;
    uint8_t vector[INSN_MAX_OPERAND];
    static Machine m;

    if (!(insn_xstate_host() & INSN_XSTATE_AVX)) {
        g_test_skip("this processor has no AVX");
        return;
    }
    init_machine(&m, 0, 0);
    memset(m.area, 0xa5, sizeof(m.area));
    memset(m.area + INSN_XSAVE_AT_XSTATE_BV, 0, 64);
    memcpy(m.area + INSN_XSAVE_AT_XSTATE_BV, &bv, sizeof(bv));
    insn_xstate_normalize(&m.state);
    g_assert_cmphex(insn_xstate_get_mxcsr(&m.state), ==, 0xa5a5a5a5);
    insn_xstate_get_vector(&m.state, 3, vector, 32);
    for (unsigned i = 0; i < 32; i++) {
        g_assert_cmphex(vector[i], ==, i < 16 ? 0 : 0xa5);
    }
}

/* KVM rejects an area with components that its guest does not have */
static void test_guest_components(void)
{
    static Machine m;
    uint64_t bv;

    init_machine(&m, 0, 0);
    memset(m.area + INSN_XSAVE_AT_XSTATE_BV, 0, 64);
    m.state.xcr0 = INSN_XSTATE_X87;
    insn_xstate_normalize(&m.state);
    memcpy(&bv, m.area + INSN_XSAVE_AT_XSTATE_BV, sizeof(bv));
    g_assert_cmphex(bv, ==, INSN_XSTATE_X87 | INSN_XSTATE_SSE);

    /* Nor are bytes after its end written */
    memset(m.area + INSN_XSAVE_AT_XSTATE_BV, 0, 64);
    m.state.xcr0 = INSN_XSTATE_ALL;
    m.state.xsave_len = 576;
    insn_xstate_normalize(&m.state);
    memcpy(&bv, m.area + INSN_XSAVE_AT_XSTATE_BV, sizeof(bv));
    g_assert_cmphex(bv, ==, INSN_XSTATE_X87 | INSN_XSTATE_SSE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/insn-lanes/processor", test_processor);
    g_test_add_func("/insn-lanes/copy", test_copy);
    g_test_add_func("/insn-lanes/pending", test_pending);
    g_test_add_func("/insn-xstate/normalize", test_normalize);
    g_test_add_func("/insn-xstate/in-use", test_normalize_in_use);
    g_test_add_func("/insn-xstate/guest", test_guest_components);
    return g_test_run();
}
