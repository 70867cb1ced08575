/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the differences between two logs, with their context
 *
 * Theory of operation
 *
 * Steps come one by one; the last of them are kept, and each is looked at when
 * those behind it are known as far as they matter: is another difference near
 * enough for the same hunk, and is an access that is missing somewhere near?
 *
 * With --contiguous, an extra is a difference only if a pair follows, however
 * far away.  Until then, extras are held back: the first of them and the last;
 * what is between would not be shown anyway.
 *
 * The text is kept until the comparison is over: some of what is shown is known
 * to be of use only then.  --max-differences and --context bound it.
 */
#ifndef VFIO_TRACE_SHOW_H
#define VFIO_TRACE_SHOW_H

#include "tools/compare/accesses.h"

typedef enum ShowExtras {
    SHOW_EXTRAS_FINE,       /* extras are no differences */
    SHOW_EXTRAS_AROUND,     /* they are, between the oracle's accesses */
    SHOW_EXTRAS_BAD,        /* they are */
} ShowExtras;

typedef struct Show Show;

/**
 * show_new() - begin
 * @oracle: the guest kernel's log
 * @log: our log
 * @with_device: name the device of each access
 * @extras: which extras are differences
 * @context: number of accesses around a difference
 * @max: maximum number of differences
 */
Show *show_new(const AccessLog *oracle, const AccessLog *log, bool with_device,
               ShowExtras extras, unsigned context, unsigned max);

void show_free(Show *show);

/**
 * show_step() - take a step (AccessStep)
 * @show: the differences so far
 * @a: access of the oracle, or NULL
 * @b: access of the log, or NULL
 */
void show_step(void *show, const Access *a, const Access *b);

/**
 * show_print() - there are no more steps: print the differences
 * @show: the differences
 */
void show_print(Show *show);

#endif /* VFIO_TRACE_SHOW_H */
