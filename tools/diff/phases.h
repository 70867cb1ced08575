/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: phases of two logs that belong together
 */
#ifndef VFIO_TRACE_DIFF_PHASES_H
#define VFIO_TRACE_DIFF_PHASES_H

#include "tools/diff/log.h"

/**
 * struct DiffSection: tokens of two logs that are aligned with each other
 * @a0: first token of the first log, from the start of its window
 * @a1: behind the last one
 * @b0: first token of the second log
 * @b1: behind the last one
 */
typedef struct DiffSection {
    uint32_t a0;
    uint32_t a1;
    uint32_t b0;
    uint32_t b1;
} DiffSection;

/**
 * diff_phases_sections() - cut the windows of two logs into sections
 * @a: a log
 * @b: another one
 *
 * A section begins with each phase that both logs have in the same order.
 * Phases that only one of them has, and those whose order differs, are in the
 * section of the phase before them.
 *
 * Return: DiffSection, at least one, which have all tokens
 */
GArray *diff_phases_sections(const DiffLog *a, const DiffLog *b);

#endif /* VFIO_TRACE_DIFF_PHASES_H */
