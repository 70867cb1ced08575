/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: from a trace to a sequence
 *
 * Each sequence is also played on a device that answers as in the log:
 * sequence_log_compile().
 */
#include <string.h>

#include "run-tool.h"
#include "sanitized.h"
#include "sequence-log.h"

#define expect sequence_log_expect_script
#define expect_unlike sequence_log_expect_unlike

static const CompileOptions plain = {
    .min_delay_ns = 100000, .no_loops = true, .stem = "log",
};

/* --- single accesses ------------------------------------------------------ */

static void test_access(void)
{
    expect("w10=5 r14=7", "w 10 = 5\nc 14 = 7 & ffffffff\n");
    expect("/1 w11=5 /2 r12=7 /8 w18=123456789a",
           "w 11 = 5 /1\nc 12 = 7 & ffff /2\nw 18 = 123456789a /8\n");
}

/* Bits that differ in other reads are not expected. */
static void test_check(void)
{
    expect("r10=5 w0=1 r10=6", "c 10 = 4 & fffffffc\nw 0 = 1\n"
           "c 10 = 4 & fffffffc\n");
}

/* Bits that are always as they were written are expected. */
static void test_written(void)
{
    expect("w10=1 r10=1 w0=0 w10=3 r10=3 w4=0 w10=0 r10=0",
           "w 10 = 1\nc 10 = 1 & ffffffff\nw 0 = 0\n"
           "w 10 = 3\nc 10 = 3 & ffffffff\nw 4 = 0\n"
           "w 10 = 0\nc 10 = 0 & ffffffff\n");
}

static void test_counter(void)
{
    SequenceLog *log = sequence_log_new();
    g_autoptr(Sequence) seq = NULL;
    unsigned i;

    for (i = 0; i < 40; i++) {
        g_autofree char *words = g_strdup_printf("r400=%x w%x=%x",
                                                 0x1000 + i * 37,
                                                 0x20 + i * 4, i * i * 7);

        sequence_log(log, words);
    }
    seq = sequence_log_compile(log, NULL, NULL);
    for (i = 0; i < seq->ops->len; i++) {
        g_assert_cmpint(sequence_op(seq, i)->kind, !=, SEQ_CHECK);
    }
    sequence_log_free(log);
}

static void test_delay(void)
{
    static const CompileOptions long_ones = {
        .min_delay_ns = 1000000, .stem = "log",
    };
    SequenceLog *log = sequence_log_new();

    expect("w10=5 +98 w14=5 +150 w18=7",
           "w 10 = 5\nw 14 = 5\nd 151us\nw 18 = 7\n");
    sequence_log(log, "w10=5 +500 w14=5");
    sequence_log_expect(log, &long_ones, "w 10 = 5\nw 14 = 5\n");
}

static void test_config(void)
{
    expect("/2 R0=8086 W4=6 /4 W10=ffffffff R10=fffe0000 W10=feb80000 w10=1",
           "c c:0 = 8086 & ffff /2\nw c:4 = 6 /2\n"
           "n a write to a BAR's address in config space is left out: who plays the sequence has the device's own addresses\n"
           "r c:10\n"
           "n a write to a BAR's address in config space is left out: who plays the sequence has the device's own addresses\n"
           "w 10 = 1\n");
}

static void test_left_out(void)
{
    expect("w10=5 w12=1 w15=1 w18=1",
           "w 10 = 5\n"
           "n an access is left out: its offset is not a multiple of its width\n"
           "w 18 = 1\n");
}

/* Who plays has interrupts of its own. */
static void test_msix(void)
{
    static const char why[] =
        "n an access is left out: it is one to the MSI-X table: who plays the "
        "sequence has interrupts of its own\n";
    SequenceLog *log = sequence_log_new();
    g_autofree char *text = g_strconcat("w 1000 = 1\n", why, "w 2010 = 3\n",
                                        NULL);
    g_autofree char *config = g_strconcat(
        "c c:34 = 70 & ff /1\nc c:70 = 10011 & 3fffffff\n"
        "c c:74 = 2000 & ffffffff\n", text, NULL);

    sequence_log_mark(log,
                      "vfio-trace: coverage device=dut0 bar=0 map=1 addr=0xfeb82000 len=0x10 state=emulated by=msix-table");
    sequence_log(log, "w1000=1 w2000=fee01004 w200c=0 w2010=3");
    expect_unlike(log, text);
    log = sequence_log_new();
    sequence_log(log, "/1 R34=70 /4 R70=10011 R74=2000 w1000=1 w2000=fee01004 "
                 "w201c=0 w2020=3");
    memcpy(strstr(config, "2010"), "2020", 4);
    expect_unlike(log, config);
}

