/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what WinDbg's command lm prints
 */
#ifndef VFIO_TRACE_SYMBOLS_LM_H
#define VFIO_TRACE_SYMBOLS_LM_H

#include "tools/symbolize/symbols-text.h"
#include "tools/symbolize/symbols.h"

/**
 * symbols_lm_frame() - is the line one that only lm's output has?
 * @file: the file, at the line
 *
 * That is a heading, the title of the unloaded modules, a prompt, a line of lmv.
 */
bool symbols_lm_frame(const SymFile *file);

/**
 * symbols_lm_state() - does a text have the state of a module's symbols?
 * @p: the text, which follows the module's name
 * @end: its end
 *
 * "(deferred)", "(pdb symbols)" and so on
 */
bool symbols_lm_state(const char *p, const char *end);

/**
 * symbols_lm_read() - read a list of modules
 * @file: the file, of which no line was read
 * @table: where to add the modules that are loaded
 * @lines: where to add the number of the line of each (unsigned)
 * @error: where to store the error
 *
 * The output of lm, lmf and lmv and others of 32-bit and 64-bit guests, with
 * or without prompts and links.
 *
 * Return: false on error
 */
bool symbols_lm_read(SymFile *file, SymTable *table, GArray *lines,
                     GError **error);

#endif /* VFIO_TRACE_SYMBOLS_LM_H */
