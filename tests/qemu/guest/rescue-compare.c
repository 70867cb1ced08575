/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rescue guest: comparison of RAM and the device
 */
#include "rescue-guest.h"

static bool differs(Result *r, uint32_t kind, uint32_t at, uint64_t want,
                    uint64_t got)
{
    if (want == got || r->kind) {
        return r->kind;
    }
    r->kind = kind;
    r->at = at;
    r->want = want;
    r->got = got;
    return true;
}

static void compare_bytes(Result *r, uint32_t kind, const uint8_t *want,
                          const uint8_t *got, uint32_t first, uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n && !r->kind; i++) {
        differs(r, kind, first + i, want[i], got[i]);
    }
}

/* A component in its initial state may be marked as such, or saved. */
static void normalize_xsave(uint8_t *p)
{
    static const uint16_t initial_fcw = 0x37f;
    uint64_t *bv = (uint64_t *)(p + XSAVE_BV);

    if (!(*bv & 1)) {
        memset(p, 0, XSAVE_MXCSR);
        memset(p + XSAVE_ST, 0, XSAVE_XMM - XSAVE_ST);
        memcpy(p, &initial_fcw, 2);
    }
    *bv = job->xcr0;
}

static void compare_events(Result *r, const Run *want, const Run *got,
                           bool lax)
{
    uint64_t cr2_bits = lax ? -(uint64_t)PAGE : -1ull;
    unsigned i;

    differs(r, DIFF_EVENTS, 0, want->events, got->events);
    for (i = 0; i < want->events && !r->kind; i++) {
        const Event *w = &want->event[i], *g = &got->event[i];

        differs(r, DIFF_VECTOR, i, w->vector, g->vector);
        differs(r, DIFF_ERROR, i, w->error, g->error);
        differs(r, DIFF_CR2, i, w->cr2 & cr2_bits, g->cr2 & cr2_bits);
        differs(r, DIFF_RIP, i, w->rip, g->rip);
        differs(r, DIFF_EARLY, i, w->early && !lax, g->early && !lax);
    }
    differs(r, DIFF_VECTOR, MAX_EVENTS, want->end.vector, got->end.vector);
    differs(r, DIFF_ERROR, MAX_EVENTS, want->end.error, got->end.error);
    differs(r, DIFF_CR2, MAX_EVENTS, want->cr2, got->cr2);
    differs(r, DIFF_RIP, MAX_EVENTS, want->end.rip, got->end.rip);
    differs(r, DIFF_DR6, 0, want->dr6, got->dr6);
}

void compare(Result *r, const Case *c, const Place *place, Run *want, Run *got)
{
    uint32_t first, at;
    unsigned i;

    compare_events(r, want, got, c->mode & MODE_LAX);
    differs(r, DIFF_FLAGS, 0, want->end.rflags, got->end.rflags);
    for (i = 0; i < GPRS; i++) {
        differs(r, DIFF_GPR, i, want->end.gpr[i], got->end.gpr[i]);
    }
    normalize_xsave(want->xsave);
    normalize_xsave(got->xsave);
    for (i = 0; i < XSAVE_BYTES; i += 8) {
        differs(r, DIFF_XSAVE, i, *(uint64_t *)(want->xsave + i),
                *(uint64_t *)(got->xsave + i));
    }
    for (i = 0, at = 0; i < 2; i++) {
        size_t n = part(c, i, &first);

        if (place->seen[i]) {
            compare_bytes(r, DIFF_MEMORY, want->memory + at, got->memory + at,
                          i * PAGE + first, n);
        }
        at += n;
        if (!(c->mode & MODE_LAX)) {
            differs(r, DIFF_ACCESSED, i, want->accessed[i], got->accessed[i]);
        }
    }
    compare_bytes(r, DIFF_SCRATCH, want->scratch, got->scratch, 0,
                  SCRATCH_USE);
}
