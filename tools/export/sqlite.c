/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to sqlite: a database of a trace (docs/convert.md)
 *
 * Numbers of 64 bits are SQLite's integers, which have a sign: those from 2^63
 * up are negative there; printf('0x%x', ...) and literals like
 * 0xffffffffffffffff mean the same bits.
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <string.h>

#include "libmmiotrace/printable.h"
#include "tools/analysis/trace.h"
#include "tools/convert/op.h"
#include "tools/export/format.h"
#include "tools/export/sqlite-schema.h"

/* Instructions of SQLite's machine between two looks for ^C: a millisecond */
#define STEPS 100000

/**
 * struct Sqlite: state of a conversion
 * @job: what the format got
 * @db: the database
 * @access: inserts an access
 * @mark: inserts a mark
 * @other: inserts another entry
 * @id: number of the last entry
 * @text: room for a text
 */
typedef struct Sqlite {
    const ExportJob *job;
    sqlite3 *db;
    sqlite3_stmt *access;
    sqlite3_stmt *mark;
    sqlite3_stmt *other;
    int64_t id;
    GString *text;
} Sqlite;

static bool fail(const Sqlite *s, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                "can not write: %s", sqlite3_errmsg(s->db));
    return false;
}

static bool run(const Sqlite *s, const char *sql, GError **error)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           fail(s, error);
}

static bool prepare(const Sqlite *s, const char *sql, sqlite3_stmt **statement,
                    GError **error)
{
    return sqlite3_prepare_v2(s->db, sql, -1, statement, NULL) == SQLITE_OK ||
           fail(s, error);
}

/* Carry a statement out that gives no rows */
static bool step(const Sqlite *s, sqlite3_stmt *statement, GError **error)
{
    bool ok = sqlite3_step(statement) == SQLITE_DONE;

    /* its error is the same as that of the step */
    return (sqlite3_reset(statement) == SQLITE_OK && ok) || fail(s, error);
}

static void bind(sqlite3_stmt *statement, int column, uint64_t value)
{
    sqlite3_bind_int64(statement, column, (sqlite3_int64)value);
}

static void bind_if(sqlite3_stmt *statement, int column, bool is, uint64_t v)
{
    if (is) {
        bind(statement, column, v);
    } else {
        sqlite3_bind_null(statement, column);
    }
}

/* The text must live until the statement was carried out. */
static void bind_text(sqlite3_stmt *statement, int column, const char *text,
                      size_t len)
{
    sqlite3_bind_text64(statement, column, text, len, SQLITE_STATIC,
                        SQLITE_UTF8);
}

/* A text of the trace, which may have any bytes, as valid UTF-8 */
static void bind_clean(Sqlite *s, sqlite3_stmt *statement, int column,
                       const char *text, size_t len)
{
    g_string_set_size(s->text, len);
    len = mmt_printable(text, len, s->text->str, len);
    bind_text(statement, column, s->text->str, len);
}

/* Columns id, line, ns and phase, which all kinds of entries have */
static void bind_start(Sqlite *s, sqlite3_stmt *statement,
                       const MmtEntry *entry)
{
    bind(statement, 1, s->id);
    bind(statement, 2, entry->line);
    bind_if(statement, 3, entry->flags & MMT_ENTRY_TIMED, entry->ns);
    bind(statement, 4, entry->phase);
}

static bool put_access(Sqlite *s, const MmtEntry *entry, GError **error)
{
    sqlite3_stmt *statement = s->access;
    const char *op = convert_op(entry);

    bind_start(s, statement, entry);
    bind_text(statement, 5, op, strlen(op));
    bind_if(statement, 6, entry->region != MMT_NO_REGION, entry->region);
    bind(statement, 7, entry->offset);
    bind_if(statement, 8, entry->width, entry->width);
    bind_if(statement, 9, convert_has_value(entry), entry->value);
    bind(statement, 10, entry->address);
    bind_if(statement, 11, entry->cpu != MMT_NO_CPU, entry->cpu);
    bind_if(statement, 12, entry->pc, entry->pc);
    return step(s, statement, error);
}

static bool put_mark(Sqlite *s, const MmtEntry *entry, GError **error)
{
    const char *origin = entry->flags & MMT_ENTRY_GUEST ? "guest" :
                         entry->flags & MMT_ENTRY_TRACER ? "tracer" : "user";
    size_t len;
    const char *text = mmt_trace_text(s->job->trace, entry, &len);

    bind_start(s, s->mark, entry);
    bind_text(s->mark, 5, origin, strlen(origin));
    bind_clean(s, s->mark, 6, text, len);
    return step(s, s->mark, error);
}

