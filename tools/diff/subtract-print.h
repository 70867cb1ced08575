/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --subtract: output
 */
#ifndef VFIO_TRACE_DIFF_SUBTRACT_PRINT_H
#define VFIO_TRACE_DIFF_SUBTRACT_PRINT_H

#include "tools/diff/report.h"
#include "tools/diff/subtract.h"

/**
 * struct DiffSequence: tokens of B in a row
 * @from: number of the first one
 * @to: number behind the last one
 */
typedef struct DiffSequence {
    uint64_t from;
    uint64_t to;
} DiffSequence;

typedef struct DiffSubtractPrint DiffSubtractPrint;

/**
 * diff_subtract_print_new() - begin
 * @report: both logs, and names of their registers
 * @subtract: what is new
 * @json: print JSON, with an object on each line
 */
DiffSubtractPrint *diff_subtract_print_new(DiffReport *report,
                                           const DiffSubtract *subtract,
                                           bool json);

/**
 * diff_subtract_print_news() - print what is new at registers
 * @print: the output, when B was read
 */
void diff_subtract_print_news(DiffSubtractPrint *print);

/**
 * diff_subtract_print_sequences() - print sequences
 * @print: the output
 * @sequences: DiffSequence, of tokens in the window of B
 *
 * Those that access the same places as an earlier one are counted only, and one
 * access that is new at its register is left out, unless all are wanted.
 */
void diff_subtract_print_sequences(DiffSubtractPrint *print,
                                   const GArray *sequences);

/**
 * diff_subtract_print_end() - print the summary
 * @print: the output
 *
 * Return: was there anything new?
 */
bool diff_subtract_print_end(DiffSubtractPrint *print);

void diff_subtract_print_free(DiffSubtractPrint *print);

#endif /* VFIO_TRACE_DIFF_SUBTRACT_PRINT_H */
