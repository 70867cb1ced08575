/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace extract
 */
#include <glib/gstdio.h>
#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <stdint.h>
#include <unistd.h>

#include "libmmiotrace/record.h"
#include "run-tool.h"
#include "tools/extract/kind.h"

#define BAR 0xfeb80000u
#define DEVICE \
    "PCIDEV 0008 808610d3 0 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n"
#define MAP "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0\n"

/* A firmware: an ELF file */
#define FIRMWARE_BYTES 1003

/**
 * struct Log: a log that is made
 * @text: the log
 * @n: accesses so far, one each microsecond
 */
typedef struct Log {
    GString *text;
    unsigned n;
} Log;

static Log log_new(void)
{
    return (Log) { .text = g_string_new("VERSION 20070824\n" DEVICE MAP) };
}

static void add(Log *log, char op, unsigned width, unsigned offset,
                uint64_t value)
{
    g_string_append_printf(log->text, "%c %u 1.%06u 1 0x%x 0x%" PRIx64
                           " 0x0 0\n", op, width, ++log->n, BAR + offset,
                           value);
}

static void fill_firmware(uint8_t *bytes)
{
    unsigned i;

    for (i = 0; i < FIRMWARE_BYTES; i++) {
        bytes[i] = i * i / 3 + 7;
    }
    memcpy(bytes, "\x7f" "ELF", 4);
}

static uint64_t word_of(const uint8_t *bytes, unsigned width)
{
    uint64_t value = 0;

    memcpy(&value, bytes, width);
    return GUINT64_FROM_LE(value);
}

/* As memcpy_toio() does */
static void add_window(Log *log, char op, const uint8_t *bytes, size_t len)
{
    size_t i;

    for (i = 0; i + 4 <= len; i += 4) {
        add(log, op, 4, 0x8000 + i, word_of(bytes + i, 4));
    }
    for (; i < len; i++) {
        add(log, op, 1, 0x8000 + i, bytes[i]);
    }
}

static void add_pair(Log *log, char op, const uint8_t *bytes, size_t len)
{
    size_t i;

    for (i = 0; i + 2 <= len; i += 2) {
        add(log, 'W', 4, 0x14, 0x1000 + i / 2);
        add(log, op, 2, 0x18, word_of(bytes + i, 2));
    }
}

/* What a driver does between uploads */
static void add_others(Log *log)
{
    static const unsigned offsets[] = { 0xd0, 0x38, 0x2800, 0xd8, 0x5b54 };
    unsigned i;

    for (i = 0; i < 60; i++) {
        add(log, 'W', 4, offsets[i % 5], i * 2654435761u);
        add(log, 'R', 4, 0x8, 0x80080783);
    }
}

/* The firmware by a window and, twice, by an index; a block of zeros */
static char *make_log(const uint8_t *bytes)
{
    static const uint8_t zeros[256];
    Log log = log_new();

    add_others(&log);
    add_window(&log, 'W', bytes, FIRMWARE_BYTES);
    add_others(&log);
    add_pair(&log, 'W', bytes, 600);
    g_string_append(log.text, "MARK 1.100000 \033[31mred\n");
    add_others(&log);
    add_pair(&log, 'W', bytes, 600);
    add_others(&log);
    add_window(&log, 'W', zeros, sizeof(zeros));
    add_others(&log);
    return g_string_free(log.text, FALSE);
}

static char *make_dir(void)
{
    g_autoptr(GError) error = NULL;
    char *dir = g_dir_make_tmp("extract-XXXXXX", &error);

    g_assert_no_error(error);
    return dir;
}

/* Remove a directory and the files in it. */
static void remove_dir(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        g_unlink(file);
    }
    g_rmdir(path);
}

static void assert_file(const char *dir, const char *name,
                        const uint8_t *bytes, size_t len)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize n;

    g_file_get_contents(path, &text, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpmem(text, n, bytes, len);
}

static void assert_no_file(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);

    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* Return: the items of the list, to be freed with its parser */
static JsonArray *read_list(JsonParser *parser, const char *dir)
{
    g_autofree char *path = g_build_filename(dir, "card-extract.json", NULL);
    g_autoptr(GError) error = NULL;
    JsonObject *root;

    json_parser_load_from_file(parser, path, &error);
    g_assert_no_error(error);
    root = json_node_get_object(json_parser_get_root(parser));
    g_assert_cmpstr(json_object_get_string_member(root, "format"), ==,
                    "vfio-trace-extract");
    g_assert_cmpint(json_object_get_int_member(root, "version"), ==, 1);
    return json_object_get_array_member(root, "items");
}

