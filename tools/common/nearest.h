/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the nearest of several names, for "did you mean"
 */
#ifndef VFIO_TRACE_NEAREST_H
#define VFIO_TRACE_NEAREST_H

#include <stdbool.h>

/* No name is near a longer word; bounds the time of nearest_try(). */
#define NEAREST_MAX 64

/**
 * struct Nearest: a search
 * @word: what the user typed
 * @fold: upper and lower case are the same
 * @best: the nearest name so far, or NULL
 * @distance: how far it is: letters that differ; others must be nearer
 */
typedef struct Nearest {
    const char *word;
    bool fold;
    const char *best;
    unsigned distance;
} Nearest;

/**
 * nearest_begin() - begin a search
 * @nearest: the search
 * @word: what the user typed; lives as long as the search
 * @fold: upper and lower case are the same
 */
void nearest_begin(Nearest *nearest, const char *word, bool fold);

/**
 * nearest_try() - is a name nearer?
 * @nearest: the search
 * @name: the name; lives as long as the search if true is returned
 *
 * A name that begins with the word is the nearest.
 *
 * Return: is it the nearest name now?
 */
bool nearest_try(Nearest *nearest, const char *name);

#endif /* VFIO_TRACE_NEAREST_H */
