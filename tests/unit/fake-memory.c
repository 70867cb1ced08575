/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device's user of libguestmem's engine
 */
#include "fake-memory.h"

#include <inttypes.h>
#include <string.h>

#include "libguestmem/parse.h"

/* --- text ---------------------------------------------------------------- */

static const char *name_of(GmemOutKind kind)
{
    static const char *const names[] = {
        [GMEM_OUT_RING] = "ring",
        [GMEM_OUT_ENTRY] = "entry",
        [GMEM_OUT_DATA] = "data",
        [GMEM_OUT_WATCH] = "watch",
        [GMEM_OUT_LINES] = "lines",
        [GMEM_OUT_SNAPSHOT] = "snapshot",
        [GMEM_OUT_CUT] = "cut",
    };

    return names[kind];
}

/* The first byte, and the last one if it differs */
static void put_bytes(GString *log, const GmemOut *out)
{
    if (out->len) {
        g_string_append_printf(log, " %02x", out->data[0]);
        if (out->data[out->len - 1] != out->data[0]) {
            g_string_append_printf(log, "..%02x", out->data[out->len - 1]);
        }
    }
}

static void put_text(GString *log, const GmemOut *out)
{
    g_string_append_printf(log, "%s %s", name_of(out->kind), out->name);
    if (out->kind == GMEM_OUT_ENTRY || out->kind == GMEM_OUT_DATA) {
        g_string_append_printf(log, " %" PRIu64, out->index);
    }
    if (out->item) {
        g_string_append_printf(log, " %s", out->item);
    }
    if (out->kind != GMEM_OUT_CUT) {
        g_string_append_printf(log, " @%" PRIx64, out->at);
    }
    if (out->kind == GMEM_OUT_RING) {
        g_string_append_printf(log, " count %" PRIu64 " entry %" PRIu64,
                               out->count, out->entry);
        if (out->by_device) {
            g_string_append(log, " by device");
        }
    } else if (out->kind == GMEM_OUT_WATCH) {
        g_string_append_printf(log, " of %" PRIu64 " lines %" PRIu64
                               " left %" PRIu64, out->of, out->lines,
                               out->left);
    } else if (out->kind == GMEM_OUT_CUT) {
        g_string_append_printf(log, " left %" PRIu64, out->left);
    } else {
        g_string_append_printf(log, " len %" PRIu64, out->len);
        put_bytes(log, out);
    }
    if (out->state) {
        g_string_append_printf(log, " %s", out->state);
    }
    g_string_append_c(log, '\n');
}

/* --- the user's functions ------------------------------------------------ */

static uint64_t read_memory(void *opaque, uint64_t addr, void *buf,
                            uint64_t len)
{
    FakeMemory *m = opaque;

    g_assert_cmpuint(addr + (len ? len - 1 : 0), >=, addr);
    m->reads++;
    m->read += len;
    if (m->before_read) {
        m->before_read(m, addr);
    }
    if (addr < m->start || addr - m->start >= m->len) {
        return 0;
    }
    len = MIN(len, m->len - (addr - m->start));
    memcpy(buf, m->ram + (addr - m->start), len);
    return len;
}

static void put(void *opaque, const GmemOut *out)
{
    FakeMemory *m = opaque;

    m->outs++;
    if (m->on_out) {
        m->on_out(m, out);
    }
    if (!m->quiet) {
        put_text(m->log, out);
    }
}

static bool room(void *opaque, uint64_t bytes)
{
    const FakeMemory *m = opaque;

    return !m->full && bytes <= m->room;
}

static int64_t now(void *opaque)
{
    const FakeMemory *m = opaque;

    return m->now;
}

/* --- the user ------------------------------------------------------------ */

FakeMemory *fake_memory_new(uint64_t start, uint64_t len)
{
    static const GmemHost host = {
        .read = read_memory, .put = put, .room = room, .now = now,
    };
    FakeMemory *m = g_new0(FakeMemory, 1);

    m->start = start;
    m->len = len;
    m->ram = g_malloc0(len);
    m->log = g_string_new(NULL);
    m->room = UINT64_MAX;
    m->engine = gmem_engine_new(&host, m);
    return m;
}

void fake_memory_free(FakeMemory *m)
{
    gmem_engine_free(m->engine);
    g_string_free(m->log, true);
    g_free(m->ram);
    g_free(m);
}

const GmemFile *fake_memory_add_to(FakeMemory *m, const char *text,
                                   const uint8_t *config, GError **error)
{
    g_autoptr(GError) parse_error = NULL;
    g_autofree char *whole = g_strconcat("rings 1\n", text, NULL);
    GmemFile *file = gmem_parse("test", whole, strlen(whole), &parse_error);

    g_assert_no_error(parse_error);
    return gmem_engine_add(m->engine, file, config, error) ? file : NULL;
}

const GmemFile *fake_memory_add(FakeMemory *m, const char *text)
{
    g_autoptr(GError) error = NULL;
    const GmemFile *file = fake_memory_add_to(m, text, NULL, &error);

    g_assert_no_error(error);
    return file;
}

void fake_memory_put(FakeMemory *m, uint64_t addr, unsigned bytes,
                     uint64_t value)
{
    uint64_t le = GUINT64_TO_LE(value);

    g_assert(addr >= m->start && addr - m->start + bytes <= m->len);
    memcpy(m->ram + (addr - m->start), &le, bytes);
}

GmemCount fake_memory_count(FakeMemory *m, unsigned i)
{
    GmemCount count;

    g_assert_true(gmem_engine_count(m->engine, gmem_engine_file(m->engine, 0),
                                    i, &count));
    return count;
}
