/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: sequences that write to memory as a driver does
 */
#include <inttypes.h>
#include <string.h>

#include "play-log.h"
#include "run-tool.h"
#include "sanitized.h"
#include "sequence-log.h"
#include "tools/sequence/check.h"
#include "tools/sequence/compile-areas.h"
#include "tools/sequence/compile-image.h"
#include "tools/sequence/compile-runs.h"

static void ring(SequenceLog *log, const char *name, uint64_t base,
                 unsigned count, unsigned entry)
{
    sequence_log_mark(log, "vfio-trace: ring device=dut0 ring=%s base=0x%"
                      PRIx64 " count=%u entry=%u", name, base, count, entry);
}

static void entry(SequenceLog *log, const char *name, uint64_t at,
                  const char *bytes)
{
    sequence_log_mark(log, "vfio-trace: entry device=dut0 ring=%s index=0 "
                      "at=0x%" PRIx64 " len=%zu %s", name, at,
                      strlen(bytes) / 2, bytes);
}

static void data(SequenceLog *log, const char *name, const char *item,
                 uint64_t at, const char *bytes)
{
    sequence_log_mark(log, "vfio-trace: data device=dut0 ring=%s index=0 "
                      "name=%s at=0x%" PRIx64 " len=%zu of=%zu %s", name,
                      item, at, strlen(bytes) / 2, strlen(bytes) / 2, bytes);
}

/* --- what is written ----------------------------------------------------- */

/* Data before the list that leads to it, before the entry: in a run if it can */
static void test_order(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w1000=1");
    ring(log, "Q[0]", 0x2000000, 8, 8);
    entry(log, "Q[0]", 0x2000000, "0000000300000000");
    data(log, "Q[0]", "list[0]", 0x3000000, "0000000400000000");
    data(log, "Q[0]", "list[0].page", 0x4000000, "01020304");
    entry(log, "Q[0]", 0x2000008, "0800000300000000");
    data(log, "Q[0]", "list[0]", 0x3000008, "1000000400000000");
    data(log, "Q[0]", "list[0].page", 0x4000010, "05060708");
    sequence_log_expect(log, NULL,
        "M dma0+0 = 01020304\nM dma0+10 = 05060708\n"
        "M dma1+0 = 00000000000000000000000000000000\n"
        "P dma1+0 = dma0+0\nP dma1+8 = dma0+10\n"
        "M dma2+0 = 00000000000000000000000000000000\n"
        "P dma2+0 = dma1+0\nP dma2+8 = dma1+8\n"
        "w 1000 = 1\n");
}

/* A doorbell with a mixture of values is no upload to a port. */
static void test_no_upload(void)
{
    SequenceLog *log = sequence_log_new();
    g_autoptr(Sequence) seq = NULL;
    unsigned i;

    for (i = 0; i < 40; i++) {
        g_autofree char *word = g_strdup_printf("w1000=%x", i * i * 7919 + 13);

        sequence_log(log, word);
        if (i % 8 == 3) {
            ring(log, "Q", 0x2000000, 8, 8);
            entry(log, "Q", 0x2000000 + i / 8 * 8, "0102030405060708");
        }
    }
    seq = sequence_log_compile(log, NULL, NULL);
    g_assert_cmpuint(seq->files->len, ==, 0);
    g_assert_cmpint(sequence_op(seq, 3)->kind, ==, SEQ_MEMORY);
    sequence_log_free(log);
}

/* Entries of a ring that goes around: a loop */
static void test_loop(void)
{
    SequenceLog *log = sequence_log_new();
    unsigned i;

    for (i = 0; i < 8; i++) {
        g_autofree char *word = g_strdup_printf("w1000=%x", i + 1);

        sequence_log(log, word);
        ring(log, "Q", 0x2000000, 16, 8);
        entry(log, "Q", 0x2000000 + i * 8, "0000000300000000");
        data(log, "Q", "page", 0x3000000, "01020304");
    }
    sequence_log_expect(log, NULL,
        "8{\nM dma0+0 = 01020304\nM dma1+0 = 0000000000000000 @0:8\n"
        "P dma1+0 = dma0+0 @0:8\nw 1000 = 1 ++1\n}\n");
}

