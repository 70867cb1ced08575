/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: when two tokens are the same
 *
 * Gives each token the numbers that align.h compares.
 */
#ifndef VFIO_TRACE_DIFF_KEYS_H
#define VFIO_TRACE_DIFF_KEYS_H

#include "tools/diff/align-types.h"
#include "tools/diff/collapse.h"
#include "tools/diff/hunk.h"

typedef struct DiffKeys DiffKeys;

/**
 * diff_keys_new() - number the tokens in the windows of two logs
 * @a: a log, mapped
 * @b: another one
 * @values: which values are compared
 */
DiffKeys *diff_keys_new(const DiffLog *a, const DiffLog *b, DiffValues values);

/**
 * diff_keys_free() - free the numbers
 * @keys: the numbers, or NULL
 */
void diff_keys_free(DiffKeys *keys);

/**
 * diff_keys_side() - get the numbers of some tokens
 * @keys: the numbers
 * @log: 0 for the first log, 1 for the second one
 * @start: the first token, from the start of the window
 * @end: behind the last one
 */
AlignSide diff_keys_side(const DiffKeys *keys, unsigned log, uint32_t start,
                         uint32_t end);

/**
 * diff_keys_of() - number tokens, whatever diff_keys_collapse() has left out
 * @keys: the numbers
 * @log: the log
 * @start: number of the first token
 * @n: number of tokens
 * @strong: as in AlignSide, room for @n
 * @weak: likewise
 */
void diff_keys_of(const DiffKeys *keys, const DiffLog *log, uint64_t start,
                  uint32_t n, uint32_t *strong, uint32_t *weak);

/**
 * diff_keys_collapse() - leave out rounds of polls: diff_collapse()
 * @keys: the numbers
 * @log: 0 for the first log, 1 for the second one
 * @of: the log
 * @start: the first token, from the start of the window
 * @side: the numbers of the tokens from @start on; becomes those that stay
 * @to: where to store what stays
 */
void diff_keys_collapse(DiffKeys *keys, unsigned log, const DiffLog *of,
                        uint32_t start, AlignSide *side, DiffCollapsed *to);

/**
 * diff_value_counts() - is the value of a token compared?
 * @places: the places
 * @place: its place
 * @values: which values are
 */
bool diff_value_counts(const DiffPlaces *places, uint32_t place,
                       DiffValues values);

#endif /* VFIO_TRACE_DIFF_KEYS_H */
