/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the log of vfio-trace play, which the other verbs read
 */
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "play-memory.h"
#include "run-tool.h"

#include "tools/common/outfile.h"

#define ARGS(...) ((const char *const[]) { __VA_ARGS__, NULL })
#define BAR0 0xfeb80000u
#define BAR2 0xe0000000ull
#define MS 1000000u

static HostPci device = {
    .bdf = (char *)"0000:01:00.0", .bus = 1, .vendor = 0x10de,
    .device = 0x1b80, .irq = 17,
    .regions = {
        [0] = { BAR0, MEMORY_BYTES, HOST_PCI_IORESOURCE_MEM, 0 },
        [2] = { BAR2, 0x100000, HOST_PCI_IORESOURCE_MEM |
                HOST_PCI_IORESOURCE_PREFETCH | HOST_PCI_IORESOURCE_MEM_64, 0 },
        [4] = { 0xc040, 0x20, HOST_PCI_IORESOURCE_IO, 0 },
    },
};

/* Carry @seq out, and log it to a file of that name. */
static char *log_of(const Sequence *seq, PlayMemory *memory, const char *name,
                    PlayEnd end)
{
    char *path = temp_file(name, "", 0);
    FILE *file = fopen(path, "w");
    PlayLog *log = play_log_new(file, &device, memory->clock);
    PlayResult result;

    play_all(seq, memory, log, &result);
    g_assert_cmpint(result.end, ==, end);
    g_clear_error(&result.error);
    play_log_end(log, memory->clock);
    play_log_free(log);
    g_assert_cmpint(fclose(file), ==, 0);
    return path;
}

static void assert_sound(const char *path)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "check", "--complete", path, NULL);

    if (run->status) {
        g_test_message("%s%s", run->out, run->err);
    }
    g_assert_cmpint(run->status, ==, 0);
}

/* Lines of a log, without the clock, whose times differ */
static char *lines_of(const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GRegex) clock = g_regex_new("MARK \\S+ vfio-trace: clock .*\n",
                                          0, 0, NULL);

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return g_regex_replace_literal(clock, text, -1, 0, "", 0, NULL);
}

static const char begin[] =
    "VERSION 20070824\n"
    "MARK 5.000000 vfio-trace: log format=1 qemu=none\n"
    "PCIDEV 0100 10de1b80 11 feb80000 0 e000000c 0 c041 0 0 1000 0 100000 0 20 0 0 vfio-pci\n"
    "MARK 5.000000 vfio-trace: device id=0000:01:00.0 host=0000:01:00.0 type=vfio-trace-play addresses=host\n"
    "MARK 5.000000 vfio-trace: coverage device=0000:01:00.0 bar=0 map=1 addr=0xfeb80000 len=0x1000 state=trapped\n"
    "MARK 5.000000 vfio-trace: coverage device=0000:01:00.0 bar=2 map=3 addr=0xe0000000 len=0x100000 state=trapped\n"
    "MARK 5.000000 vfio-trace: coverage device=0000:01:00.0 bar=4 map=5 addr=0xc040 len=0x20 state=trapped\n"
    "MARK 5.000000 vfio-trace: coverage device=0000:01:00.0 config map=8 addr=0x0 len=0x1000 state=trapped\n"
    "MAP 5.000000 1 0xfeb80000 0xfeb80000 0x1000 0x0 0\n"
    "MAP 5.000000 3 0xe0000000 0xe0000000 0x100000 0x0 0\n"
    "MAP 5.000000 5 0xc040 0xc040 0x20 0x0 0\n";

static void add_all(Sequence *seq)
{
    seq->regions[4].size = 0x20;
    seq->regions[4].port = true;
    seq->regions[SEQUENCE_REGION_CONFIG].size = 256;
    seq->regions[SEQUENCE_REGION_VGA].size = 0x400;
    play_add_mark(seq, "bring up");
    play_add(seq, SEQ_WRITE, 0x10, 4, 0x1234);
    play_add(seq, SEQ_CHECK, 0x12, 2, 0);
    play_add(seq, SEQ_WRITE, 4, 2, 6)->region = SEQUENCE_REGION_CONFIG;
    play_add(seq, SEQ_WRITE, 8, 1, 7)->region = 4;
    play_add(seq, SEQ_READ, 0x3c4, 1, 0)->region = SEQUENCE_REGION_VGA;
    play_add(seq, SEQ_READ, 0x3b4, 1, 0)->region = SEQUENCE_REGION_VGA;
    play_add(seq, SEQ_READ, 0x3c5, 1, 0)->region = SEQUENCE_REGION_VGA;
    sequence_add(seq, SEQ_IRQ, 9)->ns = MS;
    play_add_mark(seq, "vfio-trace: end");
}