/* Of snapshots and watches, what is new: nobody knows who wrote the rest. */
static void test_changes(void)
{
    SequenceLog *log = sequence_log_new();
    g_autofree char *zeros = g_strnfill(64, '0');
    static const char hash[] =
        "sha256=f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b";

    sequence_log(log, "w1000=1");
    ring(log, "Q", 0x2000000, 8, 8);
    entry(log, "Q", 0x2000008, "0102030405060708");
    /* a look that finds the entry, and nothing else */
    sequence_log(log, "w1004=1");
    sequence_log_mark(log, "vfio-trace: snapshot device=dut0 map=1 addr=0x0 "
                      "at=0x2000000 len=32 %s", hash);
    sequence_log_mark(log, "vfio-trace: snapshot-data at=0x2000000 "
                      "00000000000000000102030405060708%.32s", zeros);
    /* one after the device has written, and then the driver */
    sequence_log(log, "r1008=1");
    sequence_log_mark(log, "vfio-trace: snapshot device=dut0 map=1 addr=0x0 "
                      "at=0x2000010 len=8 %s", hash);
    sequence_log_mark(log,
                      "vfio-trace: snapshot-data at=0x2000010 1111111111111111");
    sequence_log(log, "w1004=2");
    sequence_log_mark(log, "vfio-trace: snapshot device=dut0 map=1 addr=0x0 "
                      "at=0x2000000 len=32 %s", hash);
    sequence_log_mark(log, "vfio-trace: snapshot-data at=0x2000000 "
                      "0000000000000000010203040506070811111111111111110000000200000000");
    sequence_log_expect(log, NULL,
        "M dma0+8 = 0102030405060708\nw 1000 = 1\nw 1004 = 1\n"
        "c 1008 = 1 & ffffffff\n"
        "M dma0+18 = 0000000000000000\nP dma0+18 = dma0+0\nw 1004 = 2\n");
}

/* Memory behind a marker comes before the next access. */
static void test_marker(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w1000=1");
    sequence_log_mark(log, "now");
    ring(log, "Q", 0x2000000, 8, 8);
    entry(log, "Q", 0x2000000, "0102030405060708");
    sequence_log(log, "+500 w1004=1");
    sequence_log_expect(log, NULL, "w 1000 = 1\nm now\nd 501us\n"
                        "M dma0+0 = 0102030405060708\nw 1004 = 1\n");
}

/* More than stands in the sequence itself */
static void test_file(void)
{
    SequenceLog *log = sequence_log_new();
    g_autofree char *bytes = g_strnfill(768, '5');
    g_autofree char *text = NULL;
    g_autoptr(Sequence) seq = NULL;

    sequence_log(log, "w1000=1");
    ring(log, "Q", 0x2000000, 8, 8);
    entry(log, "Q", 0x2000000, "0000000300000000");
    sequence_log_mark(log, "vfio-trace: data device=dut0 ring=Q index=0 "
                      "name=page at=0x3000000 len=768 of=4096 %s", bytes);
    sequence_log_mark(log, "vfio-trace: snapshot-data at=0x3000180 %s", bytes);
    seq = sequence_log_compile(log, NULL, NULL);
    text = sequence_log_text(seq);
    g_assert_cmpstr(text, ==,
        "n Q page: of 4096 bytes that the driver had in memory, the trace has 768\n"
        "M dma0+0 = log-memory0.bin\nM dma1+0 = 0000000000000000\n"
        "P dma1+0 = dma0+0\nw 1000 = 1\n");
    g_assert_cmpuint(g_bytes_get_size(
        g_array_index(seq->files, SeqFile, 0).bytes), ==, 768);
    sequence_log_free(log);
}

/* --- whose it is --------------------------------------------------------- */

/* A ring that the device fills, though it was a write that made us look */
static void test_by_device(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w1000=1");
    sequence_log_mark(log,
        "vfio-trace: ring device=dut0 ring=CQ base=0x2000000 count=8 entry=8 by=device");
    entry(log, "CQ", 0x2000000, "0000000300000000");
    data(log, "CQ", "page", 0x3000000, "01020304");
    sequence_log(log, "w1000=2");
    /* in an older log, one that came with an interrupt once */
    sequence_log_mark(log, "vfio-trace: irq device=dut0 msi vector=0");
    ring(log, "RX", 0x4000000, 8, 8);
    entry(log, "RX", 0x4000000, "0000000300000000");
    sequence_log(log, "w1000=3");
    entry(log, "RX", 0x4000008, "0000000300000000");
    sequence_log(log, "w1000=4");
    sequence_log_expect(log, NULL, "w 1000 = 1\nw 1000 = 2\ni 0 5000000us\n"
                        "w 1000 = 3\nw 1000 = 4\n");
}

