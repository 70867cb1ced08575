/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses that a processor translates (see a64-walk.S, a64-walk-compare.c)
 */
#ifndef A64_WALK_H
#define A64_WALK_H

/* The machine's memory, and what is in it */
#define RAM       0x40000000
#define RAM_SIZE  0x8000000
#define CODE      0x40100000
#define TABLES    0x41000000
#define COUNT     0x42000000    /* of the cases that are left */
#define CASES     0x42000040

/* Offsets in a case, and its size */
#define CASE_TTBR0  0
#define CASE_TTBR1  8
#define CASE_TCR    16
#define CASE_SCTLR  24
#define CASE_VA     32
#define CASE_KIND   40          /* number of an instruction in a64-walk.S */
#define CASE_PAR    48          /* gets the result */
#define CASE_SIZE   64

#endif /* A64_WALK_H */
