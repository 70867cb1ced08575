/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: counts by register (see rows.h)
 */
#include "tools/report/rows.h"

#include <string.h>

#define PAGE_MASK UINT64_C(0xfff)

static const uint32_t limits[] = {
    [ROW_REGISTER] = REPORT_ROW_REGISTERS,
    [ROW_PAGE] = REPORT_ROW_PAGES,
    [ROW_REGION] = REPORT_ROW_REGIONS,
    [ROW_OTHERS] = 1,
};

static void row_free(void *data)
{
    Row *row = data;
    unsigned way;

    for (way = 0; way < ROW_WAYS; way++) {
        g_free(row->heat[way]);
        g_free(row->latency[way]);
        g_free(row->phases[way]);
    }
    g_free(row);
}

ReportRows *report_rows_new(void)
{
    ReportRows *rows = g_new0(ReportRows, 1);

    rows->rows = g_ptr_array_new_with_free_func(row_free);
    rows->slots = g_new0(RowSlot, ROW_SLOTS);
    return rows;
}

void report_rows_free(ReportRows *rows)
{
    if (rows) {
        g_ptr_array_unref(rows->rows);
        g_free(rows->slots);
        g_free(rows);
    }
}

void report_rows_double(ReportRows *rows)
{
    guint i;

    for (i = 0; i < rows->rows->len; i++) {
        Row *row = rows->rows->pdata[i];
        unsigned way;

        for (way = 0; way < ROW_WAYS; way++) {
            if (row->heat[way]) {
                report_halve(row->heat[way], REPORT_HEAT_BINS);
            }
        }
    }
}

/* --- finding ------------------------------------------------------------- */

static RowSlot *find_slot(const ReportRows *rows, RowKind kind,
                          uint32_t region, uint64_t offset)
{
    uint64_t hash = (offset + ((uint64_t)region << 40) + kind) *
                    UINT64_C(0x9e3779b97f4a7c15);
    uint32_t i = hash >> 49;

    while (rows->slots[i].used &&
           (rows->slots[i].kind != kind || rows->slots[i].region != region ||
            rows->slots[i].offset != offset)) {
        i = (i + 1) % ROW_SLOTS;
    }
    return &rows->slots[i];
}

static void use_slot(RowSlot *slot, RowKind kind, uint32_t region,
                     uint64_t offset)
{
    slot->used = true;
    slot->kind = kind;
    slot->region = region;
    slot->offset = offset;
}

static Row *row_of(const ReportRows *rows, const RowSlot *slot)
{
    return slot->used && slot->row ? rows->rows->pdata[slot->row - 1] : NULL;
}

/* Return: the row, a new one if there is none and there is room, or NULL */
static Row *get_row(ReportRows *rows, RowKind kind, uint32_t region,
                    uint64_t offset)
{
    RowSlot *slot = find_slot(rows, kind, region, offset);
    Row *row = row_of(rows, slot);

    if (row || rows->n[kind] >= limits[kind]) {
        return row;
    }
    row = g_new0(Row, 1);
    row->kind = kind;
    row->region = region;
    row->offset = offset;
    row->t0 = UINT64_MAX;
    g_ptr_array_add(rows->rows, row);
    rows->n[kind]++;
    use_slot(slot, kind, region, offset);
    slot->row = rows->rows->len;
    return row;
}

/*
 * Return: a row for a register that has none, or NULL.  Its page is noted, so
 * that pages are at most as many as such rows.
 */
static Row *new_register(ReportRows *rows, uint32_t region, uint64_t offset)
{
    uint64_t start = offset & ~PAGE_MASK;
    RowSlot *page;

    if (rows->n[ROW_REGISTER] >= limits[ROW_REGISTER]) {
        return NULL;
    }
    page = find_slot(rows, ROW_PAGE, region, start);
    if (page->used && page->registers >= REPORT_ROWS_OF_PAGE) {
        return NULL;
    }
    use_slot(page, ROW_PAGE, region, start);
    page->registers++;
    return get_row(rows, ROW_REGISTER, region, offset);
}