static void test_other_device(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log_mark(log,
        "vfio-trace: entry device=dut1 ring=Q index=0 at=0x2000000 len=8 0102030405060708");
    sequence_log(log, "w1000=1 w1000=2");
    sequence_log_mark(log,
        "vfio-trace: ring device=dut1 ring=Q base=0x2000000 count=8 entry=8");
    sequence_log_mark(log,
        "vfio-trace: entry device=dut1 ring=Q index=0 at=0x2000000 len=8 0102030405060708");
    sequence_log(log, "w1004=2000000");
    sequence_log_expect(log, NULL,
                        "w 1000 = 1\nw 1000 = 2\nw 1004 = 2000000\n");
}

/* What the trace does not have: said once, and counted */
static void test_lacks(void)
{
    SequenceLog *log = sequence_log_new();
    unsigned i;

    for (i = 0; i < 3; i++) {
        g_autofree char *word = g_strdup_printf("w1000=%x", i * i);

        sequence_log(log, word);
        ring(log, "Q", 0x2000000, 8, 8);
        entry(log, "Q", 0x2000000, "0000000300000000");
        sequence_log_mark(log, "vfio-trace: data device=dut0 ring=Q index=0 "
                          "name=page at=0x3000000 len=4 of=1500 0102030%u", i);
        sequence_log_mark(log, "vfio-trace: memory-cut device=dut0 name=Q "
                               "why=trigger left=2");
    }
    sequence_log_expect(log, NULL,
        "n Q page: of 1500 bytes that the driver had in memory, the trace has 4 (and so on, 3 times)\n"
        "n Q: the tracer has left out something that the driver had in memory (and so on, 3 times)\n"
        "M dma0+0 = 01020300\nM dma1+0 = 0000000000000000\nP dma1+0 = dma0+0\n"
        "w 1000 = 0\n"
        "M dma0+0 = 01020301\nM dma1+0 = 0000000000000000\nP dma1+0 = dma0+0\n"
        "w 1000 = 1\n"
        "M dma0+0 = 01020302\nM dma1+0 = 0000000000000000\nP dma1+0 = dma0+0\n"
        "w 1000 = 4\n");
}

/* --- what is an address -------------------------------------------------- */

/* Buffers for what never came: the trace does not know them. */
static void test_guess(void)
{
    SequenceLog *log = sequence_log_new();
    g_autoptr(Sequence) seq = NULL;
    g_autofree char *text = NULL;

    sequence_log(log, "w1000=4");
    ring(log, "RX", 0x2000000, 8, 16);
    entry(log, "RX", 0x2000000, "40089003000000000000000000000000");
    entry(log, "RX", 0x2000010, "40009003000000000000000000000000");
    entry(log, "RX", 0x2000020, "40001004000000001000000000000000");
    seq = sequence_log_compile(log, NULL, NULL);
    text = sequence_log_text(seq);
    g_assert_cmpstr(text, ==,
        "n RX: an entry seems to have an address at byte 0, of memory of which the trace knows nothing: a page is there (and so on, 3 times)\n"
        "M dma0+0 = x48\nP dma0+0 = dma1+840\nP dma0+10 = dma1+40\n"
        "P dma0+20 = dma2+40\nw 1000 = 4\n");
    /* one that is not at the beginning of a page may end in the next one */
    g_assert_cmpuint(g_array_index(seq->buffers, SeqBuffer, 1).size, ==,
                     0x2000);
    sequence_log_free(log);
}

/*
 * Numbers of blocks look like addresses.  But the entry has another word that
 * is one, and that is enough.
 */
