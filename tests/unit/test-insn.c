/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libinsn executes instructions like the processor
 *
 * Every row of insn-rows.h is run with random registers and memory twice:
 * directly by the processor, in run_directly(); and decoded, planned and
 * executed by the library.  Registers, flags, memory and exceptions must be the
 * same.  An instruction that this processor lacks must be #UD both ways.
 */
#include <cpuid.h>
#include <float.h>
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "insn-needs.h"
#include "insn-rows.h"
#include "libinsn/insn.h"
#include "libinsn/native.h"
#include "libinsn/xsave-area.h"
#include "libinsn/xstate.h"

/* Offsets in an XSAVE area */
#define AREA_LEN 4096

/* CF, PF, AF, ZF, SF, DF, OF */
#define FLAGS 0xcd5ull
#define FLAG_RF (1ull << 16)

#define CR0 0x80050033ull /* PG, AM, WP, NE, ET, MP, PE */
#define CR4 0x40620ull    /* OSXSAVE, OSXMMEXCPT, OSFXSR, PAE */

/* Random bytes around the operand */
#define MEMORY_LEN 1024
#define OPERAND_AT 384

/* In 16-bit code */
#define OFFSET_16 0x1230u

#define NO_TRAP 0

/* Runs in a row with a doubtful exception: see on_signal() */
#define TRIES 4

#define HIDDEN __attribute__((visibility("hidden")))

typedef uint8_t Area[AREA_LEN] __attribute__((aligned(64)));

/* All state that an instruction may change */
typedef struct World {
    uint64_t gpr[INSN_GPRS];
    uint64_t rflags;
    uint8_t memory[MEMORY_LEN];
    Area area;
    unsigned trap;
} World;

/* For the assembler: registers, and the addresses to continue at */
struct {
    uint64_t gpr[INSN_GPRS];
    uint64_t rflags;
    uint64_t entry;
    uint64_t stack;
    uint64_t mask;
    void *guest;
    void *host;
} direct HIDDEN;
uint64_t direct_back HIDDEN;
uint64_t direct_trapped HIDDEN;

static volatile unsigned direct_trap;
static volatile bool direct_doubtful;
static uint8_t *memory;
static Area host_area;

/* The processor */

