/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: interrupts
 */
#ifndef VFIO_TRACE_REPORT_IRQS_H
#define VFIO_TRACE_REPORT_IRQS_H

#include "libmmiotrace/parse.h"
#include "tools/report/block.h"

/* Devices that are told apart; the last one has all others */
#define REPORT_IRQ_DEVICES 64

typedef struct ReportIrqs ReportIrqs;

/**
 * report_irqs_new() - begin with a log
 * @max: interrupts that are kept
 */
ReportIrqs *report_irqs_new(uint32_t max);

/**
 * report_irqs_take() - take an interrupt
 * @irqs: the interrupts
 * @text: text of its mark
 * @t: its place on the axis
 * @line: its line
 *
 * Return: number of its device
 */
uint32_t report_irqs_take(ReportIrqs *irqs, MmtSpan text, uint64_t t,
                          uint64_t line);

/**
 * report_irqs_devices() - get the names of the devices, NULL-terminated
 * @irqs: the interrupts
 */
char *const *report_irqs_devices(ReportIrqs *irqs);

/**
 * report_irqs_count() - get the number of all interrupts
 * @irqs: the interrupts
 */
uint64_t report_irqs_count(const ReportIrqs *irqs);

/**
 * report_irqs_put() - write "irqs"
 * @irqs: the interrupts
 * @blocks: where blocks go
 * @json: the log's object
 */
void report_irqs_put(ReportIrqs *irqs, ReportBlocks *blocks, GString *json);

void report_irqs_free(ReportIrqs *irqs);

#endif /* VFIO_TRACE_REPORT_IRQS_H */
