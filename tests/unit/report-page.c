/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: read the data of a page (see report-page.h)
 */
#include "report-page.h"

#include <gio/gio.h>
#include <string.h>

#define BEGIN "<script type=\"application/octet-stream;base64\" id=\""
#define END "</script>"

/* --- blocks -------------------------------------------------------------- */

static void check_base64(const char *text)
{
    const char *digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                         "0123456789+/=\n";

    g_assert_cmpuint(strspn(text, digits), ==, strlen(text));
}

static void read_blocks(Page *page)
{
    const char *at = page->text;
    const char *begin;

    while ((begin = strstr(at, BEGIN))) {
        const char *id = begin + strlen(BEGIN);
        const char *quote = strchr(id, '"');
        const char *end = strstr(quote, END);
        char *name = g_strndup(id, quote - id);
        char *base64 = g_strndup(quote + 2, end - quote - 2);

        g_assert_true(quote[1] == '>');
        g_assert_true(g_regex_match_simple("^[a-z0-9-]+$", name, 0, 0));
        check_base64(base64);
        g_assert_true(g_hash_table_insert(page->blocks, name, base64));
        g_string_append_len(page->rest, at, begin - at);
        at = end + strlen(END);
    }
    g_string_append(page->rest, at);
}

static GBytes *unpack(const char *base64)
{
    g_autoptr(GConverter) gzip = G_CONVERTER(
        g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
    g_autoptr(GInputStream) packed = NULL;
    g_autoptr(GInputStream) in = NULL;
    g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();
    g_autoptr(GError) error = NULL;
    gsize len;
    guchar *bytes = g_base64_decode(base64, &len);

    packed = g_memory_input_stream_new_from_data(bytes, len, g_free);
    in = g_converter_input_stream_new(packed, gzip);
    g_output_stream_splice(out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL,
                           &error);
    g_assert_no_error(error);
    return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(out));
}

static GBytes *get_block(const Page *page, const char *id)
{
    const char *base64 = g_hash_table_lookup(page->blocks, id);

    g_assert_nonnull(base64);
    return unpack(base64);
}

static JsonNode *parse(GBytes *bytes)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;
    gsize len;
    const char *text = g_bytes_get_data(bytes, &len);

    json_parser_load_from_data(parser, text, len, &error);
    g_assert_no_error(error);
    return json_parser_steal_root(parser);
}

GBytes *page_bytes(const Page *page, JsonObject *ref, const char *type)
{
    g_assert_cmpstr(json_object_get_string_member(ref, "type"), ==, type);
    return get_block(page, json_object_get_string_member(ref, "id"));
}

JsonNode *page_json(const Page *page, JsonObject *object, const char *name)
{
    JsonObject *ref = json_object_get_object_member(object, name);
    g_autoptr(GBytes) bytes = page_bytes(page, ref, "json");

    g_assert_cmpuint(g_bytes_get_size(bytes), ==,
                     json_object_get_int_member(ref, "n"));
    return parse(bytes);
}

/* --- the page ------------------------------------------------------------ */

Page *page_read(const char *path)
{
    Page *page = g_new0(Page, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) index = NULL;

    g_file_get_contents(path, &page->text, NULL, &error);
    g_assert_no_error(error);
    page->rest = g_string_new(NULL);
    page->blocks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                         g_free);
    read_blocks(page);
    index = get_block(page, "report-index");
    page->index = parse(index);
    g_assert_cmpint(json_object_get_int_member(
                        json_node_get_object(page->index), "format"), ==, 1);
    return page;
}

void page_free(Page *page)
{
    g_free(page->text);
    g_string_free(page->rest, TRUE);
    g_hash_table_unref(page->blocks);
    json_node_unref(page->index);
    g_free(page);
}

JsonObject *page_log(const Page *page, unsigned i)
{
    JsonArray *logs = json_object_get_array_member(
        json_node_get_object(page->index), "logs");

    g_assert_cmpuint(i, <, json_array_get_length(logs));
    return json_array_get_object_element(logs, i);
}

/* --- numbers ------------------------------------------------------------- */

static uint64_t number_at(const uint8_t *bytes, unsigned size)
{
    uint64_t value = 0;

    while (size--) {
        value = value << 8 | bytes[size];
    }
    return value;
}

double *page_numbers(const Page *page, JsonObject *object, const char *name,
                     size_t *n)
{
    JsonObject *ref = json_object_get_object_member(object, name);
    const char *type = json_object_get_string_member(ref, "type");
    unsigned size = g_ascii_strtoull(type + 1, NULL, 10) / 8;
    size_t count = json_object_get_int_member(ref, "n");
    g_autoptr(GBytes) block = page_bytes(page, ref, type);
    const uint8_t *bytes = g_bytes_get_data(block, NULL);
    double *numbers = g_new0(double, count + 1);
    size_t i;

    g_assert_cmpuint(g_bytes_get_size(block), ==, count * size);
    for (i = 0; i < count; i++) {
        uint64_t bits = number_at(bytes + i * size, size);

        if (type[0] == 'f') {
            memcpy(&numbers[i], &bits, sizeof(bits));
        } else {
            numbers[i] = bits;
        }
    }
    if (n) {
        *n = count;
    }
    return numbers;
}

