/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: how a poll ended, and how long it took
 */
#ifndef VFIO_TRACE_DIFF_POLL_H
#define VFIO_TRACE_DIFF_POLL_H

#include "tools/diff/hunk.h"

/**
 * diff_poll_is_longer() - are rounds or times so different that it matters?
 * @rounds_a: rounds in one log
 * @rounds_b: in the other one
 * @ns_a: time in one log; 0 if not known
 * @ns_b: in the other one
 *
 * Return: ten times as much, and at least 100 rounds or a millisecond more
 */
bool diff_poll_is_longer(uint64_t rounds_a, uint64_t rounds_b, uint64_t ns_a,
                         uint64_t ns_b);

/**
 * diff_poll_compare() - compare two polls
 * @a: a log
 * @i: a token of it
 * @b: another log
 * @j: a token of it with the same place
 * @values: which values are compared
 * @hunk: where to store rounds and times
 *
 * Return: DIFF_POLL_END, DIFF_POLL_TIME, or DIFF_SAME
 */
DiffKind diff_poll_compare(const DiffLog *a, uint64_t i, const DiffLog *b,
                           uint64_t j, DiffValues values, DiffHunk *hunk);

#endif /* VFIO_TRACE_DIFF_POLL_H */
