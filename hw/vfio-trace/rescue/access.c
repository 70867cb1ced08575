/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the accesses of an instruction (see access.h)
 *
 * They are split as KVM splits its own accesses: into 8 bytes at a time, from
 * the first byte in a page.  QEMU's memory core splits accesses that are
 * shorter, or have gaps, into powers of two.
 */
#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "hw/vfio-trace/rescue/access.h"
#include "hw/vfio-trace/rescue/outcome.h"
#include "hw/vfio-trace/vcpu/guest-linear.h"

#define PAGE 4096

/* Largest access of a vCPU, in bytes */
#define PIECE 8

/* Attributes of a vCPU's accesses, as vfio_trace_vcpu_made() expects them */
static const MemTxAttrs vcpu_attrs;

PCITapRegion *vfio_trace_rescue_window(hwaddr gpa, hwaddr *offset)
{
    return pci_tap_region_at(gpa, vcpu_attrs, offset);
}

static uint64_t rescue_access_active_in(const InsnSpan *span, unsigned at,
                                        unsigned len)
{
    return span->active & MAKE_64BIT_MASK(at, len);
}

/* Only the first fault is raised. */
static void rescue_access_note_fault(RescuePlaces *places, uint64_t addr,
                                     uint32_t error_code)
{
    if (!places->fault) {
        places->fault = true;
        places->cr2 = addr;
        places->error_code = error_code;
    }
}

void vfio_trace_rescue_see(RescuePlaces *places, hwaddr gpa, bool write)
{
    hwaddr offset;
    PCITapRegion *window = vfio_trace_rescue_window(gpa, &offset);

    if (!window) {
        places->memory &= vfio_trace_rescue_is_memory(gpa, write);
    } else if (!places->window) {
        places->window = window;
        places->offset = offset;
    }
}

/*
 * A part without an active byte.  A processor may check such a page, so it may
 * be the reason for the failed emulation; but it must not fault, and must not
 * be accessed.
 */
static void rescue_access_see_part(RescuePlaces *places, uint64_t linear,
                                   const InsnWalkState *walk)
{
    uint64_t gpa;
    uint32_t error_code;

    if (insn_walk_translate(walk, &vfio_trace_guest_memory_ro, linear, 0, &gpa,
                            &error_code)) {
        vfio_trace_rescue_see(places, gpa, false);
    }
}

static uint64_t rescue_access_linear_of(const InsnSpan *span, unsigned at,
                                        const RescueVCPU *vcpu)
{
    uint64_t linear = span->addr + at;

    return vcpu->insn.mode == INSN_MODE_64 ? linear : (uint32_t)linear;
}

static void rescue_access_translate_part(RescuePlaces *places,
                                         const InsnSpan *span,
                                         RescuePiece piece,
                                         const RescueVCPU *vcpu)
{
    uint64_t active = rescue_access_active_in(span, piece.at, piece.len);
    uint64_t linear = rescue_access_linear_of(span, piece.at, vcpu);
    uint32_t error_code;

    if (!active) {
        rescue_access_see_part(places, linear, &vcpu->walk);
    } else if (insn_walk_translate(&vcpu->walk, &vfio_trace_guest_memory,
                                   linear, span->write ? INSN_WALK_WRITE : 0,
                                   &piece.gpa, &error_code)) {
        places->piece[places->pieces++] = piece;
        vfio_trace_rescue_see(places, piece.gpa, span->write);
    } else {
        linear = rescue_access_linear_of(span, ctz64(active), vcpu);
        rescue_access_note_fault(places, linear, error_code);
    }
}

void vfio_trace_rescue_translate(RescuePlaces *places, const InsnPlan *plan,
                                 const RescueVCPU *vcpu)
{
    unsigned i;

    *places = (RescuePlaces) { .memory = true };
    for (i = 0; i < plan->spans; i++) {
        const InsnSpan *span = &plan->span[i];
        unsigned first = MIN(span->size, PAGE - (span->addr & (PAGE - 1)));

        rescue_access_translate_part(places, span,
                                     (RescuePiece) { .span = i, .len = first },
                                     vcpu);
        if (first < span->size) {
            RescuePiece rest = {
                .span = i, .at = first, .len = span->size - first,
            };

            rescue_access_translate_part(places, span, rest, vcpu);
        }
    }
}

/* Access a run of bytes without gaps. */
static void rescue_access_run(const RescuePiece *piece, InsnSpan *span,
                              unsigned at, unsigned len, bool write)
{
    address_space_rw(&address_space_memory, piece->gpa + (at - piece->at),
                     vcpu_attrs, span->data + at, len, write);
}

static void rescue_access_piece(const RescuePiece *piece, InsnSpan *span,
                                bool write)
{
    unsigned end = piece->at + piece->len;
    unsigned at;

    for (at = piece->at; at < end; at += PIECE) {
        uint64_t active =
            rescue_access_active_in(span, at, MIN(PIECE, end - at));

        while (active) {
            unsigned from = ctz64(active);
            unsigned len = ctz64(~(active >> from));

            rescue_access_run(piece, span, from, len, write);
            active &= ~MAKE_64BIT_MASK(from, len);
        }
    }
}

static void rescue_access_all(const RescuePlaces *places, InsnPlan *plan,
                              bool write)
{
    unsigned i;

    for (i = 0; i < places->pieces; i++) {
        const RescuePiece *piece = &places->piece[i];
        InsnSpan *span = &plan->span[piece->span];

        if (write ? span->write : span->read) {
            rescue_access_piece(piece, span, write);
        }
    }
}

void vfio_trace_rescue_read(const RescuePlaces *places, InsnPlan *plan)
{
    rescue_access_all(places, plan, false);
}

void vfio_trace_rescue_write(const RescuePlaces *places, InsnPlan *plan)
{
    rescue_access_all(places, plan, true);
}
