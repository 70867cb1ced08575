/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cost of a rings file for the vCPU: nanoseconds per access in the engine
 *
 *     native-guestmem [ROUNDS [CASE]]
 *
 * The file is as nvme's.  Memory is a copy away, and what is handed out is
 * counted only: in QEMU, reading RAM and writing marks come on top.
 */
#include "native.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libguestmem/engine.h"
#include "libguestmem/parse.h"

#define DEFAULT_ROUNDS 25
#define BURST 100000
#define QUEUE 1024
#define RAM_BYTES (16 * 1024 * 1024)

#define SQ_AT 0x10000
#define CQ_AT 0x40000
#define LIST_AT 0x80000

static const char rings[] =
    "rings 1\n"
    "register CAP bar0:0:8 r DSTRD=35:32\n"
    "register CC bar0:0x14:4 w\n"
    "register CSTS bar0:0x1c:4 r\n"
    "register AQA bar0:0x24:4 w ASQS=11:0\n"
    "register ASQ bar0:0x28:8 w\n"
    "register SQT[0..511] bar0:0x1000:4 w stride 8 << CAP.DSTRD\n"
    "register CQH[0..511] bar0:(0x1000 + (4 << CAP.DSTRD)):4 w "
        "stride 8 << CAP.DSTRD\n"
    "ring SQ[0] {\n"
    "  base ASQ & ~0xfff\n  count AQA.ASQS + 1\n  entry 64\n"
    "  on write SQT[0]\n  tail value\n  key u16[2]\n"
    "  reset write CC when !(value & 1)\n"
    "}\n"
    "ring SQ[1..511] {\n"
    "  base 0x10000\n  count 1024\n  entry 64\n"
    "  on write SQT[1..511]\n  tail value\n  key u16[2]\n"
    "  reset write CC when !(value & 1)\n"
    "}\n"
    "ring CQ[0..511] {\n"
    "  base 0x40000\n  count 1024\n  entry 16\n"
    "  on write CQH\n  tail value\n  answers SQ[u16[10]] key u16[12]\n"
    "  data d when command.u8[0] == 6 at command.u64[24] len 4096\n"
    "}\n"
    "ring LIST {\n"
    "  base 0x80000\n  count 1024\n  entry 64\n"
    "  on write CC when value & 1\n  all\n"
    "  list l {\n    at 0x80000\n    entry 1\n    count u8[0] + 5000\n"
    "    next 0x80000\n"
    "    list m {\n      at 0x80000\n      entry 1\n      count u8[0] + 5000\n"
    "      data d at 0x80000 len 64\n    }\n"
    "  }\n"
    "}\n";

typedef struct Machine {
    GmemEngine *engine;
    uint8_t *ram;
    uint64_t outs;
    unsigned tail;
} Machine;

/* --- the engine's user --------------------------------------------------- */

static uint64_t read_ram(void *opaque, uint64_t addr, void *buf, uint64_t len)
{
    const Machine *m = opaque;

    if (addr >= RAM_BYTES || len > RAM_BYTES - addr) {
        return 0;
    }
    memcpy(buf, m->ram + addr, len);
    return len;
}

static void put(void *opaque, const GmemOut *out)
{
    Machine *m = opaque;

    m->outs += out->kind + 1;
}

static bool room(void *opaque, uint64_t bytes)
{
    (void)opaque;
    return bytes < RAM_BYTES;
}

/* A second at each look: no case is cut by what another one has taken. */
static int64_t now(void *opaque)
{
    static int64_t seconds;

    (void)opaque;
    return ++seconds * 1000000000;
}

static Machine *new_machine(void)
{
    static const GmemHost host = {
        .read = read_ram, .put = put, .room = room, .now = now,
    };
    Machine *m = g_new0(Machine, 1);
    GError *error = NULL;
    GmemFile *file = gmem_parse("nvme", rings, sizeof(rings) - 1, &error);

    if (!file) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
    m->ram = g_malloc0(RAM_BYTES);
    m->engine = gmem_engine_new(&host, m);
    gmem_engine_add(m->engine, file, NULL, NULL);
    gmem_engine_read(m->engine, 0, 0, 8, 0);
    gmem_engine_write(m->engine, 0, 0x24, 4, 1023);
    gmem_engine_write(m->engine, 0, 0x28, 8, SQ_AT);
    return m;
}

/* --- cases --------------------------------------------------------------- */

/* No register of the file is in this BAR. */
static void other_bar(Machine *m)
{
    gmem_engine_write(m->engine, 2, 0x1010, 4, 1);
}

/* Between the registers */
static void other_register(Machine *m)
{
    gmem_engine_read(m->engine, 0, 0x0c, 4, 1);
}

static void known_register(Machine *m)
{
    gmem_engine_read(m->engine, 0, 0x1c, 4, m->tail++);
}

static void submit(Machine *m)
{
    m->tail = (m->tail + 1) % QUEUE;
    m->ram[SQ_AT + m->tail * 64 + 2] = m->tail;
    gmem_engine_write(m->engine, 0, 0x1018, 4, m->tail);
}

static void submit_four(Machine *m)
{
    m->tail = (m->tail + 4) % QUEUE;
    gmem_engine_write(m->engine, 0, 0x1018, 4, m->tail);
}

static void complete(Machine *m)
{
    m->tail = (m->tail + 1) % QUEUE;
    m->ram[CQ_AT + m->tail * 16 + 10] = 3;
    gmem_engine_write(m->engine, 0, 0x101c, 4, m->tail);
}

/* Endless lists, up to the bound of 64 KiB at a trigger */
static void worst(Machine *m)
{
    gmem_engine_write(m->engine, 0, 0x14, 4, 1);
}

static const struct {
    const char *name;
    void (*access)(Machine *m);
    unsigned n;
} cases[] = {
    { "guestmem.other-bar", other_bar, BURST },
    { "guestmem.other-register", other_register, BURST },
    { "guestmem.known-register", known_register, BURST },
    { "guestmem.entry", submit, BURST },
    { "guestmem.four-entries", submit_four, BURST },
    { "guestmem.completion", complete, BURST },
    { "guestmem.worst", worst, BURST / 1000 },
};

static void measure(size_t i)
{
    Machine *m = new_machine();
    uint64_t start = bench_cpu_ns();
    unsigned n;

    for (n = 0; n < cases[i].n; n++) {
        cases[i].access(m);
    }
    bench_sample(cases[i].name, (double)(bench_cpu_ns() - start) / n, "ns");
    gmem_engine_free(m->engine);
    g_free(m->ram);
    g_free(m);
}

int main(int argc, char **argv)
{
    uint64_t rounds = argc > 1 ? bench_number(argv[1]) : DEFAULT_ROUNDS;
    size_t i;

    while (rounds--) {
        for (i = 0; i < G_N_ELEMENTS(cases); i++) {
            if (argc < 3 || !strcmp(argv[2], cases[i].name)) {
                measure(i);
            }
        }
    }
    return 0;
}
