/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: names for a guest's program counters, from all sources of the
 * command line
 */
#ifndef VFIO_TRACE_SYMBOLIZER_H
#define VFIO_TRACE_SYMBOLIZER_H

#include "tools/symbolize/symbols.h"

/**
 * struct SymbolSources: files with names; each may be NULL
 * @map: ranges with names
 * @vmlinux: the kernel's ELF file
 * @system_map: the kernel's System.map
 * @kallsyms: the guest's /proc/kallsyms
 * @modules: the guest's /proc/modules
 * @module_dir: directory of the modules' files
 * @kaslr_offset: offset to add to the addresses of @vmlinux and @system_map: a
 *                hexadecimal number, or "auto"; NULL means "auto"
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

/* Relation of a program counter to its instruction */
typedef enum SymAt {
    SYM_AT,         /* the instruction at this address */
    SYM_AT_OR_PAST, /* the instruction at this address, or the one before it */
    SYM_RETURN,     /* the call before this address */
    SYM_AT__MAX,
} SymAt;

/**
 * struct SymName: name of a program counter
 * @text: the name, in the format of sym_text()
 * @len: length of @text in bytes
 * @symbol: its symbol; NULL if there is no name
 */
typedef struct SymName {
    const Symbol *symbol;
    size_t len;
    char text[SYM_TEXT_MAX];
} SymName;

typedef struct Symbolizer Symbolizer;

/**
 * symbolizer_new() - read all sources
 * @sources: the files
 * @error: where to store the error
 *
 * Return: the symbolizer, or NULL
 */
Symbolizer *symbolizer_new(const SymbolSources *sources, GError **error);

void symbolizer_free(Symbolizer *s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Symbolizer, symbolizer_free)

/**
 * symbolizer_name() - find the name of a program counter
 * @s: the symbolizer
 * @pc: the program counter, not 0
 * @at: its relation to the instruction
 *
 * Return: the name, valid until the next call
 */
const SymName *symbolizer_name(Symbolizer *s, uint64_t pc, SymAt at);

/**
 * symbolizer_problem() - take an error of reading a module's file
 * @s: the symbolizer
 *
 * A module's file is read at the first program counter in the module, by
 * symbolizer_name().
 *
 * Return: the next message, to be freed; or NULL if there are no more
 */
char *symbolizer_problem(Symbolizer *s);

#endif /* VFIO_TRACE_SYMBOLIZER_H */
