/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: address ranges with names from the user, as for a Windows guest
 */
#ifndef VFIO_TRACE_SYMBOLS_MAP_H
#define VFIO_TRACE_SYMBOLS_MAP_H

#include "tools/symbolize/symbols.h"

/**
 * symbols_read_map() - read a map file
 * @path: the file
 * @error: where to store the error
 *
 * Lines are 'START-END NAME' or 'START SIZE NAME', or the file is the output of
 * WinDbg's lm.  Numbers are hexadecimal, END is exclusive, # begins a comment
 * line.
 *
 * Return: the table, finished, or NULL
 */
SymTable *symbols_read_map(const char *path, GError **error);

#endif /* VFIO_TRACE_SYMBOLS_MAP_H */
