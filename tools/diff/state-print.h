/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --state: output
 */
#ifndef VFIO_TRACE_DIFF_STATE_PRINT_H
#define VFIO_TRACE_DIFF_STATE_PRINT_H

#include "tools/diff/state.h"
#include "tools/diff/words.h"

/**
 * struct DiffStateReport: what is printed
 * @registers: DiffRegister, by region and offset
 * @words: names of registers
 * @names: of each log: its name, and when it is looked at
 * @full: each register has a line, also those that one log only reads
 */
typedef struct DiffStateReport {
    const GArray *registers;
    DiffWords *words;
    const char *names[DIFF_SIDES];
    bool full;
} DiffStateReport;

/**
 * diff_state_print() - print it for people
 * @report: what to print
 *
 * Nothing is printed if no register differs.
 *
 * Return: does one differ?
 */
bool diff_state_print(const DiffStateReport *report);

/**
 * diff_state_json() - print it as JSON, with an object on each line
 * @report: what to print
 *
 * Return: does a register differ?
 */
bool diff_state_json(const DiffStateReport *report);

#endif /* VFIO_TRACE_DIFF_STATE_PRINT_H */
