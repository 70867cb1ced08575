/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: triggers
 */
#ifndef LIBGUESTMEM_TRIGGER_H
#define LIBGUESTMEM_TRIGGER_H

#include "libguestmem/engine-internal.h"

/**
 * struct GmemHook: a trigger and what it is of
 * @target: the statement
 * @trigger: its trigger
 * @resets: it begins again; else it looks
 */
typedef struct GmemHook {
    GmemTarget *target;
    const GmemTrigger *trigger;
    bool resets;
} GmemHook;

/* gmem_hook_fire() - do what a trigger does, if its condition is true */
void gmem_hook_fire(const GmemHook *hook, const GmemEvent *event);

/* gmem_target_look() - look at one of a statement's instances, or at all */
void gmem_target_look(GmemTarget *target, const GmemEvent *event, bool all,
                      uint64_t n);

#endif /* LIBGUESTMEM_TRIGGER_H */
