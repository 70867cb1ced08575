/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace extract: what it says of fields and pages
 */
#include <glib/gstdio.h>
#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <stdint.h>

#include "run-tool.h"

#define BAR 0xfeb80000u
#define HEAD \
    "VERSION 20070824\n" \
    "PCIDEV 0008 808610d3 0 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n" \
    "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0\n"

/* Words of an EEPROM */
#define WORDS 64

/* Bytes of a page, and pages */
#define PAGE 128
#define PAGES 3

static void add(GString *log, char op, unsigned offset, uint32_t value)
{
    static unsigned us;

    g_string_append_printf(log, "%c 4 1.%06u 1 0x%x 0x%x 0x0 0\n", op, ++us,
                           BAR + offset, value);
}

static uint8_t byte_at(unsigned i)
{
    return i * i / 3 + i * 7 + 1;
}

/* As Linux's e1000e reads words of its EEPROM (EERD): it polls a bit. */
static void add_eeprom(GString *log)
{
    unsigned i, polls;

    for (i = 0; i < WORDS; i++) {
        uint32_t word = byte_at(i * 2) | byte_at(i * 2 + 1) << 8;

        add(log, 'W', 0x14, i << 2 | 1);
        for (polls = i % 4; polls; polls--) {
            add(log, 'R', 0x14, i << 2);
        }
        add(log, 'R', 0x14, word << 16 | i << 2 | 2);
        add(log, 'R', 0x14, word << 16 | i << 2 | 2);
    }
}

static void add_pages(GString *log)
{
    unsigned i;

    for (i = 0; i < PAGES * PAGE; i += 4) {
        if (i % PAGE == 0) {
            add(log, 'W', 0x5b5c, i / PAGE);
        }
        add(log, 'W', 0x8000 + i % PAGE,
            byte_at(i) | byte_at(i + 1) << 8 | byte_at(i + 2) << 16 |
            (uint32_t)byte_at(i + 3) << 24);
    }
}

static ToolRun *extract(const GString *log, const char *option)
{
    ToolRun *run = run_tool(log->str, "extract", "--reads", option, "-", NULL);

    g_assert_cmpint(run->status, ==, 0);
    return run;
}

static JsonObject *item_of(const ToolRun *run, JsonParser *parser)
{
    g_assert_true(json_parser_load_from_data(parser, run->out, -1, NULL));
    return json_node_get_object(json_parser_get_root(parser));
}

/* Return: has the item the sum of bytes 0 to @n? */
static bool has_sum(JsonObject *item, unsigned n)
{
    g_autofree uint8_t *bytes = g_malloc(n);
    g_autofree char *sum = NULL;
    unsigned i;

    for (i = 0; i < n; i++) {
        bytes[i] = byte_at(i);
    }
    sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, n);
    return !g_strcmp0(json_object_get_string_member(item, "sha256"), sum);
}

static void test_fields(void)
{
    g_autoptr(GString) log = g_string_new(HEAD);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(ToolRun) text = NULL;
    g_autoptr(ToolRun) json = NULL;
    JsonObject *item;

    add_eeprom(log);
    text = extract(log, "--min=64");
    assert_contains(text->out,
                    "read fields bar0+0x14, index bits 2-7 from 0x0 by 0x1, data bits 16-31");
    json = extract(log, "--json");
    item = item_of(json, parser);
    g_assert_cmpstr(json_object_get_string_member(item, "way"), ==, "fields");
    g_assert_cmpstr(json_object_get_string_member(item, "type"), ==,
                    "download");
    g_assert_cmpint(json_object_get_int_member(item, "index-bit"), ==, 2);
    g_assert_cmpint(json_object_get_int_member(item, "index-bits"), ==, 6);
    g_assert_cmpint(json_object_get_int_member(item, "data-bit"), ==, 16);
    g_assert_cmpint(json_object_get_int_member(item, "data-bits"), ==, 16);
    g_assert_cmpint(json_object_get_int_member(item, "blocks"), ==, WORDS);
    g_assert_cmpstr(json_object_get_string_member(item, "index-first"), ==,
                    "0x0");
    g_assert_true(has_sum(item, WORDS * 2));
}

static void test_pages(void)
{
    g_autoptr(GString) log = g_string_new(HEAD);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(ToolRun) text = NULL;
    g_autoptr(ToolRun) json = NULL;
    JsonObject *item;

    add_pages(log);
    text = extract(log, "--min=64");
    assert_contains(text->out,
                    "window bar0+0x8000-0x807f, 3 pages by bar0+0x5b5c from 0x0 by 0x1");
    json = extract(log, "--json");
    item = item_of(json, parser);
    g_assert_cmpstr(json_object_get_string_member(item, "way"), ==, "window");
    g_assert_cmpint(json_object_get_int_member(item, "pages"), ==, PAGES);
    g_assert_cmpint(json_object_get_int_member(item, "page-bytes"), ==, PAGE);
    g_assert_cmpstr(json_object_get_string_member(item, "page-region"), ==,
                    "bar0");
    g_assert_cmpstr(json_object_get_string_member(item, "page-offset"), ==,
                    "0x5b5c");
    g_assert_cmpstr(json_object_get_string_member(item, "page-first"), ==,
                    "0x0");
    g_assert_cmpstr(json_object_get_string_member(item, "page-step"), ==,
                    "0x1");
    g_assert_true(has_sum(item, PAGES * PAGE));
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    /* no names of registers, as run_tool() has it */
    g_setenv("VFIO_TRACE_REGDB_PATH", "", TRUE);
    g_test_add_func("/extract-ways/fields", test_fields);
    g_test_add_func("/extract-ways/pages", test_pages);
    status = g_test_run();
    temp_clean();
    return status;
}
