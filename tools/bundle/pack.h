/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle: writes the archive
 */
#ifndef VFIO_TRACE_BUNDLE_PACK_H
#define VFIO_TRACE_BUNDLE_PACK_H

#include <stdio.h>

#include "tools/analysis/progress.h"
#include "tools/bundle/member.h"

/**
 * struct BundlePack: what is written
 * @bundle: the bundle; its members get their sizes and hashes
 * @log: the log
 * @compress: with zstd
 * @mode: permissions that all files have which were read, at first 0777: others
 *        must not read them in the bundle if they can't read them there
 * @progress: shows progress, or NULL
 */
typedef struct BundlePack {
    Bundle *bundle;
    const char *log;
    bool compress;
    mode_t mode;
    AnalysisProgress *progress;
} BundlePack;

/**
 * bundle_pack_scan() - add the log's parts, and measure all files
 * @pack: what will be written; its bundle has no members
 * @head: where to append the beginning of the log
 * @error: where to store the error
 *
 * The manifest precedes all files, so that they are read twice.
 *
 * Return: false on error
 */
bool bundle_pack_scan(BundlePack *pack, GString *head, GError **error);

/**
 * bundle_pack_file() - add a file, and measure it
 * @pack: what will be written
 * @name: name of the member
 * @role: its role
 * @path: the file
 * @error: where to store the error
 *
 * Return: false on error
 */
bool bundle_pack_file(BundlePack *pack, const char *name, const char *role,
                      const char *path, GError **error);

/**
 * bundle_pack_write() - write the archive
 * @pack: what is written
 * @stream: where to write it
 * @error: where to store the error: also that a file has changed meanwhile
 *
 * Of a log that has grown, what was measured is written.
 *
 * Return: false on error
 */
bool bundle_pack_write(BundlePack *pack, FILE *stream, GError **error);

#endif /* VFIO_TRACE_BUNDLE_PACK_H */