static const struct {
    const char *name;
    uint32_t leaf;
    uint32_t subleaf;
    char reg;
    uint8_t bit;
    uint64_t xcr0;
    const char *needs;  /* in the form of insn_needs() */
} features[FEATURES] = {
#define BASE (INSN_XSTATE_X87 | INSN_XSTATE_SSE)
#define YMM (BASE | INSN_XSTATE_AVX)
    [F_BASE]      = { "base", 1, 0, 'd', 8, BASE, "" },
    [F_X87]       = { "x87", 1, 0, 'd', 0, BASE, "" },
    [F_MMX]       = { "mmx", 1, 0, 'd', 23, BASE, "" },
    [F_SSE]       = { "sse", 1, 0, 'd', 25, BASE, "" },
    [F_SSE2]      = { "sse2", 1, 0, 'd', 26, BASE, "" },
    [F_SSE3]      = { "sse3", 1, 0, 'c', 0, BASE, "pni" },
    [F_SSSE3]     = { "ssse3", 1, 0, 'c', 9, BASE, "ssse3" },
    [F_SSE41]     = { "sse4.1", 1, 0, 'c', 19, BASE, "sse4_1" },
    [F_SSE42]     = { "sse4.2", 1, 0, 'c', 20, BASE, "sse4_2" },
    [F_SSE4A]     = { "sse4a", 0x80000001, 0, 'c', 6, BASE, "sse4a" },
    [F_AES]       = { "aes", 1, 0, 'c', 25, BASE, "aes" },
    [F_PCLMUL]    = { "pclmulqdq", 1, 0, 'c', 1, BASE, "pclmulqdq" },
    [F_SHA]       = { "sha", 7, 0, 'b', 29, BASE, "sha_ni" },
    [F_GFNI]      = { "gfni", 7, 0, 'c', 8, BASE, "gfni" },
    [F_CX16]      = { "cx16", 1, 0, 'c', 13, BASE, "cx16" },
    [F_MOVBE]     = { "movbe", 1, 0, 'c', 22, BASE, "movbe" },
    [F_POPCNT]    = { "popcnt", 1, 0, 'c', 23, BASE, "popcnt" },
    [F_LZCNT]     = { "lzcnt", 0x80000001, 0, 'c', 5, BASE, "abm" },
    [F_BMI1]      = { "bmi1", 7, 0, 'b', 3, YMM, "bmi1" },
    [F_BMI2]      = { "bmi2", 7, 0, 'b', 8, YMM, "bmi2" },
    [F_ADX]       = { "adx", 7, 0, 'b', 19, BASE, "adx" },
    [F_MOVDIRI]   = { "movdiri", 7, 0, 'c', 27, BASE, "movdiri" },
    [F_MOVDIR64B] = { "movdir64b", 7, 0, 'c', 28, BASE, "movdir64b" },
    [F_AVX]       = { "avx", 1, 0, 'c', 28, YMM, "avx" },
    [F_AVX2]      = { "avx2", 7, 0, 'b', 5, YMM, "avx avx2" },
    [F_F16C]      = { "f16c", 1, 0, 'c', 29, YMM, "avx f16c" },
    [F_FMA]       = { "fma", 1, 0, 'c', 12, YMM, "avx fma" },
    [F_VAES]      = { "vaes", 7, 0, 'c', 9, YMM, "avx vaes" },
    [F_VPCLMUL]   = { "vpclmulqdq", 7, 0, 'c', 10, YMM, "avx vpclmulqdq" },
    [F_VNNI_VEX]  = { "avx-vnni", 7, 1, 'a', 4, YMM, "avx avx_vnni" },
    [F_512F]      = { "avx512f", 7, 0, 'b', 16, INSN_XSTATE_ALL, "avx512f" },
    [F_512VL]     = { "avx512vl", 7, 0, 'b', 31, INSN_XSTATE_ALL,
                      "avx512f avx512vl" },
    [F_512BW]     = { "avx512bw", 7, 0, 'b', 30, INSN_XSTATE_ALL,
                      "avx512bw avx512f" },
    [F_512DQ]     = { "avx512dq", 7, 0, 'b', 17, INSN_XSTATE_ALL,
                      "avx512dq avx512f" },
    [F_512CD]     = { "avx512cd", 7, 0, 'b', 28, INSN_XSTATE_ALL,
                      "avx512cd avx512f" },
    [F_VBMI]      = { "avx512-vbmi", 7, 0, 'c', 1, INSN_XSTATE_ALL,
                      "avx512f avx512vbmi" },
    [F_VBMI2]     = { "avx512-vbmi2", 7, 0, 'c', 6, INSN_XSTATE_ALL,
                      "avx512_vbmi2 avx512f" },
    [F_VNNI]      = { "avx512-vnni", 7, 0, 'c', 11, INSN_XSTATE_ALL,
                      "avx512_vnni avx512f" },
    [F_BITALG]    = { "avx512-bitalg", 7, 0, 'c', 12, INSN_XSTATE_ALL,
                      "avx512_bitalg avx512f" },
    [F_POPCNTDQ]  = { "avx512-vpopcntdq", 7, 0, 'c', 14, INSN_XSTATE_ALL,
                      "avx512_vpopcntdq avx512f" },
    [F_IFMA]      = { "avx512-ifma", 7, 0, 'b', 21, INSN_XSTATE_ALL,
                      "avx512f avx512ifma" },
    [F_BF16]      = { "avx512-bf16", 7, 1, 'a', 5, INSN_XSTATE_ALL,
                      "avx512_bf16 avx512f" },
    [F_FP16]      = { "avx512-fp16", 7, 0, 'd', 23, INSN_XSTATE_ALL,
                      "avx512_fp16 avx512f" },
#undef BASE
#undef YMM
};

static bool has_feature(unsigned feature)
{
    unsigned reg[4] = { 0 };

    return __get_cpuid_count(features[feature].leaf, features[feature].subleaf,
                             &reg[0], &reg[1], &reg[2], &reg[3]) &&
           reg[features[feature].reg - 'a'] >> features[feature].bit & 1 &&
           (insn_xstate_host() & features[feature].xcr0) ==
           features[feature].xcr0;
}

