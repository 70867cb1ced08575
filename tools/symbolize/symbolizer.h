/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: names for a guest's program counters, from all that the user
 * has brought
 */
#ifndef VFIO_TRACE_SYMBOLIZER_H
#define VFIO_TRACE_SYMBOLIZER_H

#include "tools/symbolize/symbols.h"

/**
 * struct SymbolSources: where names come from; each may be NULL
 * @map: ranges with names
 * @vmlinux: the kernel's ELF file
 * @system_map: its System.map
 * @kallsyms: the guest's /proc/kallsyms
 * @modules: the guest's /proc/modules
 * @module_dir: directory of the modules' files
 * @kaslr_offset: what to add to @vmlinux's and @system_map's addresses:
 *                a hexadecimal number, or "auto", which NULL is, too
 */
typedef struct SymbolSources {
    const char *map;
    const char *vmlinux;
    const char *system_map;
    const char *kallsyms;
    const char *modules;
    const char *module_dir;
    const char *kaslr_offset;
} SymbolSources;

/* What a program counter says about the instruction that is meant. */
typedef enum SymAt {
    SYM_AT,         /* it is this one */
    SYM_AT_OR_PAST, /* it is this one, or the one before it in memory */
    SYM_RETURN,     /* the call is the one before it */
    SYM_AT__MAX,
} SymAt;

/**
 * struct SymName: what is at a program counter
 * @text: its name, as sym_text() has it
 * @len: bytes of @text
 * @symbol: what it was made of; NULL if there is no name
 */
typedef struct SymName {
    const Symbol *symbol;
    size_t len;
    char text[SYM_TEXT_MAX];
} SymName;

typedef struct Symbolizer Symbolizer;

/**
 * symbolizer_new() - read all that there is
 * @sources: where from
 * @error: where to store why not
 *
 * Return: the symbolizer, or NULL
 */
Symbolizer *symbolizer_new(const SymbolSources *sources, GError **error);

void symbolizer_free(Symbolizer *s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Symbolizer, symbolizer_free)

/**
 * symbolizer_name() - what is at a program counter?
 * @s: the symbolizer
 * @pc: the program counter, not 0
 * @at: what it says
 *
 * Return: the name, valid until the next call
 */
const SymName *symbolizer_name(Symbolizer *s, uint64_t pc, SymAt at);

/**
 * symbolizer_problem() - what has come up meanwhile?
 * @s: the symbolizer
 *
 * Modules are read when the first program counter is in one.
 *
 * Return: a message that was not told yet, or NULL; to be freed
 */
char *symbolizer_problem(Symbolizer *s);

#endif /* VFIO_TRACE_SYMBOLIZER_H */
