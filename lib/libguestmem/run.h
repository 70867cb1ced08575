/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: a file at work
 */
#ifndef LIBGUESTMEM_RUN_H
#define LIBGUESTMEM_RUN_H

#include "libguestmem/engine-internal.h"

/**
 * struct GmemPlaceUse: what an access to a register does
 * @run: the register's file
 * @hook: GmemHook, what accesses in a direction trigger: resets first
 * @activates: GmemTarget: of a statement whose address depends on the array,
 *             the instance with a register's index is in use once that is known
 */
typedef struct GmemPlaceUse {
    GmemRun *run;
    GArray *hook[GMEM_DIRECTIONS];
    GPtrArray *activates;
} GmemPlaceUse;

/**
 * gmem_run_new() - put a file to work
 * @shared: of the engine
 * @file: the file; belongs to the run from now on, also if this fails
 * @config: 256 bytes of config space, or NULL
 * @error: an area is not in @config
 *
 * Return: the run, or NULL
 */
GmemRun *gmem_run_new(GmemShared *shared, GmemFile *file,
                      const uint8_t *config, GError **error);

void gmem_run_free(GmemRun *run);

/* gmem_run_reset() - forget everything learnt */
void gmem_run_reset(GmemRun *run);

/**
 * gmem_run_hooks() - collect the triggers of a kind
 * @run: the file
 * @kind: GMEM_ON_IRQ or GMEM_ON_MARKER
 * @hooks: GmemHook, where to append them
 */
void gmem_run_hooks(GmemRun *run, GmemTriggerKind kind, GArray *hooks);

#endif /* LIBGUESTMEM_RUN_H */