/*
 * Execute an instruction directly on the processor.  RSP is the guest's, too:
 * signal handlers run on a stack of their own.
 */
void run_directly(void) HIDDEN;
asm(".pushsection .text\n"
    ".type run_directly, @function\n"
    "run_directly:\n"
    "pushq %rbp\n pushq %rbx\n pushq %r12\n"
    "pushq %r13\n pushq %r14\n pushq %r15\n"
    "pushfq\n"
    "movq %rsp, direct+144(%rip)\n"
    "leaq 1f(%rip), %rax\n"
    "movq %rax, direct_back(%rip)\n"
    "leaq 2f(%rip), %rax\n"
    "movq %rax, direct_trapped(%rip)\n"
    "movl direct+152(%rip), %eax\n"
    "xorl %edx, %edx\n"
    "movq direct+168(%rip), %rcx\n"
    "xsave64 (%rcx)\n"
    "movq direct+160(%rip), %rcx\n"
    "xrstor64 (%rcx)\n"
    "pushq direct+128(%rip)\n"
    "popfq\n"
    "movq direct+0(%rip), %rax\n"
    "movq direct+8(%rip), %rcx\n"
    "movq direct+16(%rip), %rdx\n"
    "movq direct+24(%rip), %rbx\n"
    "movq direct+32(%rip), %rsp\n"
    "movq direct+40(%rip), %rbp\n"
    "movq direct+48(%rip), %rsi\n"
    "movq direct+56(%rip), %rdi\n"
    "movq direct+64(%rip), %r8\n"
    "movq direct+72(%rip), %r9\n"
    "movq direct+80(%rip), %r10\n"
    "movq direct+88(%rip), %r11\n"
    "movq direct+96(%rip), %r12\n"
    "movq direct+104(%rip), %r13\n"
    "movq direct+112(%rip), %r14\n"
    "movq direct+120(%rip), %r15\n"
    "jmpq *direct+136(%rip)\n"
    "1:\n"
    "movq %rsp, direct+32(%rip)\n"
    "movq direct+144(%rip), %rsp\n"
    "2:\n"
    "pushfq\n"
    "popq direct+128(%rip)\n"
    "movq %rax, direct+0(%rip)\n"
    "movq %rcx, direct+8(%rip)\n"
    "movq %rdx, direct+16(%rip)\n"
    "movq %rbx, direct+24(%rip)\n"
    "movq %rbp, direct+40(%rip)\n"
    "movq %rsi, direct+48(%rip)\n"
    "movq %rdi, direct+56(%rip)\n"
    "movq %r8, direct+64(%rip)\n"
    "movq %r9, direct+72(%rip)\n"
    "movq %r10, direct+80(%rip)\n"
    "movq %r11, direct+88(%rip)\n"
    "movq %r12, direct+96(%rip)\n"
    "movq %r13, direct+104(%rip)\n"
    "movq %r14, direct+112(%rip)\n"
    "movq %r15, direct+120(%rip)\n"
    "movl direct+152(%rip), %eax\n"
    "xorl %edx, %edx\n"
    "movq direct+160(%rip), %rcx\n"
    "xsave64 (%rcx)\n"
    "movq direct+168(%rip), %rcx\n"
    "xrstor64 (%rcx)\n"
    "popfq\n"
    "popq %r15\n popq %r14\n popq %r13\n"
    "popq %r12\n popq %rbx\n popq %rbp\n"
    "retq\n"
    ".size run_directly, . - run_directly\n"
    ".popsection\n");

/* With 4-level paging: other addresses are not canonical, or may not be. */
static bool is_canonical(uint64_t addr)
{
    return (uint64_t)((int64_t)(addr << 16) >> 16) == addr;
}

/*
 * Installed before insn_native_init(); must still get its own signals.
 *
 * A kernel under a hypervisor that does without the processor's virtualization
 * (PVM) can't return to a non-canonical RSP, which the processor itself does
 * not check: the process gets #GP there.  So the instruction's RSP is taken
 * over here, and the handler returns to that of run_directly().
 *
 * An interrupt while RSP is non-canonical likewise ends in #GP anywhere in
 * run_directly(), or in #UD of the instruction.  Such an exception does not
 * come again when the instruction is repeated; the instruction's own does.
 */