static void test_interrupts_off(void)
{
    static const char why[] =
        "n a write that switches MSI-X or MSI is left out: who plays the "
        "sequence has interrupts of its own\n";
    SequenceLog *log = sequence_log_new();
    g_autofree char *msix = g_strconcat(
        "c c:34 = 70 & ff /1\nc c:70 = 11 & ffff /2\nc c:72 = 4 & 3fff /2\n",
        why, "c c:72 = 4 & 3fff /2\n", why, "w 10 = 1\n", NULL);
    g_autofree char *msi = g_strconcat(
        "c c:34 = 50 & ff /1\nc c:50 = 860005 & ff8effff\n", why,
        "w c:60 = 2\n", NULL);

    sequence_log(log, "/1 R34=70 /2 R70=11 R72=4 W72=c004 R72=c004 W72=8004 "
                 "/4 w10=1");
    expect_unlike(log, msix);
    /* 64 bits: the address, its upper half, and the data */
    log = sequence_log_new();
    sequence_log(log, "/1 R34=50 /4 R50=860005 W54=fee01004 W58=0 /2 W5c=21 "
                 "W52=87 /4 W60=2");
    expect_unlike(log, msi);
}

/* What firmware and kernels choose is not the device's. */
static void test_machine(void)
{
    expect("/4 R4=100407 R3c=10b RC=4010",
           "c c:4 = 100000 & fffffbf8\nc c:3c = 100 & ffffff00\n"
           "c c:c = 0 & ffff0000\n");
}

/* --- marks ----------------------------------------------------------------- */

static void test_marks(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log_mark(log, "before");
    sequence_log(log, "w10=1");
    sequence_log_mark(log, "vfio-trace: guest-mark port=m0 text=in the guest");
    sequence_log(log, "w10=1");
    sequence_log_mark(log, "vfio-trace: power device=dut0 state=D0");
    sequence_log(log, "w10=1");
    sequence_log_mark(log, "vfio-trace: failed W width=4 map=1 addr=0xfeb80010");
    g_string_append(log->text, "MARK 0.000000 Lost 3 events.\n");
    sequence_log(log, "w10=1");
    sequence_log_expect(log, NULL,
                        "m before\nw 10 = 1\nm in the guest\nw 10 = 1\n"
                        "w 10 = 1\nn the device did not answer the access before this\n"
                        "n 3 events of the trace are missing here\n"
                        "w 10 = 1\n");
}

static void test_irq(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w10=1 +600000");
    sequence_log_mark(log, "vfio-trace: irq device=dut0 msix vector=3");
    sequence_log(log, "w10=2");
    sequence_log_mark(log, "vfio-trace: irq device=dut0 intx=A level=1");
    sequence_log_mark(log, "vfio-trace: irq device=dut0 intx=A level=0");
    sequence_log_mark(log, "vfio-trace: irq device=other msi vector=1");
    sequence_log(log, "+500 w10=3");
    sequence_log_expect(log, NULL,
                        "w 10 = 1\ni 3 6000010us\nw 10 = 2\ni 0 5000000us\n"
                        "d 500us\nw 10 = 3\n");
}

/* Who plays may see fewer of those that come close. */
static void test_irq_twice(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w10=1");
    sequence_log_mark(log, "vfio-trace: irq device=dut0 msix vector=3");
    sequence_log_mark(log, "vfio-trace: irq device=dut0 msix vector=0");
    sequence_log_mark(log, "vfio-trace: irq device=dut0 msix vector=3");
    sequence_log(log, "r10=1");
    sequence_log_mark(log, "vfio-trace: irq device=dut0 msix vector=3");
    sequence_log_expect(log, NULL,
                        "w 10 = 1\ni 3 x2 5000000us\ni 0 5000000us\n"
                        "c 10 = 1 & ffffffff\ni 3 5000000us\n");
}

/* --- loops ----------------------------------------------------------------- */