static void test_no_guess(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w1000=3");
    ring(log, "SQ", 0x2000000, 8, 16);
    entry(log, "SQ", 0x2000000, "00000003000000000000100500000000");
    data(log, "SQ", "page", 0x3000000, "01020304");
    entry(log, "SQ", 0x2000010, "00100003000000000000200500000000");
    data(log, "SQ", "page", 0x3001000, "01020304");
    sequence_log_expect(log, NULL,
        "M dma0+0 = 01020304\nM dma0+1000 = 01020304\nM dma1+0 = x32\n"
        "P dma1+0 = dma0+0\nP dma1+10 = dma0+1000\nw 1000 = 3\n");
}

/* A place that all entries have an address at, of which one is known */
static void test_place(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w1000=3");
    ring(log, "SQ", 0x2000000, 8, 16);
    entry(log, "SQ", 0x2000000, "00000100000000000210000300000000");
    entry(log, "SQ", 0x2000010, "00000200000000000210000400000000");
    entry(log, "SQ", 0x2000020, "00000200000000000000000000000000");
    data(log, "SQ", "page", 0x3001002, "01020304");
    sequence_log_expect(log, NULL,
        "M dma0+2 = 01020304\nM dma1+0 = x48\n"
        "P dma1+8 = dma0+2\nP dma1+18 = dma2+2\nw 1000 = 3\n");
}

/* 32 bits of it, with something else next to it */
static void test_narrow(void)
{
    SequenceLog *log = sequence_log_new();
    g_autoptr(Sequence) seq = NULL;
    g_autofree char *text = NULL;

    sequence_log(log, "w1000=3");
    ring(log, "Q", 0x2000000, 8, 8);
    entry(log, "Q", 0x2000000, "0000000301000080");
    data(log, "Q", "page", 0x3000000, "01020304");
    entry(log, "Q", 0x2000008, "0001000302000080");
    data(log, "Q", "page", 0x3000100, "01020304");
    seq = sequence_log_compile(log, NULL, NULL);
    text = sequence_log_text(seq);
    g_assert_cmpstr(text, ==,
        "M dma0+0 = 01020304\nM dma0+100 = 01020304\n"
        "M dma1+0 = 00000000010000800000000002000080\n"
        "P dma1+0 = dma0+0 low /4\nP dma1+8 = dma0+100 low /4\nw 1000 = 3\n");
    g_assert_true(g_array_index(seq->buffers, SeqBuffer, 0).below_4g);
    g_assert_false(g_array_index(seq->buffers, SeqBuffer, 1).below_4g);
    sequence_log_free(log);
}

/*
 * What a frame or a block has is nobody's address, even if it looks like one;
 * but for that of a ring, with flags, and for data of one word.  Nor are small
 * numbers, if page 0 is memory.
 */
static void test_data(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w1000=3");
    ring(log, "Q", 0x2000000, 8, 8);
    entry(log, "Q", 0x2000000, "0000000300000000");
    data(log, "Q", "context", 0x3000000,
         "08000003000000000100000200000000");
    data(log, "Q", "slot", 0x3000100, "0800000300000000");
    entry(log, "Q", 0x2000008, "1000000000000000");
    data(log, "Q", "null", 0, "0102");
    sequence_log_expect(log, NULL,
        "M dma0+0 = 08000003000000000000000000000000\n"
        "P dma0+8 = dma1+1\n"
        "M dma0+100 = 0000000000000000\nP dma0+100 = dma0+8\n"
        "M dma2+0 = 0102\n"
        "M dma1+0 = 00000000000000001000000000000000\n"
        "P dma1+0 = dma0+0\nw 1000 = 3\n");
}

/* The user says where memory is: nothing else is guessed. */
static void test_ranges(void)
{
    CompileRange range = { 0, 0x4000000 };
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(range));
    CompileOptions options = {
        .min_delay_ns = 100000, .dma = ranges, .stem = "log",
    };
    SequenceLog *log = sequence_log_new();

    g_array_append_val(ranges, range);
    sequence_log(log, "w1000=3");
    ring(log, "A", 0x2000000, 8, 8);
    entry(log, "A", 0x2000000, "0000000300000000");
    entry(log, "A", 0x2000008, "0001000300000000");
    ring(log, "B", 0x5000000, 8, 8);
    entry(log, "B", 0x5000000, "0000000600000000");
    entry(log, "B", 0x5000008, "0001000600000000");
    sequence_log_expect(log, &options,
        "n A: an entry seems to have an address at byte 0, of memory of which the trace knows nothing: a page is there (and so on, 2 times)\n"
        "M dma0+0 = 00000000000000000000000000000000\n"
        "P dma0+0 = dma1+0\nP dma0+8 = dma1+100\n"
        "M dma2+0 = 00000006000000000001000600000000\nw 1000 = 3\n");
}

