/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: the table of registers (see registers.h)
 */
#include "tools/report/registers.h"

#include "libregdb/text.h"
#include "tools/profile/items.h"
#include "tools/report/access.h"
#include "tools/report/json.h"

/**
 * struct Table: the table is written
 * @trace: the log
 * @db: names of registers
 * @rows: the rows
 * @text: the table, in JSON
 * @left_out: accesses of registers that are not in it
 */
typedef struct Table {
    const MmtTrace *trace;
    AnalysisDb *db;
    const ReportRows *rows;
    GString *text;
    uint64_t left_out;
} Table;

/* What a value means, if the database says it */
static void put_meaning(const Table *table, const ProfileRegister *reg,
                        MmtEntryKind kind, uint64_t value)
{
    const MmtEntry entry = {
        .kind = kind,
        .width = MIN(profile_width(reg), 8),
        .region = reg->region,
        .offset = reg->offset,
        .value = value,
    };
    g_autoptr(GString) text = g_string_new(NULL);
    RegDbPart parts[REGDB_PARTS_MAX];
    RegDbView *view;
    unsigned n = analysis_db_parts(table->db, &entry, &view, parts);
    unsigned i;

    for (i = 0; i < n; i++) {
        if (parts[i].reg && parts[i].reg->type) {
            g_string_append(text, text->len ? ", " : "");
            regdb_put_part(view, &parts[i], value, &regdb_no_colors, text);
        }
    }
    if (text->len) {
        report_json_text(table->text, "text", text->str);
    }
}

static void put_values(const Table *table, const ProfileRegister *reg,
                       MmtEntryKind kind, const ProfileValues *values)
{
    bool writes = kind == MMT_ENTRY_WRITE;
    uint32_t i;

    report_json_open(table->text, writes ? "values-written" : "values-read",
                     '[');
    for (i = 0; i < MIN(values->n, PROFILE_VALUES); i++) {
        report_json_open(table->text, NULL, '{');
        report_json_hex(table->text, "value", values->v[i]);
        put_meaning(table, reg, kind, values->v[i]);
        report_json_close(table->text, '}');
    }
    report_json_close(table->text, ']');
    report_json_bool(table->text, writes ? "more-written" : "more-read",
                     values->n > PROFILE_VALUES);
}

static void put_classes(const Table *table, const ProfileRegister *reg)
{
    const ProfileClass *class;
    ProfileFinding finding;

    report_json_open(table->text, "classes", '[');
    for (class = profile_classes; class->name; class++) {
        if (!profile_judge(class, reg, &finding)) {
            continue;
        }
        report_json_open(table->text, NULL, '{');
        report_json_text(table->text, "class", class->name);
        report_json_number(table->text, "confidence", finding.confidence);
        report_json_text(table->text, "evidence", finding.evidence->str);
        if (finding.bits) {
            report_json_hex(table->text, "bits", finding.bits);
        }
        report_json_close(table->text, '}');
        profile_finding_clear(&finding);
    }
    report_json_close(table->text, ']');
}

static void put_place(const Table *table, const char *kind, uint32_t region,
                      uint64_t offset)
{
    const char *name = analysis_db_name(table->db, region, offset);

    report_json_open(table->text, NULL, '{');
    report_json_text(table->text, "kind", kind);
    report_json_index(table->text, "region", region < REPORT_REGIONS
                                             ? region : REPORT_NO_REGION);
    report_json_hex(table->text, "offset", offset);
    if (name) {
        report_json_text(table->text, "name", name);
    }
}

static void put_counts(const Table *table, unsigned width, uint64_t reads,
                       uint64_t writes, uint64_t line, uint32_t phase)
{
    report_json_number(table->text, "width", width);
    report_json_number(table->text, "reads", reads);
    report_json_number(table->text, "writes", writes);
    report_json_number(table->text, "first-line", line);
    report_json_number(table->text, "first-phase",
                       MIN(phase, REPORT_PHASES - 1));
}

static void put_register(const Table *table, const ProfileRegister *reg)
{
    uint32_t row = reg->region < REPORT_REGIONS
        ? report_rows_find(table->rows, reg->region, reg->offset)
        : UINT32_MAX;

    put_place(table, "register", reg->region, reg->offset);
    report_json_index(table->text, "row", row);
    put_counts(table, profile_width(reg), reg->reads, reg->writes,
               reg->first_line, reg->first_phase);
    report_json_number(table->text, "unknown", reg->unknown);
    report_json_number(table->text, "last-phase",
                       MIN(reg->last_phase, REPORT_PHASES - 1));
    if (reg->r) {
        put_values(table, reg, MMT_ENTRY_READ, &reg->r->values);
    }
    if (reg->w) {
        put_values(table, reg, MMT_ENTRY_WRITE, &reg->w->values);
    }
    put_classes(table, reg);
    report_json_close(table->text, '}');
}

static void put_window(const Table *table, const ProfileWindow *window)
{
    put_place(table, "window", window->region, window->start);
    report_json_null(table->text, "row");
    put_counts(table, window->width, window->reads, window->writes,
               window->first_line, window->first_phase);
    report_json_number(table->text, "unknown", 0);
    report_json_number(table->text, "length", window->end - window->start);
    report_json_number(table->text, "stride", window->stride);
    report_json_close(table->text, '}');
}

static void put_items(Table *table, const GArray *items)
{
    guint i;

    for (i = 0; i < items->len; i++) {
        const ProfileItem *item = &g_array_index(items, ProfileItem, i);
        bool room = table->text->len < REPORT_REGISTERS_TEXT;

        if (item->reg && room) {
            put_register(table, item->reg);
        } else if (item->reg) {
            table->left_out += item->reg->reads + item->reg->writes +
                               item->reg->unknown;
        } else if (item->window && room) {
            put_window(table, item->window);
        } else if (item->window) {
            table->left_out += item->window->reads + item->window->writes;
        }
    }
}

void report_registers_put(const Profile *profile, const MmtTrace *trace,
                          AnalysisDb *db, const ReportRows *rows,
                          ReportBlocks *blocks, GString *json)
{
    Table table = {
        .trace = trace,
        .db = db,
        .rows = rows,
        .text = g_string_new("{\"items\":["),
        .left_out = profile_others(profile),
    };
    ProfileReport report = {
        .profile = profile,
        .trace = trace,
        .names = analysis_names(trace, db),
    };

    profile_items_find(&report);
    put_items(&table, report.items);
    g_array_unref(report.items);
    report_json_close(table.text, ']');
    report_json_number(table.text, "left-out", table.left_out);
    report_json_close(table.text, '}');
    report_block_put_json(blocks, json, "registers", table.text);
    g_string_free(table.text, TRUE);
}
