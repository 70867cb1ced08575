/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace stat: what accesses can be grouped by
 */
#ifndef VFIO_TRACE_STAT_FIELDS_H
#define VFIO_TRACE_STAT_FIELDS_H

#include <glib.h>

#include "tools/analysis/register.h"
#include "tools/stat/count.h"

/**
 * struct StatField: a word of --by
 * @name: the word, and the heading of its column
 * @plural: of several of them
 * @key: StatKeyField
 * @right: its column is aligned to the right
 * @put: append the group's value of the field
 * @json: append it to an object
 */
typedef struct StatField {
    const char *name;
    const char *plural;
    unsigned key;
    bool right;
    void (*put)(const AnalysisNames *names, const StatGroup *group,
                GString *text);
    void (*json)(const AnalysisNames *names, const StatGroup *group,
                 GString *json);
} StatField;

/* Fields at most */
#define STAT_FIELDS 8

extern const StatField stat_fields[STAT_FIELDS];

/**
 * struct StatBy: what accesses are grouped by
 * @fields: the fields in the order of the columns
 * @n: their number
 * @key: StatKeyField of all
 */
typedef struct StatBy {
    const StatField *fields[STAT_FIELDS];
    unsigned n;
    unsigned key;
} StatBy;

/**
 * stat_by_parse() - parse the argument of --by
 * @text: words, with commas between them
 * @by: where to store the fields
 * @error: where to store what is wrong
 */
bool stat_by_parse(const char *text, StatBy *by, GError **error);

/**
 * stat_by_plural() - what the groups are called: "registers"
 * @by: what they are by
 */
const char *stat_by_plural(const StatBy *by);

/**
 * stat_put_widths() - append a set of widths: "1,4"
 * @widths: bit N for N bytes
 * @text: where to append it
 */
void stat_put_widths(unsigned widths, GString *text);

#endif /* VFIO_TRACE_STAT_FIELDS_H */