/* --- bounds -------------------------------------------------------------- */

static void test_full(void)
{
    CompileRuns *runs = compile_runs_new();
    CompileRun run = { .access = 1, .len = COMPILE_RUNS_BYTES / 2 };
    g_autofree uint8_t *bytes = g_malloc0(run.len);

    compile_runs_add(runs, &run, bytes);
    compile_runs_add(runs, &run, bytes);
    g_assert_false(compile_runs_full(runs));
    run.len = 1;
    compile_runs_add(runs, &run, bytes);
    g_assert_true(compile_runs_full(runs));
    g_assert_cmpuint(compile_runs_count(runs), ==, 2);
    compile_runs_free(runs);
}

/* More pages than are kept: those are not known. */
static void test_image(void)
{
    static const uint8_t bytes[] = { 1, 2 };
    static const uint8_t zeros[] = { 0, 0 };
    CompileImage *image = compile_image_new();
    uint64_t i;

    g_assert_true(compile_image_has(image, 0xffff, zeros, 2));
    compile_image_put(image, 0xfff, bytes, 2);
    g_assert_true(compile_image_has(image, 0xfff, bytes, 2));
    g_assert_false(compile_image_has(image, 0x1000, bytes, 2));
    for (i = 0; i < 1 << 15; i++) {
        compile_image_put(image, i * COMPILE_PAGE, bytes, 1);
    }
    g_assert_true(compile_image_has(image, 0xfff, bytes, 1));
    g_assert_false(compile_image_has(image, i * COMPILE_PAGE, bytes, 1));
    g_assert_false(compile_image_has(image, i * COMPILE_PAGE, zeros, 1));
    compile_image_free(image);
}

/* Areas that touch are joined up to a buffer's size, those that overlap always */
static void test_areas(void)
{
    CompileAreas *areas = compile_areas_new();

    compile_areas_add(areas, 0x10000000, 40 << 20);
    compile_areas_add(areas, 0x10000000 + (40 << 20), 40 << 20);
    compile_areas_add(areas, UINT64_MAX - 10, 8);
    compile_areas_add(areas, 5, UINT64_MAX);
    compile_areas_add(areas, 0x5010, 0x10);
    g_assert_null(compile_areas_find(areas, 0x5010));
    compile_areas_join(areas);
    g_assert_cmphex(compile_areas_find(areas, 0x10000000)->end, ==,
                    0x10000000 + (40 << 20));
    g_assert_cmphex(compile_areas_find(areas, 0x5010)->start, ==, 0x5000);
    g_assert_null(compile_areas_find(areas, 0x6000));
    compile_areas_add(areas, 0x10000000 + (39 << 20), 2 << 20);
    compile_areas_join(areas);
    g_assert_cmphex(compile_areas_find(areas, 0x10000000)->end, ==,
                    0x10000000 + (80 << 20));
    g_assert_cmphex(compile_areas_end(areas), ==, 0x10000000 + (80 << 20));
    compile_areas_free(areas);
}

/* --- at random ----------------------------------------------------------- */

/* Areas of a driver's memory */
enum { SQ, CQ, RX, LIST, PAGES, FRAMES };

#define AREA_BYTES 0x100000

/* Where an area is: everywhere else the second time */
static uint64_t place(bool moved, unsigned area)
{
    return moved ? 0x140000000 - area * 2 * AREA_BYTES
                 : 0x10000000 + area * AREA_BYTES;
}

/* The address where an area's @at is, as bytes */
static char *address(bool moved, unsigned area, unsigned at)
{
    return g_strdup_printf("%016" PRIx64,
                           GUINT64_SWAP_LE_BE(place(moved, area) + at));
}

