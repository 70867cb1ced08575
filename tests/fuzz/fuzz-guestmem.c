/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the engine of rings files: a file, and a guest that does anything
 *
 * The input is a rings file up to a NUL (none: the one here), then what the
 * guest does.  The engine reads no more than the file's bounds allow, hands out
 * no more than these and the log's room, and only bytes that it has read.
 */
#include "fuzz.h"

#include <inttypes.h>
#include <string.h>

#include "libguestmem/engine.h"
#include "libguestmem/parse.h"

#define RAM_BYTES 65536
#define PER_TRIGGER 8192
#define STEPS_MAX 256

/* Geometry, cuts, watches and their lines: far fewer than this */
#define OTHERS_MAX 20000

/* A bit of everything, at offsets that a byte names */
static const char everything[] =
    "rings 1\n"
    "register CAP bar0:0:8 rw S=1:0\n"
    "register T[0..7] bar0:0x40:4 rw stride 8 << CAP.S\n"
    "register H[0..7] bar0:(0x44 + CAP.S):4 w stride 8 << CAP.S\n"
    "register SEL bar0:8:2 w\n"
    "register B[0..7] bar0:16:8 w bank SEL\n"
    "register C bar0:24:4 w\n"
    "ring S[0] {\n"
    "  base B[0]\n  count C\n  entry 16\n  tail value\n  on write T[0]\n"
    "  reset write CAP when value & 4\n  key u16[2]\n"
    "  create S[u8[1]] when u8[0] == 1 base u64[8] count u16[4]\n"
    "  delete S[u8[1] .. u8[2]] when u8[0] == 2 && n & 1\n"
    "  data d when u8[0] & 4 at u64[8] len u16[4] max 512\n"
    "}\n"
    "ring S[1..7] {\n"
    "  entry 32\n  while u8[3] == phase\n  on write T[1..7]\n  on irq\n"
    "  link when u8[0] == 9 to u64[8] toggle u8[1]\n"
    "  reset write C when !value\n  key u16[2]\n"
    "}\n"
    "ring D[0..7] {\n"
    "  base B[n]\n  count C + n\n  entry 4\n  tail mem16(B[n])\n"
    "  wrap 65536\n  on write H\n  on marker \"a*b\"\n"
    "  answers S[u8[0]] key u16[1]\n"
    "  data c when command.u8[0] at command.u64[8] len 64\n"
    "  list l {\n"
    "    at B[n] + u8[1]\n    entry 8\n    count u16[0]\n"
    "    until u8[0] == 255\n    next u64[0] when u8[0] & 1\n"
    "    data e at outer.u32[0] len u16[4]\n"
    "    list m when u8[1] & 1 {\n"
    "      at address\n      entry 1\n      count u8[0] + 5000\n"
    "      data f at u8[0] * 256 len 4\n"
    "    }\n"
    "  }\n"
    "}\n"
    "ring E {\n"
    "  segments B[1]\n  base mem64(B[0] + segment * 16)\n"
    "  count mem16(B[0] + segment * 16 + 8)\n  entry 16\n"
    "  while bits(u32[12], 0, 0) == phase\n  on irq when value < 4\n"
    "  on read CAP\n"
    "}\n"
    "ring A {\n  base B[2]\n  count C\n  entry 64\n  all\n  on write SEL\n}\n"
    "ring Q {\n  base B[2]\n  count C\n  entry 8\n  bits value\n"
    "  on write C\n}\n"
    "watch W[0..3] {\n  at B[n]\n  len C * 16\n  on irq\n"
    "  on write SEL instance value\n  reset write CAP\n}\n"
    "snapshot N {\n  at value & ~0xf\n  len 100\n  on write B\n}\n";

