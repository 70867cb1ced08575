/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace symbolize --summary: number of accesses of each function
 */
#ifndef VFIO_TRACE_SYMBOLIZE_SUMMARY_H
#define VFIO_TRACE_SYMBOLIZE_SUMMARY_H

#include <glib.h>
#include <stdio.h>

#include "tools/symbolize/pc-line.h"
#include "tools/symbolize/symbols.h"

typedef struct Summary Summary;

Summary *summary_new(void);

void summary_free(Summary *summary);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Summary, summary_free)

/**
 * summary_add() - count an access
 * @summary: the summary
 * @line: a PC_LINE_ACCESS or PC_LINE_CONFIG
 * @symbol: symbol of its program counter, valid as long as @summary, or NULL
 */
void summary_add(Summary *summary, const PcLine *line, const Symbol *symbol);

/**
 * summary_print() - print the summary as a table
 * @summary: the summary
 * @out: the output stream
 */
void summary_print(const Summary *summary, FILE *out);

/**
 * summary_print_json() - print the summary as JSON
 * @summary: the summary
 * @log: name of the log
 * @out: the output stream
 */
void summary_print_json(const Summary *summary, const char *log, FILE *out);

#endif /* VFIO_TRACE_SYMBOLIZE_SUMMARY_H */
