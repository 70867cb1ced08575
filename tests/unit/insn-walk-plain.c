/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a second page table walk (see insn-walk-plain.h)
 *
 * One function per mode, like the manual's chapters.
 */
#include "insn-walk-plain.h"

typedef struct Plain {
    const InsnWalkState *s;
    Ram *ram;
    unsigned access;
    bool w, u, x;
    uint64_t leaf;
    uint64_t leaf_at;
    unsigned width;
    uint64_t uppers[MAX_LEVEL];
    unsigned n_uppers;
    uint32_t error;
} Plain;

static bool plain_present(Plain *p, uint64_t at, unsigned width,
                          uint64_t *entry)
{
    p->width = width;
    p->error = 0;
    return ram_load(p->ram, at, width, entry) && (*entry & 1);
}

static bool plain_reserved(Plain *p)
{
    p->error = 1 | 8;
    return false;
}

static void plain_upper(Plain *p, uint64_t at, uint64_t entry)
{
    p->uppers[p->n_uppers++] = at;
    p->w = p->w && (entry & 2);
    p->u = p->u && (entry & 4);
    p->x = p->x && !(entry & NX);
}

static void plain_leaf(Plain *p, uint64_t at, uint64_t entry)
{
    p->leaf = entry;
    p->leaf_at = at;
    p->w = p->w && (entry & 2);
    p->u = p->u && (entry & 4);
    p->x = p->x && !(entry & NX);
}

/* Bits 62 or 51 to MAXPHYADDR, and 63 */
static bool plain_high(const Plain *p, uint64_t entry, unsigned top)
{
    unsigned bit;

    for (bit = p->s->phys_bits; bit <= top; bit++) {
        if (entry >> bit & 1) {
            return true;
        }
    }
    return (entry & NX) && !(p->s->efer & EFER_NXE);
}

static bool plain_narrow(Plain *p, uint64_t la, uint64_t *gpa)
{
    uint64_t at = (p->s->cr3 & 0xfffff000) + (la >> 22) * 4;
    uint64_t pde, pte;

    if (!plain_present(p, at, 4, &pde)) {
        return false;
    }
    if ((p->s->cr4 & CR4_PSE) && (pde & 0x80)) {
        uint64_t above = pde >> 13 & 0xff;

        if (pde & 0x200000 ||
            (p->s->phys_bits < 40 && above >> (p->s->phys_bits - 32))) {
            return plain_reserved(p);
        }
        plain_leaf(p, at, pde);
        *gpa = above << 32 | (pde & 0xffc00000) | (la & 0x3fffff);
        return true;
    }
    plain_upper(p, at, pde);
    at = (pde & 0xfffff000) + (la >> 12 & 0x3ff) * 4;
    if (!plain_present(p, at, 4, &pte)) {
        return false;
    }
    plain_leaf(p, at, pte);
    *gpa = (pte & 0xfffff000) | (la & 0xfff);
    return true;
}

/* Page directories are the same with PAE and in long mode. */
static bool plain_directory(Plain *p, uint64_t table, uint64_t la,
                            unsigned top, uint64_t *gpa)
{
    uint64_t at = table + (la >> 21 & 0x1ff) * 8;
    uint64_t pde, pte;

    if (!plain_present(p, at, 8, &pde)) {
        return false;
    }
    if (plain_high(p, pde, top)) {
        return plain_reserved(p);
    }
    if (pde & 0x80) {
        if (pde & 0x1fe000) {
            return plain_reserved(p);
        }
        plain_leaf(p, at, pde);
        *gpa = (pde & 0xfffffffe00000) | (la & 0x1fffff);
        return true;
    }
    plain_upper(p, at, pde);
    at = (pde & 0xffffffffff000) + (la >> 12 & 0x1ff) * 8;
    if (!plain_present(p, at, 8, &pte)) {
        return false;
    }
    if (plain_high(p, pte, top)) {
        return plain_reserved(p);
    }
    plain_leaf(p, at, pte);
    *gpa = (pte & 0xffffffffff000) | (la & 0xfff);
    return true;
}

static bool plain_pae(Plain *p, uint64_t la, uint64_t *gpa)
{
    uint64_t at = (p->s->cr3 & 0xffffffe0) + (la >> 30) * 8;
    uint64_t pdpte;

    if (!plain_present(p, at, 8, &pdpte)) {
        return false;
    }
    if (pdpte & (0x1e6 | NX) || plain_high(p, pdpte, 62)) {
        return plain_reserved(p);
    }
    return plain_directory(p, pdpte & 0xffffffffff000, la, 62, gpa);
}

