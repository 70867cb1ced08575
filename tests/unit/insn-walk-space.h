/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: an address space with one page in a small memory
 */
#ifndef INSN_WALK_SPACE_H
#define INSN_WALK_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "libinsn/walk.h"

#define CR0_WP   (1ull << 16)
#define CR0_PG   (1ull << 31)
#define CR4_PSE  (1ull << 4)
#define CR4_PAE  (1ull << 5)
#define CR4_LA57 (1ull << 12)
#define CR4_SMEP (1ull << 20)
#define CR4_SMAP (1ull << 21)
#define CR4_PKE  (1ull << 22)
#define EFER_LMA (1ull << 10)
#define EFER_NXE (1ull << 11)
#define AC       (1ull << 18)

#define P  (1ull << 0)
#define W  (1ull << 1)
#define U  (1ull << 2)
#define A  (1ull << 5)
#define D  (1ull << 6)
#define PS (1ull << 7)
#define NX (1ull << 63)

#define BITS(from, to) (~0ull >> (63 - (to)) & ~0ull << (from))

/* PKRU's bits for a key: no access, no writes */
#define AD(key) (1u << 2 * (key))
#define WD(key) (2u << 2 * (key))

#define RAM_BASE 0x100000
#define RAM_SIZE 0x8000

typedef struct Ram Ram;

/**
 * struct Ram: memory, with its behaviour
 * @bytes: at RAM_BASE
 * @rom: no swap succeeds
 * @swaps: number of swaps tried
 * @before_swap: called before a swap, to change memory
 * @hook_at: for @before_swap
 */
struct Ram {
    uint8_t bytes[RAM_SIZE];
    bool rom;
    unsigned swaps;
    void (*before_swap)(Ram *ram);
    uint64_t hook_at;
};

/* Callbacks of InsnWalkMemory, with a Ram as @opaque */
bool ram_load(void *opaque, uint64_t gpa, unsigned width, uint64_t *value);
bool ram_swap(void *opaque, uint64_t gpa, unsigned width, uint64_t old,
              uint64_t value);

/* Fails the test if there is no memory. */
uint64_t ram_get(Ram *ram, uint64_t gpa, unsigned width);
void ram_put(Ram *ram, uint64_t gpa, unsigned width, uint64_t value);

typedef enum Kind { NARROW, PSE, PAE, FOUR, FIVE, KINDS } Kind;

#define MAX_LEVEL 5

/* Indexed by level; level 1 has the smallest pages. */
typedef struct Shape {
    const char *name;
    uint64_t cr4;
    uint64_t efer;
    unsigned width;
    unsigned levels;
    unsigned largest;
    unsigned shift[MAX_LEVEL + 1];
    unsigned bits[MAX_LEVEL + 1];
    uint64_t linear;
} Shape;

extern const Shape shapes[KINDS];

/**
 * struct Space: an address space with one page
 * @shape: the layout of its tables
 * @page_level: level of the entry that maps the page
 * @state: registers
 * @ram: memory with the tables
 * @at: addresses of the entries, by level
 * @page: the page's address
 */
typedef struct Space {
    const Shape *shape;
    unsigned page_level;
    InsnWalkState state;
    Ram ram;
    uint64_t at[MAX_LEVEL + 1];
    uint64_t page;
} Space;

/* No page fault */
#define DONE (-1)

#define UNTOUCHED 0xdeadbeefdeadbeef

/* @page_level: 1, or the level of a larger page */
void space_build(Space *space, Kind kind, unsigned page_level);

/* For each paging mode and each size of a page there */
void space_each(void (*test)(Kind kind, unsigned page_level));

/* A PDPTE of PAE paging: no rights, no accessed bit */
bool space_bare(const Space *space, unsigned level);

/* The entry made by space_build() */
uint64_t space_entry(const Space *space, unsigned level);

uint64_t space_table(const Space *space, unsigned level);
uint64_t space_get(Space *space, unsigned level);
void space_put(Space *space, unsigned level, uint64_t entry);

/* The physical address of the page */
uint64_t space_gpa(const Space *space);

/* insn_walk_translate(); return: an error code, or DONE */
int walk(const InsnWalkState *state, const InsnWalkMemory *memory,
         uint64_t linear, unsigned access, uint64_t *gpa);
int space_walk(Space *space, unsigned access, uint64_t *gpa);
int space_try(Space *space, unsigned access);

#endif /* INSN_WALK_SPACE_H */