static void test_files(void)
{
    uint8_t bytes[FIRMWARE_BYTES];
    g_autofree char *dir = make_dir();
    g_autofree char *text = NULL;
    g_autofree char *path = NULL;
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *items;
    JsonObject *item;

    fill_firmware(bytes);
    text = make_log(bytes);
    path = temp_file("card.mmt", text, -1);
    run = run_tool(NULL, "extract", "-o", dir, path, NULL);
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "window bar0+0x8000-0x83ea");
    assert_contains(run->out, "card-upload1.bin");
    assert_contains(run->out,
                    "pair bar0+0x18, index bar0+0x14 from 0x1000 by 0x1");
    assert_contains(run->out, "same as 2");
    assert_contains(run->out, "ELF");
    assert_contains(run->err, "left out: 1");
    assert_file(dir, "card-upload1.bin", bytes, FIRMWARE_BYTES);
    assert_file(dir, "card-upload2.bin", bytes, 600);
    assert_no_file(dir, "card-upload3.bin");
    items = read_list(parser, dir);
    g_assert_cmpuint(json_array_get_length(items), ==, 3);
    item = json_array_get_object_element(items, 0);
    g_assert_cmpstr(json_object_get_string_member(item, "file"), ==,
                    "card-upload1.bin");
    g_assert_cmpint(json_object_get_int_member(item, "bytes"), ==,
                    FIRMWARE_BYTES);
    g_assert_true(json_object_get_boolean_member(item, "mixed"));
    g_assert_cmpstr(json_object_get_string_member(item, "offset"), ==,
                    "0x8000");
    item = json_array_get_object_element(items, 2);
    g_assert_cmpint(json_object_get_int_member(item, "same-as"), ==, 2);
    g_assert_cmpstr(json_object_get_string_member(item, "index-first"), ==,
                    "0x1000");
    g_assert_false(json_object_has_member(item, "file"));
    remove_dir(dir);
}

/* Nothing is replaced, and no link is followed. */
static void test_refuses(void)
{
    uint8_t bytes[FIRMWARE_BYTES];
    g_autofree char *dir = make_dir();
    g_autofree char *target = g_build_filename(dir, "target", NULL);
    g_autofree char *file = g_build_filename(dir, "card-upload1.bin", NULL);
    g_autofree char *text = NULL;
    g_autofree char *path = NULL;
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) forced = NULL;
    g_autoptr(ToolRun) again = NULL;

    fill_firmware(bytes);
    text = make_log(bytes);
    path = temp_file("card.mmt", text, -1);
    g_assert_true(g_file_set_contents(target, "mine", -1, NULL));
    g_assert_cmpint(symlink(target, file), ==, 0);
    run = run_tool(NULL, "extract", "-o", dir, path, NULL);
    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "card-upload1.bin exists already; use --force");
    forced = run_tool(NULL, "extract", "-f", "-o", dir, path, NULL);
    g_assert_cmpint(forced->status, ==, 2);
    assert_contains(forced->err, "is not a regular file");
    assert_file(dir, "target", (const uint8_t *)"mine", 4);
    assert_no_file(dir, "card-extract.json");
    g_unlink(file);
    again = run_tool(NULL, "extract", "-o", dir, path, NULL);
    g_assert_cmpint(again->status, ==, 0);
    tool_run_free(again);
    again = run_tool(NULL, "extract", "-f", "-o", dir, path, NULL);
    g_assert_cmpint(again->status, ==, 0);
    assert_file(dir, "card-upload1.bin", bytes, FIRMWARE_BYTES);
    remove_dir(dir);
}

/* Without -o, nothing is written; with --all, fills are listed. */
static void test_list(void)
{
    uint8_t bytes[FIRMWARE_BYTES];
    g_autofree char *text = NULL;
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) selected = NULL;
    g_autoptr(ToolRun) longer = NULL;

    fill_firmware(bytes);
    text = make_log(bytes);
    run = run_tool(text, "extract", "--all", "-", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->err, ==, "");
    assert_contains(run->out, "  fill  window bar0+0x8000-0x80ff ");
    assert_contains(run->out, "?[31mred");
    g_assert_null(strchr(run->out, '\033'));
    selected = run_tool(text, "extract", "--range", "bar0:0x14:0x8", "-",
                        NULL);
    g_assert_null(strstr(selected->out, "window"));
    assert_contains(selected->out, "pair");
    longer = run_tool(text, "extract", "--min", "1003", "-", NULL);
    assert_contains(longer->out, "window");
    g_assert_null(strstr(longer->out, "pair"));
}

