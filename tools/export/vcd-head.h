/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to vcd: declarations of the signals
 */
#ifndef VFIO_TRACE_EXPORT_VCD_HEAD_H
#define VFIO_TRACE_EXPORT_VCD_HEAD_H

#include <stdio.h>

#include "tools/export/format.h"
#include "tools/export/vcd-registers.h"

/* Marks by who has written them */
typedef enum VcdMark {
    VCD_USER,               /* users and guests */
    VCD_IRQ,                /* the tracer, about an interrupt */
    VCD_TRACER,             /* the tracer, about something else */
    VCD_MARKS,
} VcdMark;

/**
 * struct VcdCommon: signals that are no region's
 * @count: numbers of marks
 * @text: the last mark of each kind
 * @phase: name of the phase
 * @paused: 1 while the machine does not run
 */
typedef struct VcdCommon {
    VcdSignal count[VCD_MARKS];
    VcdSignal text[VCD_MARKS];
    VcdSignal phase;
    VcdSignal paused;
} VcdCommon;

/**
 * vcd_head_write() - write what a file has before the changes
 * @stream: where to write it
 * @job: the trace and the names of its registers
 * @common: signals that are no region's
 * @registers: the others
 * @first: time of the first change, or 0 if there is none
 */
void vcd_head_write(FILE *stream, const ExportJob *job,
                    const VcdCommon *common, const VcdRegisters *registers,
                    uint64_t first);

#endif /* VFIO_TRACE_EXPORT_VCD_HEAD_H */
