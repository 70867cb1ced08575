/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: what a64-guest.c has in assembler
 */
#ifndef A64_GUEST_H
#define A64_GUEST_H

/* Load all registers, and jump to the code, which comes to a64_back. */
void a64_run(void);
extern const char a64_back[];

/* Where the program begins */
void _start(void);

#endif /* A64_GUEST_H */