static void test_loop(void)
{
    expect("x20(w10=5)", "20{\nw 10 = 5\n}\n");
    expect("x5(w10=5 w14=6)", "5{\nw 10 = 5\nw 14 = 6\n}\n");
    expect("w100=0 w104=3 w108=6 w10c=9", "4{\nw 100 = 0 @0:4 ++3\n}\n");
    expect("w100=9 w104=6 w108=3 w10c=0 w0=0",
           "4{\nw 100 = 9 @0:4 ++-3\n}\nw 0 = 0\n");
}

/* Values that follow no rule stay. */
static void test_unrolled(void)
{
    expect("w10=5 w10=9 w10=2 w10=8", "w 10 = 5\nw 10 = 9\nw 10 = 2\n"
           "w 10 = 8\n");
    expect("x5(w10=5 w14=6) w10=5 w14=7 x4(w10=5 w14=6)",
           "5{\nw 10 = 5\nw 14 = 6\n}\nw 10 = 5\nw 14 = 7\n"
           "4{\nw 10 = 5\nw 14 = 6\n}\n");
}

static void test_nested(void)
{
    expect("x4(w10=5 x6(w20=9 w18=7) w1c=0)",
           "4{\nw 10 = 5\n6{\nw 20 = 9\nw 18 = 7\n}\nw 1c = 0\n}\n");
    expect("w100=1 x6(w14=6) w200=1 x6(w14=6) w300=1 x6(w14=6)",
           "3{\nw 100 = 1 @0:256\n6{\nw 14 = 6\n}\n}\n");
}

static void test_no_loops(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "x3(w10=5 w14=6)");
    sequence_log_expect(log, &plain, "w 10 = 5\nw 14 = 6\nw 10 = 5\n"
                        "w 14 = 6\nw 10 = 5\nw 14 = 6\n");
}

/* --- uploads --------------------------------------------------------------- */

static void put_upload(SequenceLog *log, unsigned offset, unsigned stride,
                       unsigned n)
{
    unsigned i;

    for (i = 0; i < n; i++) {
        g_autofree char *word = g_strdup_printf("w%x=%x", offset + i * stride,
                                                (i + 1) * 0x9e3779b9u);

        sequence_log(log, word);
    }
}

static void test_upload(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w0=1");
    put_upload(log, 0x400, 0, 64);
    sequence_log(log, "w0=2");
    put_upload(log, 0x1000, 4, 64);
    sequence_log(log, "w0=3");
    put_upload(log, 0x400, 0, 4);
    sequence_log_expect(log, NULL,
                        "w 0 = 1\nu 400 x64 +0 log-upload0.bin\nw 0 = 2\n"
                        "u 1000 x64 +4 log-upload0.bin\nw 0 = 3\n"
                        "w 400 = 9e3779b9\nw 400 = 3c6ef372\n"
                        "w 400 = daa66d2b\nw 400 = 78dde6e4\n");
}

/* --- dropped reads --------------------------------------------------------- */

static void test_drop(void)
{
    static const CompileOptions drop = {
        .min_delay_ns = 100000, .drop_reads = true, .stem = "log",
    };
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w10=1 r14=2 x5(r20=7) w18=3 x9(r30=0) r30=1 "
                 "x4(w40=1 r44=2) ");
    /* events that a read clears: kept */
    sequence_log(log, "r50=3 r20=7 r50=0 r20=7 r50=5 r20=7 r50=0 r20=7 r50=9 "
                 "r20=7 r50=0");
    sequence_log_expect(log, &drop,
                        "w 10 = 1\nw 18 = 3\np 30 = 1 & 1 1000us\n"
                        "4{\nw 40 = 1\n}\n"
                        "5{\nr 50\n}\nr 50\n");
}

/* --- errors ---------------------------------------------------------------- */

static void expect_error(SequenceLog *log, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(sequence_log_compile(log, NULL, &error));
    g_assert_nonnull(error);
    assert_contains(error->message, message);
    sequence_log_free(log);
}

