/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: the table of registers, as the verb profile finds them
 */
#ifndef VFIO_TRACE_REPORT_REGISTERS_H
#define VFIO_TRACE_REPORT_REGISTERS_H

#include "tools/analysis/db.h"
#include "tools/profile/engine.h"
#include "tools/report/block.h"
#include "tools/report/rows.h"

/* Registers that are kept, and the bytes of the table's text */
#define REPORT_REGISTERS      32768
#define REPORT_REGISTERS_TEXT (32u << 20)

/**
 * report_registers_put() - write "registers"
 * @profile: the finished profile
 * @trace: the log
 * @db: names of registers, or NULL
 * @rows: the rows, sorted
 * @blocks: where blocks go
 * @json: the log's object
 */
void report_registers_put(const Profile *profile, const MmtTrace *trace,
                          AnalysisDb *db, const ReportRows *rows,
                          ReportBlocks *blocks, GString *json);

#endif /* VFIO_TRACE_REPORT_REGISTERS_H */
