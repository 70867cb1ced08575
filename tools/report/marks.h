/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: marks, pauses of the guest, and interrupts
 */
#ifndef VFIO_TRACE_REPORT_MARKS_H
#define VFIO_TRACE_REPORT_MARKS_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/report/bins.h"
#include "tools/report/block.h"

/* Marks that are kept: of users, of guests, and of the tracer; bytes of each */
#define REPORT_MARKS        20000
#define REPORT_MARKS_TRACER 10000
#define REPORT_MARKS_TEXT   (2u << 20)

#define REPORT_PAUSES       10000
#define REPORT_IRQS         100000

typedef struct ReportMarks ReportMarks;

/**
 * report_marks_new() - begin with a log
 * @trace: the log
 * @bins: counts marks and interrupts, also those that are not kept
 */
ReportMarks *report_marks_new(const MmtTrace *trace, ReportBins *bins);

/**
 * report_marks_take() - take a mark
 * @marks: the marks
 * @entry: the mark, in the batch that was read last
 * @t: its place on the axis
 * @bin: its bin
 */
void report_marks_take(ReportMarks *marks, const MmtEntry *entry, uint64_t t,
                       uint32_t bin);

/**
 * report_marks_devices() - get the names of the devices with interrupts
 * @marks: the marks
 *
 * Return: the names, NULL-terminated
 */
char *const *report_marks_devices(ReportMarks *marks);

/**
 * report_marks_irqs() - get the number of interrupts
 * @marks: the marks
 */
uint64_t report_marks_irqs(const ReportMarks *marks);

/**
 * report_marks_put() - write "marks", "pauses" and "irqs"
 * @marks: the marks
 * @blocks: where blocks go
 * @json: the log's object
 * @end: the end of the axis, where a pause ends that goes on
 */
void report_marks_put(ReportMarks *marks, ReportBlocks *blocks, GString *json,
                      uint64_t end);

void report_marks_free(ReportMarks *marks);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportMarks, report_marks_free)

#endif /* VFIO_TRACE_REPORT_MARKS_H */
