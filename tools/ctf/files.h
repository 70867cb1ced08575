/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the module that writes CTF: files in the output
 *
 * The sink wants a directory that does not exist, which only we can make: one
 * in the output.  Its files are moved up when they are complete.
 *
 * When its trace is destroyed, the sink writes the metadata; where there is no
 * room, babeltrace2 ends the program (abort), or says nothing.  So we look
 * whether there is room before, and at what was written.
 */
#ifndef VFIO_TRACE_CTF_FILES_H
#define VFIO_TRACE_CTF_FILES_H

#include <glib.h>
#include <stdbool.h>

/**
 * ctf_files_dir() - name the directory that the sink writes to
 * @path: the output
 *
 * Return: its name, to be freed
 */
char *ctf_files_dir(const char *path);

/**
 * ctf_files_room() - is there room for some more bytes?
 * @path: the output
 * @bytes: how many
 * @error: where to store that there is none
 */
bool ctf_files_room(const char *path, gsize bytes, GError **error);

/**
 * ctf_files_complete() - check the files, and move them to the output
 * @path: the output
 * @error: where to store what is wrong
 */
bool ctf_files_complete(const char *path, GError **error);

/**
 * ctf_files_remove() - remove the sink's directory and what is in it
 * @path: the output
 */
void ctf_files_remove(const char *path);

#endif /* VFIO_TRACE_CTF_FILES_H */
