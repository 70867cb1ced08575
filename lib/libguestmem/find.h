/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: where rings files are
 *
 * NAME.rings in one of the directories of the search path: those of
 * VFIO_TRACE_RINGS, if it is set (colons separate them); else the user's
 * ~/.local/share/vfio-trace/rings, the source's rings if the program is in its
 * build directory, and /usr/share/vfio-trace/rings and the like.  The first one
 * of a name counts.  What root finds must belong to root (libregdb/trust.h).
 *
 * For the tools; QEMU gets paths.
 */
#ifndef LIBGUESTMEM_FIND_H
#define LIBGUESTMEM_FIND_H

#include "libguestmem/parse.h"

#define GMEM_FIND_VARIABLE "VFIO_TRACE_RINGS"
#define GMEM_FIND_SUFFIX ".rings"

/**
 * struct GmemFound: a rings file in the search path
 * @name: its name, without ".rings"
 * @path: its path
 * @file: what it says; NULL: @error
 * @error: why it can't be read
 */
typedef struct GmemFound {
    char *name;
    char *path;
    GmemFile *file;
    GError *error;
} GmemFound;

/**
 * gmem_find() - find a rings file by its name
 * @name: its name, without ".rings"
 * @error: there is none, or root does not read it
 *
 * Return: its path, to be freed; or NULL
 */
char *gmem_find(const char *name, GError **error);

/**
 * gmem_find_all() - all rings files of the search path, by name
 *
 * Return: GmemFound, to be freed with g_ptr_array_unref()
 */
GPtrArray *gmem_find_all(void);

/**
 * gmem_file_is_for() - does a file name a device?
 * @file: the file
 * @vendor: PCI vendor ID
 * @device: PCI device ID
 * @class_code: its class, 24 bits
 */
bool gmem_file_is_for(const GmemFile *file, uint16_t vendor, uint16_t device,
                      uint32_t class_code);

#endif /* LIBGUESTMEM_FIND_H */
