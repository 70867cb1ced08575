/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: files with the symbols of a guest, beside its log
 *
 * 'vfio-trace run' writes them, 'vfio-trace symbolize' reads them.  Each boot of
 * the guest has its own, since the kernel's addresses change.  A marker in the
 * log says where a boot begins: that is where the machine is reset.
 */
#ifndef VFIO_TRACE_BOOT_SYMBOLS_H
#define VFIO_TRACE_BOOT_SYMBOLS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Largest number of a boot that has symbols */
#define BOOT_SYMBOLS_MAX 9999

/**
 * boot_symbols_path() - get the path of a boot's symbols
 * @log: the log; of a log in parts, the first one
 * @boot: number of the boot, from 1
 *
 * "gpu.mmt.kallsyms" and "gpu.mmt.2.kallsyms" for "gpu.mmt" and "gpu.mmt.zst",
 * so that the log can be compressed later.
 *
 * Return: the path, to be freed
 */
char *boot_symbols_path(const char *log, unsigned boot);

/**
 * boot_symbols_is_path() - is a file the symbols of a boot?
 * @log: the log
 * @path: the file
 */
bool boot_symbols_is_path(const char *log, const char *path);

/**
 * boot_symbols_mark() - make the text of the marker at which a boot begins
 * @boot: number of the boot, from 2
 *
 * Return: the text, to be freed
 */
char *boot_symbols_mark(unsigned boot);

/**
 * boot_symbols_from_mark() - get the number of a boot from its marker
 * @text: the marker's text, not null-terminated
 * @len: its length
 *
 * Return: the number; 0 if it is another marker
 */
unsigned boot_symbols_from_mark(const char *text, size_t len);

#endif /* VFIO_TRACE_BOOT_SYMBOLS_H */
