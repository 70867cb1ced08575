/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: JSON of a page's data (see json.h)
 */
#include "tools/report/json.h"

#include <inttypes.h>
#include <string.h>

#include "tools/analysis/json-line.h"

/* A comma, if something is before, and the name */
static void begin(GString *json, const char *name)
{
    if (json->len && !strchr("{[:", json->str[json->len - 1])) {
        g_string_append_c(json, ',');
    }
    if (name) {
        g_string_append_printf(json, "\"%s\":", name);
    }
}

void report_json_open(GString *json, const char *name, char bracket)
{
    begin(json, name);
    g_string_append_c(json, bracket);
}

void report_json_close(GString *json, char bracket)
{
    g_string_append_c(json, bracket);
}

void report_json_bytes(GString *json, const char *name, const char *text,
                       size_t len)
{
    begin(json, name);
    json_line_quote(json, text, len);
}

void report_json_text(GString *json, const char *name, const char *text)
{
    report_json_bytes(json, name, text, strlen(text));
}

void report_json_number(GString *json, const char *name, uint64_t number)
{
    begin(json, name);
    g_string_append_printf(json, "%" PRIu64, number);
}

void report_json_hex(GString *json, const char *name, uint64_t number)
{
    begin(json, name);
    g_string_append_printf(json, "\"0x%" PRIx64 "\"", number);
}

void report_json_bool(GString *json, const char *name, bool value)
{
    begin(json, name);
    g_string_append(json, value ? "true" : "false");
}

void report_json_null(GString *json, const char *name)
{
    begin(json, name);
    g_string_append(json, "null");
}

void report_json_index(GString *json, const char *name, uint32_t index)
{
    if (index == UINT32_MAX) {
        report_json_null(json, name);
    } else {
        report_json_number(json, name, index);
    }
}
