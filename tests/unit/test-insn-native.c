/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libinsn, effects on the process in which a guest's instruction is
 * executed, and on the guest's state
 */
#include <cpuid.h>
#include <glib.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libinsn/insn.h"
#include "libinsn/native.h"
#include "libinsn/xsave-area.h"
#include "libinsn/xstate.h"

#define AREA_LEN 4096

#define CR0_NE 0x20ull
#define CR0 0x80050033ull
#define CR4_OSXMMEXCPT 0x400ull
#define CR4 0x40620ull

/* No memory is there: only the plan uses these addresses. */
#define GUEST_RIP  0x123456789000ull
#define GUEST_ADDR 0x654321fed040ull

#define START(guest, ...) \
    start(guest, (const uint8_t[]) { __VA_ARGS__ }, \
          sizeof((const uint8_t[]) { __VA_ARGS__ }))

typedef struct Guest {
    uint8_t area[AREA_LEN] __attribute__((aligned(64)));
    InsnState state;
    Insn insn;
    InsnPlan plan;
} Guest;

static void put(Guest *guest, size_t at, uint64_t value, size_t len)
{
    memcpy(guest->area + at, &value, len);
}

static uint64_t get(const Guest *guest, size_t at, size_t len)
{
    uint64_t value = 0;

    memcpy(&value, guest->area + at, len);
    return value;
}

/* The operand's address is in RDI. */
static void start(Guest *guest, const uint8_t *bytes, size_t len)
{
    InsnState *state = &guest->state;

    memset(guest, 0, sizeof(*guest));
    state->mode = INSN_MODE_64;
    state->cpl = 3;
    state->rip = GUEST_RIP;
    state->rflags = 0x202;
    state->gpr[INSN_RDI] = GUEST_ADDR;
    state->cr0 = CR0;
    state->cr4 = CR4;
    state->xcr0 = insn_xstate_host();
    state->xsave = guest->area;
    state->xsave_len = AREA_LEN;
    insn_xstate_normalize(state);
    g_assert_cmpint(insn_decode(&guest->insn, bytes, len, INSN_MODE_64), ==,
                    INSN_OK);
    g_assert_cmpuint(guest->insn.z.length, ==, len);
}

static void plan(Guest *guest)
{
    InsnFault fault = insn_plan(&guest->insn, &guest->state, &guest->plan);

    g_assert_cmpint(fault.vector, ==, 0);
    g_assert_cmpint(guest->plan.spans, ==, 1);
    memset(guest->plan.span[0].data, 0, INSN_MAX_OPERAND);
}

static int execute(Guest *guest)
{
    return insn_execute(&guest->insn, &guest->state, &guest->plan).vector;
}

static void assert_not_moved(const Guest *guest)
{
    g_assert_cmphex(guest->state.rip, ==, GUEST_RIP);
    g_assert_cmphex(guest->state.rflags, ==, 0x202);
    g_assert_cmphex(guest->state.gpr[INSN_RDI], ==, GUEST_ADDR);
}

/* addps (%rdi), %xmm1 */
static void start_addps(Guest *guest, uint32_t mxcsr)
{
    const uint32_t big = 0x7f7fffff;

    START(guest, 0x0f, 0x58, 0x0f);
    put(guest, INSN_XSAVE_AT_MXCSR, mxcsr, 4);
    put(guest, INSN_XSAVE_AT_XMM + 16, big, 4);
    plan(guest);
    memcpy(guest->plan.span[0].data, &big, 4);
}

/* Exceptions */

static void test_xm(void)
{
    static Guest guest;

    /* Overflow and an inexact result: masked, they give a result. */
    start_addps(&guest, 0x1f80);
    g_assert_cmpint(execute(&guest), ==, 0);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_XMM + 16, 4), ==, 0x7f800000);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_MXCSR, 4), ==, 0x1fa8);

    /* Overflow is not masked. */
    start_addps(&guest, 0x1b80);
    g_assert_cmpint(execute(&guest), ==, INSN_XM);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_XMM + 16, 4), ==, 0x7f7fffff);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_MXCSR, 4) & 0x8, ==, 0x8);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_MXCSR, 4) & ~0x3full, ==, 0x1b80);
    assert_not_moved(&guest);

    /* The guest's system does not enable such exceptions. */
    start_addps(&guest, 0x1b80);
    guest.state.cr4 &= ~CR4_OSXMMEXCPT;
    g_assert_cmpint(execute(&guest), ==, INSN_UD);
    assert_not_moved(&guest);
}