/**
 * struct Guest: the engine's user
 * @in: what the guest does
 * @engine: the engine
 * @ram: memory
 * @start: its first address
 * @room: the log's room
 * @now: the clock
 * @read: bytes that were read since the last step, each read counting with
 *        GMEM_READ_COST at least
 * @outs: things that were handed out likewise, of those that count
 * @others: and of the others
 * @sink: sum of the bytes that were handed out
 */
typedef struct Guest {
    FuzzInput in;
    GmemEngine *engine;
    uint8_t ram[RAM_BYTES];
    uint64_t start;
    uint64_t room;
    int64_t now;
    uint64_t read;
    uint64_t outs;
    uint64_t others;
    uint8_t sink;
} Guest;

/* --- the engine's user --------------------------------------------------- */

static uint64_t read_ram(void *opaque, uint64_t addr, void *buf, uint64_t len)
{
    Guest *g = opaque;

    fuzz_check(len <= GMEM_DATA_MAX, "%" PRIu64, len);
    fuzz_check(!len || addr + len - 1 >= addr, "%" PRIx64, addr);
    g->read += MAX(len, GMEM_READ_COST);
    if (addr < g->start || addr - g->start >= RAM_BYTES) {
        return 0;
    }
    /* The guest writes meanwhile. */
    g->ram[(addr - g->start) ^ 1]++;
    len = MIN(len, RAM_BYTES - (addr - g->start));
    memcpy(buf, g->ram + (addr - g->start), len);
    return len;
}

static bool counts(GmemOutKind kind)
{
    return kind == GMEM_OUT_ENTRY || kind == GMEM_OUT_DATA ||
           kind == GMEM_OUT_SNAPSHOT;
}

static void put(void *opaque, const GmemOut *out)
{
    Guest *g = opaque;
    uint64_t i;

    fuzz_check(out->name && *out->name, "kind %d", (int)out->kind);
    fuzz_check((out->kind == GMEM_OUT_DATA) == (out->item != NULL), "%s",
               out->name);
    fuzz_check(out->len <= g->room, "%" PRIu64 " bytes", out->len);
    fuzz_check(out->bar >= -1 && out->bar < GMEM_BARS, "%d", out->bar);
    for (i = 0; i < out->len; i++) {
        g->sink ^= out->data[i];
    }
    g->outs += counts(out->kind) && !(out->kind == GMEM_OUT_SNAPSHOT &&
                                      out->state);
    g->others += !counts(out->kind);
}

static bool room(void *opaque, uint64_t bytes)
{
    const Guest *g = opaque;

    return bytes <= g->room;
}

static int64_t now(void *opaque)
{
    const Guest *g = opaque;

    return g->now;
}

/* --- what the guest does ------------------------------------------------- */

static uint64_t take_value(FuzzInput *in)
{
    static const uint8_t widths[] = { 1, 1, 1, 2, 2, 4, 8, 8 };

    return fuzz_take(in, widths[fuzz_take(in, 1) % sizeof(widths)]);
}

static uint64_t take_offset(FuzzInput *in)
{
    uint64_t offset = fuzz_take(in, 1);

    return offset < 0xf0 ? offset : take_value(in);
}

static void do_write(Guest *g)
{
    unsigned width = 1 << fuzz_take(&g->in, 1) % 4;
    uint64_t offset = take_offset(&g->in);

    gmem_engine_write(g->engine, 0, offset, width, take_value(&g->in));
}

static void do_read(Guest *g)
{
    int bar = fuzz_take(&g->in, 1) % 8;
    uint64_t offset = take_offset(&g->in);

    gmem_engine_read(g->engine, bar, offset, 1 + fuzz_take(&g->in, 1) % 8,
                     take_value(&g->in));
}

static void do_irq(Guest *g)
{
    gmem_engine_irq(g->engine, fuzz_take(&g->in, 1));
}

static void do_marker(Guest *g)
{
    char text[5] = { 0 };
    unsigned i;

    for (i = 0; i < sizeof(text) - 1; i++) {
        text[i] = fuzz_take(&g->in, 1);
    }
    gmem_engine_marker(g->engine, text);
}