/* A driver of big-endian firmware turns words round. */
static void test_swap(void)
{
    uint8_t bytes[FIRMWARE_BYTES], turned[FIRMWARE_BYTES];
    g_autofree char *dir = make_dir();
    g_autofree char *path = NULL;
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) without = NULL;
    Log log = log_new();
    unsigned i;

    fill_firmware(bytes);
    for (i = 0; i < 512; i++) {
        turned[i] = bytes[i ^ 3];
    }
    add_others(&log);
    add_window(&log, 'W', turned, 512);
    add_others(&log);
    path = temp_file("card.mmt", log.text->str, -1);
    without = run_tool(NULL, "extract", path, NULL);
    assert_contains(without->out, "ELF, words of 4 swapped");
    run = run_tool(NULL, "extract", "--swap", "4", "-o", dir, path, NULL);
    assert_contains(run->out, "  ELF   window");
    assert_file(dir, "card-upload1.bin", bytes, 512);
    remove_dir(dir);
    g_string_free(log.text, TRUE);
}

static void test_json(void)
{
    uint8_t bytes[FIRMWARE_BYTES];
    g_autofree char *text = NULL;
    g_autoptr(ToolRun) run = NULL;
    g_auto(GStrv) lines = NULL;
    unsigned i;

    fill_firmware(bytes);
    text = make_log(bytes);
    run = run_tool(text, "extract", "--json", "-", NULL);
    lines = g_strsplit(run->out, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 4);
    for (i = 0; i < 3; i++) {
        g_autoptr(JsonNode) node = json_from_string(lines[i], NULL);
        JsonObject *item = json_node_get_object(node);

        g_assert_cmpstr(json_object_get_string_member(item, "type"), ==,
                        "upload");
        g_assert_cmpstr(json_object_get_string_member(item, "kind"), ==,
                        "ELF");
        g_assert_cmpuint(strlen(json_object_get_string_member(item, "sha256")),
                         ==, 64);
    }
}

/* What is read by an index and from a window */
static void test_reads(void)
{
    uint8_t bytes[FIRMWARE_BYTES];
    g_autofree char *dir = make_dir();
    g_autofree char *path = NULL;
    g_autoptr(ToolRun) without = NULL;
    g_autoptr(ToolRun) run = NULL;
    Log log = log_new();

    fill_firmware(bytes);
    add_others(&log);
    add_pair(&log, 'R', bytes, 512);
    add_others(&log);
    add_window(&log, 'R', bytes, FIRMWARE_BYTES);
    add_others(&log);
    path = temp_file("card.mmt", log.text->str, -1);
    without = run_tool(NULL, "extract", path, NULL);
    g_assert_cmpstr(without->out, ==, "");
    /* the indexes */
    assert_contains(without->err, "values that count were left out: 1");
    run = run_tool(NULL, "extract", "--reads", "-o", dir, path, NULL);
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "read pair bar0+0x18, index bar0+0x14");
    assert_file(dir, "card-download1.bin", bytes, 512);
    assert_file(dir, "card-download2.bin", bytes, FIRMWARE_BYTES);
    remove_dir(dir);
    g_string_free(log.text, TRUE);
}

static void put_hex(GString *text, const uint8_t *bytes, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        g_string_append_printf(text, "%02x", bytes[i]);
    }
    g_string_append_c(text, '\n');
}

/* A snapshot of guest memory, and what a ring's entry points to */
static void test_memory(void)
{
    uint8_t bytes[96];
    g_autofree char *dir = make_dir();
    g_autofree char *path = NULL;
    g_autofree char *sum = NULL;
    g_autoptr(ToolRun) run = NULL;
    Log log = log_new();
    unsigned i;

    for (i = 0; i < sizeof(bytes); i++) {
        bytes[i] = i * 7;
    }
    sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, sizeof(bytes));
    add(&log, 'W', 4, 0x3818, 1);
    g_string_append_printf(log.text, "MARK 1.000002 " MMT_MARK_PREFIX
                           "snapshot device=nic0 map=1 addr=0xfeb83818 "
                           "at=0x1000 len=96 sha256=%s\n"
                           "MARK 1.000002 " MMT_MARK_PREFIX
                           "snapshot-data at=0x1000 ",
                           sum);
    put_hex(log.text, bytes, sizeof(bytes));
    g_string_append(log.text, "MARK 1.000003 " MMT_MARK_PREFIX
                    "ring device=nic0 ring=TX base=0x2000 count=8 entry=16\n"
                    "MARK 1.000003 " MMT_MARK_PREFIX
                    "entry device=nic0 ring=TX index=3 at=0x2030 len=16 ");
    put_hex(log.text, bytes, 16);
    g_string_append(log.text, "MARK 1.000003 " MMT_MARK_PREFIX
                    "data device=nic0 ring=TX index=3 name=buffer at=0x3000 "
                    "len=80 of=80 ");
    put_hex(log.text, bytes + 8, 80);
    path = temp_file("card.mmt", log.text->str, -1);
    run = run_tool(NULL, "extract", "--memory", "-o", dir, path, NULL);
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "snapshot at 0x1000");
    assert_file(dir, "card-memory1.bin", bytes, sizeof(bytes));
    assert_contains(run->out, "TX[3] buffer at 0x3000");
    assert_file(dir, "card-memory2.bin", bytes + 8, 80);
    remove_dir(dir);
    g_string_free(log.text, TRUE);
}

