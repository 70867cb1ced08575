/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace convert --to sqlite: the database, opened by SQLite
 */
#include <glib/gstdio.h>
#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>

#include "export-log.h"
#include "run-tool.h"

typedef struct sqlite3 Db;

static void close_db(Db *db)
{
    g_assert_cmpint(sqlite3_close(db), ==, SQLITE_OK);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Db, close_db)

/* The answer to a question: columns with '|' between, a row on each line */
static char *ask(Db *db, const char *sql)
{
    GString *text = g_string_new(NULL);
    sqlite3_stmt *statement;
    int result;
    int i;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        g_test_message("%s: %s", sql, sqlite3_errmsg(db));
        g_assert_not_reached();
    }
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        for (i = 0; i < sqlite3_column_count(statement); i++) {
            const char *cell = (const char *)sqlite3_column_text(statement, i);

            g_string_append_printf(text, "%s%s", i ? "|" : "", cell ?: "NULL");
        }
        g_string_append_c(text, '\n');
    }
    g_assert_cmpint(result, ==, SQLITE_DONE);
    sqlite3_finalize(statement);
    return g_string_free(text, FALSE);
}

#define assert_answer(db, sql, want) \
    do { \
        g_autofree char *answer_ = ask(db, sql); \
        g_assert_cmpstr(answer_, ==, want); \
    } while (0)

/* The database of a log; the tool must end with @status */
static Db *convert(const char *text, int status, const char *option,
                   const char *value)
{
    g_autofree char *log = temp_file("log.mmt", text, -1);
    g_autofree char *out = g_build_filename(temp_dir(), "log.sqlite", NULL);
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "-f", log, "-o", out,
                                      option, value, NULL);
    Db *db = NULL;

    if (run->status != status) {
        g_test_message("%s", run->err);
    }
    g_assert_cmpint(run->status, ==, status);
    g_assert_cmpint(sqlite3_open_v2(out, &db, SQLITE_OPEN_READONLY, NULL), ==,
                    SQLITE_OK);
    assert_answer(db, "PRAGMA integrity_check", "ok\n");
    assert_answer(db, "PRAGMA foreign_key_check", "");
    assert_answer(db, "PRAGMA user_version", "1\n");
    return db;
}

static void test_accesses(void)
{
    g_autoptr(Db) db = convert(EXPORT_HEAD
        "R 4 1.000001 1 0xfeb80008 0x80080783 0x0 0\n"
        "MARK 1.000002 driver loads\n"
        "W 8 1.000003 2 0xfec00010 0xfedcba9876543210 0xffffffff81000000 0\n"
        "UNKNOWN 1.000004 1 0xfeb80010 0f,b6,00 0x0 0\n", 0, NULL, NULL);

    assert_answer(db, "SELECT line, ns, op, region, \"offset\", width,"
                  " printf('%x', value), printf('%x', address), cpu,"
                  " printf('%x', pc), phase FROM accesses ORDER BY id",
                  "5|1000001000|R|0|8|4|80080783|feb80008|NULL|0|0\n"
                  "7|1000003000|W|1|16|8|fedcba9876543210|fec00010|NULL|"
                  "ffffffff81000000|1\n"
                  "8|1000004000|UNKNOWN|0|16|NULL|0|feb80010|NULL|0|1\n");
    /* all 64 bits are there */
    assert_answer(db, "SELECT line FROM accesses"
                  " WHERE value = 0xfedcba9876543210", "7\n");
    assert_answer(db, "SELECT value IS NULL, pc IS NULL FROM accesses"
                  " ORDER BY id", "0|1\n0|0\n1|1\n");
    assert_answer(db, "SELECT time, op, region, \"offset\", register, value,"
                  " phase FROM named ORDER BY id",
                  "1.000001000|R|bar0|0x8|NULL|0x80080783|start\n"
                  "1.000003000|W|bar1|0x10|NULL|0xfedcba9876543210|"
                  "driver loads\n"
                  "1.000004000|UNKNOWN|bar0|0x10|NULL|NULL|driver loads\n");
}

