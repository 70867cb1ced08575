/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: options that choose a register database
 *
 * All verbs that read a trace have them, in the group of options.h; a verb that
 * shows names without a trace hands analysis_db_option_group() to
 * tool_options_group().
 */
#ifndef VFIO_TRACE_ANALYSIS_DB_OPTIONS_H
#define VFIO_TRACE_ANALYSIS_DB_OPTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libregdb/devices.h"

/**
 * struct AnalysisDbOptions: the options that were given
 * @db: argument of --db, or NULL
 * @variants: arguments of --variant, NULL-terminated, or NULL
 * @domains: RegDbRegionOf of each --domain, or NULL; its region is NULL if only
 *           a domain was given
 * @no_db: --no-db
 */
typedef struct AnalysisDbOptions {
    char *db;
    char **variants;
    GArray *domains;
    gboolean no_db;
} AnalysisDbOptions;

/**
 * analysis_db_options() - get the options that were given
 *
 * They live until analysis_db_options_reset().
 */
const AnalysisDbOptions *analysis_db_options(void);

/**
 * analysis_db_option_entries() - get the options, for a group
 *
 * Return: list that ends with an entry without a name
 */
const GOptionEntry *analysis_db_option_entries(void);

/**
 * analysis_db_option_group() - get the options, for --help-names
 *
 * Return: the group, for tool_options_group()
 */
GOptionGroup *analysis_db_option_group(void);

/**
 * analysis_db_options_find() - take a file of the search path for --db's name
 *
 * A name that is in neither place stays as it is.
 */
void analysis_db_options_find(void);

/**
 * analysis_db_options_reset() - forget the options that were parsed
 */
void analysis_db_options_reset(void);

/**
 * analysis_db_take_variant() - find a variant by the user's words
 * @db: the database
 * @text: "GV100", "0x140" or "chipset=GV100"
 * @variants: for each varset, number of the variant: set where @text says so
 * @message: where to store what is wrong, to be freed with g_free()
 *
 * Return: number of the varset, or -1
 */
int analysis_db_take_variant(const RegDb *db, const char *text,
                             uint32_t *variants, char **message);

#endif /* VFIO_TRACE_ANALYSIS_DB_OPTIONS_H */
