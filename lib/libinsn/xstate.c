/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: registers in an XSAVE area
 */
#include <assert.h>
#include <cpuid.h>
#include <pthread.h>
#include <string.h>

#include "libinsn/xsave-area.h"
#include "libinsn/xstate.h"

#define FCW_INIT   0x37f
#define MXCSR_INIT 0x1f80

#define FSW_ES        (1u << 7)
#define FSW_TOP       (7u << FSW_TOP_SHIFT)
#define FSW_TOP_SHIFT 11
#define FTW_ALL_VALID 0xff

/* Bytes of a register in its component */
#define ST_BYTES     16
#define XMM_BYTES    16
#define YMM_HI_BYTES 16
#define ZMM_HI_BYTES 32
#define ZMM_BYTES    64
#define MASK_BYTES   8

#define X87_REGISTERS 8

/**
 * struct Component: location of a state component
 * @nr: its bit in XCR0
 * @offset: its offset in the area; 0: the processor does not have it
 * @size: its size in bytes
 */
typedef struct Component {
    unsigned nr;
    unsigned offset;
    unsigned size;
} Component;

enum { AVX, OPMASK, ZMM_HI, HI16, COMPONENTS };

static Component component[COMPONENTS] = {
    [AVX] = { .nr = 2 },
    [OPMASK] = { .nr = 5 },
    [ZMM_HI] = { .nr = 6 },
    [HI16] = { .nr = 7 },
};

static uint64_t host;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint64_t read_xcr0(void)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static void ask_cpuid(void)
{
    unsigned eax;
    unsigned ebx;
    unsigned ecx;
    unsigned edx;

    host = INSN_XSTATE_X87 | INSN_XSTATE_SSE;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE)) {
        return;
    }
    host = read_xcr0() & INSN_XSTATE_ALL;
    for (unsigned i = 0; i < COMPONENTS; i++) {
        Component *c = &component[i];

        if (__get_cpuid_count(0xd, c->nr, &eax, &ebx, &ecx, &edx)) {
            c->size = eax;
            c->offset = ebx;
        }
    }
}

uint64_t insn_xstate_host(void)
{
    pthread_once(&once, ask_cpuid);
    return host;
}

/* Component @c in @state's area; NULL: it does not exist, or is not in it */
static uint8_t *find(const InsnState *state, const Component *c)
{
    if (!c->offset || c->offset + c->size > state->xsave_len) {
        return NULL;
    }
    return state->xsave + c->offset;
}

uint64_t insn_xstate_components(const InsnState *state)
{
    uint64_t mask = insn_xstate_host() &
                    (state->xcr0 | INSN_XSTATE_X87 | INSN_XSTATE_SSE);

    for (unsigned i = 0; i < COMPONENTS; i++) {
        if (!find(state, &component[i])) {
            mask &= ~(1ull << component[i].nr);
        }
    }
    return mask;
}

void insn_xstate_normalize(InsnState *state)
{
    const uint16_t fcw = FCW_INIT;
    const uint32_t mxcsr = MXCSR_INIT;
    uint8_t *area = state->xsave;
    uint64_t bv;
    uint64_t missing;

    assert(state->xsave_len >= INSN_XSAVE_AT_EXTENDED);
    memcpy(&bv, area + INSN_XSAVE_AT_XSTATE_BV, sizeof(bv));
    missing = insn_xstate_components(state) & ~bv;

    if (missing & INSN_XSTATE_X87) {
        memset(area, 0, INSN_XSAVE_AT_MXCSR);
        memcpy(area, &fcw, sizeof(fcw));
        memset(area + INSN_XSAVE_AT_ST, 0,
               INSN_XSAVE_AT_XMM - INSN_XSAVE_AT_ST);
    }
    if (missing & INSN_XSTATE_SSE) {
        memset(area + INSN_XSAVE_AT_XMM, 0,
               INSN_XSAVE_AT_XMM_END - INSN_XSAVE_AT_XMM);
    }
    /* MXCSR belongs to both SSE and AVX */
    if (!(bv & (INSN_XSTATE_SSE | INSN_XSTATE_AVX))) {
        memcpy(area + INSN_XSAVE_AT_MXCSR, &mxcsr, sizeof(mxcsr));
    }
    for (unsigned i = 0; i < COMPONENTS; i++) {
        if (missing >> component[i].nr & 1) {
            memset(find(state, &component[i]), 0, component[i].size);
        }
    }
    bv |= missing;
    memcpy(area + INSN_XSAVE_AT_XSTATE_BV, &bv, sizeof(bv));
}

uint32_t insn_xstate_get_mxcsr(const InsnState *state)
{
    uint32_t value;

    memcpy(&value, state->xsave + INSN_XSAVE_AT_MXCSR, sizeof(value));
    return value;
}

