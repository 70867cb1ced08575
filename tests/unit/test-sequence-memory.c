/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: sequences that write addresses of memory, and values that depend
 * on what was read
 */
#include <inttypes.h>
#include <string.h>

#include "run-tool.h"
#include "sequence-log.h"

static const SeqBuffer *buffer_of(const Sequence *seq, unsigned i)
{
    g_assert_cmpuint(i, <, seq->buffers->len);
    return &g_array_index(seq->buffers, SeqBuffer, i);
}

static void expect_text(const Sequence *seq, const char *text)
{
    g_autofree char *got = sequence_log_text(seq);

    g_assert_cmpstr(got, ==, text);
}

/* --- addresses ------------------------------------------------------------- */

/* Both halves, in both orders; whole; half of it */
static void test_dma(void)
{
    CompileRange range = { 0x100000000, 0x10000 };
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(range));
    CompileOptions options = {
        .min_delay_ns = 100000, .dma = ranges, .stem = "log",
    };
    SequenceLog *log = sequence_log_new();
    g_autoptr(Sequence) seq = NULL;

    g_array_append_val(ranges, range);
    range = (CompileRange) { 0x7fff0000, 0x1000 };
    g_array_append_val(ranges, range);
    sequence_log(log, "w10=2000 w14=1 w20=5 w34=1 w30=3000 /8 w40=100004000 "
                 "/4 w50=7fff0100 w60=123");
    seq = sequence_log_compile(log, &options, NULL);
    expect_text(seq, "w 10 = dma0+2000 low\nw 14 = dma0+2000 high\nw 20 = 5\n"
                "w 34 = dma0+3000 high\nw 30 = dma0+3000 low\n"
                "w 40 = dma0+4000 /8\nw 50 = dma1+100 low\nw 60 = 123\n");
    g_assert_cmpuint(seq->buffers->len, ==, 2);
    g_assert_cmpuint(buffer_of(seq, 0)->size, ==, 0x10000);
    g_assert_cmphex(buffer_of(seq, 0)->address, ==, 0x100000000);
    g_assert_false(buffer_of(seq, 0)->below_4g);
    g_assert_cmpuint(buffer_of(seq, 1)->size, ==, 0x1000);
    g_assert_true(buffer_of(seq, 1)->below_4g);
    g_assert_cmpuint(buffer_of(seq, 0)->file, ==, SEQUENCE_NONE);
    g_assert_cmpuint(buffer_of(seq, 0)->line, ==, 7);
    sequence_log_free(log);
}

/* All of the guest's memory: a page for each address, adjacent ones joined */
static void test_large(void)
{
    CompileRange range = { 0, 0x200000000 };
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(range));
    CompileOptions options = {
        .min_delay_ns = 100000, .dma = ranges, .stem = "log",
    };
    SequenceLog *log = sequence_log_new();
    g_autoptr(Sequence) seq = NULL;

    g_array_append_val(ranges, range);
    sequence_log(log, "/8 w10=100004010 w18=100005000 w20=180000000");
    seq = sequence_log_compile(log, &options, NULL);
    expect_text(seq, "w 10 = dma0+10 /8\nw 18 = dma0+1000 /8\n"
                "w 20 = dma1+0 /8\n");
    g_assert_cmpuint(buffer_of(seq, 0)->size, ==, 0x2000);
    sequence_log_free(log);
}

/* Nobody says what is memory: nothing is an address but what looks like it. */
static void test_guess(void)
{
    SequenceLog *log = sequence_log_new();
    g_autoptr(Sequence) seq = NULL;

    sequence_log(log, "w2800=7a54000 w2804=1 w2810=200 w10=7a54000");
    seq = sequence_log_compile(log, NULL, NULL);
    expect_text(seq, "w 2800 = dma0+0 low\nw 2804 = dma0+0 high\n"
                "w 2810 = 200\nw 10 = 7a54000\n");
    sequence_log_free(log);
}

#define BYTES_8 "0102030405060708"