static void start_pending(Guest *guest)
{
    /* fldl (%rdi), with a pending division by zero */
    START(guest, 0xdd, 0x07);
    put(guest, 0, 0x37b, 2);
    put(guest, INSN_XSAVE_AT_FSW, 0x8084, 2);
    plan(guest);
}

static void test_mf(void)
{
    static Guest guest;

    start_pending(&guest);
    g_assert_cmpint(execute(&guest), ==, INSN_MF);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_FSW, 2), ==, 0x8084);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_FTW, 1), ==, 0);
    assert_not_moved(&guest);

    /* Reported by an interrupt, which is not possible here */
    start_pending(&guest);
    guest.state.cr0 &= ~CR0_NE;
    g_assert_cmpint(execute(&guest), ==, (int)INSN_CANT);
    assert_not_moved(&guest);
}

static void test_gp(void)
{
    static Guest guest;

    /* movaps %xmm1, (%rdi), misaligned, despite the plan */
    START(&guest, 0x0f, 0x29, 0x0f);
    plan(&guest);
    guest.plan.span[0].addr += 8;
    g_assert_cmpint(execute(&guest), ==, INSN_GP);
    assert_not_moved(&guest);

    /* ldmxcsr (%rdi), with reserved bits */
    START(&guest, 0x0f, 0xae, 0x17);
    plan(&guest);
    memset(guest.plan.span[0].data, 0xff, 4);
    g_assert_cmpint(execute(&guest), ==, INSN_GP);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_MXCSR, 4), ==, 0x1f80);
    assert_not_moved(&guest);
}

/* x87 does not store if the store raises an unmasked exception. */
static void test_not_stored(void)
{
    static const struct {
        uint16_t fcw;
        uint64_t mantissa;
        uint16_t exponent;
        bool stored;
    } cases[] = {
        { 0x37f, 0x8000000000000000, 0x7000, true },  /* Infinity */
        { 0x377, 0x8000000000000000, 0x7000, false }, /* Overflow */
        { 0x36f, 0x8000000000000000, 0x1000, false }, /* Underflow */
        { 0x35f, 0x8000000000000001, 0x3fff, true },  /* Inexact */
        { 0x37e, 0xa000000000000000, 0x7fff, false }, /* Signalling NaN */
    };
    static Guest guest;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        /* fstps (%rdi) */
        START(&guest, 0xd9, 0x1f);
        put(&guest, 0, cases[i].fcw, 2);
        put(&guest, INSN_XSAVE_AT_FTW, 1, 1);
        put(&guest, INSN_XSAVE_AT_ST, cases[i].mantissa, 8);
        put(&guest, INSN_XSAVE_AT_ST + 8, cases[i].exponent, 2);
        plan(&guest);
        g_assert_cmphex(guest.plan.span[0].active, ==, 0xf);
        g_assert_cmpint(execute(&guest), ==, 0);
        g_assert_cmphex(guest.plan.span[0].active, ==, 0xf * cases[i].stored);
        /* The value stays on the stack until it is stored. */
        g_assert_cmphex(get(&guest, INSN_XSAVE_AT_FTW, 1), ==,
                        !cases[i].stored);
    }
}

/* A plan that is too small for the instruction is refused. */
static void test_small_plan(void)
{
    static Guest guest;

    /* movups %xmm1, (%rdi) */
    START(&guest, 0x0f, 0x11, 0x0f);
    memset(guest.area + INSN_XSAVE_AT_XMM + 16, 0x77, 16);
    plan(&guest);
    guest.plan.span[0].size = 8;
    g_assert_cmpint(execute(&guest), ==, (int)INSN_CANT);
    assert_not_moved(&guest);
}

/* State */

