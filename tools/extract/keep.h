/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace extract: files of what was found, and the list of them
 */
#ifndef VFIO_TRACE_EXTRACT_KEEP_H
#define VFIO_TRACE_EXTRACT_KEEP_H

#include <glib.h>
#include <stdbool.h>

#include "tools/extract/item.h"

/* Most items of a trace */
#define EXTRACT_ITEMS_MAX 65536

typedef struct ExtractKeep ExtractKeep;

/**
 * extract_keep_new() - begin
 * @log: name of the trace; the names of files begin with it
 * @dir: where to write files, which is made if it does not exist; NULL: nowhere
 * @force: replace existing files
 * @error: where to store an error
 */
ExtractKeep *extract_keep_new(const char *log, const char *dir, bool force,
                              GError **error);

/**
 * extract_keep_item() - number an item, and write its file
 * @keep: the state
 * @item: the item with its bytes; the rest of it is filled in
 * @error: where to store an error
 *
 * What has the same bytes as another one gets no second file.
 *
 * Return: false if it can't be written, or there are too many
 */
bool extract_keep_item(ExtractKeep *keep, ExtractItem *item, GError **error);

/**
 * extract_keep_list() - write an item into the list
 * @keep: the state
 * @json: a JSON object that describes the item, without its last bracket
 */
void extract_keep_list(ExtractKeep *keep, const GString *json);

/**
 * extract_keep_files() - get the number of files that were written
 * @keep: the state
 */
uint64_t extract_keep_files(const ExtractKeep *keep);

/**
 * extract_keep_end() - complete the list
 * @keep: the state
 * @error: where to store an error
 *
 * Return: false if it can't be written
 */
bool extract_keep_end(ExtractKeep *keep, GError **error);

/**
 * extract_keep_free() - free the state
 * @keep: the state, or NULL
 */
void extract_keep_free(ExtractKeep *keep);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExtractKeep, extract_keep_free)

#endif /* VFIO_TRACE_EXTRACT_KEEP_H */