/* What rings say: their size, and what is in them when the device is told */
static void test_rings(void)
{
    SequenceLog *log = sequence_log_new();
    g_autoptr(Sequence) seq = NULL;

    sequence_log(log, "/8 w28=7874000 /4 w1000=1");
    sequence_log_mark(log,
                      "vfio-trace: ring device=dut0 ring=SQ[0] base=0x7874000 count=512 entry=16");
    sequence_log_mark(log, "vfio-trace: entry device=dut0 ring=SQ[0] index=1 "
                           "at=0x7874010 len=16 " BYTES_8 "0060870700000000");
    sequence_log_mark(log, "vfio-trace: data device=dut0 ring=SQ[0] index=1 "
                           "name=prp1 at=0x7876000 len=8 of=4096 " BYTES_8);
    sequence_log(log, "+300 w1000=2");
    seq = sequence_log_compile(log, NULL, NULL);
    expect_text(seq,
                "w 28 = dma0+0 /8\n"
                "n SQ[0] prp1: of 4096 bytes that the driver had in memory, the trace has 8\n"
                "M dma0+2000 = " BYTES_8 "\n"
                "M dma0+10 = " BYTES_8 "0000000000000000\n"
                "P dma0+18 = dma0+2000\n"
                "w 1000 = 1\nd 301us\nw 1000 = 2\n");
    g_assert_cmpuint(buffer_of(seq, 0)->size, ==, 0x3000);
    g_assert_cmpuint(buffer_of(seq, 0)->file, ==, SEQUENCE_NONE);
    sequence_log_free(log);
}

/* What the device has written, the driver has not. */
static void test_by_device(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "/8 w28=7874000 /4 w1000=1");
    sequence_log_mark(log, "vfio-trace: irq device=dut0 msi vector=0");
    sequence_log_mark(log,
                      "vfio-trace: ring device=dut0 ring=CQ[0] base=0x7874000 count=16 entry=8");
    sequence_log_mark(log,
        "vfio-trace: entry device=dut0 ring=CQ[0] index=0 at=0x7874000 len=8 " BYTES_8);
    sequence_log(log, "w1000=2 r1000=1");
    sequence_log_mark(log,
        "vfio-trace: entry device=dut0 ring=CQ[0] index=1 at=0x7874008 len=8 " BYTES_8);
    sequence_log(log, "w1000=3");
    sequence_log_expect(log, NULL, "w 28 = dma0+0 /8\nw 1000 = 1\n"
                        "i 0 5000000us\nw 1000 = 2\nc 1000 = 1 & ffffffff\n"
                        "w 1000 = 3\n");
}

/* An entry that is written again, even if it is the same one */
static void test_again(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "/8 w28=7874000 /4 w1000=1");
    sequence_log_mark(log,
                      "vfio-trace: ring device=dut0 ring=SQ[0] base=0x7874000 count=16 entry=8");
    sequence_log_mark(log,
        "vfio-trace: entry device=dut0 ring=SQ[0] index=0 at=0x7874000 len=8 " BYTES_8);
    sequence_log(log, "w1000=0");
    sequence_log_mark(log,
        "vfio-trace: entry device=dut0 ring=SQ[0] index=0 at=0x7874000 len=8 " BYTES_8);
    sequence_log(log, "w1000=4");
    sequence_log_mark(log,
                      "vfio-trace: entry device=dut0 ring=SQ[0] index=0 at=0x7874000 len=8 0102030405060799");
    sequence_log(log, "w1000=2");
    sequence_log_expect(log, NULL, "w 28 = dma0+0 /8\n"
                        "M dma0+0 = " BYTES_8 "\nw 1000 = 1\n"
                        "M dma0+0 = " BYTES_8 "\nw 1000 = 0\n"
                        "M dma0+0 = 0102030405060799\nw 1000 = 4\n"
                        "w 1000 = 2\n");
}

