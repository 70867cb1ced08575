/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: entries that are kept, so that completions can name them
 *
 * The bytes are in one arena of a fixed size for all rings.  It is filled
 * from its beginning again when it is full: the oldest entries are dropped.
 * Nothing is allocated for an entry.
 */
#ifndef LIBGUESTMEM_COMMANDS_H
#define LIBGUESTMEM_COMMANDS_H

#include "libguestmem/eval.h"

/* All memory for kept entries: arena, and heads of the chains */
#define GMEM_COMMANDS_BYTES (4 * 1024 * 1024)

typedef struct GmemCommands GmemCommands;

/**
 * gmem_commands_new() - make room for entries
 *
 * Its memory is taken when the first entry is kept.
 */
GmemCommands *gmem_commands_new(void);

void gmem_commands_free(GmemCommands *commands);

/**
 * gmem_commands_keep() - keep a copy of an entry
 * @commands: where
 * @ring: number of the ring's life; a number that no other ring has, or had
 * @key: the entry's key; an older entry with this key is no longer found
 * @entry: the entry
 */
void gmem_commands_keep(GmemCommands *commands, uint64_t ring, uint64_t key,
                        GmemBytes entry);

/**
 * gmem_commands_find() - find an entry
 * @commands: where
 * @ring: number of the ring's life
 * @key: the entry's key
 *
 * Return: the copy, valid until the next entry is kept; or none
 */
GmemBytes gmem_commands_find(const GmemCommands *commands, uint64_t ring,
                             uint64_t key);

#endif /* LIBGUESTMEM_COMMANDS_H */
