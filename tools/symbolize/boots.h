/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: symbols of a guest's boots
 *
 * 'vfio-trace run' stores what a guest sends of its symbols beside the log
 * (common/boot-symbols.h), in a file for each boot.  Unless the user names a
 * kallsyms, each boot's program counters get their names from its own file.
 */
#ifndef VFIO_TRACE_SYMBOLIZE_BOOTS_H
#define VFIO_TRACE_SYMBOLIZE_BOOTS_H

#include "tools/symbolize/symbolizer.h"

typedef struct SymBoots SymBoots;

/**
 * sym_boots_exist() - has a log files with symbols?
 * @log: the log
 */
bool sym_boots_exist(const char *log);

/**
 * sym_boots_new() - read the symbols of the first boot
 * @sources: the user's sources; with a kallsyms, no files are searched
 * @log: the log; "-" for standard input, which has no files
 * @error: where to store why not
 *
 * Return: the boots, to be freed; or NULL
 */
SymBoots *sym_boots_new(const SymbolSources *sources, const char *log,
                        GError **error);

/**
 * sym_boots_free() - free the boots
 * @boots: the boots, or NULL
 */
void sym_boots_free(SymBoots *boots);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SymBoots, sym_boots_free)

/**
 * sym_boots_scan() - find all boots before the log is read
 * @boots: the boots
 * @error: where to store why not
 *
 * Needed if only a part of the log is read, which may lack the markers.
 */
bool sym_boots_scan(SymBoots *boots, GError **error);

/**
 * sym_boots_at() - continue with a line
 * @boots: the boots
 * @number: number of the line
 *
 * Begins the boots that sym_boots_scan() has found up to there.
 */
void sym_boots_at(SymBoots *boots, uint64_t number);

/**
 * sym_boots_mark() - take a marker, which may begin a boot
 * @boots: the boots
 * @text: its text, not null-terminated
 * @len: its length
 */
void sym_boots_mark(SymBoots *boots, const char *text, size_t len);

/**
 * sym_boots_name() - find the name of a program counter of this boot
 * @boots: the boots
 * @pc: as for symbolizer_name()
 * @at: likewise
 *
 * Return: as symbolizer_name(); its symbol is valid as long as @boots
 */
const SymName *sym_boots_name(SymBoots *boots, uint64_t pc, SymAt at);

/**
 * sym_boots_note() - get the next note: a file that is used, or that is missing
 * @boots: the boots
 *
 * Return: the text, to be freed; or NULL
 */
char *sym_boots_note(SymBoots *boots);

/**
 * sym_boots_problem() - get the next problem with a file
 * @boots: the boots
 *
 * Return: the text, to be freed; or NULL
 */
char *sym_boots_problem(SymBoots *boots);

#endif /* VFIO_TRACE_SYMBOLIZE_BOOTS_H */
