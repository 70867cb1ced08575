/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: names of registers and regions (see register.h)
 */
#include "tools/analysis/register.h"
#include "tools/analysis/json-line.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/printable.h"

AnalysisNames analysis_names(const MmtTrace *trace, AnalysisDb *db)
{
    AnalysisNames names = { .trace = trace, .db = db };
    uint32_t n = mmt_trace_regions(trace);
    uint32_t i;

    for (i = 1; i < n && !names.several; i++) {
        names.several = strcmp(mmt_trace_region(trace, i)->device,
                               mmt_trace_region(trace, 0)->device);
    }
    return names;
}

static void put_printable(const char *from, GString *text)
{
    gsize at = text->len;
    size_t len = strlen(from);

    g_string_set_size(text, at + len);
    len = mmt_printable(from, len, text->str + at, len);
    g_string_set_size(text, at + len);
}

void analysis_put_device(const AnalysisNames *names, uint32_t region,
                         GString *text)
{
    const char *device = region == MMT_NO_REGION ? "" :
        mmt_trace_region(names->trace, region)->device;

    put_printable(device[0] ? device : "-", text);
}

void analysis_put_region(const AnalysisNames *names, uint32_t region,
                         GString *text)
{
    if (region == MMT_NO_REGION) {
        g_string_append_c(text, '-');
        return;
    }
    if (names->several) {
        analysis_put_device(names, region, text);
        g_string_append_c(text, ':');
    }
    put_printable(mmt_trace_region(names->trace, region)->name, text);
}

/* The name of a register in the database, if it has one */
static void put_name(const AnalysisNames *names, uint32_t region,
                     uint64_t offset, GString *text)
{
    const char *name = analysis_db_name(names->db, region, offset);

    if (name) {
        g_string_append_c(text, ' ');
        g_string_append(text, name);
    }
}

void analysis_put_register(const AnalysisNames *names, uint32_t region,
                           uint64_t offset, GString *text)
{
    analysis_put_region(names, region, text);
    g_string_append_printf(text, "+0x%" PRIx64, offset);
    put_name(names, region, offset, text);
}

void analysis_put_window(const AnalysisNames *names, uint32_t region,
                         uint64_t first, uint64_t last, GString *text)
{
    analysis_put_region(names, region, text);
    g_string_append_printf(text, "+0x%" PRIx64 "-0x%" PRIx64, first, last);
    put_name(names, region, first, text);
}

void analysis_json_region(const AnalysisNames *names, uint32_t region,
                          GString *json)
{
    const MmtRegion *r;

    if (region == MMT_NO_REGION) {
        return;
    }
    r = mmt_trace_region(names->trace, region);
    if (r->device[0]) {
        json_line_text(json, "device", r->device);
    }
    json_line_text(json, "region", r->name);
}

void analysis_json_register(const AnalysisNames *names, uint32_t region,
                            uint64_t offset, GString *json)
{
    const char *name = analysis_db_name(names->db, region, offset);

    analysis_json_region(names, region, json);
    json_line_hex(json, "offset", offset);
    if (name) {
        json_line_text(json, "name", name);
    }
}
