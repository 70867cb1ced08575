/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: members of entries as arrays (see mmiotrace.h)
 *
 * Programs in languages whose loops are slow, such as Python, calculate with
 * whole arrays.  A batch of entries is in the processor's cache when its
 * members are copied.
 */
#include "libmmiotrace/trace.h"

#include <string.h>

typedef struct Member {
    uint8_t offset;
    uint8_t size;
} Member;

#define MEMBER(name) { offsetof(MmtEntry, name), \
                       sizeof(((MmtEntry *)NULL)->name) }

static const Member members[] = {
    [MMT_COLUMN_KIND] = MEMBER(kind),
    [MMT_COLUMN_WIDTH] = MEMBER(width),
    [MMT_COLUMN_FLAGS] = MEMBER(flags),
    [MMT_COLUMN_REGION] = MEMBER(region),
    [MMT_COLUMN_CPU] = MEMBER(cpu),
    [MMT_COLUMN_PHASE] = MEMBER(phase),
    [MMT_COLUMN_NS] = MEMBER(ns),
    [MMT_COLUMN_OFFSET] = MEMBER(offset),
    [MMT_COLUMN_VALUE] = MEMBER(value),
    [MMT_COLUMN_ADDRESS] = MEMBER(address),
    [MMT_COLUMN_PC] = MEMBER(pc),
    [MMT_COLUMN_LINE] = MEMBER(line),
};

/* One copy of this loop for each constant size */
static inline void copy(char *to, const char *from, size_t n, size_t size)
{
    size_t i;

    for (i = 0; i < n; i++) {
        memcpy(to + i * size, from + i * sizeof(MmtEntry), size);
    }
}

static void fill(const MmtColumn *column, size_t at, const MmtEntry *entries,
                 size_t n)
{
    char *to = (char *)column->data + at * column->size;
    const char *from = (const char *)entries + members[column->id].offset;

    switch (column->size) {
    case 8:
        copy(to, from, n, 8);
        break;
    case 4:
        copy(to, from, n, 4);
        break;
    case 2:
        copy(to, from, n, 2);
        break;
    default:
        copy(to, from, n, 1);
    }
}

static bool columns_fit(MmtTrace *trace, const MmtColumn *columns,
                        size_t n_columns)
{
    g_autofree char *message = NULL;
    size_t i;

    for (i = 0; i < n_columns; i++) {
        if (columns[i].id >= G_N_ELEMENTS(members)) {
            message = g_strdup_printf("there is no column %u", columns[i].id);
        } else if (columns[i].size != members[columns[i].id].size) {
            message = g_strdup_printf("column %u has items of %u bytes, not %u",
                                      columns[i].id,
                                      members[columns[i].id].size,
                                      columns[i].size);
        }
        if (message) {
            mmt_trace_fail(trace, message);
            return false;
        }
    }
    return true;
}

/* Length of the entries at @i that are accesses */
static size_t accesses_at(const MmtEntry *entries, size_t i, size_t n)
{
    size_t end = i;

    while (end < n && entries[end].kind <= MMT_ENTRY_UNKNOWN) {
        end++;
    }
    return end - i;
}

/* Return: how many of the entries were filled in */
static size_t fill_batch(const MmtColumn *columns, size_t n_columns, size_t at,
                         const MmtEntry *entries, size_t n, unsigned flags)
{
    size_t filled = 0;
    size_t i = 0;

    while (i < n) {
        size_t run = n;
        size_t c;

        if (flags & MMT_COLUMNS_ACCESSES) {
            run = accesses_at(entries, i, n);
        }
        for (c = 0; c < n_columns && run; c++) {
            fill(&columns[c], at + filled, entries + i, run);
        }
        filled += run;
        /* the entry behind the run is no access */
        i += run + 1;
    }
    return filled;
}

size_t mmt_trace_columns(MmtTrace *trace, const MmtColumn *columns,
                         size_t n_columns, size_t max, unsigned flags)
{
    size_t filled = 0;

    if (!columns_fit(trace, columns, n_columns)) {
        return 0;
    }
    while (filled < max) {
        const MmtEntry *entries;
        size_t n = mmt_trace_take(trace, &entries, max - filled);

        if (!n) {
            break;
        }
        filled += fill_batch(columns, n_columns, filled, entries, n, flags);
    }
    return filled;
}