/* Addresses of this process must not leak into the guest's state */
static void test_pointers(void)
{
    static Guest guest;
    uint64_t fip, fdp;

    /* fldl (%rdi); fadds (%rdi), whose opcode is nearly 0 */
    for (int i = 0; i < 2; i++) {
        if (i) {
            START(&guest, 0xd8, 0x07);
        } else {
            START(&guest, 0xdd, 0x07);
        }
        plan(&guest);
        g_assert_cmpint(execute(&guest), ==, 0);
        fip = get(&guest, INSN_XSAVE_AT_FIP, 8);
        fdp = get(&guest, INSN_XSAVE_AT_FDP, 8);
        g_assert_true(fip == 0 || fip == GUEST_RIP);
        g_assert_true(fdp == 0 || fdp == GUEST_ADDR);
    }

    /* Now with an exception: every processor stores them then. */
    START(&guest, 0xd8, 0x07);
    put(&guest, 0, 0x37e, 2);
    plan(&guest);
    g_assert_cmpint(execute(&guest), ==, 0);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_FSW, 2) & 0x81, ==, 0x81);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_FIP, 8), ==, GUEST_RIP);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_FDP, 8), ==, GUEST_ADDR);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_FOP, 2), ==, 0x007);

    /* In a segment, FDP is the offset. */
    START(&guest, 0x64, 0xd8, 0x07);
    put(&guest, 0, 0x37e, 2);
    guest.state.seg[INSN_FS].base = 0x10000;
    plan(&guest);
    g_assert_cmphex(guest.plan.span[0].addr, ==, GUEST_ADDR + 0x10000);
    g_assert_cmpint(execute(&guest), ==, 0);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_FDP, 8), ==, GUEST_ADDR);

    /* The others are not x87 instructions. */
    START(&guest, 0x0f, 0x58, 0x0f);
    put(&guest, INSN_XSAVE_AT_FOP, 0x345, 2);
    put(&guest, INSN_XSAVE_AT_FIP, 0x1111, 8);
    put(&guest, INSN_XSAVE_AT_FDP, 0x2222, 8);
    plan(&guest);
    g_assert_cmpint(execute(&guest), ==, 0);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_FOP, 2), ==, 0x345);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_FIP, 8), ==, 0x1111);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_FDP, 8), ==, 0x2222);
}

/* Matters on processors that keep stale x87 pointers, which ours do not. */
static void test_shows_pointers(void)
{
    static const struct {
        uint8_t modrm;
        bool shows;
    } those[] = {
        { 0x2f, true },         /* fldcw (%rdi) */
        { 0x27, true },         /* fldenv */
        { 0x37, true },         /* fnstenv */
        { 0x3f, false },        /* fnstcw */
        { 0x07, false },        /* flds */
    };
    static Guest guest;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(those); i++) {
        START(&guest, 0xd9, those[i].modrm);
        plan(&guest);
        g_assert_cmpint(insn_native_shows_pointers(&guest.insn), ==,
                        those[i].shows);
    }
}

/* The register that points to the operand keeps the guest's value. */
static void test_registers(void)
{
    static Guest guest;

    /* addps (%rdi), %xmm1 */
    start_addps(&guest, 0x1f80);
    for (int i = 0; i < INSN_GPRS; i++) {
        if (i != INSN_RDI) {
            guest.state.gpr[i] = 0xaaaabbbbccccdd00 + i;
        }
    }
    g_assert_cmpint(execute(&guest), ==, 0);
    for (int i = 0; i < INSN_GPRS; i++) {
        g_assert_cmphex(guest.state.gpr[i], ==, i == INSN_RDI ? GUEST_ADDR :
                        0xaaaabbbbccccdd00 + i);
    }
    g_assert_cmphex(guest.state.rip, ==, GUEST_RIP + 3);
}

/* Flags that the instruction does not change: TF, IOPL, NT, AC, ID */
static void test_flags(void)
{
    static Guest guest;

    /* addl %ebx, (%rdi) */
    START(&guest, 0x01, 0x1f);
    guest.state.rflags |= 0x257500;
    plan(&guest);
    g_assert_cmpint(execute(&guest), ==, 0);
    /* RF is cleared; ZF and PF are the result's. DF is unchanged. */
    g_assert_cmphex(guest.state.rflags, ==, 0x247746);
}

