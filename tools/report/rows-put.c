/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: rows are written (see rows.h)
 */
#include "tools/report/rows.h"

#include <string.h>

#include "tools/report/json.h"

static const char *const kinds[] = {
    [ROW_REGISTER] = "register",
    [ROW_PAGE] = "page",
    [ROW_REGION] = "region",
    [ROW_OTHERS] = "others",
};

static const char *const ways[ROW_WAYS] = { "reads", "writes" };

/**
 * typedef RowArray - get an array of a row
 * @row: the row
 * @way: which
 * @n: set to the number of items it has
 */
typedef const uint32_t *RowArray(const Row *row, unsigned way, uint32_t *n);

static const uint32_t *heat_of(const Row *row, unsigned way, uint32_t *n)
{
    *n = REPORT_HEAT_BINS;
    return row->heat[way];
}

static const uint32_t *phases_of(const Row *row, unsigned way, uint32_t *n)
{
    *n = row->n_phases;
    return row->phases[way];
}

static const uint32_t *latency_of(const Row *row, unsigned way, uint32_t *n)
{
    *n = REPORT_LATENCY_BUCKETS;
    return row->latency[way];
}

/**
 * put_table() - write an array of each row as a table
 * @rows: the rows
 * @out: where to
 * @array: the array
 * @columns: items of each row
 * @turned: the table has rows as its columns
 */
static void put_table(const ReportRows *rows, const ReportRowsOut *out,
                      RowArray *array, uint32_t columns, bool turned)
{
    size_t n = rows->rows->len;
    g_autofree uint32_t *table = g_new(uint32_t, n * columns + 1);
    unsigned way;

    for (way = 0; way < ROW_WAYS; way++) {
        size_t i, k;

        memset(table, 0, n * columns * sizeof(*table));
        for (i = 0; i < n; i++) {
            uint32_t have;
            const uint32_t *items = array(rows->rows->pdata[i], way, &have);

            for (k = 0; items && k < MIN(have, columns); k++) {
                table[turned ? k * n + i : i * columns + k] = items[k];
            }
        }
        report_block_put(out->blocks, out->json, ways[way], REPORT_U32, table,
                         n * columns);
    }
}

static void put_row(const Row *row, AnalysisDb *db, GString *json)
{
    const char *name = NULL;

    report_json_open(json, NULL, '{');
    report_json_text(json, "kind", kinds[row->kind]);
    if (row->kind != ROW_OTHERS) {
        report_json_number(json, "region", row->region);
    }
    if (row->kind == ROW_REGISTER || row->kind == ROW_PAGE) {
        report_json_hex(json, "offset", row->offset);
    }
    if (row->kind == ROW_REGISTER) {
        name = analysis_db_name(db, row->region, row->offset);
    }
    if (name) {
        report_json_text(json, "name", name);
    }
    report_json_number(json, "reads", row->counts[0]);
    report_json_number(json, "writes", row->counts[1]);
    report_json_number(json, "t0", row->t0);
    report_json_number(json, "t1", row->t1);
    report_json_close(json, '}');
}

static void put_rows(const ReportRows *rows, const ReportRowsOut *out)
{
    g_autoptr(GString) text = g_string_new("[");
    guint i;

    for (i = 0; i < rows->rows->len; i++) {
        put_row(rows->rows->pdata[i], out->db, text);
    }
    report_json_close(text, ']');
    report_block_put_json(out->blocks, out->json, "rows", text);
}

static void put_latency(const ReportRows *rows, const ReportRowsOut *out)
{
    unsigned i;

    if (!out->latency) {
        report_json_null(out->json, "latency");
        return;
    }
    report_json_open(out->json, "latency", '{');
    report_json_open(out->json, "bounds", '[');
    for (i = 0; i < REPORT_LATENCY_BUCKETS; i++) {
        report_json_number(out->json, NULL, report_latency_bound(i));
    }
    report_json_close(out->json, ']');
    put_table(rows, out, latency_of, REPORT_LATENCY_BUCKETS, false);
    report_json_close(out->json, '}');
}

void report_rows_put(const ReportRows *rows, const ReportRowsOut *out)
{
    uint32_t bins = (out->bins + REPORT_HEAT_JOIN - 1) / REPORT_HEAT_JOIN;

    put_rows(rows, out);
    report_json_open(out->json, "phase-counts", '{');
    put_table(rows, out, phases_of, out->phases, true);
    report_json_close(out->json, '}');
    put_latency(rows, out);
    report_json_open(out->json, "heat", '{');
    report_json_number(out->json, "bins", bins);
    report_json_number(out->json, "width", out->width * REPORT_HEAT_JOIN);
    put_table(rows, out, heat_of, bins, false);
    report_json_close(out->json, '}');
}