/* More uploads than are kept: an error, not more and more files */
static void test_too_many(void)
{
    Log log = log_new();
    g_autoptr(ToolRun) run = NULL;
    unsigned i;

    for (i = 0; i < 70000 * 3; i++) {
        add(&log, 'W', 1, i % 3 + i / 3 % 2 * 0x1000, i * 2654435761u >> 24);
    }
    run = run_tool(log.text->str, "extract", "--min", "3", "-j", "-", NULL);
    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "more than 65536 uploads");
    g_string_free(log.text, TRUE);
}

static void test_kinds(void)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *name;
        unsigned swapped;
    } kinds[] = {
        { "\x7f" "ELF\1\1\1\0", 8, "ELF", 0 },
        { "FLE\x7f" "\0\1\1\1", 8, "ELF", 4 },
        { "E\x7f" "FL", 4, "ELF", 2 },
        { "\x55\xaa\x40", 3, "PCI option ROM", 0 },
        { "key = value\n\0\0", 14, "text", 0 },
        { "\0\0\0\0", 4, "fill", 0 },
        { "\1", 1, "data", 0 },
        { "\1\2\3\4\5\6\7\x88", 8, "data", 0 },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        ExtractKind kind = extract_kind((const uint8_t *)kinds[i].bytes,
                                        kinds[i].len);

        g_assert_cmpstr(kind.name, ==, kinds[i].name);
        g_assert_cmpuint(kind.swapped, ==, kinds[i].swapped);
    }
}

static void test_usage(void)
{
    g_autoptr(ToolRun) none = run_tool(NULL, "extract", NULL);
    g_autoptr(ToolRun) absent = run_tool(NULL, "extract", "/nonexistent",
                                         NULL);
    g_autoptr(ToolRun) small = run_tool("", "extract", "--min", "0", "-",
                                        NULL);
    g_autoptr(ToolRun) dir = run_tool("", "extract", "-o", "/dev/null/x", "-",
                                      NULL);
    g_autoptr(ToolRun) nothing = run_tool("R 4 1.000000 1 0x8 0x1 0x0 0\n",
                                          "extract", "-", NULL);
    g_autoptr(ToolRun) swap = run_tool("", "extract", "--swap", "3", "-",
                                       NULL);

    g_assert_cmpint(swap->status, ==, 2);
    assert_contains(swap->err, "--swap needs 2, 4 or 8");
    g_assert_cmpint(none->status, ==, 2);
    assert_contains(none->err, "one LOG is needed");
    g_assert_cmpint(absent->status, ==, 2);
    g_assert_cmpint(small->status, ==, 2);
    assert_contains(small->err, "--min needs a number of bytes from 1 up");
    g_assert_cmpint(dir->status, ==, 2);
    assert_contains(dir->err, "can not make the directory");
    g_assert_cmpint(nothing->status, ==, 0);
    assert_contains(nothing->err, "no uploads were found");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    /* no names of registers, as run_tool() has it */
    g_setenv("VFIO_TRACE_REGDB_PATH", "", TRUE);
    g_test_add_func("/extract/files", test_files);
    g_test_add_func("/extract/refuses", test_refuses);
    g_test_add_func("/extract/list", test_list);
    g_test_add_func("/extract/swap", test_swap);
    g_test_add_func("/extract/json", test_json);
    g_test_add_func("/extract/reads", test_reads);
    g_test_add_func("/extract/memory", test_memory);
    g_test_add_func("/extract/too-many", test_too_many);
    g_test_add_func("/extract/kinds", test_kinds);
    g_test_add_func("/extract/usage", test_usage);
    status = g_test_run();
    temp_clean();
    return status;
}
