/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: the registers as two logs have left them
 *
 * What is known of a register is the value that was written last, or the one
 * that was read last if none was written.  One log may access it with four
 * bytes and the other one with two times two: bytes are compared, and those of
 * accesses that overlap are shown together.
 */
#ifndef VFIO_TRACE_DIFF_STATE_H
#define VFIO_TRACE_DIFF_STATE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/diff/places.h"

/* Number of logs */
#define DIFF_SIDES 2

/**
 * struct DiffKnown: what is known of a register in one log
 * @value: its value
 * @known: bits of @value that are known
 * @written: those that were written
 * @line: line of the last access that tells one of them, or 0
 */
typedef struct DiffKnown {
    uint64_t value;
    uint64_t known;
    uint64_t written;
    uint64_t line;
} DiffKnown;

/**
 * struct DiffRegister: a register
 * @offset: its offset
 * @region: number of its region, for diff_places_region()
 * @width: its bytes, up to eight
 * @side: what is known in A and in B
 */
typedef struct DiffRegister {
    uint64_t offset;
    uint32_t region;
    uint8_t width;
    DiffKnown side[DIFF_SIDES];
} DiffRegister;

/* How the two logs leave a register */
typedef enum DiffStateKind {
    DIFF_STATE_EQUAL,       /* with the same value */
    DIFF_STATE_WRITTEN,     /* different, and a log has written it */
    DIFF_STATE_READ,        /* different, and both have only read it */
    DIFF_STATE_UNSEEN,      /* one log has read it, the other one has not */
    DIFF_STATE__MAX,
} DiffStateKind;

typedef struct DiffState DiffState;

/**
 * diff_state_new() - begin
 * @places: the places of both logs
 */
DiffState *diff_state_new(const DiffPlaces *places);

/**
 * diff_state_take() - take an access
 * @state: the state
 * @side: its log: 0 for A, 1 for B
 * @place: its place
 * @value: its value
 * @line: its line, from 1 up; not before those of the same log so far
 */
void diff_state_take(DiffState *state, unsigned side, uint32_t place,
                     uint64_t value, uint64_t line);

/**
 * diff_state_registers() - get the registers, by region and offset
 * @state: the state
 *
 * Return: DiffRegister, those that an access of known direction and width
 *         reaches
 */
GArray *diff_state_registers(const DiffState *state);

/**
 * diff_state_kind() - how do the logs leave a register?
 * @reg: the register
 *
 * Only bytes that both logs know can have different values.  A register that
 * one log has written, and that the other one does not access, is different.
 */
DiffStateKind diff_state_kind(const DiffRegister *reg);

void diff_state_free(DiffState *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiffState, diff_state_free)

#endif /* VFIO_TRACE_DIFF_STATE_H */
