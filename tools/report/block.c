/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: blocks of data in a page (see block.h)
 */
#include "tools/report/block.h"

#include <gio/gio.h>
#include <string.h>

#include "tools/report/json.h"

#define BUFFER_BYTES (64u * 1024)

/* Good is more than fast here, but not by much. */
#define LEVEL 6

/* Around the base64 of a block, with room for its name */
#define FRAME_BYTES 96

/**
 * struct ReportBlocks: blocks that are written
 * @out: the page
 * @gzip: the compressor
 * @logs: number of logs that were begun
 * @n: blocks of this log so far
 * @left_out: those that did not fit
 * @max: bytes that blocks may have
 * @written: bytes of blocks so far
 */
struct ReportBlocks {
    FILE *out;
    GConverter *gzip;
    unsigned logs;
    unsigned n;
    unsigned left_out;
    uint64_t max;
    uint64_t written;
};

static const struct {
    const char *name;
    unsigned bytes;
} types[] = {
    [REPORT_U8] = { "u8", 1 },
    [REPORT_U16] = { "u16", 2 },
    [REPORT_U32] = { "u32", 4 },
    [REPORT_F64] = { "f64", 8 },
    [REPORT_JSON] = { "json", 1 },
    [REPORT_BYTES] = { "bytes", 1 },
};

ReportBlocks *report_blocks_new(FILE *out, uint64_t max)
{
    ReportBlocks *b = g_new0(ReportBlocks, 1);

    b->out = out;
    b->max = max;
    b->gzip = G_CONVERTER(
        g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, LEVEL));
    return b;
}

void report_blocks_log(ReportBlocks *b, uint64_t max)
{
    b->logs++;
    b->n = 0;
    b->left_out = 0;
    b->max = max;
}

uint64_t report_blocks_written(const ReportBlocks *b)
{
    return b->written;
}

unsigned report_blocks_left_out(const ReportBlocks *b)
{
    return b->left_out;
}

GByteArray *report_block_pack(ReportBlocks *b, const void *data, size_t len)
{
    const char *from = len ? data : "";
    GByteArray *packed = g_byte_array_new();
    char buffer[BUFFER_BYTES];
    GConverterResult result;
    size_t at = 0;

    g_converter_reset(b->gzip);
    do {
        gsize took = 0, gave = 0;

        result = g_converter_convert(b->gzip, from + at, len - at, buffer,
                                     sizeof(buffer),
                                     G_CONVERTER_INPUT_AT_END, &took, &gave,
                                     NULL);
        at += took;
        g_byte_array_append(packed, (const guint8 *)buffer, gave);
    } while (result == G_CONVERTER_CONVERTED);
    return packed;
}

static void put_base64(FILE *out, const GByteArray *bytes)
{
    /* GLib: (len / 3 + 1) * 4 + 4, and room for what was kept */
    char text[BUFFER_BYTES / 3 * 4 + 16];
    gint state = 0, save = 0;
    size_t at = 0;

    while (at < bytes->len) {
        size_t n = MIN(BUFFER_BYTES, bytes->len - at);
        gsize len = g_base64_encode_step(bytes->data + at, n, FALSE, text,
                                         &state, &save);

        fwrite(text, 1, len, out);
        at += n;
    }
    fwrite(text, 1, g_base64_encode_close(FALSE, text, &state, &save), out);
}

/* Bytes of a block on the page */
static uint64_t size_of(const GByteArray *packed)
{
    return FRAME_BYTES + (packed->len + 2) / 3 * 4;
}

static void put_element(ReportBlocks *b, const char *id,
                        const GByteArray *packed)
{
    fprintf(b->out,
            "<script type=\"application/octet-stream;base64\" id=\"%s\">",
            id);
    put_base64(b->out, packed);
    fputs("</script>\n", b->out);
    b->written += size_of(packed);
}

static void put_reference(GString *json, const char *name, const char *id,
                          const char *type, size_t n)
{
    report_json_open(json, name, '{');
    report_json_text(json, "id", id);
    report_json_text(json, "type", type);
    report_json_number(json, "n", n);
    report_json_close(json, '}');
}

bool report_block_put_packed(ReportBlocks *b, GString *json,
                             const char *name, const char *type,
                             const GByteArray *packed, size_t rows)
{
    g_autofree char *id = NULL;

    if (b->written + size_of(packed) > b->max) {
        return false;
    }
    id = g_strdup_printf("log%u-%u", b->logs - 1, b->n++);
    put_element(b, id, packed);
    put_reference(json, name, id, type, rows);
    return true;
}

bool report_block_put_rows(ReportBlocks *b, GString *json, const char *name,
                           const char *type, const void *data, size_t len,
                           size_t rows)
{
    g_autoptr(GByteArray) packed = report_block_pack(b, data, len);

    if (!report_block_put_packed(b, json, name, type, packed, rows)) {
        b->left_out++;
        report_json_null(json, name);
        return false;
    }
    return true;
}

/* Return: the items in little-endian order, to be freed, or NULL: they are */
static uint8_t *turn(const void *data, size_t n, unsigned bytes)
{
    const uint8_t *from = data;
    uint8_t *to;
    size_t i;

    if (G_BYTE_ORDER == G_LITTLE_ENDIAN || bytes == 1 || !n) {
        return NULL;
    }
    to = g_malloc(n * bytes);
    for (i = 0; i < n * bytes; i++) {
        to[i] = from[i / bytes * bytes + bytes - 1 - i % bytes];
    }
    return to;
}

bool report_block_put(ReportBlocks *b, GString *json, const char *name,
                      ReportItem type, const void *data, size_t n)
{
    unsigned bytes = types[type].bytes;
    g_autofree uint8_t *turned = turn(data, n, bytes);

    return report_block_put_rows(b, json, name, types[type].name,
                                 turned ? turned : data, n * bytes, n);
}

bool report_block_put_json(ReportBlocks *b, GString *json, const char *name,
                           const GString *text)
{
    return report_block_put(b, json, name, REPORT_JSON, text->str, text->len);
}

void report_block_put_index(ReportBlocks *b, const GString *index)
{
    g_autoptr(GByteArray) packed = report_block_pack(b, index->str,
                                                     index->len);

    put_element(b, "report-index", packed);
}

void report_blocks_free(ReportBlocks *b)
{
    if (!b) {
        return;
    }
    g_object_unref(b->gzip);
    g_free(b);
}
