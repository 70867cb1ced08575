/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: contents of a selection
 *
 * selection.c makes it from the options of vfio-trace-selection(7); select.c
 * applies it.
 */
#ifndef LIBMMIOTRACE_SELECTION_H
#define LIBMMIOTRACE_SELECTION_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"

typedef enum MmtSelectOp {
    MMT_SELECT_READ = 1 << 0,
    MMT_SELECT_WRITE = 1 << 1,
    MMT_SELECT_BOTH = MMT_SELECT_READ | MMT_SELECT_WRITE,
} MmtSelectOp;

/**
 * struct MmtSelectRange: a part of a region
 * @numbers: bit N for region number N; 0 if @name is its name
 * @name: name of a region without a number, or NULL
 * @first: offset of its first byte
 * @last: offset of its last byte
 * @ops: MmtSelectOp
 */
typedef struct MmtSelectRange {
    uint32_t numbers;
    char *name;
    uint64_t first;
    uint64_t last;
    uint8_t ops;
} MmtSelectRange;

/**
 * struct MmtSelectSpan: numbers from @first to @last
 */
typedef struct MmtSelectSpan {
    uint64_t first;
    uint64_t last;
} MmtSelectSpan;

/**
 * struct MmtSelectValue: values whose bits @mask are those of @value
 */
typedef struct MmtSelectValue {
    uint64_t value;
    uint64_t mask;
} MmtSelectValue;

/**
 * struct MmtSelectPoint: a register whose write begins a phase
 * @range: its bytes
 * @value: the values that count
 */
typedef struct MmtSelectPoint {
    MmtSelectRange range;
    MmtSelectValue value;
} MmtSelectPoint;

typedef enum MmtSelectBoundKind {
    MMT_SELECT_BOUND_NONE,
    MMT_SELECT_BOUND_TIME,
    MMT_SELECT_BOUND_LINE,
    MMT_SELECT_BOUND_MARK,
} MmtSelectBoundKind;

/**
 * struct MmtSelectBound: a place in the trace
 * @kind: which of the others is set
 * @number: a time in nanoseconds, or the number of a line
 * @regex: of a mark's text
 */
typedef struct MmtSelectBound {
    MmtSelectBoundKind kind;
    uint64_t number;
    GRegex *regex;
} MmtSelectBound;

/**
 * struct MmtSelection: what is selected; an empty array selects all
 * @refs: its owners: who made it, and the traces that use it
 * @used: a trace uses it, or did; it is no longer changed
 * @devices: texts
 * @ranges: MmtSelectRange
 * @regs: patterns of registers' names, as for fnmatch()
 * @ops: MmtSelectOp, or 0
 * @widths: bit N for a width of N bytes, or 0
 * @values: MmtSelectValue
 * @cpus: MmtSelectSpan
 * @pcs: MmtSelectSpan
 * @from: the first entry
 * @to: the last entry, or the mark behind it
 * @phases: MmtSelectSpan, numbers of phases
 * @phase_names: likewise of phases' names
 * @points: MmtSelectPoint
 */
struct MmtSelection {
    gint refs;
    gint used;
    GPtrArray *devices;
    GArray *ranges;
    GPtrArray *regs;
    uint8_t ops;
    uint32_t widths;
    GArray *values;
    GArray *cpus;
    GArray *pcs;
    MmtSelectBound from;
    MmtSelectBound to;
    GArray *phases;
    GPtrArray *phase_names;
    GArray *points;
};

/**
 * mmt_selection_use() - get a reference for a trace
 * @selection: the selection
 *
 * Return: @selection, to be given back with mmt_selection_free()
 */
MmtSelection *mmt_selection_use(MmtSelection *selection);

#endif /* LIBMMIOTRACE_SELECTION_H */