static void test_lines(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    PlayMemory memory;

    add_all(seq);
    play_memory_init(&memory);
    memory.irqs = 1;
    path = log_of(seq, &memory, "all.mmt", PLAY_END_DONE);
    assert_sound(path);
    text = lines_of(path);
    g_assert_true(g_str_has_prefix(text, begin));
    g_assert_cmpstr(text + strlen(begin), ==,
        "MARK 5.000000 bring up\n"
        "W 4 5.000000 1 0xfeb80010 0x1234 0x0 0\n"
        "R 2 5.000002 1 0xfeb80012 0x0 0x0 0\n"
        "MARK 5.000002 vfio-trace: config W width=2 map=8 offset=0x4 value=0x6\n"
        "W 1 5.000003 5 0xc048 0x7 0x0 0\n"
        "MARK 5.000005 vfio-trace: coverage device=0000:01:00.0 vga=0x3c0 map=11 addr=0x3c0 len=0x20 state=trapped\n"
        "MAP 5.000005 11 0x3c0 0x3c0 0x20 0x0 0\n"
        "R 1 5.000005 11 0x3c4 0x0 0x0 0\n"
        "MARK 5.000006 vfio-trace: coverage device=0000:01:00.0 vga=0x3b0 map=10 addr=0x3b0 len=0xc state=trapped\n"
        "MAP 5.000006 10 0x3b0 0x3b0 0xc 0x0 0\n"
        "R 1 5.000006 10 0x3b4 0x0 0x0 0\n"
        "R 1 5.000007 11 0x3c5 0x0 0x0 0\n"
        "MARK 5.000007 vfio-trace: irq device=0000:01:00.0 msix vector=0\n"
        "MARK 5.000007 'vfio-trace: end\n"
        "UNMAP 5.000007 1 0x0 0\n"
        "UNMAP 5.000007 3 0x0 0\n"
        "UNMAP 5.000007 5 0x0 0\n"
        "MARK 5.000007 vfio-trace: detached id=0000:01:00.0\n"
        "MARK 5.000007 vfio-trace: end\n");
    play_memory_clear(&memory);
}

/* An access that fails, and interrupts of the old kind */
static void test_failed(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    PlayMemory memory;

    sequence_add(seq, SEQ_IRQ, 9)->ns = MS;
    play_add(seq, SEQ_READ, 0x20, 4, 0);
    play_memory_init(&memory);
    memory.backend.irq_word = NULL;
    memory.irqs = 1;
    memory.fail_at = 1;
    path = log_of(seq, &memory, "failed.mmt", PLAY_END_BROKEN);
    assert_sound(path);
    text = lines_of(path);
    assert_contains(text,
        "MARK 5.000000 vfio-trace: irq device=0000:01:00.0 intx=A level=1\n"
        "R 4 5.000001 1 0xfeb80020 0xffffffff 0x0 0\n"
        "MARK 5.000001 vfio-trace: failed R width=4 map=1 addr=0xfeb80020\n");
    play_memory_clear(&memory);
}

/* Carry @seq out; return the log's lines, without those of any log. */
static char *rest_of(const Sequence *seq, const char *name)
{
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    PlayMemory memory;

    play_memory_init(&memory);
    path = log_of(seq, &memory, name, PLAY_END_DONE);
    play_memory_clear(&memory);
    assert_sound(path);
    text = lines_of(path);
    g_assert_true(g_str_has_prefix(text, begin));
    *strstr(text, "UNMAP") = '\0';
    return g_strdup(text + strlen(begin));
}

