/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace regdb check: what is wrong with a database, and what is in it
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "tools/analysis/json-line.h"
#include "tools/regdb/regdb.h"

static char *opt_format;
static gboolean opt_json;

static const GOptionEntry entries[] = {
    { "format", 'F', 0, G_OPTION_ARG_STRING, &opt_format,
      "The files' format (default: by their contents): see below", "FORMAT" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print one JSON object on each line", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

typedef struct CheckCount {
    const char *name;
    uint64_t n;
} CheckCount;

/* A list that ends with a name of NULL */
#define COUNTS(counts) { \
        { "domains", (counts).domains }, { "registers", (counts).registers }, \
        { "fields", (counts).fields }, { "enums", (counts).enums }, \
        { "values", (counts).values }, { "bitsets", (counts).bitsets }, \
        { "varsets", (counts).varsets }, { NULL, 0 } \
    }

static void print_text(const char *path, const RegDb *db,
                       const RegDbMessages *messages)
{
    const RegdbCounts counts = db ? regdb_count(db) : (RegdbCounts) { 0 };
    const CheckCount all[] = COUNTS(counts);
    guint i;

    for (i = 0; i < messages->lines->len; i++) {
        tool_print("%s\n", (const char *)messages->lines->pdata[i]);
    }
    if (messages->n > messages->lines->len) {
        tool_print("%s: %u more faults\n", path,
                   messages->n - messages->lines->len);
    }
    if (!db) {
        tool_print("%s: can't be used\n", path);
        return;
    }
    tool_print("%s: %s:", path, db->format);
    for (i = 0; all[i].name; i++) {
        tool_print(" %s %" PRIu64 ",", all[i].name, all[i].n);
    }
    tool_print(" faults %u\n", messages->n);
    if (db->note) {
        tool_print("%s: %s\n", path, db->note);
    }
}

static void print_json(const char *path, const RegDb *db,
                       const RegDbMessages *messages)
{
    const RegdbCounts counts = db ? regdb_count(db) : (RegdbCounts) { 0 };
    const CheckCount all[] = COUNTS(counts);
    g_autoptr(GString) json = g_string_new(NULL);
    guint i;

    json_line_begin(json, "database");
    json_line_text(json, "file", path);
    json_line_bool(json, "usable", db);
    if (db) {
        json_line_text(json, "format", db->format);
        for (i = 0; all[i].name; i++) {
            json_line_number(json, all[i].name, all[i].n);
        }
    }
    if (db && db->note) {
        json_line_text(json, "note", db->note);
    }
    json_line_number(json, "faults", messages->n);
    json_line_list(json, "messages");
    for (i = 0; i < messages->lines->len; i++) {
        json_line_item(json);
        json_line_text(json, "text", messages->lines->pdata[i]);
        json_line_item_end(json);
    }
    json_line_list_end(json);
    json_line_print(json);
}

static ToolStatus check_file(const char *path)
{
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autoptr(RegDb) db = NULL;

    if (access(path, R_OK)) {
        tool_error(&regdb_check.verb, "%s: %s", path, g_strerror(errno));
        return TOOL_TROUBLE;
    }
    db = regdb_load(path, opt_format, messages);
    if (opt_json) {
        print_json(path, db, messages);
    } else {
        print_text(path, db, messages);
    }
    return messages->n ? TOOL_FAULT : TOOL_OK;
}

static bool format_exists(void)
{
    const char *const *formats = regdb_formats();
    g_autoptr(GString) known = g_string_new(NULL);
    unsigned i;

    for (i = 0; formats[i]; i += 2) {
        if (!opt_format || !strcmp(opt_format, formats[i])) {
            return true;
        }
        g_string_append_printf(known, "%s%s", i ? ", " : "", formats[i]);
    }
    tool_error(&regdb_check.verb, "unknown format '%s': there are %s",
               opt_format, known->str);
    return false;
}

static int check(int argc, char **argv)
{
    ToolStatus worst = TOOL_OK;
    int i;

    if (argc < 2) {
        tool_error(&regdb_check.verb, "the file is missing");
        return TOOL_TROUBLE;
    }
    if (!format_exists()) {
        return TOOL_TROUBLE;
    }
    for (i = 1; i < argc; i++) {
        ToolStatus status = check_file(argv[i]);

        worst = MAX(worst, status);
    }
    return tool_finish(&regdb_check.verb, worst);
}

const SubVerb regdb_check = {
    .verb = {
        .name = "regdb check",
        .brief = "Check register databases, and count what is in them",
    },
    .operands = "FILE...",
    .details =
        "Formats: rnndb (rules-ng-ng XML), umr, mesa (JSON), svd (CMSIS SVD), header (C\n"
        "headers), ranges (lists of ranges).\n\n"
        "Exit status: 0 no faults, 1 faults, 2 a file can't be read, or bad usage.",
    .entries = entries,
    .run = check,
};
