/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: tables with aligned columns on standard output
 *
 * The widths are those of the first rows (TABLE_ROWS); what follows is printed
 * at once, so that memory does not grow with the number of rows.
 */
#ifndef VFIO_TRACE_ANALYSIS_TABLE_H
#define VFIO_TRACE_ANALYSIS_TABLE_H

#include <glib.h>
#include <stdbool.h>

typedef struct Table Table;

/* Columns at most */
#define TABLE_COLUMNS 24

/**
 * table_new() - begin a table
 */
Table *table_new(void);

/**
 * table_column() - add a column, before any row
 * @table: the table
 * @heading: its heading; lives as long as the table
 * @right: numbers: aligned to the right
 */
void table_column(Table *table, const char *heading, bool right);

/**
 * table_cell() - get the text of the next cell, to append to
 * @table: the table
 *
 * When its last column is filled in, the row is complete.
 *
 * Return: the text; valid until the next call
 */
GString *table_cell(Table *table);

/**
 * table_free() - print the rest of the table, and free it
 * @table: the table; without rows, nothing is printed
 */
void table_free(Table *table);

#endif /* VFIO_TRACE_ANALYSIS_TABLE_H */