/* What is in memory stands behind the write that tells of it, once. */
static void test_memory(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    g_autofree char *text = NULL;

    seq->regions[SEQUENCE_REGION_CONFIG].size = 256;
    play_add_bytes(seq, 0, 0x40, "abcd....");
    play_add(seq, SEQ_READ, 0x10, 4, 0);
    play_add_pointer(seq, 0, 0x44, 0)->width = 4;
    sequence_op(seq, 2)->part = SEQ_PART_LOW;
    play_add_bytes(seq, 0, 0x100, "e");
    play_add(seq, SEQ_WRITE, 0x10, 4, 1);
    play_add(seq, SEQ_WRITE, 0x10, 4, 2);
    play_add_bytes(seq, 0, 0xfff, "z");
    play_add(seq, SEQ_WRITE, 4, 2, 6)->region = SEQUENCE_REGION_CONFIG;
    play_add_bytes(seq, 0, 0x0, "!");
    text = rest_of(seq, "memory.mmt");
    g_assert_cmpstr(text, ==,
        "R 4 5.000001 1 0xfeb80010 0x0 0x0 0\n"
        "W 4 5.000001 1 0xfeb80010 0x1 0x0 0\n"
        "MARK 5.000001 vfio-trace: snapshot device=0000:01:00.0 name=dma0 on=write map=1 addr=0xfeb80010 at=0x123456040 len=8 sha256=1a69488bc9b497238f4b2d278a265dc3593a3149f0236d2dbe0297a8e48c1815\n"
        "MARK 5.000001 vfio-trace: snapshot-data at=0x123456040 6162636400604523\n"
        "MARK 5.000001 vfio-trace: snapshot device=0000:01:00.0 name=dma0 on=write map=1 addr=0xfeb80010 at=0x123456100 len=1 sha256=3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea\n"
        "MARK 5.000001 vfio-trace: snapshot-data at=0x123456100 65\n"
        "W 4 5.000002 1 0xfeb80010 0x2 0x0 0\n"
        "MARK 5.000003 vfio-trace: config W width=2 map=8 offset=0x4 value=0x6\n"
        "MARK 5.000003 vfio-trace: snapshot device=0000:01:00.0 name=dma0 on=request at=0x123456fff len=1 sha256=594e519ae499312b29433b7dd8a97ff068defcba9755b6d5d00e84c524d67b06\n"
        "MARK 5.000003 vfio-trace: snapshot-data at=0x123456fff 7a\n"
        "MARK 5.000004 vfio-trace: snapshot device=0000:01:00.0 name=dma0 on=request at=0x123456000 len=1 sha256=bb7208bc9b5d7c04f1236a82a0093a5e33f40423d5ba8d4266f7092c3ba43b62\n"
        "MARK 5.000004 vfio-trace: snapshot-data at=0x123456000 21\n");
}

static void set_contents(Sequence *seq, uint32_t i, size_t len, size_t from)
{
    uint8_t *bytes = g_malloc0(len);
    g_autoptr(GBytes) contents = NULL;

    memset(bytes + from, 0x11 * (i + 1), len - from);
    contents = g_bytes_new_take(bytes, len);
    g_array_index(seq->buffers, SeqBuffer, i).file =
        sequence_file(seq, "card-dma", contents);
}

/* Pages of zeros are not there; neighbours stay apart. */
static void test_contents(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    g_autofree char *text = NULL;

    play_add_buffer(seq, 0x10000);
    play_add_buffer(seq, 0x11000);
    play_add_buffer(seq, 4096);
    set_contents(seq, 1, 0x10000, 0xf000);
    set_contents(seq, 2, 0x10001, 0);
    text = rest_of(seq, "contents.mmt");
    assert_contains(text, "name=dma1 on=request at=0x123475000 len=4096 ");
    assert_contains(text, "name=dma2 on=request at=0x123476000 len=65536 ");
    assert_contains(text, "name=dma2 on=request at=0x123486000 len=1 ");
    assert_contains(text, "snapshot-data at=0x123476180 3333");
    g_assert_null(strstr(text, "name=dma0"));
    g_assert_null(strstr(text, "name=dma3"));
    g_assert_null(strstr(text, "memory-cut"));
}

/* A log does not get longer than its reader can bear. */
static void test_cut(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    g_autofree char *text = NULL;
    const char *p;
    size_t n = 0;

    play_add_buffer(seq, 5 << 20);
    set_contents(seq, 1, 5 << 20, 0);
    text = rest_of(seq, "cut.mmt");
    assert_contains(text,
                    "vfio-trace: memory-cut device=0000:01:00.0 name=buffers why=trigger\n");
    for (p = text; (p = strstr(p, " len=65536 ")); p++) {
        n++;
    }
    g_assert_cmpuint(n, ==, 64);
}

/* A log of a play is a trace like others: it is compiled to what was played. */
static void test_compiled(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    g_autofree char *path = NULL;
    g_autofree char *name = g_build_filename(temp_dir(), "again.json", NULL);
    g_autoptr(ToolRun) run = NULL;
    g_autofree char *json = NULL;
    PlayMemory memory;

    set_contents(seq, 0, 4096, 16);
    play_add(seq, SEQ_WRITE, 0x80, 8, 0)->buffer = 0;
    play_memory_init(&memory);
    path = log_of(seq, &memory, "compiled.mmt", PLAY_END_DONE);
    play_memory_clear(&memory);
    run = run_verb("sequence", 0, ARGS(path, "-o", name));
    g_assert_true(g_file_get_contents(name, &json, NULL, NULL));
    assert_contains(json, "\"address\": \"0x123456000\"");
    assert_contains(json,
                    "\"memory\": \"dma0\", \"offset\": \"0x10\", \"file\": \"again-memory0.bin\"");
    assert_contains(json, "\"buffer\": \"dma0\", \"part\": \"whole\"");
}

