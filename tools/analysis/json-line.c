/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: JSON with an object on each line (see json-line.h)
 */
#include "tools/analysis/json-line.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libmmiotrace/printable.h"

/* JSON writes a character beyond U+FFFF as two of UTF-16. */
static void put_escaped(GString *json, gunichar c)
{
    if (c > 0xffff) {
        c -= 0x10000;
        g_string_append_printf(json, "\\u%04x\\u%04x", 0xd800 | (c >> 10),
                               0xdc00 | (c & 0x3ff));
    } else {
        g_string_append_printf(json, "\\u%04x", c);
    }
}

static void put_char(GString *json, gunichar c)
{
    if (!mmt_char_is_printable(c)) {
        put_escaped(json, c);
        return;
    }
    if (c == '"' || c == '\\') {
        g_string_append_c(json, '\\');
    }
    g_string_append_unichar(json, c);
}

void json_line_quote(GString *json, const char *text, size_t len)
{
    const char *end = text + len;

    g_string_append_c(json, '"');
    while (text < end) {
        gunichar c = *text ? g_utf8_get_char_validated(text, end - text) : 0;

        if (c == (gunichar)-1 || c == (gunichar)-2) {
            put_char(json, 0xfffd);
            text++;
        } else {
            put_char(json, c);
            text = *text ? g_utf8_next_char(text) : text + 1;
        }
    }
    g_string_append_c(json, '"');
}

static void put_quoted(GString *json, const char *text)
{
    json_line_quote(json, text, strlen(text));
}

/* An object or list that has just begun ends with its bracket. */
static void put_comma(GString *json)
{
    if (json->str[json->len - 1] != '{' && json->str[json->len - 1] != '[') {
        g_string_append(json, ", ");
    }
}

static void put_name(GString *json, const char *name)
{
    put_comma(json);
    g_string_append_c(json, '"');
    g_string_append(json, name);
    g_string_append(json, "\": ");
}

void json_line_begin(GString *json, const char *type)
{
    g_string_assign(json, "{");
    json_line_text(json, "type", type);
}

void json_line_text(GString *json, const char *name, const char *text)
{
    put_name(json, name);
    put_quoted(json, text);
}

void json_line_number(GString *json, const char *name, uint64_t number)
{
    put_name(json, name);
    g_string_append_printf(json, "%" PRIu64, number);
}

void json_line_real(GString *json, const char *name, double number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    /* Not with the locale's comma. */
    put_name(json, name);
    g_string_append(json, g_ascii_formatd(text, sizeof(text), "%.6g", number));
}

void json_line_hex(GString *json, const char *name, uint64_t number)
{
    put_name(json, name);
    g_string_append_printf(json, "\"0x%" PRIx64 "\"", number);
}

void json_line_bool(GString *json, const char *name, bool value)
{
    put_name(json, name);
    g_string_append(json, value ? "true" : "false");
}

void json_line_list(GString *json, const char *name)
{
    put_name(json, name);
    g_string_append_c(json, '[');
}

void json_line_item(GString *json)
{
    put_comma(json);
    g_string_append_c(json, '{');
}

void json_line_item_end(GString *json)
{
    g_string_append_c(json, '}');
}

void json_line_list_end(GString *json)
{
    g_string_append_c(json, ']');
}

void json_line_print(GString *json)
{
    g_string_append(json, "}\n");
    fwrite(json->str, 1, json->len, stdout);
}
