/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: ranges that a user has given names, as for a Windows guest
 */
#ifndef VFIO_TRACE_SYMBOLS_MAP_H
#define VFIO_TRACE_SYMBOLS_MAP_H

#include "tools/symbolize/symbols.h"

/**
 * symbols_read_map() - read a map file
 * @path: the file
 * @error: where to store why not
 *
 * Lines are 'START-END NAME' or 'START SIZE NAME', or 'START END NAME' as
 * WinDbg's lm prints it; numbers are hexadecimal, END is behind the last
 * byte, # begins a comment.
 *
 * Return: the table, finished, or NULL
 */
SymTable *symbols_read_map(const char *path, GError **error);

#endif /* VFIO_TRACE_SYMBOLS_MAP_H */
