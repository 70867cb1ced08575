/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: names of registers and regions in the output of verbs
 */
#ifndef VFIO_TRACE_ANALYSIS_REGISTER_H
#define VFIO_TRACE_ANALYSIS_REGISTER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"

/**
 * struct AnalysisNames: how the registers of a trace are printed
 * @trace: the trace
 * @several: it has several devices: names begin with the device
 * @db: names of registers, or NULL
 */
typedef struct AnalysisNames {
    const MmtTrace *trace;
    bool several;
    AnalysisDb *db;
} AnalysisNames;

/**
 * analysis_names() - decide how registers are printed
 * @trace: the trace, as far as it was read
 * @db: names of its registers, or NULL
 */
AnalysisNames analysis_names(const MmtTrace *trace, AnalysisDb *db);

/**
 * analysis_put_device() - append the name of a region's device
 * @names: of the trace
 * @region: number of the region
 * @text: where to append it; "-" if the trace does not name the device
 */
void analysis_put_device(const AnalysisNames *names, uint32_t region,
                         GString *text);

/**
 * analysis_put_region() - append a region: "bar0", or "gpu:bar0"
 * @names: of the trace
 * @region: its number; "-" is appended for MMT_NO_REGION
 * @text: where to append it; all of it is printable
 */
void analysis_put_region(const AnalysisNames *names, uint32_t region,
                         GString *text);

/**
 * analysis_put_register() - append a register: "bar0+0x0 CTRL"
 * @names: of the trace
 * @region: number of its region
 * @offset: its offset
 * @text: where to append it
 */
void analysis_put_register(const AnalysisNames *names, uint32_t region,
                           uint64_t offset, GString *text);

/**
 * analysis_put_window() - append registers: "bar0+0x100-0x1ff RAM"
 * @names: of the trace
 * @region: number of their region
 * @first: the first offset
 * @last: the last offset
 * @text: where to append it
 */
void analysis_put_window(const AnalysisNames *names, uint32_t region,
                         uint64_t first, uint64_t last, GString *text);

/**
 * analysis_json_region() - append a region's members of a JSON object
 * @names: of the trace
 * @region: number of the region
 * @json: the line (tools/analysis/json-line.h): gets "device", if the trace
 *        names it, and "region"
 */
void analysis_json_region(const AnalysisNames *names, uint32_t region,
                          GString *json);

/**
 * analysis_json_register() - the same, "offset", and "name" if it has one
 * @names: of the trace
 * @region: number of its region
 * @offset: its offset
 * @json: the line
 */
void analysis_json_register(const AnalysisNames *names, uint32_t region,
                            uint64_t offset, GString *json);

#endif /* VFIO_TRACE_ANALYSIS_REGISTER_H */