static char *random_bytes(GRand *rand, unsigned max)
{
    unsigned i, n = g_rand_int_range(rand, 1, max);
    GString *bytes = g_string_new(NULL);

    for (i = 0; i < n; i++) {
        g_string_append_printf(bytes, "%02x", g_rand_int_range(rand, 0, 256));
    }
    return g_string_free(bytes, FALSE);
}

/*
 * A command: an address, a length; what is there, or a list of it.  Commands of
 * one doorbell do not share memory.
 */
static void random_command(SequenceLog *log, GRand *rand, bool moved,
                           unsigned slot)
{
    bool list = g_rand_boolean(rand);
    unsigned at = list ? slot * 32 + g_rand_int_range(rand, 0, 2) * 8
                       : slot * 256 + g_rand_int_range(rand, 0, 24);
    g_autofree char *bytes = random_bytes(rand, 40);
    g_autofree char *to = address(moved, list ? LIST : PAGES, at);
    g_autofree char *text = g_strdup_printf("%s%02x000000%02x000000", to,
                                            slot, list);
    unsigned i, page;

    entry(log, "SQ", place(moved, SQ) + slot * 16, text);
    if (!list) {
        data(log, "SQ", "page", place(moved, PAGES) + at, bytes);
    }
    for (i = 0; list && i < 3; i++) {
        g_autofree char *name = g_strdup_printf("list[%u]", i);
        g_autofree char *inner = g_strdup_printf("list[%u].page", i);
        g_autofree char *element = NULL;

        page = slot * 256 + i * 64 + g_rand_int_range(rand, 0, 24);
        element = address(moved, PAGES, page);
        data(log, "SQ", name, place(moved, LIST) + at + 8 * i, element);
        data(log, "SQ", inner, place(moved, PAGES) + page, bytes);
    }
}

static void random_buffers(SequenceLog *log, GRand *rand, bool moved,
                           unsigned slot)
{
    unsigned i, n = g_rand_int_range(rand, 2, 5);

    ring(log, "RX", place(moved, RX), 64, 16);
    for (i = 0; i < n; i++) {
        unsigned at = (slot + i) * 1024 + g_rand_int_range(rand, 0, 16) * 64;
        g_autofree char *to = address(moved, FRAMES, at);
        g_autofree char *text = g_strdup_printf("%s0000000000000000", to);

        entry(log, "RX", place(moved, RX) + (slot + i) * 16, text);
    }
}

static void random_doorbell(SequenceLog *log, GRand *rand, bool moved)
{
    unsigned slot = g_rand_int_range(rand, 0, 60);
    unsigned i, n = g_rand_int_range(rand, 1, 4);
    g_autofree char *word = g_strdup_printf("w%x=%x",
        g_rand_boolean(rand) ? 0x1000 : 0x1008, slot);

    sequence_log(log, word);
    if (g_rand_boolean(rand)) {
        random_buffers(log, rand, moved, slot);
        return;
    }
    ring(log, "SQ", place(moved, SQ), 64, 16);
    for (i = 0; i < n; i++) {
        random_command(log, rand, moved, slot + i);
    }
}

static void random_completion(SequenceLog *log, GRand *rand, bool moved)
{
    g_autofree char *bytes = random_bytes(rand, 17);
    unsigned slot = g_rand_int_range(rand, 0, 64);

    sequence_log_mark(log, "vfio-trace: irq device=dut0 msi vector=0");
    sequence_log_mark(log, "vfio-trace: ring device=dut0 ring=CQ base=0x%"
                      PRIx64 " count=64 entry=16 by=device", place(moved, CQ));
    entry(log, "CQ", place(moved, CQ) + slot * 16, bytes);
    /* it has put what was asked for to where the driver said */
    data(log, "CQ", "page", place(moved, PAGES) + slot * 3, bytes);
}

static SequenceLog *random_log(guint32 seed, bool moved)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    SequenceLog *log = sequence_log_new();
    g_autofree char *base = g_strdup_printf("/8 w28=%" PRIx64 " /4",
                                            place(moved, SQ));
    unsigned i, n = g_rand_int_range(rand, 1, 60);

    sequence_log(log, base);
    ring(log, "SQ", place(moved, SQ), 64, 16);
    random_command(log, rand, moved, 0);
    for (i = 0; i < n; i++) {
        switch (g_rand_int_range(rand, 0, 5)) {
        case 0:
            random_completion(log, rand, moved);
            break;
        case 1:
            sequence_log(log, "r10=1 w10=3");
            break;
        default:
            random_doorbell(log, rand, moved);
            break;
        }
    }
    sequence_log(log, "w0=0");
    return log;
}