static void on_signal(int sig, siginfo_t *info, void *opaque)
{
    ucontext_t *uc = opaque;
    greg_t *regs = uc->uc_mcontext.gregs;
    bool doubtful = !is_canonical(regs[REG_RSP]);

    (void)info;
    if (direct.entry &&
        (doubtful || (uint64_t)regs[REG_RIP] == direct.entry)) {
        direct_doubtful = doubtful;
        direct_trap = regs[REG_TRAPNO];
        direct.gpr[INSN_RSP] = regs[REG_RSP];
        regs[REG_RSP] = direct.stack;
        regs[REG_RIP] = direct_trapped;
        return;
    }
    /* A fault of the test itself: die of it. */
    signal(sig, SIG_DFL);
}

/* Random states */

static uint64_t rnd(void)
{
    return (uint64_t)g_test_rand_int() << 32 | (uint32_t)g_test_rand_int();
}

static bool one_in(unsigned n)
{
    return rnd() % n == 0;
}

/* Bytes that are sometimes useful numbers for arithmetic */
static void fill(uint8_t *bytes, size_t len)
{
    static const float singles[] = { 1, -1.5f, 1e30f, 3e38f, FLT_MIN, 0, 7 };
    static const double doubles[] = { 1, -2.5, 1e300, DBL_MIN, 0, 1e9, 12345 };

    for (size_t i = 0; i < len; i += 8) {
        uint64_t value = rnd();
        float pair[2];

        switch (rnd() % 6) {
        case 0:
            pair[0] = singles[rnd() % G_N_ELEMENTS(singles)];
            pair[1] = singles[rnd() % G_N_ELEMENTS(singles)];
            memcpy(&value, pair, 8);
            break;
        case 1:
            memcpy(&value, &doubles[rnd() % G_N_ELEMENTS(doubles)], 8);
            break;
        case 2:
            value &= 0x000000ff000000ffull;
            break;
        case 3:
            value = one_in(2) ? 0 : UINT64_MAX;
            break;
        }
        memcpy(bytes + i, &value, MIN(8, len - i));
    }
}

/* ST(0) to ST(7): 80 bits, which may be a number, or anything */
static void fill_x87(uint8_t *st)
{
    for (unsigned i = 0; i < 8; i++) {
        uint64_t mantissa = rnd();
        uint16_t exponent = rnd();

        if (!one_in(4)) {
            mantissa |= 1ull << 63;
            exponent = (exponent & 0x8000) | (16383 - 70 + rnd() % 140);
        }
        memset(st + i * 16, 0, 16);
        memcpy(st + i * 16, &mantissa, 8);
        memcpy(st + i * 16 + 8, &exponent, 2);
    }
}

static void set16(uint8_t *area, size_t at, uint16_t value)
{
    memcpy(area + at, &value, 2);
}

static void set64(uint8_t *area, size_t at, uint64_t value)
{
    memcpy(area + at, &value, 8);
}

static void component(unsigned nr, uint32_t *offset, uint32_t *size)
{
    uint32_t ecx, edx;

    __cpuid_count(0xd, nr, *size, *offset, ecx, edx);
}

static void fill_area(uint8_t *area, bool pending)
{
    static const unsigned components[] = { 2, 5, 6, 7 };
    uint16_t fcw = 0x37f & ~0x0c00;
    uint16_t fsw = rnd() & 0x7f7f & ~0x40;
    uint32_t mxcsr = 0x1f80 | (rnd() & 0xe07f);

    memset(area, 0, AREA_LEN);
    fcw |= rnd() & 0x0c00;
    if (one_in(4)) {
        fcw &= ~(rnd() & 0x3f);
    }
    if (!pending || !one_in(4)) {
        fsw &= ~(~fcw & 0x3f);
    }
    if (fsw & ~fcw & 0x3f) {
        fsw |= 0x8080;
    }
    if (one_in(3)) {
        mxcsr &= ~(rnd() & 0x1f80);
    }
    set16(area, 0, fcw);
    set16(area, 2, fsw);
    area[INSN_XSAVE_AT_FTW] = one_in(2) ? 0xff : rnd();
    set16(area, INSN_XSAVE_AT_FOP, rnd() & 0x7ff);
    set64(area, INSN_XSAVE_AT_FIP, rnd() & 0x7fffffffffff);
    set64(area, INSN_XSAVE_AT_FDP, rnd() & 0x7fffffffffff);
    memcpy(area + INSN_XSAVE_AT_MXCSR, &mxcsr, 4);
    fill_x87(area + INSN_XSAVE_AT_ST);
    fill(area + INSN_XSAVE_AT_XMM, 256);
    for (size_t i = 0; i < G_N_ELEMENTS(components); i++) {
        uint32_t offset, size;

        if (insn_xstate_host() >> components[i] & 1) {
            component(components[i], &offset, &size);
            g_assert_cmpuint(offset + size, <=, AREA_LEN);
            fill(area + offset, size);
        }
    }
    set64(area, INSN_XSAVE_AT_XSTATE_BV, insn_xstate_host());
}