double page_sum(const Page *page, JsonObject *object, const char *name)
{
    size_t n;
    g_autofree double *numbers = page_numbers(page, object, name, &n);
    double sum = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        sum += numbers[i];
    }
    return sum;
}

/* --- single accesses ----------------------------------------------------- */

/* Return: items of a column, to be freed */
static uint64_t *get_column(JsonArray *columns, const char *name,
                            const uint8_t *planes, size_t n)
{
    uint64_t *items = g_new0(uint64_t, n + 1);
    size_t plane = 0;
    guint i;

    for (i = 0; i < json_array_get_length(columns); i++) {
        JsonArray *column = json_array_get_array_element(columns, i);
        unsigned bytes = json_array_get_int_element(column, 1);
        unsigned byte;
        size_t k;

        if (strcmp(json_array_get_string_element(column, 0), name)) {
            plane += bytes;
            continue;
        }
        for (byte = 0; byte < bytes; byte++) {
            for (k = 0; k < n; k++) {
                items[k] |= (uint64_t)planes[(plane + byte) * n + k]
                            << (8 * byte);
            }
        }
        return items;
    }
    g_assert_not_reached();
}

static void add_accesses(GArray *all, JsonArray *columns,
                         const uint8_t *planes, size_t n, JsonObject *chunk)
{
    g_autofree uint64_t *delta = get_column(columns, "delta", planes, n);
    g_autofree uint64_t *lines = get_column(columns, "line", planes, n);
    g_autofree uint64_t *region = get_column(columns, "region", planes, n);
    g_autofree uint64_t *op = get_column(columns, "op", planes, n);
    g_autofree uint64_t *cpu = get_column(columns, "cpu", planes, n);
    g_autofree uint64_t *offset = get_column(columns, "offset", planes, n);
    g_autofree uint64_t *value = get_column(columns, "value", planes, n);
    g_autofree uint64_t *latency = get_column(columns, "latency", planes, n);
    g_autofree uint64_t *pc = get_column(columns, "pc", planes, n);
    uint64_t t = json_object_get_int_member(chunk, "t");
    uint64_t line = json_object_get_int_member(chunk, "line");
    size_t i;

    g_assert_cmpuint(delta[0], ==, 0);
    g_assert_cmpuint(lines[0], ==, 0);
    for (i = 0; i < n; i++) {
        PageAccess access = {
            .t = t += delta[i],
            .line = line += lines[i],
            .region = region[i],
            .op = op[i] & 3,
            .width = op[i] >> 2,
            .cpu = cpu[i],
            .offset = offset[i],
            .value = value[i],
            .latency = latency[i],
            .pc = pc[i],
        };

        g_array_append_val(all, access);
    }
    g_assert_cmpuint(t, ==, json_object_get_int_member(chunk, "end"));
    g_assert_cmpuint(line, ==, json_object_get_int_member(chunk, "last-line"));
}

static void add_lines(const Page *page, JsonObject *chunk, size_t n,
                      GPtrArray *all)
{
    g_autoptr(GBytes) bytes = NULL;
    g_auto(GStrv) lines = NULL;
    g_autofree char *text = NULL;
    gsize len;
    size_t i;

    if (!json_object_has_member(chunk, "lines") ||
        json_object_get_null_member(chunk, "lines")) {
        return;
    }
    bytes = page_bytes(page, json_object_get_object_member(chunk, "lines"),
                       "lines");
    len = g_bytes_get_size(bytes);
    text = g_strndup(g_bytes_get_data(bytes, NULL), len);
    lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, n + 1);
    for (i = 0; i < n; i++) {
        g_ptr_array_add(all, g_strdup(lines[i]));
    }
}

GArray *page_accesses(const Page *page, JsonObject *log, GPtrArray *lines)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(PageAccess));
    JsonArray *chunks = json_object_get_array_member(log, "chunks");
    JsonArray *columns = json_object_get_array_member(log, "columns");
    guint i;

    for (i = 0; i < json_array_get_length(chunks); i++) {
        JsonObject *chunk = json_array_get_object_element(chunks, i);
        JsonObject *ref = json_object_get_object_member(chunk, "planes");
        g_autoptr(GBytes) planes = page_bytes(page, ref, "planes");
        size_t n = json_object_get_int_member(chunk, "n");

        g_assert_cmpuint(json_object_get_int_member(chunk, "first"), ==,
                         all->len);
        g_assert_cmpuint(json_object_get_int_member(ref, "n"), ==, n);
        g_assert_cmpuint(n, >, 0);
        add_accesses(all, columns, g_bytes_get_data(planes, NULL), n, chunk);
        if (lines) {
            add_lines(page, chunk, n, lines);
        }
    }
    g_assert_cmpuint(all->len, ==, json_object_get_int_member(log, "single"));
    return all;
}
