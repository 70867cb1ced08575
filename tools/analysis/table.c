/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: tables with aligned columns (see table.h)
 */
#include "tools/analysis/table.h"

#include <stdio.h>
#include <string.h>

#include "libmmiotrace/printable.h"

/* Rows that are kept to find the widths */
#define TABLE_ROWS 1000

#define GAP "  "

/**
 * struct Column: a column
 * @heading: its heading
 * @right: aligned to the right
 * @width: its width in characters
 */
typedef struct Column {
    const char *heading;
    bool right;
    size_t width;
} Column;

/**
 * struct Table: a table
 * @columns: the columns
 * @n: their number
 * @cell: text of the cell that is filled in
 * @kept: cells of the rows that are kept, each with a NUL
 * @at: cells of the row that are complete
 * @rows: complete rows
 * @begun: the heading was printed: rows are no longer kept
 * @pending: the caller has the cell
 * @spaces: spaces in the row that are not printed yet
 */
struct Table {
    Column columns[TABLE_COLUMNS];
    size_t n;
    GString *cell;
    GString *kept;
    size_t at;
    size_t rows;
    bool begun;
    bool pending;
    size_t spaces;
};

Table *table_new(void)
{
    Table *table = g_new0(Table, 1);

    table->cell = g_string_new(NULL);
    table->kept = g_string_new(NULL);
    return table;
}

void table_column(Table *table, const char *heading, bool right)
{
    g_assert(table->n < TABLE_COLUMNS);
    table->columns[table->n++] = (Column) {
        .heading = heading,
        .right = right,
        .width = g_utf8_strlen(heading, -1),
    };
}

static void print_spaces(size_t n)
{
    while (n--) {
        putchar(' ');
    }
}

/* A row has no spaces behind its last text. */
static void print_cell(Table *table, size_t i, const char *text)
{
    const Column *column = &table->columns[i];
    size_t len = g_utf8_strlen(text, -1);
    size_t pad = len < column->width ? column->width - len : 0;

    table->spaces += i ? strlen(GAP) : 0;
    table->spaces += column->right ? pad : 0;
    if (*text) {
        print_spaces(table->spaces);
        table->spaces = 0;
        fputs(text, stdout);
    }
    table->spaces += column->right ? 0 : pad;
    if (i + 1 == table->n) {
        table->spaces = 0;
        putchar('\n');
    }
}

static void print_kept(Table *table)
{
    const char *p = table->kept->str;
    size_t row;
    size_t i;

    for (i = 0; i < table->n && table->rows; i++) {
        print_cell(table, i, table->columns[i].heading);
    }
    for (row = 0; row < table->rows; row++) {
        for (i = 0; i < table->n; i++) {
            print_cell(table, i, p);
            p += strlen(p) + 1;
        }
    }
    g_string_set_size(table->kept, 0);
    table->begun = true;
}

static void complete_cell(Table *table)
{
    GString *cell = table->cell;
    Column *column = &table->columns[table->at];

    if (!table->pending) {
        return;
    }
    table->pending = false;
    mmt_printable(cell->str, cell->len, cell->str, cell->len);
    if (table->begun) {
        print_cell(table, table->at, cell->str);
    } else {
        column->width = MAX(column->width,
                            (size_t)g_utf8_strlen(cell->str, -1));
        g_string_append_len(table->kept, cell->str, strlen(cell->str) + 1);
    }
    if (++table->at == table->n) {
        table->at = 0;
        if (!table->begun && ++table->rows == TABLE_ROWS) {
            print_kept(table);
        }
    }
}

GString *table_cell(Table *table)
{
    complete_cell(table);
    g_string_set_size(table->cell, 0);
    table->pending = true;
    return table->cell;
}

void table_free(Table *table)
{
    complete_cell(table);
    if (!table->begun) {
        print_kept(table);
    }
    g_string_free(table->cell, TRUE);
    g_string_free(table->kept, TRUE);
    g_free(table);
}