/* Marks and accesses have one order. */
static void test_others(void)
{
    g_autoptr(Db) db = convert(EXPORT_HEAD
        "R 4 1.000001 1 0xfeb80008 0x1 0x0 0\n"
        "MARK 1.000002 by a user\n"
        "MARK 1.000003 vfio-trace: guest-mark marker=a text=b\n"
        "MARK 1.000004 vfio-trace: of a later version\n"
        "UNMAP 1.000005 2 0x0 0\n", 0, NULL, NULL);

    assert_answer(db, "SELECT line, ns, phase, text FROM marks"
                  " WHERE origin = 'user'", "6|1000002000|1|by a user\n");
    assert_answer(db, "SELECT text FROM marks WHERE origin = 'guest'",
                  "vfio-trace: guest-mark marker=a text=b\n");
    assert_answer(db, "SELECT text FROM marks WHERE origin = 'tracer'",
                  "vfio-trace: of a later version\n");
    assert_answer(db, "SELECT op, region, printf('%x', address), value"
                  " FROM others WHERE op LIKE '%MAP' ORDER BY id",
                  "MAP|0|feb80000|131072\nMAP|1|fec00000|4096\n"
                  "UNMAP|1|0|NULL\n");
    assert_answer(db, "SELECT text LIKE 'PCIDEV 0100 %nic' FROM others"
                  " WHERE op = 'PCIDEV'", "1\n");
    assert_answer(db, "SELECT count(*), count(DISTINCT id) FROM ("
                  "SELECT id FROM accesses UNION ALL SELECT id FROM marks"
                  " UNION ALL SELECT id FROM others)", "8|8\n");
    assert_answer(db, "SELECT (SELECT max(id) FROM accesses) <"
                  " (SELECT min(id) FROM marks)", "1\n");
}

static void test_regions(void)
{
    g_autoptr(Db) db = convert(EXPORT_HEAD
        "R 4 1.000001 2 0xfec00008 0x1 0x0 0\n", 0, NULL, NULL);

    assert_answer(db, "SELECT name, printf('%x:%x', vendor, device_id),"
                  " printf('%x', base), size FROM regions"
                  " WHERE id IN (SELECT region FROM accesses)",
                  "bar1|8086:10d3|fec00000|4096\n");
}

static void test_info(void)
{
    g_autoptr(Db) db = convert(EXPORT_HEAD
        "R 4 1.000001 1 0xfeb80008 0x1 0x0 0\n"
        "W 4 1.000002 1 0xfeb80008 0x1 0x0 0\n"
        "R 4 1.00000x 1 0xfeb80008 0x1 0x0 0\n", 1, "--op", "w");

    assert_answer(db, "SELECT name, value FROM info WHERE name IN"
                  " ('accesses', 'damaged', 'format', 'lines') ORDER BY name",
                  "accesses|2\ndamaged|1\nformat|mmiotrace\nlines|7\n");
    assert_answer(db, "SELECT value LIKE '%/log.mmt' FROM info"
                  " WHERE name = 'log'", "1\n");
    assert_answer(db, "SELECT op FROM accesses", "W\n");
}

static void test_names(void)
{
    g_autofree char *names = temp_file("names.txt",
                                       "0:0x8:4 STATUS\n0:0x10:4 ICR\n", -1);
    const char *log = EXPORT_HEAD
        "R 4 1.000001 1 0xfeb80008 0x1 0x0 0\n"
        "W 4 1.000002 1 0xfeb80010 0x1 0x0 0\n"
        "R 4 1.000003 1 0xfeb80020 0x1 0x0 0\n"
        "R 4 1.000004 1 0xfeb80008 0x1 0x0 0\n";
    g_autoptr(Db) db = convert(log, 0, "--db", names);
    g_autoptr(Db) without = convert(log, 0, "--no-db", NULL);

    assert_answer(db, "SELECT printf('%x', \"offset\"), name, reads, writes,"
                  " unknown, last > first FROM registers ORDER BY \"offset\"",
                  "8|STATUS|2|0|0|1\n10|ICR|0|1|0|0\n20|NULL|1|0|0|0\n");
    assert_answer(db, "SELECT register, value FROM named WHERE op = 'W'",
                  "ICR|0x1\n");
    assert_answer(db, "SELECT region, \"offset\", register, reads, writes"
                  " FROM named_registers ORDER BY reads DESC LIMIT 1",
                  "bar0|0x8|STATUS|2|0\n");
    assert_answer(without, "SELECT count(name), count(*) FROM registers",
                  "0|3\n");
}

