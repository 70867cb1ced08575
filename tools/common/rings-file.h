/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: rings files (vfio-trace-rings(5)) that the user names
 *
 * A file is opened once.  Its text is what was checked, and what QEMU gets: a
 * file that is replaced meanwhile changes nothing.
 */
#ifndef VFIO_TRACE_RINGS_FILE_H
#define VFIO_TRACE_RINGS_FILE_H

#include "libguestmem/model.h"

/* Instead of a name: all files that are for the device */
#define RINGS_FILE_AUTO "auto"

#define RINGS_FILE_SUFFIX ".rings"

#define RINGS_FILE_ERROR rings_file_error_quark()

/**
 * rings_file_error_quark() - the domain of errors of the functions below
 */
GQuark rings_file_error_quark(void);

/**
 * struct RingsFile: a rings file
 * @path: its absolute path
 * @name: its name without directories, as it is in the log: nothing in it needs
 *        to be made printable
 * @text: its text
 * @len: bytes of @text
 * @file: what it says
 */
typedef struct RingsFile {
    char *path;
    char *name;
    char *text;
    gsize len;
    GmemFile *file;
} RingsFile;

/**
 * rings_file_is_path() - does a word mean a file, and not a name?
 * @word: the word: a path if it has a "/" or ends in ".rings"
 */
bool rings_file_is_path(const char *word);

/**
 * rings_file_name() - get the name of the file that a word means
 * @word: as for rings_file_open(); the file need not exist
 *
 * It is RingsFile.name of that file.
 *
 * Return: the name, to be freed
 */
char *rings_file_name(const char *word);

/**
 * rings_file_open() - read the rings file that a word means
 * @word: its path, or its name in the search path without ".rings"
 * @error: where to store why not; for a wrong text with line and column
 *
 * Return: the file, of which the caller has a reference; or NULL
 */
RingsFile *rings_file_open(const char *word, GError **error);

/**
 * rings_file_for() - read all rings files of the search path for a device
 * @vendor: the device's vendor
 * @device: its ID
 * @class_code: its class, 24 bits
 * @error: where to store what is wrong with one of them
 *
 * Return: RingsFile, to be freed with g_ptr_array_unref(); NULL after an error
 */
GPtrArray *rings_file_for(uint16_t vendor, uint16_t device,
                          uint32_t class_code, GError **error);

/**
 * rings_file_fits() - is a rings file for a device?
 * @rings: the file
 * @vendor: the device's vendor
 * @device: its ID
 * @class_code: its class, 24 bits
 *
 * One that names no devices is for all.
 */
bool rings_file_fits(const RingsFile *rings, uint16_t vendor, uint16_t device,
                     uint32_t class_code);

/**
 * rings_file_ref() - take a further reference
 * @rings: the file
 *
 * Return: @rings
 */
RingsFile *rings_file_ref(RingsFile *rings);

/**
 * rings_file_unref() - drop a reference; without any, the file is freed
 * @rings: the file
 */
void rings_file_unref(RingsFile *rings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RingsFile, rings_file_unref)

#endif /* VFIO_TRACE_RINGS_FILE_H */
