/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --against-all: what varies between logs of the same
 *
 *      DiffNoise *noise = diff_noise_new(places);
 *
 *      for each further log:
 *          sink = diff_noise_learner(noise, first, further);
 *          diff_compare(verb, first, further, &options, &sink);
 *      diff_noise_learned(noise);
 *      filter = diff_noise_filter(noise, first, b, &sink);
 *      diff_compare(verb, first, b, &options, &filter);
 *
 * Noise are: bits of a register's values that vary; accesses that are in some
 * of the logs only, with what is beside them; accesses whose order varies; and
 * polls whose time or end varies.
 */
#ifndef VFIO_TRACE_DIFF_NOISE_H
#define VFIO_TRACE_DIFF_NOISE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/diff/hunk.h"

/* If more bits of a register vary, all of them are noise: a number */
#define DIFF_NOISE_BITS 4

/* Accesses in a row that are compared with what was in some logs only */
#define DIFF_NOISE_GRAM 4

/* Tokens of differences that are learnt; 16 bytes each */
#define DIFF_NOISE_TOKENS (8u << 20)

typedef struct DiffNoise DiffNoise;

/**
 * diff_noise_new() - begin
 * @places: places of all logs
 */
DiffNoise *diff_noise_new(const DiffPlaces *places);

/**
 * diff_noise_learner() - learn from the differences of two logs
 * @noise: what is learnt
 * @a: a log
 * @b: another one of the same
 *
 * Return: who takes the differences
 */
DiffSink diff_noise_learner(DiffNoise *noise, const DiffLog *a,
                            const DiffLog *b);

/**
 * diff_noise_learned() - all logs were compared
 * @noise: what was learnt
 *
 * Return: false if there were too many differences: the last ones were not
 *         learnt
 */
bool diff_noise_learned(DiffNoise *noise);

/**
 * diff_noise_filter() - take differences out that are noise
 * @noise: what was learnt
 * @a: one of the logs that it was learnt from
 * @b: the log that is compared with it
 * @to: takes the rest, as long as the filter is used: what is noise is
 *      DIFF_SAME or missing
 *
 * Return: who takes all differences
 */
DiffSink diff_noise_filter(DiffNoise *noise, const DiffLog *a,
                           const DiffLog *b, const DiffSink *to);

/**
 * struct DiffNoiseCounts: differences that were noise
 * @values: pairs of accesses with different values
 * @sequences: parts of sequences that are in one log only
 * @accesses: accesses in these parts
 * @orders: accesses in another order
 * @polls: polls
 */
typedef struct DiffNoiseCounts {
    uint64_t values;
    uint64_t sequences;
    uint64_t accesses;
    uint64_t orders;
    uint64_t polls;
} DiffNoiseCounts;

/**
 * diff_noise_counts() - get what the filter has taken out
 * @noise: what was learnt
 */
DiffNoiseCounts diff_noise_counts(const DiffNoise *noise);

void diff_noise_free(DiffNoise *noise);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiffNoise, diff_noise_free)

#endif /* VFIO_TRACE_DIFF_NOISE_H */