static void move_buffers(Sequence *seq)
{
    guint i;

    for (i = 0; i < seq->buffers->len; i++) {
        SeqBuffer *buffer = &g_array_index(seq->buffers, SeqBuffer, i);
        unsigned area = (buffer->address - place(false, 0)) / AREA_BYTES;

        buffer->address += place(true, area) - place(false, area);
    }
}

/*
 * The log of a driver whose memory is elsewhere: the sequence of the first one
 * does what it did, if its buffers are there.
 */
static void test_random(void)
{
    unsigned i;

    for (i = 0; i < ROUNDS(200); i++) {
        guint32 seed = g_test_rand_int();
        SequenceLog *log = random_log(seed, false);
        SequenceLog *moved = random_log(seed, true);
        g_autoptr(Sequence) seq = sequence_log_compile(log, NULL, NULL);
        g_autofree char *path = temp_file("moved.mmt", moved->text->str, -1);
        g_autoptr(GArray) accesses = log_accesses(path, NULL);
        g_autoptr(GArray) memory = log_memory(moved->text->str);
        g_autofree char *wrong = NULL;

        move_buffers(seq);
        wrong = play_log(seq, accesses, memory);
        if (wrong) {
            g_test_message("%s", log->text->str);
        }
        g_assert_cmpstr(wrong, ==, NULL);
        sequence_log_free(log);
        sequence_log_free(moved);
    }
}

/* Numbers in marks of memory that are others, here and there */
static void mangle(GString *text, GRand *rand)
{
    char *line = strstr(text->str, " vfio-trace: ring ");

    while (line) {
        size_t len = strcspn(line, "\n");
        size_t i;

        for (i = 0; i < len; i++) {
            if (g_ascii_isdigit(line[i]) && !g_rand_int_range(rand, 0, 40)) {
                line[i] = '0' + g_rand_int_range(rand, 0, 10);
            }
        }
        line = strstr(line + len, " vfio-trace: ");
    }
}

/* Whatever a log says, the sequence is one that the reader takes. */
static void test_hostile(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(g_test_rand_int());
    CompileOptions options = { .stem = "log" };
    unsigned i;

    for (i = 0; i < ROUNDS(200); i++) {
        SequenceLog *log = random_log(g_rand_int(rand), false);
        g_autoptr(GError) error = NULL;
        g_autoptr(Sequence) seq = NULL;

        mangle(log->text, rand);
        seq = sequence_log_compile(log, &options, &error);
        g_assert_no_error(error);
        sequence_check(seq, NULL, &error);
        g_assert_no_error(error);
        sequence_log_free(log);
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sequence-rings/order", test_order);
    g_test_add_func("/sequence-rings/no-upload", test_no_upload);
    g_test_add_func("/sequence-rings/loop", test_loop);
    g_test_add_func("/sequence-rings/changes", test_changes);
    g_test_add_func("/sequence-rings/marker", test_marker);
    g_test_add_func("/sequence-rings/file", test_file);
    g_test_add_func("/sequence-rings/by-device", test_by_device);
    g_test_add_func("/sequence-rings/other-device", test_other_device);
    g_test_add_func("/sequence-rings/lacks", test_lacks);
    g_test_add_func("/sequence-rings/guess", test_guess);
    g_test_add_func("/sequence-rings/no-guess", test_no_guess);
    g_test_add_func("/sequence-rings/place", test_place);
    g_test_add_func("/sequence-rings/narrow", test_narrow);
    g_test_add_func("/sequence-rings/data", test_data);
    g_test_add_func("/sequence-rings/ranges", test_ranges);
    g_test_add_func("/sequence-rings/full", test_full);
    g_test_add_func("/sequence-rings/image", test_image);
    g_test_add_func("/sequence-rings/areas", test_areas);
    g_test_add_func("/sequence-rings/random", test_random);
    g_test_add_func("/sequence-rings/hostile", test_hostile);
    status = g_test_run();
    temp_clean();
    return status;
}
