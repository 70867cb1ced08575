/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: what is ignored
 *
 * An ignored register is ignored altogether.  Of a class of values, only the
 * values are: that a register is written in one log only is a difference.
 *
 * Classes are what `vfio-trace profile` finds in either log, with its engine,
 * as far as the logs were read.
 */
#ifndef VFIO_TRACE_DIFF_IGNORE_H
#define VFIO_TRACE_DIFF_IGNORE_H

#include "tools/diff/source.h"
#include "tools/diff/words.h"

typedef struct DiffIgnore DiffIgnore;

/**
 * diff_ignore_new() - ignore nothing
 */
DiffIgnore *diff_ignore_new(void);

/**
 * diff_ignore_free() - free what is ignored
 * @ignore: it, or NULL
 */
void diff_ignore_free(DiffIgnore *ignore);

/**
 * diff_ignore_add() - ignore something
 * @ignore: what is ignored
 * @text: a class ("dma", "counter", "time"), a register ("bar0+0x100", its name
 *        in the database, a pattern of one of them), or a range of the windows'
 *        grammar ("0:0x100:0x10")
 * @error: where to store what is wrong
 */
bool diff_ignore_add(DiffIgnore *ignore, const char *text, GError **error);

/**
 * diff_ignore_begin() - begin
 * @ignore: what is ignored
 * @a: a log from which nothing was read
 * @b: the other log
 * @words: names of places
 *
 * If a class is ignored, the logs are profiled while they are read.
 */
void diff_ignore_begin(DiffIgnore *ignore, DiffLog *a, DiffLog *b,
                       DiffWords *words);

/**
 * diff_ignore_register() - is a register ignored?
 * @ignore: what is ignored
 * @place: number of a place
 *
 * Counts it.
 */
bool diff_ignore_register(DiffIgnore *ignore, uint32_t place);

/**
 * diff_ignore_value() - is another value of a place ignored?
 * @ignore: what is ignored
 * @ia: number of the token in A
 * @ib: number of the token in B
 *
 * Counts it.  For a place whose register is not ignored.
 */
bool diff_ignore_value(DiffIgnore *ignore, uint64_t ia, uint64_t ib);

/**
 * diff_ignore_class() - get the class of a place
 * @ignore: what is ignored
 * @place: number of the place
 *
 * Return: "dma", "counter", or NULL if it has none or no class is ignored
 */
const char *diff_ignore_class(DiffIgnore *ignore, uint32_t place);

/**
 * diff_ignore_count() - get the number of differences that were ignored
 * @ignore: what is ignored
 */
uint64_t diff_ignore_count(const DiffIgnore *ignore);

/**
 * typedef DiffIgnored - take what an argument has ignored
 * @what: the argument
 * @n: number of differences
 * @registers: number of registers, each operation and width counted
 * @opaque: the caller's
 */
typedef void DiffIgnored(const char *what, uint64_t n, unsigned registers,
                         void *opaque);

/**
 * diff_ignore_each() - go through the arguments that have ignored something
 * @ignore: what is ignored
 * @take: takes each
 * @opaque: for @take
 */
void diff_ignore_each(const DiffIgnore *ignore, DiffIgnored *take,
                      void *opaque);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiffIgnore, diff_ignore_free)

#endif /* VFIO_TRACE_DIFF_IGNORE_H */
