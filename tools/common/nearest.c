/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-trace: the nearest of several names (see nearest.h) */
#include "tools/common/nearest.h"

#include <glib.h>
#include <string.h>

/* A name that differs in so many letters is no longer near. */
#define FAR 3

void nearest_begin(Nearest *nearest, const char *word, bool fold)
{
    *nearest = (Nearest) { .word = word, .fold = fold, .distance = FAR };
}

static bool same(const Nearest *nearest, char a, char b)
{
    return a == b || (nearest->fold &&
                      g_ascii_tolower(a) == g_ascii_tolower(b));
}

/* Levenshtein distance of the word and a name of @n bytes */
static unsigned distance(const Nearest *nearest, const char *name, size_t n)
{
    unsigned row[NEAREST_MAX + 1];
    const char *word = nearest->word;
    size_t i;
    size_t j;

    for (j = 0; j <= n; j++) {
        row[j] = j;
    }
    for (i = 0; word[i]; i++) {
        unsigned diagonal = row[0];

        row[0] = i + 1;
        for (j = 0; j < n; j++) {
            unsigned replace = diagonal + !same(nearest, word[i], name[j]);

            diagonal = row[j + 1];
            row[j + 1] = MIN(MIN(row[j], diagonal) + 1, replace);
        }
    }
    return row[n];
}

static bool begins(const Nearest *nearest, const char *name, size_t len)
{
    return nearest->fold ? !g_ascii_strncasecmp(name, nearest->word, len) :
           !strncmp(name, nearest->word, len);
}

bool nearest_try(Nearest *nearest, const char *name)
{
    size_t len = strlen(nearest->word);
    size_t n = strlen(name);
    unsigned d;

    if (!nearest->distance || len > NEAREST_MAX || n > NEAREST_MAX) {
        return false;
    }
    if (begins(nearest, name, len)) {
        d = 0;
    } else if (MAX(len, n) - MIN(len, n) >= nearest->distance) {
        return false;
    } else {
        d = distance(nearest, name, n);
    }
    if (d >= nearest->distance) {
        return false;
    }
    nearest->best = name;
    nearest->distance = d;
    return true;
}
