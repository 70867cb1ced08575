/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: statements at work, and their numbered rings, watches, snapshots
 */
#ifndef LIBGUESTMEM_INSTANCE_H
#define LIBGUESTMEM_INSTANCE_H

#include "libguestmem/engine-internal.h"

void gmem_target_init(GmemTarget *target, GmemRun *run,
                      const GmemStatement *is);
void gmem_target_clear(GmemTarget *target);

/* gmem_target_has() - is this number one of the statement's? */
static inline bool gmem_target_has(const GmemTarget *target, uint64_t n)
{
    return n >= target->is->low && n <= target->is->high;
}

/**
 * gmem_target_get() - get an instance; it is in use from now on
 * @target: the statement
 * @n: its number, one of the statement's
 */
GmemInstance *gmem_target_get(GmemTarget *target, uint64_t n);

/**
 * gmem_target_find() - find the statement that has an instance
 * @run: the file
 * @like: number of a statement with the same name
 * @n: number of the instance
 *
 * Return: the statement, or NULL
 */
GmemTarget *gmem_target_find(GmemRun *run, unsigned like, uint64_t n);

/* gmem_instance_exists() - is its address known by an expression or a rule? */
static inline bool gmem_instance_exists(const GmemInstance *instance)
{
    const GmemStatement *is = instance->target->is;

    return is->kind != GMEM_RING || is->base.n || instance->created;
}

/**
 * gmem_instance_begin() - begin a new life
 * @instance: the instance
 * @event: what causes it
 * @state: "reset" or "deleted": handed out if the ring's geometry was; or NULL
 *
 * Position, phase, kept entries and the copy of a watch are forgotten.  A ring
 * that a rule has created is gone.
 */
void gmem_instance_begin(GmemInstance *instance, const GmemEvent *event,
                         const char *state);

#endif /* LIBGUESTMEM_INSTANCE_H */
