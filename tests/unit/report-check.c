/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: make a page of a log, compare its counts (see report-check.h)
 */
#include "report-check.h"

#include <string.h>

#include "run-tool.h"

Page *report_page(const char *name, const char *text, const char *option,
                  const char *value)
{
    g_autofree char *log = temp_file(name, text, -1);
    g_autofree char *out = g_strconcat(log, ".html", NULL);
    g_autoptr(ToolRun) run = run_tool(NULL, "report", log, "--no-db", "-o",
                                      out, "--force", option, value, NULL);

    if (*run->err) {
        assert_contains(run->err, "single accesses are on the page up to");
    }
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->out, ==, "");
    return page_read(out);
}

int64_t page_int(JsonObject *object, const char *name)
{
    return json_object_get_int_member(object, name);
}

/* --- counts -------------------------------------------------------------- */

/* The first line of 'stat --json' */
static JsonNode *stat_summary(const char *name)
{
    g_autofree char *path = g_build_filename(temp_dir(), name, NULL);
    g_autoptr(ToolRun) run = run_tool(NULL, "stat", "--json", path, NULL);
    g_autoptr(GError) error = NULL;
    JsonNode *node;

    *strchr(run->out, '\n') = '\0';
    node = json_from_string(run->out, &error);
    g_assert_no_error(error);
    return node;
}

void report_check_counts(JsonObject *log, const char *name)
{
    static const char *const counts[] = { "reads", "writes", "unknown",
                                          "lost", "damaged" };
    g_autoptr(JsonNode) summary = stat_summary(name);
    JsonObject *stat = json_node_get_object(summary);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(counts); i++) {
        g_assert_cmpint(page_int(log, counts[i]), ==,
                        page_int(stat, counts[i]));
    }
    g_assert_cmpint(page_int(log, "accesses"), ==,
                    page_int(log, "reads") + page_int(log, "writes") +
                    page_int(log, "unknown"));
}

/* Sums of the lanes of a kind */
static void check_lanes(const Page *page, JsonObject *log, const char *kind)
{
    JsonArray *lanes = json_object_get_array_member(log, "lanes");
    double reads = 0, writes = 0;
    guint i;

    for (i = 0; i < json_array_get_length(lanes); i++) {
        JsonObject *lane = json_array_get_object_element(lanes, i);

        if (!strcmp(json_object_get_string_member(lane, "kind"), kind)) {
            reads += page_sum(page, lane, "reads");
            writes += page_sum(page, lane, "writes");
        }
    }
    g_assert_cmpfloat(reads, ==, page_int(log, "reads"));
    g_assert_cmpfloat(writes, ==,
                      page_int(log, "writes") + page_int(log, "unknown"));
}

/* A table counts each access once. */
static void check_table(const Page *page, JsonObject *log, const char *name)
{
    JsonObject *table = json_object_get_object_member(log, name);

    g_assert_cmpfloat(page_sum(page, table, "reads"), ==,
                      page_int(log, "reads"));
    g_assert_cmpfloat(page_sum(page, table, "writes"), ==,
                      page_int(log, "writes") + page_int(log, "unknown"));
}

int64_t page_total(JsonArray *list, const char *name)
{
    int64_t sum = 0;
    guint i;

    for (i = 0; i < json_array_get_length(list); i++) {
        sum += page_int(json_array_get_object_element(list, i), name);
    }
    return sum;
}

static void check_list(JsonArray *list, JsonObject *log, bool unknown)
{
    g_assert_cmpint(page_total(list, "reads"), ==, page_int(log, "reads"));
    g_assert_cmpint(page_total(list, "writes"), ==,
                    page_int(log, "writes") +
                    (unknown ? 0 : page_int(log, "unknown")));
    if (unknown) {
        g_assert_cmpint(page_total(list, "unknown"), ==,
                        page_int(log, "unknown"));
    }
}

static void check_registers(const Page *page, JsonObject *log)
{
    g_autoptr(JsonNode) node = page_json(page, log, "registers");
    JsonObject *registers = json_node_get_object(node);
    JsonArray *items = json_object_get_array_member(registers, "items");

    g_assert_cmpint(page_total(items, "reads") + page_total(items, "writes") +
                    page_total(items, "unknown") +
                    page_int(registers, "left-out"),
                    ==, page_int(log, "accesses"));
}

void report_check_sums(const Page *page, JsonObject *log)
{
    g_autoptr(JsonNode) rows = page_json(page, log, "rows");
    g_autoptr(JsonNode) phases = page_json(page, log, "phases");
    JsonObject *has = json_object_get_object_member(log, "has");

    check_lanes(page, log, "region");
    if (json_object_get_boolean_member(has, "cpu")) {
        check_lanes(page, log, "cpu");
    }
    check_table(page, log, "heat");
    check_table(page, log, "phase-counts");
    check_table(page, log, "segments");
    check_list(json_node_get_array(rows), log, false);
    check_list(json_node_get_array(phases), log, true);
    check_list(json_object_get_array_member(log, "regions"), log, true);
    check_registers(page, log);
    g_assert_cmpint(page_int(log, "left-out"), ==, 0);
}