static void do_request(Guest *g)
{
    g_autofree char *name = g_strdup_printf("%c[%u]",
                                            (char)fuzz_take(&g->in, 1),
                                            (unsigned)fuzz_take(&g->in, 1));

    gmem_engine_request(g->engine, name);
    name[strcspn(name, "[")] = '\0';
    gmem_engine_request(g->engine, name);
}

static void do_forget(Guest *g)
{
    uint64_t offset = take_offset(&g->in);

    if (fuzz_take(&g->in, 1) & 1) {
        gmem_engine_reset(g->engine);
    } else {
        gmem_engine_forget(g->engine, 0, offset, take_value(&g->in));
    }
}

static void do_memory(Guest *g)
{
    unsigned at = fuzz_take(&g->in, 2);
    unsigned n = fuzz_take(&g->in, 1);

    while (n--) {
        g->ram[at++ % RAM_BYTES] = fuzz_take(&g->in, 1);
    }
}

static void do_host(Guest *g)
{
    g->room = fuzz_take(&g->in, 1) & 1 ? UINT64_MAX : fuzz_take(&g->in, 2);
    g->now += fuzz_take(&g->in, 4);
}

static void step(Guest *g)
{
    static void (*const steps[])(Guest *g) = {
        do_write, do_write, do_write, do_write, do_read, do_irq, do_marker,
        do_request, do_forget, do_memory, do_memory, do_host,
    };
    /* A request of two names is two triggers. */
    unsigned i = fuzz_take(&g->in, 1) % G_N_ELEMENTS(steps);
    unsigned triggers = steps[i] == do_request ? 2 : 1;

    g->read = g->outs = g->others = 0;
    steps[i](g);
    fuzz_check(g->read <= triggers * PER_TRIGGER, "%" PRIu64 " bytes",
               g->read);
    fuzz_check(g->outs <= triggers * PER_TRIGGER / GMEM_READ_COST,
               "%" PRIu64 " things", g->outs);
    fuzz_check(g->others <= OTHERS_MAX, "%" PRIu64,
               g->others);
}

/* --- the file ------------------------------------------------------------ */

static GmemFile *take_file(FuzzInput *in)
{
    const uint8_t *end = memchr(in->p, '\0', in->left);
    size_t len = end ? (size_t)(end - in->p) : in->left;
    g_autofree char *text = g_strndup((const char *)in->p, len);
    GmemFile *file = len ? gmem_parse("fuzz", text, len, NULL) :
                     gmem_parse("fuzz", everything, sizeof(everything) - 1,
                                NULL);

    fuzz_check(len || file, "the file here is wrong");
    in->p += len + (end != NULL);
    in->left -= len + (end != NULL);
    return file;
}

static void run(Guest *g, GmemFile *file)
{
    static const GmemHost host = {
        .read = read_ram, .put = put, .room = room, .now = now,
    };
    uint8_t config[256];
    unsigned i;

    file->per_trigger = MIN(file->per_trigger, PER_TRIGGER);
    g->engine = gmem_engine_new(&host, g);
    for (i = 0; file->area->len && i < sizeof(config); i++) {
        config[i] = fuzz_take(&g->in, 1);
    }
    g->start = fuzz_take(&g->in, 1) & 1 ? 0 : UINT64_MAX - RAM_BYTES + 1;
    if (gmem_engine_add(g->engine, file, config, NULL)) {
        for (i = 0; i < STEPS_MAX && g->in.left; i++) {
            step(g);
        }
    }
    gmem_engine_free(g->engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Guest *g = g_new0(Guest, 1);
    GmemFile *file;

    g->in = (FuzzInput){ .p = data, .left = size };
    g->room = UINT64_MAX;
    file = take_file(&g->in);
    if (file) {
        run(g, file);
    }
    g_free(g);
    return 0;
}