static void test_untimed(void)
{
    g_autoptr(Db) db = convert(
        "vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x1\n"
        "vfio_region_write  (0000:01:00.0:region0+0xfffffffffffffff0, 0x1, 8)\n"
        "vfio_pci_read_config  (0000:01:00.0, @0x0, len=0x4) 0x10d38086\n",
        0, NULL, NULL);

    assert_answer(db, "SELECT ns, time, device, region, \"offset\" FROM named"
                  " ORDER BY id",
                  "NULL|NULL|0000:01:00.0|bar0|0x100\n"
                  "NULL|NULL|0000:01:00.0|bar0|0xfffffffffffffff0\n"
                  "NULL|NULL|0000:01:00.0|config|0x0\n");
    /* addresses are made up, but for that of config space */
    assert_answer(db, "SELECT name, base FROM regions ORDER BY name",
                  "bar0|NULL\nconfig|0\n");
    assert_answer(db, "SELECT first_ns, accesses FROM phases", "NULL|3\n");
}

/* A log without an access is a database, too. */
static void test_empty(void)
{
    g_autoptr(Db) db = convert("VERSION 20070824\nMARK 1.000000 a\n", 0, NULL,
                               NULL);

    assert_answer(db, "SELECT (SELECT count(*) FROM accesses),"
                  " (SELECT count(*) FROM registers),"
                  " (SELECT count(*) FROM phases), (SELECT text FROM marks)",
                  "0|0|2|a\n");
}

/* Text of a guest is text: nothing else, and valid. */
static void test_hostile(void)
{
    g_autoptr(Db) db = convert(EXPORT_HOSTILE, 0, NULL, NULL);
    g_autofree char *texts = ask(db, "SELECT text FROM marks ORDER BY id");

    assert_answer(db, "SELECT count(*) FROM accesses", "1\n");
    g_assert_true(g_str_has_prefix(texts, "'); DROP TABLE accesses; --\n"));
    assert_contains(texts, "<script>alert(1)</script>\n");
    assert_contains(texts, "\n?]0;owned? ?? ?\n");
    g_assert_true(g_utf8_validate(texts, -1, NULL));
    assert_answer(db, "SELECT count(*) FROM phases AS p JOIN marks AS m"
                  " ON m.text = p.name", "6\n");
}