static void test_errors(void)
{
    SequenceLog *log = sequence_log_new();

    expect_error(log, "there are no accesses to compile");
    log = sequence_log_new();
    g_string_append(log->text, "W 4 2.000000 7 0x100 0x1 0x0 0\n");
    expect_error(log, "no access is one to a region of a PCI device");
    log = sequence_log_new();
    sequence_log(log, "w10=1");
    g_string_append(log->text,
                    "PCIDEV 0010 80861234 0 fea00000 0 0 0 0 0 0 1000 0 0 0 0 0 0 x\n"
                    "MARK 2.000000 vfio-trace: device id=dut1 host=0000:00:02.0 type=vfio-pci-trace addresses=host\n"
                    "MAP 2.000000 3 0xfea00000 0xfea00000 0x1000 0x0 0\n"
                    "W 4 2.000001 3 0xfea00010 0x1 0x0 0\n");
    expect_error(log,
                 "there are accesses to several devices ('dut0', 'dut1'): choose one with --device");
}

/* --- at random ------------------------------------------------------------- */

static void random_access(SequenceLog *log, GRand *rand, unsigned round)
{
    char op = g_rand_boolean(rand) ? 'r' : 'w';
    unsigned move = g_rand_int_range(rand, 0, 3) ? 0 : 0x20;
    unsigned step = g_rand_int_range(rand, 0, 3) ? 0 : 3;
    g_autofree char *word = g_strdup_printf("%c%x=%x", op,
        g_rand_int_range(rand, 0, 6) * 4 + move * round,
        g_rand_int_range(rand, 0, 4) + step * round);

    sequence_log(log, word);
}

/*
 * Cycles within cycles, with values that change or do not.  There are writes in
 * all of them: what a cycle of reads waits for may come anywhere in it, and its
 * sequence has not the log's order then.
 */
static void random_part(SequenceLog *log, GRand *rand, unsigned depth)
{
    unsigned i, n = g_rand_int_range(rand, 1, 6);
    guint32 seed = g_rand_int(rand);
    unsigned round, rounds = g_rand_int_range(rand, 1, 6);

    for (round = 0; round < rounds; round++) {
        g_autoptr(GRand) same = g_rand_new_with_seed(seed);

        for (i = 0; i < n; i++) {
            if (depth && !g_rand_int_range(same, 0, 3)) {
                random_part(log, same, depth - 1);
            } else {
                random_access(log, g_rand_int_range(same, 0, 9) ? same : rand,
                              round);
            }
        }
        if (n > 1) {
            sequence_log(log, "w1c=5");
        }
        if (!g_rand_int_range(rand, 0, 20)) {
            log->us += g_rand_int_range(rand, 0, 400);
        }
    }
}

static void test_random(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(g_test_rand_int());
    unsigned i, k;

    for (i = 0; i < ROUNDS(100); i++) {
        SequenceLog *log = sequence_log_new();

        for (k = 0; k < 8; k++) {
            random_part(log, rand, 3);
            sequence_log(log, "w18=1");
        }
        sequence_free(sequence_log_compile(log, NULL, NULL));
        sequence_free(sequence_log_compile(log, &plain, NULL));
        sequence_log_free(log);
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sequence-compile/access", test_access);
    g_test_add_func("/sequence-compile/check", test_check);
    g_test_add_func("/sequence-compile/written", test_written);
    g_test_add_func("/sequence-compile/counter", test_counter);
    g_test_add_func("/sequence-compile/delay", test_delay);
    g_test_add_func("/sequence-compile/config", test_config);
    g_test_add_func("/sequence-compile/left-out", test_left_out);
    g_test_add_func("/sequence-compile/msix", test_msix);
    g_test_add_func("/sequence-compile/interrupts-off", test_interrupts_off);
    g_test_add_func("/sequence-compile/machine", test_machine);
    g_test_add_func("/sequence-compile/marks", test_marks);
    g_test_add_func("/sequence-compile/irq", test_irq);
    g_test_add_func("/sequence-compile/irq-twice", test_irq_twice);
    g_test_add_func("/sequence-compile/loop", test_loop);
    g_test_add_func("/sequence-compile/unrolled", test_unrolled);
    g_test_add_func("/sequence-compile/nested", test_nested);
    g_test_add_func("/sequence-compile/no-loops", test_no_loops);
    g_test_add_func("/sequence-compile/upload", test_upload);
    g_test_add_func("/sequence-compile/drop", test_drop);
    g_test_add_func("/sequence-compile/errors", test_errors);
    g_test_add_func("/sequence-compile/random", test_random);
    status = g_test_run();
    temp_clean();
    return status;
}
