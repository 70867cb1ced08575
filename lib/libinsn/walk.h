/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: page table walker
 */
#ifndef LIBINSN_WALK_H
#define LIBINSN_WALK_H

#include <stdbool.h>
#include <stdint.h>

/* Page fault error codes: Intel's manual, volume 3, 4.7 */
#define INSN_WALK_PRESENT (1u << 0)
#define INSN_WALK_WRITE   (1u << 1)
#define INSN_WALK_USER    (1u << 2)
#define INSN_WALK_RSVD    (1u << 3)
#define INSN_WALK_FETCH   (1u << 4)
#define INSN_WALK_PK      (1u << 5)

/**
 * struct InsnWalkMemory: access to the memory that holds the page tables
 * @opaque: argument of the functions
 * @load: read 4 or 8 bytes, little-endian, aligned; false: there is no memory
 * @swap: compare and exchange 4 or 8 bytes, atomically; false: the value is no
 *        longer @old, or there is no memory.  NULL: leave A and D as they are
 */
typedef struct InsnWalkMemory {
    void *opaque;
    bool (*load)(void *opaque, uint64_t gpa, unsigned width, uint64_t *value);
    bool (*swap)(void *opaque, uint64_t gpa, unsigned width, uint64_t old,
                 uint64_t value);
} InsnWalkMemory;

/**
 * struct InsnWalkState: the registers that affect a walk
 * @cr0: PG, WP
 * @cr3: all of it
 * @cr4: PSE, PAE, LA57, SMEP, SMAP, PKE
 * @efer: LMA, NXE
 * @rflags: AC
 * @pkru: protection keys; 0 without CR4.PKE
 * @phys_bits: width of physical addresses (CPUID 0x80000008), 32 to 52
 * @user: the access is made at CPL 3
 */
typedef struct InsnWalkState {
    uint64_t cr0;
    uint64_t cr3;
    uint64_t cr4;
    uint64_t efer;
    uint64_t rflags;
    uint32_t pkru;
    unsigned phys_bits;
    bool user;
} InsnWalkState;

/**
 * insn_walk_translate() - translate a linear address
 * @state: the registers
 * @memory: the guest's memory
 * @addr: linear address; canonical in long mode, otherwise 32 bits are used
 * @access: INSN_WALK_WRITE, INSN_WALK_FETCH, or 0 for a read
 * @gpa: gets the guest-physical address
 * @error_code: gets the page fault's error code, if there is a page fault
 *
 * Sets accessed and dirty bits as the processor does.
 *
 * Return: false for a page fault
 */
bool insn_walk_translate(const InsnWalkState *state,
                         const InsnWalkMemory *memory, uint64_t addr,
                         unsigned access, uint64_t *gpa, uint32_t *error_code);

#endif /* LIBINSN_WALK_H */