/* Areas that XRSTOR would reject must not fail, and are preserved. */
static void test_strange_area(void)
{
    static Guest guest;
    uint64_t bv;

    start_addps(&guest, 0xffffffff);
    bv = get(&guest, INSN_XSAVE_AT_XSTATE_BV, 8) | 1ull << 9 | 1ull << 62;
    put(&guest, INSN_XSAVE_AT_XSTATE_BV, bv, 8);
    put(&guest, INSN_XSAVE_AT_XCOMP_BV, 1ull << 63, 8);
    memset(guest.area + INSN_XSAVE_AT_XCOMP_BV + 8, 0x5a, 48);
    memset(guest.area + 464, 0x5b, 48);
    g_assert_cmpint(execute(&guest), ==, 0);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_XSTATE_BV, 8), ==, bv);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_XCOMP_BV, 8), ==, 1ull << 63);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_XCOMP_BV + 48, 8), ==,
                    0x5a5a5a5a5a5a5a5a);
    g_assert_cmphex(get(&guest, 504, 8), ==, 0x5b5b5b5b5b5b5b5b);

    /* The shortest area: only x87 and SSE */
    start_addps(&guest, 0x1f80);
    guest.state.xsave_len = 576;
    put(&guest, INSN_XSAVE_AT_XSTATE_BV, 3, 8);
    memset(guest.area + 576, 0x5c, 512);
    g_assert_cmpint(execute(&guest), ==, 0);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_XMM + 16, 4), ==, 0x7f800000);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_XSTATE_BV, 8), ==, 3);
    g_assert_cmphex(get(&guest, 576, 8), ==, 0x5c5c5c5c5c5c5c5c);
}

/* Components that the guest lacks: KVM rejects an area with them. */
static void test_small_guest(void)
{
    static Guest guest;

    start_addps(&guest, 0x1f80);
    guest.state.xcr0 = INSN_XSTATE_X87 | INSN_XSTATE_SSE;
    put(&guest, INSN_XSAVE_AT_XSTATE_BV, 0, 8);
    g_assert_cmpint(execute(&guest), ==, 0);
    g_assert_cmphex(get(&guest, INSN_XSAVE_AT_XSTATE_BV, 8), ==, 3);
}

/* The host */

typedef struct HostState {
    uint32_t mxcsr;
    uint16_t fcw;
    uint16_t fsw;
    uint64_t flags;
} HostState;

static HostState host_state(void)
{
    HostState host;

    asm volatile("stmxcsr %0\n\t"
                 "fnstcw %1\n\t"
                 "fnstsw %2"
                 : "=m" (host.mxcsr), "=m" (host.fcw), "=m" (host.fsw));
    /* Beyond the red zone */
    asm volatile("subq $128, %%rsp\n\t"
                 "pushfq\n\t"
                 "popq %0\n\t"
                 "addq $128, %%rsp"
                 : "=r" (host.flags) : : "cc", "memory");
    host.flags &= ~0x8d5ull;
    return host;
}

static void test_host(void)
{
    static Guest guest;
    HostState before, after;
    const uint32_t mxcsr = 0x7f9f;
    const uint16_t fcw = 0xf7f;
    const uint32_t usual = 0x1f80;
    const uint16_t usual_fcw = 0x37f;

    /* Unusual values, so that nothing is right by chance */
    asm volatile("ldmxcsr %0\n\tfldcw %1" : : "m" (mxcsr), "m" (fcw));
    before = host_state();
    for (int i = 0; i < 3; i++) {
        if (i == 0) {
            start_addps(&guest, 0x1b80);
        } else if (i == 1) {
            start_addps(&guest, 0x1f80);
            guest.state.rflags |= 0x400;
            put(&guest, INSN_XSAVE_AT_FSW, 0x3800, 2);
        } else {
            start_pending(&guest);
        }
        execute(&guest);
        after = host_state();
        g_assert_cmphex(after.mxcsr, ==, mxcsr);
        g_assert_cmphex(after.fcw, ==, fcw);
        g_assert_cmphex(after.fsw, ==, before.fsw);
        g_assert_cmphex(after.flags, ==, before.flags);
    }
    asm volatile("ldmxcsr %0\n\tfldcw %1" : : "m" (usual), "m" (usual_fcw));
}

