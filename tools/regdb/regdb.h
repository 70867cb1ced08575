/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace regdb: register databases themselves, without a trace
 */
#ifndef VFIO_TRACE_REGDB_H
#define VFIO_TRACE_REGDB_H

#include <stdio.h>

#include "libregdb/load.h"
#include "libregdb/view.h"
#include "tools/common/subverb.h"

extern const SubVerb regdb_list;
extern const SubVerb regdb_check;
extern const SubVerb regdb_convert;

/**
 * struct RegdbCounts: what is in a database, repetitions not counted
 * @domains: domains
 * @registers: registers
 * @fields: fields of registers
 * @enums: enums, with and without a name
 * @values: their values
 * @bitsets: bitsets that have a name
 * @varsets: sets of variants
 */
typedef struct RegdbCounts {
    uint64_t domains;
    uint64_t registers;
    uint64_t fields;
    uint64_t enums;
    uint64_t values;
    uint64_t bitsets;
    uint64_t varsets;
} RegdbCounts;

/**
 * regdb_count() - count what is in a database
 * @db: the database
 */
RegdbCounts regdb_count(const RegDb *db);

/**
 * struct RegdbPart: the part of a database that is converted
 * @db: the database
 * @domain: the domain, or NULL: all of them
 * @variants: for each varset, the variant, or REGDB_ANY_VARIANT
 * @out: where to write
 * @lost: what can't be written, counted
 */
typedef struct RegdbPart {
    const RegDb *db;
    const RegDbDomain *domain;
    const uint32_t *variants;
    FILE *out;
    unsigned lost;
} RegdbPart;

/**
 * regdb_as_rnndb() - write rules-ng-ng XML
 * @part: what to write
 */
void regdb_as_rnndb(RegdbPart *part);

/**
 * regdb_as_ranges() - write a list of ranges
 * @part: what to write
 */
void regdb_as_ranges(RegdbPart *part);

#endif /* VFIO_TRACE_REGDB_H */
