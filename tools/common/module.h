/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: loader of modules
 *
 * What needs a library that most users do not have is a module, a shared object
 * that is installed with the command and loaded when it is wanted.  A module
 * exports one structure of functions, which begins with its version.
 */
#ifndef VFIO_TRACE_COMMON_MODULE_H
#define VFIO_TRACE_COMMON_MODULE_H

#include <glib.h>

/**
 * struct Module: a module
 * @file: name of its file
 * @symbol: the structure, which begins with an int
 * @version: what that must be
 * @library: what it needs, for messages: "libvirt"
 * @package: Debian's package of it
 */
typedef struct Module {
    const char *file;
    const char *symbol;
    int version;
    const char *library;
    const char *package;
} Module;

/**
 * module_load() - load a module
 * @module: the module
 * @error: where to store why not
 *
 * Return: the structure, as long as the program runs, or NULL
 */
const void *module_load(const Module *module, GError **error);

#endif /* VFIO_TRACE_COMMON_MODULE_H */