/* Two plays of one sequence don't differ; diff finds another value. */
static void test_diff(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    char *path[3] = { NULL, NULL, NULL };
    static const char *const names[] = { "one.mmt", "two.mmt", "three.mmt" };
    g_autoptr(ToolRun) same = NULL;
    g_autoptr(ToolRun) other = NULL;
    size_t i;

    play_add(seq, SEQ_READ, 0x80, 4, 0);
    play_add(seq, SEQ_WRITE, 0x90, 4, 0)->source = 0;
    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        PlayMemory memory;

        play_memory_init(&memory);
        memory.bytes[0x80] = i == 2 ? 0x33 : 0x11;
        path[i] = log_of(seq, &memory, names[i], PLAY_END_DONE);
        play_memory_clear(&memory);
    }
    same = run_verb("diff", 0, ARGS(path[0], path[1]));
    other = run_verb("diff", 1, ARGS(path[0], path[2]));
    assert_contains(other->out, "0x33");
    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_free(path[i]);
    }
}

/* What a question finds in the log's file */
typedef struct Seen {
    char *path;
    bool access;
} Seen;

static PlayAnswer look(void *opaque, uint32_t i)
{
    Seen *seen = opaque;
    g_autofree char *text = NULL;

    if (i == 1) {
        g_assert_true(g_file_get_contents(seen->path, &text, NULL, NULL));
        seen->access = strstr(text, "W 4 5.000000 1 0xfeb80010 0x1234 ");
    }
    return PLAY_ANSWER_GO;
}

/* Each operation is in the file before the next one begins; it stays there. */
static void test_at_once(void)
{
    Seen seen = { .path = g_build_filename(temp_dir(), "played.mmt",
                                           NULL) };
    g_autoptr(Sequence) seq = play_sequence();
    g_autoptr(GError) error = NULL;
    OutFile *out = outfile_open(seen.path, false, &error);
    PlayMemory memory;
    PlayResult result;
    PlayJob job = {
        .seq = seq, .backend = &memory.backend, .limit_ns = UINT64_MAX,
        .ask = look, .opaque = &seen,
    };

    g_assert_no_error(error);
    play_add(seq, SEQ_WRITE, 0x10, 4, 0x1234);
    play_add(seq, SEQ_READ, 0x14, 4, 0);
    job.end = seq->ops->len;
    play_memory_init(&memory);
    job.log = play_log_new(outfile_stream(out), &device, memory.clock);
    g_assert_false(g_file_test(seen.path, G_FILE_TEST_EXISTS));
    g_assert_true(outfile_show(out, &error));
    play_run(&job, &result);
    g_assert_cmpint(result.end, ==, PLAY_END_DONE);
    g_assert_true(seen.access);
    outfile_free(out);
    g_assert_true(g_file_test(seen.path, G_FILE_TEST_EXISTS));
    play_log_free(job.log);
    play_memory_clear(&memory);
    g_free(seen.path);
}

/* The disk is full: the error is that of the write, not a later one. */
static void test_full(void)
{
    FILE *file = fopen("/dev/full", "w");
    PlayLog *log = play_log_new(file, &device, MS);

    g_assert_cmpint(play_log_error(log), ==, 0);
    play_log_flush(log);
    g_assert_cmpint(play_log_error(log), ==, ENOSPC);
    errno = EAGAIN;
    play_log_end(log, MS);
    g_assert_cmpint(play_log_error(log), ==, ENOSPC);
    play_log_free(log);
    fclose(file);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/play-log/lines", test_lines);
    g_test_add_func("/play-log/failed", test_failed);
    g_test_add_func("/play-log/diff", test_diff);
    g_test_add_func("/play-log/at-once", test_at_once);
    g_test_add_func("/play-log/full", test_full);
    g_test_add_func("/play-log/memory", test_memory);
    g_test_add_func("/play-log/contents", test_contents);
    g_test_add_func("/play-log/cut", test_cut);
    g_test_add_func("/play-log/compiled", test_compiled);
    status = g_test_run();
    temp_clean();
    return status;
}