/* Other signals */

static sigjmp_buf escape;
static volatile sig_atomic_t rounds;
static volatile sig_atomic_t seen;
static volatile void *volatile seen_addr;
static uint8_t *nothing;

static void on_signal(int sig, siginfo_t *info, void *opaque)
{
    (void)opaque;
    seen = sig;
    seen_addr = info->si_addr;
    siglongjmp(escape, 1);
}

static void test_foreign_signal(void)
{
    static Guest guest;

    /* Repeatedly: it must keep working. */
    for (rounds = 0; rounds < 3; rounds++) {
        seen = 0;
        if (!sigsetjmp(escape, 1)) {
            *(volatile uint8_t *)nothing = 1;
        }
        g_assert_cmpint(seen, ==, SIGSEGV);
        g_assert_true(seen_addr == nothing);
        start_addps(&guest, 0x1b80);
        g_assert_cmpint(execute(&guest), ==, INSN_XM);
    }

    /* Sent, not raised */
    seen = 0;
    if (!sigsetjmp(escape, 1)) {
        raise(SIGFPE);
    }
    g_assert_cmpint(seen, ==, SIGFPE);
}

/* In a process of its own, where these signals have no handler */
static int die(const char *how)
{
    if (g_str_equal(how, "ignored")) {
        signal(SIGBUS, SIG_IGN);
    }
    if (insn_native_init()) {
        return 2;
    }
    if (g_str_equal(how, "fault")) {
        nothing[0] = 1;
    } else if (g_str_equal(how, "sent")) {
        raise(SIGFPE);
    } else if (g_str_equal(how, "ignored")) {
        raise(SIGBUS);
        return 7;
    }
    return 1;
}

static int status_of(const char *how)
{
    int status;
    pid_t pid = fork();

    g_assert_cmpint(pid, >=, 0);
    if (!pid) {
        const char *quiet = "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:"
                            "handle_sigill=0:detect_leaks=0";

        setenv("ASAN_OPTIONS", quiet, 1);
        setenv("TSAN_OPTIONS", quiet, 1);
        setenv("UBSAN_OPTIONS", quiet, 1);
        execl("/proc/self/exe", "test-insn-native", "--die", how, NULL);
        _exit(3);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    return status;
}

static void test_default_signal(void)
{
    int status = status_of("fault");

    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGSEGV);
    status = status_of("sent");
    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGFPE);
    status = status_of("ignored");
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 7);
}

/* Threads */

#define THREADS 8

static pthread_barrier_t barrier;
static unsigned loops;
static int stop;
static unsigned ticks;

/* It uses vector registers, and must find the default MXCSR. */
static void on_tick(int sig)
{
    volatile float x = 1.5f;
    uint32_t mxcsr;

    (void)sig;
    asm volatile("stmxcsr %0" : "=m" (mxcsr));
    for (int i = 0; i < 8; i++) {
        x = x * 2;
    }
    if (x == 384.0f && (mxcsr & 0x1f80) == 0x1f80) {
        __atomic_fetch_add(&ticks, 1, __ATOMIC_RELAXED);
    }
}