/* Make vector register 7's elements small */
static void fill_indices(uint8_t *area, unsigned size)
{
    uint32_t at[4] = { INSN_XSAVE_AT_XMM + 7 * 16 }, len[4] = { 16 };
    uint32_t offset, bytes;

    if (insn_xstate_host() & INSN_XSTATE_AVX) {
        component(2, &offset, &bytes);
        at[1] = offset + 7 * 16;
        len[1] = 16;
    }
    if (insn_xstate_host() & INSN_XSTATE_ZMM_HI) {
        component(6, &offset, &bytes);
        at[2] = offset + 7 * 32;
        len[2] = 32;
    }
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned j = 0; j < len[i]; j += size) {
            int64_t value = (int64_t)(rnd() % 64) - 16;

            memcpy(area + at[i] + j, &value, size);
        }
    }
}

static void fill_world(World *world, const Row *row, unsigned round)
{
    unsigned at = OPERAND_AT + (round % 2 ? rnd() % 64 : 0);

    memset(world, 0, sizeof(*world));
    for (unsigned i = 0; i < INSN_GPRS; i++) {
        world->gpr[i] = rnd() >> (one_in(2) ? 0 : rnd() % 64);
    }
    world->gpr[INSN_RDI] = (uintptr_t)memory + at;
    if (row->flags & R_COPY) {
        world->gpr[INSN_RSI] = (uintptr_t)memory + OPERAND_AT + 128;
    }
    world->rflags = rnd() & FLAGS;
    fill(world->memory, MEMORY_LEN);
    /* A pending exception would come before that of an address. */
    fill_area(world->area, at == OPERAND_AT);
    if (row->flags & (R_DWORD | R_QWORD)) {
        fill_indices(world->area, row->flags & R_DWORD ? 4 : 8);
    }
    if (row->flags & R_CX8 && one_in(2)) {
        memcpy(world->memory + at, &world->gpr[INSN_RAX], 4);
        memcpy(world->memory + at + 4, &world->gpr[INSN_RDX], 4);
    }
    if (row->flags & R_CX16 && one_in(2)) {
        memcpy(world->memory + at, &world->gpr[INSN_RAX], 8);
        memcpy(world->memory + at + 8, &world->gpr[INSN_RDX], 8);
    }
}

/* Both ways */

/* False if the exception may not be the instruction's: repeat it. */
static bool do_directly(World *world, const Row *row)
{
    memcpy(memory, world->memory, MEMORY_LEN);
    memcpy(direct.gpr, world->gpr, sizeof(direct.gpr));
    if (!(row->flags & R_RSP)) {
        /* Any value */
        direct.gpr[INSN_RSP] = (uintptr_t)&host_area;
    }
    direct.rflags = world->rflags | 0x202;
    direct.entry = (uintptr_t)row->code[INSN_MODE_64].start;
    direct.mask = insn_xstate_host();
    direct.guest = world->area;
    direct.host = host_area;
    direct_trap = NO_TRAP;
    direct_doubtful = false;
    run_directly();
    direct.entry = 0;
    world->trap = direct_trap;
    direct.gpr[INSN_RSP] = row->flags & R_RSP ? direct.gpr[INSN_RSP] :
                           world->gpr[INSN_RSP];
    memcpy(world->gpr, direct.gpr, sizeof(direct.gpr));
    world->rflags = direct.rflags & FLAGS;
    memcpy(world->memory, memory, MEMORY_LEN);
    return !direct_doubtful;
}