static Row *find_row(ReportRows *rows, uint32_t region, uint64_t offset)
{
    Row *row;

    if (region == REPORT_NO_REGION) {
        return get_row(rows, ROW_OTHERS, REPORT_NO_REGION, 0);
    }
    row = row_of(rows, find_slot(rows, ROW_REGISTER, region, offset));
    if (!row) {
        row = new_register(rows, region, offset);
    }
    if (!row) {
        row = get_row(rows, ROW_PAGE, region, offset & ~PAGE_MASK);
    }
    if (!row) {
        row = get_row(rows, ROW_REGION, region, 0);
    }
    return row ? row : get_row(rows, ROW_OTHERS, REPORT_NO_REGION, 0);
}

/* --- counting ------------------------------------------------------------ */

static void count_phase(Row *row, unsigned way, uint32_t phase)
{
    if (phase >= row->n_phases) {
        uint32_t n = phase + 1;
        unsigned i;

        for (i = 0; i < ROW_WAYS; i++) {
            row->phases[i] = g_renew(uint32_t, row->phases[i], n);
            memset(row->phases[i] + row->n_phases, 0,
                   (n - row->n_phases) * sizeof(uint32_t));
        }
        row->n_phases = n;
    }
    report_add(&row->phases[way][phase], 1);
}

static void count_latency(Row *row, unsigned way, uint32_t ns)
{
    unsigned bucket = 0;

    while (bucket + 1 < REPORT_LATENCY_BUCKETS &&
           ns >= report_latency_bound(bucket + 1)) {
        bucket++;
    }
    if (!row->latency[way]) {
        row->latency[way] = g_new0(uint32_t, REPORT_LATENCY_BUCKETS);
    }
    report_add(&row->latency[way][bucket], 1);
}

static bool is_row(const Row *row, const ReportAccess *access)
{
    return row && row->kind == ROW_REGISTER &&
           row->offset == access->entry->offset &&
           row->region == access->region;
}

void report_rows_take(ReportRows *rows, const ReportAccess *access)
{
    unsigned way = report_access_writes(access);
    Row *row = is_row(rows->last, access) ? rows->last
             : find_row(rows, access->region, access->entry->offset);

    rows->last = row;
    row->counts[way]++;
    row->t0 = MIN(row->t0, access->t);
    row->t1 = MAX(row->t1, access->t);
    if (!row->heat[way]) {
        row->heat[way] = g_new0(uint32_t, REPORT_HEAT_BINS);
    }
    report_add(&row->heat[way][access->bin / REPORT_HEAT_JOIN], 1);
    count_phase(row, way, access->phase);
    if (access->latency != REPORT_NO_LATENCY) {
        count_latency(row, way, access->latency);
    }
}

/* --- order --------------------------------------------------------------- */

/* A region's own row comes behind its pages, and the last row has no region. */
static int compare(const void *a, const void *b)
{
    const Row *x = *(Row *const *)a, *y = *(Row *const *)b;

    if (x->region != y->region) {
        return x->region < y->region ? -1 : 1;
    }
    if ((x->kind == ROW_REGION) != (y->kind == ROW_REGION)) {
        return x->kind == ROW_REGION ? 1 : -1;
    }
    if (x->offset != y->offset) {
        return x->offset < y->offset ? -1 : 1;
    }
    return (int)x->kind - (int)y->kind;
}

void report_rows_sort(ReportRows *rows)
{
    guint i;

    rows->last = NULL;
    g_ptr_array_sort(rows->rows, compare);
    for (i = 0; i < rows->rows->len; i++) {
        Row *row = rows->rows->pdata[i];

        row->number = i;
        find_slot(rows, row->kind, row->region, row->offset)->row = i + 1;
    }
}

uint32_t report_rows_find(const ReportRows *rows, uint32_t region,
                          uint64_t offset)
{
    const Row *row = row_of(rows, find_slot(rows, ROW_REGISTER, region,
                                            offset));

    return row ? row->number : UINT32_MAX;
}
