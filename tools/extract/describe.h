/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace extract: what was found as text and as JSON
 */
#ifndef VFIO_TRACE_EXTRACT_DESCRIBE_H
#define VFIO_TRACE_EXTRACT_DESCRIBE_H

#include "tools/analysis/register.h"
#include "tools/analysis/table.h"
#include "tools/extract/item.h"

/**
 * extract_columns() - add the columns
 * @table: an empty table
 * @files: files are written
 */
void extract_columns(Table *table, bool files);

/**
 * extract_row() - add the row of an item
 * @table: the table
 * @names: names of registers
 * @item: the item
 * @files: as for extract_columns()
 */
void extract_row(Table *table, const AnalysisNames *names,
                 const ExtractItem *item, bool files);

/**
 * extract_json() - describe an item in JSON
 * @json: gets the object, without its last bracket
 * @names: names of registers
 * @item: the item
 */
void extract_json(GString *json, const AnalysisNames *names,
                  const ExtractItem *item);

#endif /* VFIO_TRACE_EXTRACT_DESCRIBE_H */