static void make_state(InsnState *state, World *world, InsnMode mode)
{
    memset(state, 0, sizeof(*state));
    state->mode = mode;
    state->cpl = 3;
    memcpy(state->gpr, world->gpr, sizeof(state->gpr));
    state->rflags = world->rflags | 0x202 | FLAG_RF;
    for (unsigned i = 0; i < INSN_SEGMENTS; i++) {
        state->seg[i].limit = UINT32_MAX;
        state->seg[i].big = true;
    }
    state->cr0 = CR0;
    state->cr4 = CR4;
    state->xcr0 = insn_xstate_host();
    state->xsave = world->area;
    state->xsave_len = AREA_LEN;
}

/* Read and write the spans like a caller: only active bytes. */
static void read_spans(const World *world, InsnPlan *plan)
{
    for (unsigned i = 0; i < plan->spans; i++) {
        InsnSpan *span = &plan->span[i];

        for (unsigned j = 0; j < span->size; j++) {
            uint64_t at = span->addr + j - (uintptr_t)memory;

            /* Unread bytes have another value each time. */
            span->data[j] = rnd();
            if (span->active >> j & 1 && span->read) {
                g_assert_cmpuint(at, <, MEMORY_LEN);
                span->data[j] = world->memory[at];
            }
        }
    }
}

static void write_spans(World *world, const InsnPlan *plan)
{
    for (unsigned i = 0; i < plan->spans; i++) {
        const InsnSpan *span = &plan->span[i];

        for (unsigned j = 0; j < span->size; j++) {
            uint64_t at = span->addr + j - (uintptr_t)memory;

            if (span->active >> j & 1 && span->write) {
                g_assert_cmpuint(at, <, MEMORY_LEN);
                world->memory[at] = span->data[j];
            }
        }
    }
}

static const char *const mode_name[] = { "16-bit", "32-bit", "64-bit" };

static void do_library(World *world, const Row *row, InsnMode mode)
{
    size_t len = row->code[mode].end - row->code[mode].start;
    uint64_t rdi = world->gpr[INSN_RDI];
    InsnState state;
    InsnStatus status;
    InsnFault fault;
    InsnPlan plan;
    Insn insn;

    make_state(&state, world, mode);
    state.rip = mode == INSN_MODE_64 ? (uintptr_t)row->code[mode].start :
                mode == INSN_MODE_32 ? 0xfffffff8 : 0xfff8;
    if (mode == INSN_MODE_32) {
        /* Upper halves are undefined. */
        state.gpr[INSN_RDI] |= 0xabcdull << 32;
    } else if (mode == INSN_MODE_16) {
        state.gpr[INSN_RDI] = OFFSET_16 | 0x77770000;
        for (unsigned i = 0; i < INSN_SEGMENTS; i++) {
            state.seg[i].base = (uint32_t)(rdi - OFFSET_16);
        }
    }

    status = insn_decode(&insn, row->code[mode].start, len, mode);
    if (status != INSN_OK || insn.z.length != len) {
        g_test_message("%s, %s: decoded as %d, %d bytes", row->text,
                       mode_name[mode], status, insn.z.length);
        g_test_fail();
        return;
    }
    fault = insn_plan(&insn, &state, &plan);
    if (!fault.vector) {
        read_spans(world, &plan);
        fault = insn_execute(&insn, &state, &plan);
    }
    world->trap = fault.vector;
    if (fault.vector == INSN_CANT) {
        return;
    }
    if (!fault.vector) {
        uint64_t rip = mode == INSN_MODE_64 ? (uintptr_t)row->code[mode].end :
            mode == INSN_MODE_32 ? (uint32_t)(0xfffffff8 + len) :
            (uint16_t)(0xfff8 + len);

        write_spans(world, &plan);
        g_assert_cmphex(state.rip, ==, rip);
        g_assert_cmphex(state.rflags & ~FLAGS, ==, 0x202);
    }
    memcpy(world->gpr, state.gpr, sizeof(state.gpr));
    world->gpr[INSN_RDI] = rdi;
    world->rflags = state.rflags & FLAGS;
}