static bool put_other(Sqlite *s, const MmtEntry *entry, GError **error)
{
    sqlite3_stmt *statement = s->other;
    const char *op = convert_op(entry);
    size_t len;
    const char *line = mmt_trace_line(s->job->trace, entry, &len);

    bind_start(s, statement, entry);
    bind_text(statement, 5, op, strlen(op));
    bind_if(statement, 6, entry->region != MMT_NO_REGION, entry->region);
    bind_if(statement, 7, entry->kind == MMT_ENTRY_MAP, entry->address);
    bind_if(statement, 8, convert_has_value(entry), entry->value);
    if (entry->kind == MMT_ENTRY_DEVICE) {
        bind_clean(s, statement, 9, line, len - (len && line[len - 1] == '\r'));
    } else {
        sqlite3_bind_null(statement, 9);
    }
    return step(s, statement, error);
}

static bool put_entry(Sqlite *s, const MmtEntry *entry, GError **error)
{
    s->id++;
    if (convert_is_access(entry)) {
        return put_access(s, entry, error);
    }
    if (!convert_op(entry)) {
        return true;
    }
    return entry->kind == MMT_ENTRY_MARK ? put_mark(s, entry, error)
                                         : put_other(s, entry, error);
}

static bool sqlite_entries(void *state, const MmtEntry *entries, size_t n,
                           GError **error)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (!put_entry(state, &entries[i], error)) {
            return false;
        }
    }
    return true;
}

static void sqlite_free(void *state)
{
    Sqlite *s = state;

    sqlite3_finalize(s->access);
    sqlite3_finalize(s->mark);
    sqlite3_finalize(s->other);
    sqlite3_close(s->db);
    g_clear_pointer(&sqlite3_temp_directory, sqlite3_free);
    g_string_free(s->text, TRUE);
    g_free(s);
}

/*
 * The SQL function register_name(region, offset): called at the end, when all
 * chips are known
 */
static void register_name(sqlite3_context *context, int n,
                          sqlite3_value **values)
{
    Sqlite *s = sqlite3_user_data(context);
    uint32_t region = sqlite3_value_int64(values[0]);
    uint64_t offset = sqlite3_value_int64(values[1]);
    const char *name = analysis_db_name(s->job->db, region, offset);
    size_t len = name ? strlen(name) : 0;

    (void)n;
    if (name) {
        g_string_set_size(s->text, len);
        len = mmt_printable(name, len, s->text->str, len);
        sqlite3_result_text64(context, s->text->str, len, SQLITE_TRANSIENT,
                              SQLITE_UTF8);
    }
}

/* Return: not 0 to end a statement: indexes of large logs take minutes */
static int is_interrupted(void *opaque)
{
    (void)opaque;
    return analysis_interrupted();
}

/*
 * Files in which SQLite sorts indexes are on the disk of the output, which must
 * have room anyway; /var/tmp, SQLite's usual place, may be small.
 */
static void set_temp_directory(const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);

    if (!g_getenv("SQLITE_TMPDIR") && !sqlite3_temp_directory) {
        sqlite3_temp_directory = sqlite3_mprintf("%s", dir);
    }
}

