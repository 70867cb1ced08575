/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * liba64: walker of stage 1 translation tables
 *
 * For EL1 and EL0 (the EL1&0 regime), in AArch64.
 */
#ifndef LIBA64_WALK_H
#define LIBA64_WALK_H

#include "libinsn/walk.h"

/**
 * enum A64WalkAccess: what the address is needed for
 * @A64_WALK_READ: data is read
 * @A64_WALK_WRITE: data is written
 * @A64_WALK_FETCH: the processor has executed the instruction there: nothing is
 *                  checked but that the address is mapped
 */
typedef enum A64WalkAccess {
    A64_WALK_READ,
    A64_WALK_WRITE,
    A64_WALK_FETCH,
} A64WalkAccess;

/**
 * struct A64WalkState: the registers that affect a walk
 * @sctlr: SCTLR_EL1
 * @tcr: TCR_EL1
 * @tcr2: TCR2_EL1; 0 if the vCPU has none
 * @pir: PIR_EL1: indirect permissions; used if @tcr2 says so
 * @pire0: PIRE0_EL1: the same for EL0
 * @ttbr: TTBR0_EL1, TTBR1_EL1
 * @user: the access is made at EL0
 * @pan: PSTATE.PAN
 */
typedef struct A64WalkState {
    uint64_t sctlr;
    uint64_t tcr;
    uint64_t tcr2;
    uint64_t pir;
    uint64_t pire0;
    uint64_t ttbr[2];
    bool user;
    bool pan;
} A64WalkState;

/**
 * a64_walk_supported() - can addresses be translated with these registers?
 * @state: the registers
 *
 * Return: NULL, or one word for what is not supported
 */
const char *a64_walk_supported(const A64WalkState *state);

/**
 * a64_walk_translate() - translate a virtual address
 * @state: the registers; a64_walk_supported()
 * @memory: the guest's memory
 * @addr: virtual address, with or without a tag
 * @access: what it is needed for
 * @ipa: gets the intermediate physical address
 * @fault: gets the fault's status code (DFSC of ESR_EL1), if there is a fault
 *
 * Sets access flags, and the dirty state, where the processor would.
 *
 * Return: false: the processor would raise a fault
 */
bool a64_walk_translate(const A64WalkState *state,
                        const InsnWalkMemory *memory, uint64_t addr,
                        A64WalkAccess access, uint64_t *ipa,
                        unsigned *fault);

#endif /* LIBA64_WALK_H */