/* Register @nr, @size bytes each, of a component; NULL: not available */
static uint8_t *find_register(const InsnState *state, unsigned which,
                              unsigned nr, unsigned size)
{
    if (!(insn_xstate_components(state) >> component[which].nr & 1)) {
        return NULL;
    }
    return find(state, &component[which]) + nr * size;
}

/**
 * struct Piece: part of a vector register
 * @bytes: its bytes in the XSAVE area; NULL: not in it, and always 0
 * @at: the first byte's index in the register
 * @len: bytes
 */
typedef struct Piece {
    uint8_t *bytes;
    size_t at;
    size_t len;
} Piece;

#define MAX_PIECES 3

static unsigned find_vector(const InsnState *state, unsigned nr,
                            Piece piece[MAX_PIECES])
{
    if (nr >= 16) {
        piece[0] = (Piece){
            find_register(state, HI16, nr - 16, ZMM_BYTES), 0, ZMM_BYTES,
        };
        return 1;
    }
    piece[0] = (Piece){
        state->xsave + INSN_XSAVE_AT_XMM + nr * XMM_BYTES, 0, XMM_BYTES,
    };
    piece[1] = (Piece){
        find_register(state, AVX, nr, YMM_HI_BYTES), 16, YMM_HI_BYTES,
    };
    piece[2] = (Piece){
        find_register(state, ZMM_HI, nr, ZMM_HI_BYTES), 32, ZMM_HI_BYTES,
    };
    return 3;
}

void insn_xstate_get_vector(const InsnState *state, unsigned nr, uint8_t *buf,
                            size_t len)
{
    uint8_t all[ZMM_BYTES] = { 0 };
    Piece piece[MAX_PIECES];
    unsigned n = find_vector(state, nr, piece);

    for (unsigned i = 0; i < n; i++) {
        if (piece[i].bytes) {
            memcpy(all + piece[i].at, piece[i].bytes, piece[i].len);
        }
    }
    memcpy(buf, all, len);
}

void insn_xstate_set_vector(InsnState *state, unsigned nr, const uint8_t *buf,
                            size_t len)
{
    uint8_t all[ZMM_BYTES] = { 0 };
    Piece piece[MAX_PIECES];
    unsigned n = find_vector(state, nr, piece);

    memcpy(all, buf, len);
    for (unsigned i = 0; i < n; i++) {
        if (piece[i].bytes) {
            memcpy(piece[i].bytes, all + piece[i].at, piece[i].len);
        }
    }
}

/*
 * MM(i) is x87 register i; the area has the registers in the order of the
 * stack, ST(0) first, which is register TOP
 */
static unsigned x87_top(const InsnState *state)
{
    uint16_t fsw;

    memcpy(&fsw, state->xsave + INSN_XSAVE_AT_FSW, sizeof(fsw));
    return (fsw & FSW_TOP) >> FSW_TOP_SHIFT;
}

uint64_t insn_xstate_get_mmx(const InsnState *state, unsigned nr)
{
    unsigned place = (nr - x87_top(state)) % X87_REGISTERS;
    uint64_t value;

    memcpy(&value, state->xsave + INSN_XSAVE_AT_ST + place * ST_BYTES,
           sizeof(value));
    return value;
}

bool insn_xstate_x87_pending(const InsnState *state)
{
    uint16_t fsw;

    memcpy(&fsw, state->xsave + INSN_XSAVE_AT_FSW, sizeof(fsw));
    return fsw & FSW_ES;
}

void insn_xstate_enter_mmx(InsnState *state)
{
    uint8_t old[X87_REGISTERS * ST_BYTES];
    uint8_t *st = state->xsave + INSN_XSAVE_AT_ST;
    unsigned top = x87_top(state);
    uint16_t fsw;

    memcpy(old, st, sizeof(old));
    for (unsigned i = 0; i < X87_REGISTERS; i++) {
        unsigned place = (i - top) % X87_REGISTERS;

        memcpy(st + i * ST_BYTES, old + place * ST_BYTES, ST_BYTES);
    }
    memcpy(&fsw, state->xsave + INSN_XSAVE_AT_FSW, sizeof(fsw));
    fsw &= ~FSW_TOP;
    memcpy(state->xsave + INSN_XSAVE_AT_FSW, &fsw, sizeof(fsw));
    state->xsave[INSN_XSAVE_AT_FTW] = FTW_ALL_VALID;
}

uint64_t insn_xstate_get_mask(const InsnState *state, unsigned nr)
{
    const uint8_t *bytes = find_register(state, OPMASK, nr, MASK_BYTES);
    uint64_t value = 0;

    if (bytes) {
        memcpy(&value, bytes, sizeof(value));
    }
    return value;
}

void insn_xstate_set_mask(InsnState *state, unsigned nr, uint64_t mask)
{
    uint8_t *bytes = find_register(state, OPMASK, nr, MASK_BYTES);

    if (bytes) {
        memcpy(bytes, &mask, sizeof(mask));
    }
}