/* The name of the differing part, or NULL */
static char *compare(const World *a, const World *b, InsnMode mode)
{
    static const struct {
        const char *name;
        unsigned from;
        unsigned to;
    } parts[] = {
        { "FCW, FSW, FTW", 0, 5 }, { "FOP", 6, 8 }, { "FIP", 8, 16 },
        { "FDP", 16, 24 }, { "MXCSR", 24, 28 }, { "ST", 32, 160 },
        { "XMM", 160, 416 }, { "upper halves and masks", 576, AREA_LEN },
    };

    if (a->trap != b->trap) {
        return g_strdup_printf("exception %d, not %d", (int)b->trap,
                               (int)a->trap);
    }
    for (unsigned i = 0; i < INSN_GPRS; i++) {
        if (a->gpr[i] != b->gpr[i]) {
            return g_strdup_printf("register %u is 0x%" G_GINT64_MODIFIER "x, "
                                   "not 0x%" G_GINT64_MODIFIER "x", i,
                                   b->gpr[i], a->gpr[i]);
        }
    }
    if (a->rflags != b->rflags) {
        return g_strdup_printf("flags are 0x%x, not 0x%x", (int)b->rflags,
                               (int)a->rflags);
    }
    for (unsigned i = 0; i < MEMORY_LEN; i++) {
        if (a->memory[i] != b->memory[i]) {
            return g_strdup_printf("memory at %d is 0x%x, not 0x%x",
                                   (int)i - OPERAND_AT, b->memory[i],
                                   a->memory[i]);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        /*
         * In other modes the code is not at its address in run_directly(), and
         * these do not always survive a signal.
         */
        if ((mode != INSN_MODE_64 || a->trap) &&
            parts[i].from >= INSN_XSAVE_AT_FOP &&
            parts[i].to <= INSN_XSAVE_AT_MXCSR) {
            continue;
        }
        for (unsigned j = parts[i].from; j < parts[i].to; j++) {
            if (a->area[j] != b->area[j]) {
                return g_strdup_printf("%s: byte %u is 0x%x, not 0x%x",
                                       parts[i].name, j - parts[i].from,
                                       b->area[j], a->area[j]);
            }
        }
    }
    return NULL;
}

static void write_out(World *world)
{
    /* XSAVE need not write components in their initial state. */
    uint32_t mxcsr;
    InsnState state;

    make_state(&state, world, INSN_MODE_64);
    memcpy(&mxcsr, world->area + INSN_XSAVE_AT_MXCSR, 4);
    insn_xstate_normalize(&state);
    memcpy(world->area + INSN_XSAVE_AT_MXCSR, &mxcsr, 4);
}

static unsigned rounds(void)
{
    return g_test_slow() ? 500 : 60;
}

/* The differing part in the first mode with a difference, or NULL */
static char *try_both(const World *start, const Row *row)
{
    static World plain, rescued;

    for (unsigned i = 0; i < TRIES; i++) {
        plain = *start;
        if (do_directly(&plain, row)) {
            break;
        }
    }
    write_out(&plain);
    if (row->feature != F_X87) {
        /* XSAVE and XRSTOR themselves may lose x87's pointers. */
        memcpy(plain.area + INSN_XSAVE_AT_FOP, start->area + INSN_XSAVE_AT_FOP,
               INSN_XSAVE_AT_MXCSR - INSN_XSAVE_AT_FOP);
    }
    for (InsnMode mode = INSN_MODE_16; mode <= INSN_MODE_64; mode++) {
        g_autofree char *what = NULL;

        if (!row->code[mode].start) {
            continue;
        }
        rescued = *start;
        do_library(&rescued, row, mode);
        write_out(&rescued);
        what = compare(&plain, &rescued, mode);
        if (what) {
            return g_strdup_printf("%s: %s", mode_name[mode], what);
        }
    }
    return NULL;
}

static void test_row(const Row *row)
{
    static World start;

    for (unsigned i = 0; i < rounds(); i++) {
        g_autofree char *what = NULL;

        fill_world(&start, row, i);
        what = try_both(&start, row);
        if (what && row->feature == F_X87) {
            /*
             * Some processors lose the pointers that FNSTENV is about to store
             * if there is an interrupt right then.
             */
            g_free(what);
            what = try_both(&start, row);
        }
        if (what) {
            g_test_message("%s, round %u, %s", row->text, i, what);
            g_test_fail();
            return;
        }
    }
}

/* Features in addition to a row's own */
static const struct {
    uint32_t flag;
    unsigned feature;
    const char *needs;
} beside[] = {
    { R_VL, F_512VL, " avx512vl" },
    { R_AVX, F_AVX, " avx" },
    { R_SSE3, F_SSE3, " pni" },
};

static bool processor_has(const Row *row)
{
    for (size_t i = 0; i < G_N_ELEMENTS(beside); i++) {
        if (row->flags & beside[i].flag && !has_feature(beside[i].feature)) {
            return false;
        }
    }
    return has_feature(row->feature);
}

/* The features that the row states, in no order */
static char **needs_of(const Row *row)
{
    g_autoptr(GString) said = g_string_new(features[row->feature].needs);

    for (size_t i = 0; i < G_N_ELEMENTS(beside); i++) {
        if (row->flags & beside[i].flag) {
            g_string_append(said, beside[i].needs);
        }
    }
    return g_strsplit(g_strstrip(said->str), " ", -1);
}

static void test_feature(gconstpointer opaque)
{
    unsigned feature = GPOINTER_TO_UINT(opaque);
    bool has = has_feature(feature);

    for (const Row *row = __start_insn_rows; row < __stop_insn_rows; row++) {
        /* Instructions executed lane by lane work on any processor. */
        if (row->feature == feature &&
            (processor_has(row) || !(row->flags & R_COPY))) {
            test_row(row);
        }
    }
    if (!has) {
        g_test_skip("this processor lacks it: the result must be #UD");
    }
}

static bool same_words(char **some, char **others)
{
    for (char **word = some; *word; word++) {
        if (!g_strv_contains((const char *const *)others, *word)) {
            return false;
        }
    }
    return g_strv_length(some) == g_strv_length(others);
}

/* A row states exactly the features that its instruction needs. */
static void test_needs(void)
{
    for (const Row *row = __start_insn_rows; row < __stop_insn_rows; row++) {
        g_auto(GStrv) said = needs_of(row);

        for (InsnMode mode = INSN_MODE_16; mode <= INSN_MODE_64; mode++) {
            g_auto(GStrv) needs = NULL;

            if (!row->code[mode].start) {
                continue;
            }
            needs = insn_needs(row->code[mode].start,
                               row->code[mode].end - row->code[mode].start,
                               mode);
            if (!needs || !same_words(said, needs)) {
                g_autofree char *a = g_strjoinv(" ", said);
                g_autofree char *b = needs ? g_strjoinv(" ", needs) : NULL;

                g_test_message("%s, %s: the row says '%s', the decoder '%s'",
                               row->text, mode_name[mode], a, b ? b : "?");
                g_test_fail();
            }
        }
    }
}

int main(int argc, char **argv)
{
    struct sigaction sa = { .sa_sigaction = on_signal,
                            .sa_flags = SA_SIGINFO | SA_ONSTACK };
    static uint8_t stack[65536];
    stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
    static char path[FEATURES][40];

    g_test_init(&argc, &argv, NULL);
    sigaltstack(&alternate, NULL);
    sigaction(SIGSEGV, &sa, NULL);
    sigaction(SIGBUS, &sa, NULL);
    sigaction(SIGILL, &sa, NULL);
    sigaction(SIGFPE, &sa, NULL);
    g_assert_cmpstr(insn_native_init(), ==, NULL);
    g_assert_cmpstr(insn_native_init(), ==, NULL);

    /* Below 4 GiB, so that 32-bit code can use it */
    memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    g_assert_true(memory != MAP_FAILED);

    g_test_add_func("/insn/needs", test_needs);
    for (unsigned i = 0; i < FEATURES; i++) {
        g_snprintf(path[i], sizeof(path[i]), "/insn/rows/%s", features[i].name);
        g_test_add_data_func(path[i], GUINT_TO_POINTER(i), test_feature);
    }
    return g_test_run();
}
