/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: patterns with * and ?
 */
#ifndef LIBGUESTMEM_GLOB_H
#define LIBGUESTMEM_GLOB_H

#include <stdbool.h>

/**
 * gmem_glob_match() - does a text match a pattern?
 * @glob: the pattern: `*` is any text, `?` any character
 * @text: the text
 *
 * As g_pattern_match_simple(), but in no more than as many steps as the product
 * of both lengths: the text may be a hostile guest's.
 */
bool gmem_glob_match(const char *glob, const char *text);

#endif /* LIBGUESTMEM_GLOB_H */
