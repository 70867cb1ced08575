/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: output for people
 */
#include "tools/analysis/table.h"
#include "tools/common/tool.h"
#include "tools/profile/items.h"

#include <inttypes.h>
#include <stdio.h>

/* Heads of the columns; a class has a row, and a register at least one. */
static void add_columns(Table *table)
{
    table_column(table, "register", false);
    table_column(table, "width", true);
    table_column(table, "reads", true);
    table_column(table, "writes", true);
    table_column(table, "class", false);
    table_column(table, "%", true);
    table_column(table, "evidence", false);
}

static void put_count(Table *table, uint64_t n)
{
    g_string_append_printf(table_cell(table), "%" PRIu64, n);
}

static void put_widths(Table *table, unsigned widths)
{
    GString *cell = table_cell(table);
    const char *comma = "";
    int width;

    for (width = 1; width <= 8; width++) {
        if (widths >> width & 1) {
            g_string_append_printf(cell, "%s%d", comma, width);
            comma = ",";
        }
    }
}

static void put_text(Table *table, const char *text)
{
    g_string_append(table_cell(table), text);
}

static void put_register(const ProfileReport *report, Table *table,
                         const ProfileRegister *reg)
{
    analysis_put_register(&report->names, reg->region, reg->offset,
                          table_cell(table));
    put_widths(table, reg->widths);
    put_count(table, reg->reads);
    put_count(table, reg->writes);
}

static void skip_register(Table *table)
{
    int i;

    for (i = 0; i < 4; i++) {
        table_cell(table);
    }
}

static void put_finding(Table *table, const ProfileClass *class,
                        const ProfileFinding *finding)
{
    put_text(table, class->name);
    put_count(table, finding->confidence);
    put_text(table, finding->evidence->str);
}

static void put_values(GString *cell, const char *title,
                       const ProfileValues *values)
{
    uint32_t i;

    g_string_append_printf(cell, "%s%s", cell->len ? "; " : "", title);
    for (i = 0; i < MIN(values->n, 4); i++) {
        g_string_append_printf(cell, " 0x%" PRIx64, values->v[i]);
    }
    if (values->n > 4) {
        g_string_append(cell, " ...");
    }
}

/* What is known of a register that has no class: its first values */
static void put_no_class(Table *table, const ProfileRegister *reg)
{
    GString *cell;

    put_text(table, "-");
    table_cell(table);
    cell = table_cell(table);
    if (reg->r) {
        put_values(cell, "read", &reg->r->values);
    }
    if (reg->w) {
        put_values(cell, "written", &reg->w->values);
    }
    if (reg->unknown) {
        g_string_append_printf(cell, "%saccessed in an unknown direction",
                               cell->len ? "; " : "");
    }
}

static void put_classes(const ProfileReport *report, Table *table,
                        const ProfileRegister *reg)
{
    const ProfileClass *class;
    ProfileFinding finding;
    bool first = true;

    put_register(report, table, reg);
    for (class = profile_classes; class->name; class++) {
        if (!profile_judge(class, reg, &finding)) {
            continue;
        }
        if (!first) {
            skip_register(table);
        }
        first = false;
        put_finding(table, class, &finding);
        profile_finding_clear(&finding);
    }
    if (first) {
        put_no_class(table, reg);
    }
}

static void put_window(const ProfileReport *report, Table *table,
                       const ProfileWindow *window)
{
    GString *cell = table_cell(table);

    analysis_put_window(&report->names, window->region, window->start,
                        window->end - 1, cell);
    put_count(table, window->width);
    put_count(table, window->reads);
    put_count(table, window->writes);
    put_text(table, "bulk-window");
    table_cell(table);
    g_string_append_printf(table_cell(table),
                           "%" PRIu64
                           " bytes, accessed in order in steps of %" PRIu64,
                           window->end - window->start, window->stride);
}

/**
 * struct Unused: what was never used of a region
 * @region: the region, or MMT_NO_REGION
 * @ranges: number of ranges
 * @bytes: bytes in them
 * @most: the largest
 */
typedef struct Unused {
    uint32_t region;
    uint64_t ranges;
    uint64_t bytes;
    ProfileItem most;
} Unused;

static void put_unused(const ProfileReport *report, Table *table,
                       const Unused *unused)
{
    uint64_t size;

    if (unused->region == MMT_NO_REGION) {
        return;
    }
    size = mmt_trace_region(report->trace, unused->region)->size;
    analysis_put_region(&report->names, unused->region, table_cell(table));
    table_cell(table);
    table_cell(table);
    table_cell(table);
    put_text(table, "never-used");
    table_cell(table);
    g_string_append_printf(table_cell(table),
                           "%" PRIu64 " of %" PRIu64
                           " bytes in %" PRIu64
                           " ranges, the largest 0x%" PRIx64 "-0x%" PRIx64,
                           unused->bytes, size, unused->ranges,
                           unused->most.start, unused->most.end - 1);
}

static void add_to_unused(Unused *unused, const ProfileItem *item)
{
    if (unused->region == MMT_NO_REGION) {
        *unused = (Unused) { .region = item->region, .most = *item };
    }
    unused->ranges++;
    unused->bytes += item->end - item->start;
    if (item->end - item->start > unused->most.end - unused->most.start) {
        unused->most = *item;
    }
}

void profile_print_text(const ProfileReport *report)
{
    Table *table = table_new();
    Unused unused = { .region = MMT_NO_REGION };
    guint i;

    add_columns(table);
    for (i = 0; i < report->items->len; i++) {
        const ProfileItem *item =
            &g_array_index(report->items, ProfileItem, i);

        if (unused.region != item->region) {
            put_unused(report, table, &unused);
            unused.region = MMT_NO_REGION;
        }
        if (item->reg) {
            put_classes(report, table, item->reg);
        } else if (item->window) {
            put_window(report, table, item->window);
        } else {
            add_to_unused(&unused, item);
        }
    }
    put_unused(report, table, &unused);
    table_free(table);
}