/* Counts of stat --json, as ask() would print them */
static char *stat_counts(const char *text, const char *type,
                         const char *const *members)
{
    g_autoptr(ToolRun) run = run_tool(text, "stat", "--json", "--top", "0", "-",
                                      NULL);
    g_auto(GStrv) lines = g_strsplit(run->out, "\n", -1);
    GString *counts = g_string_new(NULL);
    unsigned i;
    unsigned k;

    g_assert_cmpint(run->status, ==, 0);
    for (i = 0; *lines[i]; i++) {
        g_autoptr(JsonParser) parser = json_parser_new();
        JsonObject *object;

        g_assert_true(json_parser_load_from_data(parser, lines[i], -1, NULL));
        object = json_node_get_object(json_parser_get_root(parser));
        if (strcmp(json_object_get_string_member(object, "type"), type)) {
            continue;
        }
        for (k = 0; members[k]; k++) {
            JsonNode *node = json_object_get_member(object, members[k]);
            GValue value = G_VALUE_INIT;
            GValue string = G_VALUE_INIT;

            json_node_get_value(node, &value);
            g_value_init(&string, G_TYPE_STRING);
            g_assert_true(g_value_transform(&value, &string));
            g_string_append_printf(counts, "%s%s", k ? "|" : "",
                                   g_value_get_string(&string));
            g_value_unset(&value);
            g_value_unset(&string);
        }
        g_string_append_c(counts, '\n');
    }
    return g_string_free(counts, FALSE);
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lines in the order of their texts */
static char *sorted(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    qsort(lines, g_strv_length(lines), sizeof(*lines), by_text);
    return g_strjoinv("\n", lines);
}

static void assert_same(const char *a, const char *b)
{
    g_autofree char *x = sorted(a);
    g_autofree char *y = sorted(b);

    g_assert_cmpstr(x, ==, y);
}

/* The same counts as stat has */
static void test_stat(void)
{
    static const char *const totals[] = { "reads", "writes", "unknown", "marks",
                                          "first-ns", "last-ns", NULL };
    static const char *const registers[] = {
        "region", "offset", "reads", "writes", "unknown", "first-line",
        "last-line", NULL
    };
    static const char *const phases[] = {
        "phase", "phase-name", "reads", "writes", "first-ns", "last-ns", NULL
    };
    g_autoptr(GString) log = export_log(20000);
    g_autofree char *stat_totals = stat_counts(log->str, "summary", totals);
    g_autofree char *stat_registers = stat_counts(log->str, "group", registers);
    g_autofree char *stat_phases = stat_counts(log->str, "phase", phases);
    g_autoptr(Db) db = convert(log->str, 0, NULL, NULL);
    g_autofree char *db_registers = ask(db,
        "SELECT r.name, printf('0x%x', g.\"offset\"), reads, writes, unknown,"
        " f.line, l.line FROM registers AS g"
        " JOIN regions AS r ON r.id = g.region"
        " JOIN accesses AS f ON f.id = g.first"
        " JOIN accesses AS l ON l.id = g.last");
    g_autofree char *db_phases = ask(db,
        "SELECT p.id, p.name, sum(a.op = 'R'), sum(a.op = 'W'), p.first_ns,"
        " p.last_ns FROM phases AS p JOIN accesses AS a ON a.phase = p.id"
        " GROUP BY p.id");

    assert_answer(db, "SELECT sum(op = 'R'), sum(op = 'W'),"
                  " sum(op = 'UNKNOWN'), (SELECT count(*) FROM marks"
                  " WHERE origin <> 'tracer'), min(ns), max(ns) FROM accesses",
                  stat_totals);
    assert_answer(db, "SELECT count(*) FROM registers", "24\n");
    assert_same(db_registers, stat_registers);
    assert_same(db_phases, stat_phases);
    assert_answer(db, "SELECT sum(accesses), sum(last - first) > 0 FROM phases",
                  "20000|1\n");
}

/* Questions about a register or a time go by an index. */
static void test_indexes(void)
{
    static const struct {
        const char *sql;
        const char *index;
    } rows[] = {
        { "SELECT * FROM accesses WHERE region = 0 AND \"offset\" = 8",
          "accesses_register" },
        { "SELECT * FROM accesses WHERE ns BETWEEN 5 AND 6", "accesses_ns" },
        { "SELECT count(*) FROM accesses WHERE phase = 3", "accesses_phase" },
        { "SELECT count(*) FROM marks WHERE ns > 5", "marks_ns" },
        { "SELECT count(*) FROM registers WHERE name = 'CTRL'",
          "registers_name" },
    };
    g_autoptr(GString) log = export_log(3000);
    g_autoptr(Db) db = convert(log->str, 0, NULL, NULL);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *sql = g_strconcat("EXPLAIN QUERY PLAN ", rows[i].sql,
                                           NULL);
        g_autofree char *plan = ask(db, sql);

        assert_contains(plan, rows[i].index);
    }
}

/* The name of a file is no URI for SQLite. */
static void test_uri(void)
{
    static const char name[] = "file:x?mode=memory&y=.sqlite";
    g_autofree char *log = temp_file("uri.mmt", EXPORT_HEAD
        "R 4 1.000001 1 0xfeb80008 0x80080783 0x0 0\n", -1);
    g_autofree char *was = g_get_current_dir();
    g_autofree char *out = g_build_filename(temp_dir(), name, NULL);
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(Db) db = NULL;

    g_assert_cmpint(g_chdir(temp_dir()), ==, 0);
    run = run_tool(NULL, "convert", log, "-o", name, NULL);
    g_assert_cmpint(g_chdir(was), ==, 0);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpint(sqlite3_open_v2(out, &db, SQLITE_OPEN_READONLY, NULL), ==,
                    SQLITE_OK);
    assert_answer(db, "SELECT count(*) FROM accesses", "1\n");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/convert-sqlite/accesses", test_accesses);
    g_test_add_func("/convert-sqlite/others", test_others);
    g_test_add_func("/convert-sqlite/regions", test_regions);
    g_test_add_func("/convert-sqlite/info", test_info);
    g_test_add_func("/convert-sqlite/names", test_names);
    g_test_add_func("/convert-sqlite/untimed", test_untimed);
    g_test_add_func("/convert-sqlite/empty", test_empty);
    g_test_add_func("/convert-sqlite/hostile", test_hostile);
    g_test_add_func("/convert-sqlite/stat", test_stat);
    g_test_add_func("/convert-sqlite/indexes", test_indexes);
    g_test_add_func("/convert-sqlite/uri", test_uri);
    status = g_test_run();
    temp_clean();
    return status;
}
