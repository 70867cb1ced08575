/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: what a trigger does with one ring, watch or snapshot: reading,
 * evaluating, handing out, all within bounds
 */
#ifndef LIBGUESTMEM_LOOK_H
#define LIBGUESTMEM_LOOK_H

#include "libguestmem/engine-internal.h"

/**
 * gmem_look_begin() - begin a look
 * @look: the look
 * @target: the statement
 * @event: what has triggered
 */
void gmem_look_begin(GmemLook *look, GmemTarget *target,
                     const GmemEvent *event);

/* gmem_look_at() - the instance is known from now on */
void gmem_look_at(GmemLook *look, GmemInstance *instance);

/* gmem_look_spent() - is nothing left for other looks of this trigger? */
bool gmem_look_spent(const GmemLook *look);

/* gmem_look_end() - end a look: tell if something was left out */
void gmem_look_end(GmemLook *look);

/**
 * gmem_look_eval() - evaluate an expression
 * @look: the look
 * @expr: the expression; not none
 * @value: where to store its value
 *
 * Return: whether it has one; if not, that is counted
 */
bool gmem_look_eval(GmemLook *look, const GmemExpr *expr, uint64_t *value);

/* gmem_look_true() - is a condition true?  None is; one that fails is not. */
bool gmem_look_true(GmemLook *look, const GmemExpr *when);

/**
 * gmem_look_read() - read memory
 * @look: the look
 * @at: address
 * @buf: where to
 * @len: bytes
 * @spare: leave the entries' reserve
 * @got: where to store how many bytes could be read
 *
 * Return: NULL, or which bound does not allow it
 */
const char *gmem_look_read(GmemLook *look, uint64_t at, void *buf,
                           uint64_t len, bool spare, uint64_t *got);

/* gmem_look_cut() - @left entries, or something else, were left out */
void gmem_look_cut(GmemLook *look, const char *why, uint64_t left);

/* gmem_look_unreadable() - an address was not known or not RAM */
void gmem_look_unreadable(GmemLook *look);

/**
 * gmem_look_put() - hand something out
 * @look: the look
 * @out: what
 * @spare: leave the entries' reserve
 *
 * Return: NULL, or which bound does not allow it
 */
const char *gmem_look_put(GmemLook *look, const GmemOut *out, bool spare);

/**
 * gmem_out() - something to hand out
 * @target: its statement
 * @instance: its instance, or NULL
 * @event: what has triggered
 * @kind: what it is
 */
static inline GmemOut gmem_out(const GmemTarget *target,
                               const GmemInstance *instance,
                               const GmemEvent *event, GmemOutKind kind)
{
    return (GmemOut){
        .kind = kind,
        .file = target->run->file,
        .name = instance ? instance->name : target->is->name,
        .on = event->kind,
        .bar = event->bar,
        .offset = event->offset,
    };
}

/* gmem_out_put() - hand something out, regardless of bounds */
void gmem_out_put(const GmemRun *run, const GmemOut *out);

#endif /* LIBGUESTMEM_LOOK_H */
