/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: symbols of a Linux kernel's ELF files: vmlinux and modules
 */
#ifndef VFIO_TRACE_SYMBOLS_ELF_H
#define VFIO_TRACE_SYMBOLS_ELF_H

#include "tools/symbolize/symbols.h"

/**
 * symbols_read_vmlinux() - read a kernel's symbol table
 * @path: the file; it may be compressed
 * @error: where to store the error
 *
 * Return: the table, with the addresses that the kernel was linked for and
 *         not finished, or NULL
 */
SymTable *symbols_read_vmlinux(const char *path, GError **error);

/**
 * symbols_read_module() - read a module's symbol table
 * @path: the file; it may be compressed
 * @name: the module
 * @base: address at which the guest's kernel has loaded it
 * @error: where to store the error
 *
 * A module's file does not have the addresses of its sections in memory: they
 * are computed as Linux does it on x86.
 *
 * Return: the table, finished, or NULL
 */
SymTable *symbols_read_module(const char *path, const char *name,
                              uint64_t base, GError **error);

#endif /* VFIO_TRACE_SYMBOLS_ELF_H */
