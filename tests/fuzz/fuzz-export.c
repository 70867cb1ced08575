/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the formats of convert that are no text: arbitrary bytes as a trace
 *
 * Each format gets to its end.  SQLite finds no fault in the database, which
 * has as many accesses as the trace, and text that is valid.  The blocks of a
 * pcapng file are whole, with as many accesses.
 */
#include "fuzz.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmmiotrace/trace.h"
#include "scratch.h"
#include "tools/export/format.h"

static const Verb verb = { .name = "convert" };

/* Return: number of accesses */
static uint64_t put_entries(const ExportFormat *format, const ExportJob *job)
{
    g_autoptr(GError) error = NULL;
    void *state = format->begin(job, &error);
    const MmtEntry *entries;
    uint64_t accesses = 0;
    size_t n;
    size_t i;

    fuzz_check(state != NULL, "%s: %s", format->name, error->message);
    while ((n = mmt_trace_next(job->trace, &entries)) > 0) {
        analysis_db_watch(job->db, entries, n);
        fuzz_check(format->entries(state, entries, n, &error), "%s: %s",
                   format->name, error->message);
        for (i = 0; i < n; i++) {
            accesses += entries[i].kind <= MMT_ENTRY_UNKNOWN;
        }
    }
    fuzz_check(format->end(state, &error), "%s: %s", format->name,
               error->message);
    format->free(state);
    return accesses;
}

/* Return: number of accesses */
static uint64_t export(const ExportFormat *format, const char *path, FILE *out)
{
    MmtTrace *trace = mmt_trace_open(scratch_path("log"), NULL);
    g_autoptr(GString) notes = g_string_new(NULL);
    bool failed = false;
    ExportJob job = {
        .path = path, .out = out, .log = "log", .trace = trace, .notes = notes,
    };
    uint64_t accesses;

    fuzz_check(trace != NULL, "can not open the trace");
    job.db = analysis_db_new(&verb, trace, &failed);
    fuzz_check(!failed, "the options of databases are refused");
    accesses = put_entries(format, &job);
    analysis_db_free(job.db);
    mmt_trace_free(trace);
    return accesses;
}

static int64_t ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int64_t answer;

    fuzz_check(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
               sqlite3_step(statement) == SQLITE_ROW, "%s: %s", sql,
               sqlite3_errmsg(db));
    answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return answer;
}

static void check_texts(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    fuzz_check(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK,
               "%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);

        fuzz_check(g_utf8_validate(text, sqlite3_column_bytes(statement, 0),
                                   NULL), "not UTF-8: %s", text);
    }
    sqlite3_finalize(statement);
}

static void check_database(const char *path, uint64_t accesses)
{
    sqlite3 *db = NULL;

    fuzz_check(sqlite3_open(path, &db) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    fuzz_check((uint64_t)ask(db, "SELECT count(*) FROM accesses") == accesses,
               "not %" G_GUINT64_FORMAT " accesses", accesses);
    fuzz_check(ask(db, "SELECT sum(integrity_check = 'ok')"
                   " FROM pragma_integrity_check") == 1, "a damaged database");
    fuzz_check(ask(db, "SELECT count(*) FROM pragma_foreign_key_check") == 0,
               "a row of nothing");
    check_texts(db, "SELECT text FROM marks UNION ALL"
                " SELECT text FROM others WHERE text IS NOT NULL UNION ALL"
                " SELECT name FROM phases UNION ALL SELECT name FROM regions"
                " UNION ALL SELECT device FROM regions");
    sqlite3_close(db);
}

static void export_file(const ExportFormat *format)
{
    const char *path = scratch_path("out");
    uint64_t accesses;

    g_unlink(path);
    scratch_write(path, "", 0);
    accesses = export(format, path, NULL);
    if (format == &export_sqlite) {
        check_database(path, accesses);
    }
}

static void export_directory(const ExportFormat *format)
{
    const char *path = scratch_path("directory");
    const char *name;
    GDir *files;

    fuzz_check(g_mkdir(path, 0700) == 0, "can not make a directory");
    export(format, path, NULL);
    files = g_dir_open(path, 0, NULL);
    while ((name = g_dir_read_name(files))) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        g_unlink(file);
    }
    g_dir_close(files);
    g_rmdir(path);
}

static uint32_t get32(const char *p)
{
    uint32_t le;

    memcpy(&le, p, sizeof(le));
    return GUINT32_FROM_LE(le);
}

/* Return: is the record in a packet an access? */
static bool check_record(const char *record, size_t len)
{
    const size_t head = 80;
    size_t at, item;

    fuzz_check(len >= head && !memcmp(record, "VFTR\1", 5), "no record");
    for (at = head; at < len; at += 4 + item) {
        fuzz_check(len - at >= 4, "an item is cut off");
        item = get32(record + at) >> 8;
        fuzz_check(item <= len - at - 4, "an item is too long");
    }
    return record[5] >= 1 && record[5] <= 3;
}

/* Blocks are whole, and the packets have the accesses of the trace. */
static void check_pcapng(const char *file, size_t len, uint64_t accesses)
{
    size_t at, block;
    uint64_t n = 0;

    for (at = 0; at < len; at += block) {
        fuzz_check(len - at >= 12, "a block is cut off");
        block = get32(file + at + 4);
        fuzz_check(block >= 12 && block % 4 == 0 && block <= len - at &&
                   get32(file + at + block - 4) == block, "no block");
        if (get32(file + at) == 6) {
            size_t record = get32(file + at + 20);

            fuzz_check(record + 32 <= block, "a packet is too long");
            n += check_record(file + at + 28, record);
        }
    }
    fuzz_check(n == accesses, "not %" G_GUINT64_FORMAT " accesses", accesses);
}

static void export_stream(const ExportFormat *format)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    uint64_t accesses = export(format, NULL, out);

    fuzz_check(!ferror(out) && fclose(out) == 0, "%s can not be written",
               format->name);
    fuzz_check(len > 0, "%s is empty", format->name);
    if (format == &export_pcapng) {
        check_pcapng(text, len, accesses);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const ExportFormat *format;
    size_t i;

    scratch_write(scratch_path("log"), data, size);
    for (i = 0; (format = export_format_nth(i)); i++) {
        if (format->needs_directory) {
            export_directory(format);
        } else if (format->needs_file) {
            export_file(format);
        } else {
            export_stream(format);
        }
    }
    return 0;
}