/* An upload with an address in it is written access by access. */
static void test_no_upload(void)
{
    SequenceLog *log = sequence_log_new();
    g_autoptr(Sequence) seq = NULL;
    unsigned i;

    for (i = 0; i < 32; i++) {
        g_autofree char *word = g_strdup_printf("w%x=%x", 0x100 + i * 4,
                                                i == 9 ? 0x7874000 :
                                                i * i * 77 + 3);

        sequence_log(log, word);
    }
    sequence_log_mark(log,
                      "vfio-trace: ring device=dut0 ring=A base=0x7874000 count=16 entry=8");
    sequence_log(log, "w0=1");
    seq = sequence_log_compile(log, NULL, NULL);
    g_assert_cmpuint(seq->files->len, ==, 0);
    g_assert_cmpuint(seq->buffers->len, ==, 1);
    g_assert_cmpuint(sequence_op(seq, 9)->buffer, ==, 0);
    sequence_log_free(log);
}

/* --- values that depend on what was read ----------------------------------- */

/* The status bits of a register that is written back */
static void test_modify(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "r10=a5 w10=a7 w0=1 r10=81 w10=83 w0=1 r10=25 w10=27");
    sequence_log_expect(log, NULL,
                        "c 10 = 1 & ffffff5b\nw 10 = [0] & fffffffd | 2 ^ 0 + 0\n"
                        "w 0 = 1\n"
                        "c 10 = 1 & ffffff5b\nw 10 = [3] & fffffffd | 2 ^ 0 + 0\n"
                        "w 0 = 1\n"
                        "c 10 = 1 & ffffff5b\nw 10 = [6] & fffffffd | 2 ^ 0 + 0\n");
}

/* A value that was read goes to another register. */
static void test_hand_on(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "r10=a5 w20=a7 r10=81 w20=83 r10=25 w20=27 r10=99 "
                 "w20=9b");
    sequence_log_expect(log, NULL,
                        "4{\nc 10 = 1 & ffffff43\n"
                        "w 20 = [1] & ffffffff | 0 ^ 0 + 2\n}\n");
}

/* Values that only happen to be written after a read */
static void test_constant(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "r10=a5 w10=100 r10=81 w10=200 r10=25 w10=400 r14=1 "
                 "w18=1 r14=1 w18=1 r14=1 w18=1");
    sequence_log_expect(log, NULL,
                        "c 10 = 1 & ffffff5b\nw 10 = 100\n"
                        "c 10 = 1 & ffffff5b\nw 10 = 200\n"
                        "c 10 = 1 & ffffff5b\nw 10 = 400\n"
                        "3{\nc 14 = 1 & ffffffff\nw 18 = 1\n}\n");
}

/* In a loop, the read is the one of the same round. */
static void test_modify_in_loop(void)
{
    SequenceLog *log = sequence_log_new();
    g_autoptr(Sequence) seq = NULL;
    unsigned i;

    for (i = 0; i < 12; i++) {
        g_autofree char *words = g_strdup_printf("r10=%x w10=%x w0=1",
                                                 i * 0x40, i * 0x40 | 2);

        sequence_log(log, words);
    }
    seq = sequence_log_compile(log, NULL, NULL);
    expect_text(seq, "12{\nc 10 = 0 & fffffc3f\n"
                "w 10 = [1] & fffffffd | 2 ^ 0 + 0\nw 0 = 1\n}\n");
    sequence_log_free(log);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sequence-memory/dma", test_dma);
    g_test_add_func("/sequence-memory/large", test_large);
    g_test_add_func("/sequence-memory/guess", test_guess);
    g_test_add_func("/sequence-memory/rings", test_rings);
    g_test_add_func("/sequence-memory/by-device", test_by_device);
    g_test_add_func("/sequence-memory/again", test_again);
    g_test_add_func("/sequence-memory/no-upload", test_no_upload);
    g_test_add_func("/sequence-memory/modify", test_modify);
    g_test_add_func("/sequence-memory/hand-on", test_hand_on);
    g_test_add_func("/sequence-memory/constant", test_constant);
    g_test_add_func("/sequence-memory/modify-in-loop", test_modify_in_loop);
    status = g_test_run();
    temp_clean();
    return status;
}
