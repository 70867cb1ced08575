/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: a row, for rows.h
 */
#ifndef VFIO_TRACE_REPORT_ROW_H
#define VFIO_TRACE_REPORT_ROW_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Rows at most */
#define REPORT_ROW_REGISTERS 4096
#define REPORT_ROW_PAGES     1024
#define REPORT_ROW_REGIONS   64

/* Registers of a page that have a row of their own */
#define REPORT_ROWS_OF_PAGE  256

/* Buckets of latencies: below 250 ns, below 500 ns, ... */
#define REPORT_LATENCY_FIRST   250
#define REPORT_LATENCY_BUCKETS 26

typedef enum RowKind {
    ROW_REGISTER,
    ROW_PAGE,
    ROW_REGION,
    ROW_OTHERS,
} RowKind;

/* Reads and writes */
#define ROW_WAYS 2

/**
 * struct Row: a row
 * @kind: RowKind
 * @region: its region
 * @offset: of registers and pages
 * @number: its place in what is written
 * @t0: first access
 * @t1: last access
 * @counts: reads and writes
 * @heat: the same by bin of the heat map; NULL if there are none
 * @latency: the same by bucket; likewise
 * @phases: the same by phase
 * @n_phases: phases that @phases has room for
 */
typedef struct Row {
    RowKind kind;
    uint32_t region;
    uint64_t offset;
    uint32_t number;
    uint64_t t0;
    uint64_t t1;
    uint64_t counts[ROW_WAYS];
    uint32_t *heat[ROW_WAYS];
    uint32_t *latency[ROW_WAYS];
    uint32_t *phases[ROW_WAYS];
    uint32_t n_phases;
} Row;

/* An entry of the table by which rows are found */
typedef struct RowSlot {
    RowKind kind;
    uint32_t region;
    uint64_t offset;
    uint32_t row;           /* plus 1; 0: a page without a row of its own */
    uint32_t registers;     /* of a page: those that have rows */
    bool used;
} RowSlot;

/*
 * Slots: a row is in one, and there are pages whose registers have rows; less
 * than a third is used.
 */
#define ROW_SLOTS (1u << 15)

/**
 * struct ReportRows: the rows
 * @rows: Row *, in the order of their first access, then as they are written
 * @slots: the table
 * @n: numbers of rows by kind
 * @last: the row of the last access, or NULL
 */
typedef struct ReportRows {
    GPtrArray *rows;
    RowSlot *slots;
    uint32_t n[ROW_OTHERS + 1];
    Row *last;
} ReportRows;

/**
 * report_latency_bound() - get the lower bound of a bucket of latencies
 * @bucket: its number
 */
static inline uint64_t report_latency_bound(unsigned bucket)
{
    return bucket ? (uint64_t)REPORT_LATENCY_FIRST << (bucket - 1) : 0;
}

#endif /* VFIO_TRACE_REPORT_ROW_H */