static bool plain_long(Plain *p, uint64_t la, uint64_t *gpa)
{
    uint64_t table = p->s->cr3 & 0xffffffffff000;
    uint64_t at, pml5e, pml4e, pdpte;

    if (p->s->cr4 & CR4_LA57) {
        at = table + (la >> 48 & 0x1ff) * 8;
        if (!plain_present(p, at, 8, &pml5e)) {
            return false;
        }
        if (pml5e & 0x80 || plain_high(p, pml5e, 51)) {
            return plain_reserved(p);
        }
        plain_upper(p, at, pml5e);
        table = pml5e & 0xffffffffff000;
    }
    at = table + (la >> 39 & 0x1ff) * 8;
    if (!plain_present(p, at, 8, &pml4e)) {
        return false;
    }
    if (pml4e & 0x80 || plain_high(p, pml4e, 51)) {
        return plain_reserved(p);
    }
    plain_upper(p, at, pml4e);
    at = (pml4e & 0xffffffffff000) + (la >> 30 & 0x1ff) * 8;
    if (!plain_present(p, at, 8, &pdpte)) {
        return false;
    }
    if (plain_high(p, pdpte, 51)) {
        return plain_reserved(p);
    }
    if (pdpte & 0x80) {
        if (pdpte & 0x3fffe000) {
            return plain_reserved(p);
        }
        plain_leaf(p, at, pdpte);
        *gpa = (pdpte & 0xfffffc0000000) | (la & 0x3fffffff);
        return true;
    }
    plain_upper(p, at, pdpte);
    return plain_directory(p, pdpte & 0xffffffffff000, la, 51, gpa);
}

/* "Determination of access rights", sentence by sentence */
static bool plain_allowed(const Plain *p)
{
    const InsnWalkState *s = p->s;

    if (s->user) {
        return p->access == INSN_WALK_FETCH ? p->u && p->x
               : p->access == INSN_WALK_WRITE ? p->u && p->w : p->u;
    }
    if (p->access == INSN_WALK_FETCH) {
        return p->u ? p->x && !(s->cr4 & CR4_SMEP) : p->x;
    }
    if (p->u && (s->cr4 & CR4_SMAP) && !(s->rflags & AC)) {
        return false;
    }
    return p->access == INSN_WALK_WRITE ? p->w || !(s->cr0 & CR0_WP) : true;
}

static bool plain_key_allowed(const Plain *p)
{
    const InsnWalkState *s = p->s;
    unsigned key = p->leaf >> 59 & 0xf;

    if (!(s->cr4 & CR4_PKE) || !(s->efer & EFER_LMA) || !p->u ||
        p->access == INSN_WALK_FETCH) {
        return true;
    }
    if (s->pkru & AD(key)) {
        return false;
    }
    if (p->access == INSN_WALK_WRITE && (s->pkru & WD(key))) {
        return !s->user && !(s->cr0 & CR0_WP);
    }
    return true;
}

static void plain_mark(Plain *p)
{
    unsigned i;

    for (i = 0; i < p->n_uppers; i++) {
        ram_put(p->ram, p->uppers[i], p->width,
                ram_get(p->ram, p->uppers[i], p->width) | 0x20);
    }
    ram_put(p->ram, p->leaf_at, p->width,
            ram_get(p->ram, p->leaf_at, p->width) |
            (p->access == INSN_WALK_WRITE ? 0x60 : 0x20));
}

int plain_translate(const InsnWalkState *s, Ram *ram, uint64_t la,
                    unsigned access, uint64_t *gpa)
{
    Plain p = { .s = s, .ram = ram, .access = access, .w = true, .u = true,
                .x = true };
    bool found = s->efer & EFER_LMA ? plain_long(&p, la, gpa)
                 : s->cr4 & CR4_PAE ? plain_pae(&p, la, gpa)
                 : plain_narrow(&p, la, gpa);

    if (found && plain_allowed(&p) && plain_key_allowed(&p)) {
        plain_mark(&p);
        return DONE;
    }
    if (found) {
        p.error = plain_key_allowed(&p) ? 1 : 1 | 0x20;
    }
    if (s->user) {
        p.error |= 4;
    }
    if (access == INSN_WALK_WRITE) {
        p.error |= 2;
    }
    if (access == INSN_WALK_FETCH &&
        (s->cr4 & CR4_SMEP ||
         (s->cr4 & CR4_PAE && s->efer & EFER_NXE))) {
        p.error |= 0x10;
    }
    *gpa = UNTOUCHED;
    return p.error;
}