/* Each thread has its own values, and occasional exceptions. */
static void *run_thread(void *opaque)
{
    unsigned nr = GPOINTER_TO_UINT(opaque);
    Guest *guest = g_aligned_alloc0(1, sizeof(*guest), 64);

    for (unsigned i = 0; i < loops; i++) {
        uint32_t a = nr * 1000000 + i, b = i * 7;

        /* paddd (%rdi), %xmm1; lock xaddl %ebx, (%rdi) */
        START(guest, 0x66, 0x0f, 0xfe, 0x0f);
        put(guest, INSN_XSAVE_AT_XMM + 16, a, 4);
        plan(guest);
        memcpy(guest->plan.span[0].data, &b, 4);
        g_assert_cmpint(execute(guest), ==, 0);
        g_assert_cmphex(get(guest, INSN_XSAVE_AT_XMM + 16, 4), ==, a + b);

        START(guest, 0xf0, 0x0f, 0xc1, 0x1f);
        guest->state.gpr[INSN_RBX] = a;
        plan(guest);
        memcpy(guest->plan.span[0].data, &b, 4);
        g_assert_cmpint(execute(guest), ==, 0);
        g_assert_cmphex(guest->state.gpr[INSN_RBX], ==, b);
        g_assert_cmpint(memcmp(guest->plan.span[0].data, &(uint32_t){ a + b },
                               4), ==, 0);

        if (i % 8 == nr % 8) {
            start_addps(guest, 0x1b80);
            g_assert_cmpint(execute(guest), ==, INSN_XM);
        }
    }
    g_aligned_free(guest);
    /* No thread ends while signals are sent. */
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    return NULL;
}

static unsigned count_maps(void)
{
    g_autofree char *maps = NULL;
    unsigned n = 0;

    g_assert_true(g_file_get_contents("/proc/self/maps", &maps, NULL, NULL));
    for (const char *at = maps; (at = strstr(at, "/memfd:insn")); at++) {
        n++;
    }
    return n;
}

static void *run_ticks(void *opaque)
{
    pthread_t *threads = opaque;

    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        for (unsigned i = 0; i < THREADS; i++) {
            pthread_kill(threads[i], SIGUSR1);
        }
        g_usleep(200);
    }
    return NULL;
}

static void test_threads(void)
{
    struct sigaction sa = { .sa_handler = on_tick, .sa_flags = SA_RESTART };
    static pthread_t threads[THREADS];
    unsigned maps = count_maps();
    pthread_t ticker;

    loops = g_test_slow() ? 20000 : 1000;
    sigaction(SIGUSR1, &sa, NULL);
    pthread_barrier_init(&barrier, NULL, THREADS + 1);
    for (unsigned i = 0; i < THREADS; i++) {
        g_assert_cmpint(pthread_create(&threads[i], NULL, run_thread,
                                       GUINT_TO_POINTER(i)), ==, 0);
    }
    g_assert_cmpint(pthread_create(&ticker, NULL, run_ticks, threads), ==, 0);
    pthread_barrier_wait(&barrier);
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    pthread_join(ticker, NULL);
    pthread_barrier_wait(&barrier);
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    g_assert_cmpuint(ticks, >, 0);
    /* A thread's resources are freed with it. */
    g_assert_cmpuint(count_maps(), ==, maps);
}

int main(int argc, char **argv)
{
    static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE };
    struct sigaction sa = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };

    nothing = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (argc == 3 && g_str_equal(argv[1], "--die")) {
        return die(argv[2]);
    }
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
        sigaction(signals[i], &sa, NULL);
    }
    g_assert_cmpstr(insn_native_init(), ==, NULL);
    g_assert_cmpstr(insn_native_init(), ==, NULL);

    g_test_add_func("/insn/native/xm", test_xm);
    g_test_add_func("/insn/native/mf", test_mf);
    g_test_add_func("/insn/native/gp", test_gp);
    g_test_add_func("/insn/native/not-stored", test_not_stored);
    g_test_add_func("/insn/native/small-plan", test_small_plan);
    g_test_add_func("/insn/native/pointers", test_pointers);
    g_test_add_func("/insn/native/shows-pointers", test_shows_pointers);
    g_test_add_func("/insn/native/registers", test_registers);
    g_test_add_func("/insn/native/flags", test_flags);
    g_test_add_func("/insn/native/strange-area", test_strange_area);
    g_test_add_func("/insn/native/small-guest", test_small_guest);
    g_test_add_func("/insn/native/host", test_host);
    g_test_add_func("/insn/native/foreign-signal", test_foreign_signal);
    g_test_add_func("/insn/native/default-signal", test_default_signal);
    g_test_add_func("/insn/native/threads", test_threads);
    return g_test_run();
}