static bool open_db(Sqlite *s, GError **error)
{
    /* "file:..." would be a URI, "./file:..." is a name */
    g_autofree char *path = g_path_is_absolute(s->job->path)
                            ? g_strdup(s->job->path)
                            : g_build_filename(".", s->job->path, NULL);

    set_temp_directory(path);
    /* One thread uses it: no mutex. */
    if (sqlite3_open_v2(path, &s->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK ||
        sqlite3_create_function_v2(s->db, "register_name", 2, SQLITE_UTF8, s,
                                   register_name, NULL, NULL, NULL) !=
        SQLITE_OK) {
        return fail(s, error);
    }
    sqlite3_progress_handler(s->db, STEPS, is_interrupted, NULL);
    return run(s, sqlite_schema_begin, error) &&
           prepare(s,
                   "INSERT INTO accesses (id, line, ns, phase, op, region,"
                   " \"offset\", width, value, address, cpu, pc)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   &s->access, error) &&
           prepare(s,
                   "INSERT INTO marks (id, line, ns, phase, origin, text)"
                   " VALUES (?, ?, ?, ?, ?, ?)",
                   &s->mark, error) &&
           prepare(s,
                   "INSERT INTO others (id, line, ns, phase, op, region,"
                   " address, value, text)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   &s->other, error);
}

static void *sqlite_begin(const ExportJob *job, GError **error)
{
    Sqlite *s = g_new0(Sqlite, 1);

    s->job = job;
    s->text = g_string_new(NULL);
    if (!open_db(s, error)) {
        sqlite_free(s);
        return NULL;
    }
    return s;
}

static bool put_region(Sqlite *s, sqlite3_stmt *statement, uint32_t number,
                       GError **error)
{
    const MmtRegion *region = mmt_trace_region(s->job->trace, number);

    bind(statement, 1, number);
    bind_text(statement, 2, region->device, strlen(region->device));
    bind_text(statement, 3, region->name, strlen(region->name));
    bind_if(statement, 4, region->vendor, region->vendor);
    bind_if(statement, 5, region->vendor, region->device_id);
    bind_if(statement, 6, !region->synthetic, region->base);
    bind_if(statement, 7, region->size, region->size);
    return step(s, statement, error);
}

static bool put_phase(Sqlite *s, sqlite3_stmt *statement, uint32_t number,
                      GError **error)
{
    const char *name = mmt_trace_phase(s->job->trace, number);

    bind(statement, 1, number);
    bind_text(statement, 2, name, strlen(name));
    return step(s, statement, error);
}

/* Rows of a table whose number is known at the end */
static bool put_table(Sqlite *s, const char *sql, uint32_t n,
                      bool (*put)(Sqlite *s, sqlite3_stmt *statement,
                                  uint32_t number, GError **error),
                      GError **error)
{
    sqlite3_stmt *statement = NULL;
    bool ok = prepare(s, sql, &statement, error);
    uint32_t i;

    for (i = 0; ok && i < n; i++) {
        ok = put(s, statement, i, error);
    }
    sqlite3_finalize(statement);
    return ok;
}

static void bind_info(Sqlite *s, sqlite3_stmt *statement, const char *name,
                      const char *text, uint64_t number)
{
    bind_text(statement, 1, name, strlen(name));
    if (text) {
        bind_clean(s, statement, 2, text, strlen(text));
    } else {
        bind(statement, 2, number);
    }
}

static bool put_info(Sqlite *s, GError **error)
{
    MmtTotals totals;
    const struct {
        const char *name;
        const char *text;
        const uint64_t *number;
    } rows[] = {
        { "log", s->job->log },
        { "format", mmt_trace_format(s->job->trace) ?: "unknown" },
        { "converter", mmt_version() },
        { "lines", NULL, &totals.lines },
        { "accesses", NULL, &totals.accesses },
        { "skipped", NULL, &totals.skipped },
        { "damaged", NULL, &totals.damaged },
        { "incomplete", NULL, &totals.incomplete },
    };
    sqlite3_stmt *statement = NULL;
    bool ok = prepare(s, "INSERT INTO info (name, value) VALUES (?, ?)",
                      &statement, error);
    size_t i;

    mmt_trace_totals(s->job->trace, &totals);
    for (i = 0; ok && i < G_N_ELEMENTS(rows); i++) {
        bind_info(s, statement, rows[i].name, rows[i].text,
                  rows[i].number ? *rows[i].number : 0);
        ok = step(s, statement, error);
    }
    sqlite3_finalize(statement);
    return ok;
}

static bool sqlite_end(void *state, GError **error)
{
    Sqlite *s = state;
    const MmtTrace *trace = s->job->trace;

    return put_info(s, error) &&
           put_table(s,
                     "INSERT INTO regions (id, device, name, vendor,"
                     " device_id, base, size) VALUES (?, ?, ?, ?, ?, ?, ?)",
                     mmt_trace_regions(trace), put_region, error) &&
           put_table(s, "INSERT INTO phases (id, name) VALUES (?, ?)",
                     mmt_trace_phases(trace), put_phase, error) &&
           run(s, sqlite_schema_end, error);
}

const ExportFormat export_sqlite = {
    .name = "sqlite",
    .ending = "sqlite",
    .needs_file = true,
    .begin = sqlite_begin,
    .entries = sqlite_entries,
    .end = sqlite_end,
    .free = sqlite_free,
};
