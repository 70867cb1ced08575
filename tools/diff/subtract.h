/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --subtract: what one log has that another one never has
 *
 * Tokens of A are learnt, those of B are taken.  New are: accesses to a place
 * (a register, an operation and a width); values that are written to one that A
 * writes, too; and sequences: accesses of which no DIFF_SUBTRACT_GRAM in a row,
 * with the written values, are somewhere in A.
 */
#ifndef VFIO_TRACE_DIFF_SUBTRACT_H
#define VFIO_TRACE_DIFF_SUBTRACT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/diff/log.h"

/* Accesses in a row that are searched in A */
#define DIFF_SUBTRACT_GRAM 4

/* Values of a place that are listed */
#define DIFF_SUBTRACT_VALUES 8

/**
 * struct DiffNew: what is new at a place
 * @place: the place
 * @new_place: A has no access to it; else some values are new
 * @count: number of accesses, of those that are new
 * @values: different values
 * @n_values: number of them
 * @more_values: there are others
 * @first: line of the first one
 * @last: line of the last one
 */
typedef struct DiffNew {
    uint32_t place;
    bool new_place;
    uint64_t count;
    uint64_t values[DIFF_SUBTRACT_VALUES];
    unsigned n_values;
    bool more_values;
    uint64_t first;
    uint64_t last;
} DiffNew;

typedef struct DiffSubtract DiffSubtract;

/**
 * typedef DiffSequenceTaken - take a sequence of B that A does not have
 * @from: number of its first token, counted from the first one of B
 * @to: number behind its last one
 * @opaque: of diff_subtract_new()
 */
typedef void DiffSequenceTaken(uint64_t from, uint64_t to, void *opaque);

/**
 * diff_subtract_new() - begin
 * @places: places of both logs
 * @taken: takes the sequences, in their order
 * @opaque: for @taken
 */
DiffSubtract *diff_subtract_new(const DiffPlaces *places,
                                DiffSequenceTaken *taken, void *opaque);

/**
 * diff_subtract_ignore() - values of a place do not count
 * @s: the state
 * @place: the place, of which no token was learnt or taken
 */
void diff_subtract_ignore(DiffSubtract *s, uint32_t place);

/**
 * diff_subtract_learn() - learn a token of A
 * @s: the state
 * @place: its place
 * @value: its value
 *
 * In the order of the log.
 */
void diff_subtract_learn(DiffSubtract *s, uint32_t place, uint64_t value);

/**
 * diff_subtract_begin() - all of A was learnt
 * @s: the state
 */
void diff_subtract_begin(DiffSubtract *s);

/**
 * diff_subtract_take() - take a token of B
 * @s: the state
 * @place: its place
 * @value: its value
 * @accesses: number of accesses that it stands for
 * @line: its line
 */
void diff_subtract_take(DiffSubtract *s, uint32_t place, uint64_t value,
                        uint64_t accesses, uint64_t line);

/**
 * diff_subtract_start() - get the first token that may be in a later sequence
 * @s: the state
 *
 * Return: its number, counted from the first token of B
 */
uint64_t diff_subtract_start(const DiffSubtract *s);

/**
 * diff_subtract_cut() - end a sequence that goes on
 * @s: the state
 *
 * For who can't keep more tokens: what follows is another sequence.
 */
void diff_subtract_cut(DiffSubtract *s);

/**
 * diff_subtract_end() - there are no more tokens
 * @s: the state
 *
 * Fewer than DIFF_SUBTRACT_GRAM tokens are no sequence.
 */
void diff_subtract_end(DiffSubtract *s);

/**
 * diff_subtract_news() - get what is new: DiffNew, in the order of B
 * @s: the state
 */
const GArray *diff_subtract_news(const DiffSubtract *s);

/**
 * diff_subtract_is_new() - has A no access to a place, or not with this value?
 * @s: the state
 * @place: the place
 * @value: the value; of reads, it does not matter
 */
bool diff_subtract_is_new(const DiffSubtract *s, uint32_t place,
                          uint64_t value);

/**
 * diff_subtract_full() - had A more than could be learnt?
 * @s: the state
 *
 * Then some of what is new may be in A.
 */
bool diff_subtract_full(const DiffSubtract *s);

void diff_subtract_free(DiffSubtract *s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiffSubtract, diff_subtract_free)

#endif /* VFIO_TRACE_DIFF_SUBTRACT_H */
