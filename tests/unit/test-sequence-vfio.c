/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: sequences as programs in C and in Python, by VFIO
 *
 * fake-vfio.c stands in for the kernel, and a file for the device.  What the
 * programs write, to the device and to the buffers, must be what the sequence
 * says.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake-vfio.h"
#include "random-sequence.h"
#include "run-tool.h"
#include "sanitized.h"
#include "sequence-player.h"
#include "sequence-program.h"

static char *beside(const char *name)
{
    return g_build_filename(temp_dir(), name, NULL);
}

/* --- the device ----------------------------------------------------------- */

static void put_device(const Memory *memory)
{
    g_autofree char *path = beside("device");
    g_autofree char *log = beside("log");
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    size_t i;

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(ftruncate(fd, FAKE_VFIO_OFFSET(0) + FAKE_VFIO_REGION_SIZE),
                    ==, 0);
    for (i = 0; i < SEQUENCE_REGIONS; i++) {
        if (memory->byte[i]) {
            g_assert_cmpint(pwrite(fd, memory->byte[i], memory->size[i],
                                   FAKE_VFIO_OFFSET(i)), ==, memory->size[i]);
        }
    }
    close(fd);
    g_assert_true(g_file_set_contents(log, "", 0, NULL));
}

static void assert_device(const Memory *memory)
{
    g_autofree char *path = beside("device");
    int fd = open(path, O_RDONLY);
    size_t i;

    g_assert_cmpint(fd, >=, 0);
    for (i = 0; i < SEQUENCE_REGIONS; i++) {
        g_autofree uint8_t *got = g_malloc(memory->size[i] + 1);

        if (memory->byte[i]) {
            ssize_t n = pread(fd, got, memory->size[i], FAKE_VFIO_OFFSET(i));

            g_assert_cmpint(n, ==, memory->size[i]);
            g_assert_cmpmem(got, n, memory->byte[i], memory->size[i]);
        }
    }
    close(fd);
}

static void assert_buffers(const Memory *memory, const Sequence *seq)
{
    unsigned i;

    for (i = 0; i < seq->buffers->len; i++) {
        const SeqBuffer *b = &g_array_index(seq->buffers, SeqBuffer, i);
        g_autofree char *name = g_strconcat(b->name, ".bin", NULL);
        g_autofree char *path = beside(name);
        g_autofree char *data = NULL;
        gsize size;

        g_assert_true(g_file_get_contents(path, &data, &size, NULL));
        g_assert_cmpmem(data, size, memory->buffers[i], b->size);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
}

static void assert_log(const char *expected)
{
    g_autofree char *path = beside("log");
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}

/* Return: what the program says */
static char *run_with(GPtrArray *argv, const char *bdf, const char *has,
                      int expected)
{
    g_auto(GStrv) env = g_get_environ();

    env = g_environ_setenv(env, "LD_PRELOAD", FAKE_VFIO, TRUE);
    env = g_environ_setenv(env, "FAKE_VFIO", temp_dir(), TRUE);
    env = g_environ_setenv(env, "FAKE_VFIO_HAS", has, TRUE);
    env = g_environ_setenv(env, "BUFFERS", temp_dir(), TRUE);
    return program_run(argv, env, bdf, expected);
}

/* --- what they do --------------------------------------------------------- */

static void assert_plays(const Language *language, unsigned seed)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(Sequence) seq = random_sequence(rand, RANDOM_VFIO);
    g_autoptr(GPtrArray) argv = NULL;
    g_autofree char *err = NULL;
    Memory memory;

    g_test_message("%s, seed %u", language->command, seed);
    seq->vendor = VENDOR;
    seq->device = DEVICE;
    memory_init(&memory, seed, true);
    put_device(&memory);
    program_put_files(seq);
    memory_play(&memory, seq, rand);
    argv = program_build(seq, SEQ_BACKEND_VFIO, language,
                         seed % 2 ? "-O2" : "-O0");
    err = run_with(argv, FAKE_VFIO_BDF, "", 0);
    g_assert_cmpstr(err, ==, "");
    assert_device(&memory);
    assert_buffers(&memory, seq);
    memory_clear(&memory);
}

static void test_plays(gconstpointer data)
{
    const Language *language = data;
    unsigned n = ROUNDS(language->n);
    unsigned seed;

    for (seed = 0; seed < n && program_can(language); seed++) {
        assert_plays(language, seed);
    }
}

/* A file whose name wants to break out, to a register and to a buffer */
static void add_file(Sequence *seq)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("12345678", 8);
    uint32_t file = sequence_file(seq, "x\"); abort(); (\"*?\?(\\%s'''{", bytes);
    SeqOp *op = sequence_add(seq, SEQ_UPLOAD, 1);

    op->width = 8;
    op->rounds = 1;
    op->file = file;
    op = sequence_add(seq, SEQ_MEMORY, 1);
    op->width = 1;
    op->memory = 0;
    op->file = file;
    op->text = sequence_text(seq, "*/ int x; /*");
}

/* All kinds, with names that want to break out */
static void test_builds(gconstpointer data)
{
    static const char *const texts[] = {
        "*/ int x; /*", "\"); abort(); (\"", "?\?/", "a\\", "%s%n", "\303\274",
        "", "end\n#define main x", "'''", "{", "\\u000aquit()",
    };
    const Language *language = data;
    unsigned seed;
    size_t i;

    for (seed = 0; seed < 2 && program_can(language); seed++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
        g_autoptr(Sequence) seq = random_sequence(rand, RANDOM_ALL);
        g_autoptr(GPtrArray) argv = NULL;
        g_autofree char *err = NULL;

        for (i = 0; i < G_N_ELEMENTS(texts); i++) {
            SeqOp *op = sequence_add(seq, SEQ_MARK, i);

            op->text = sequence_text(seq, texts[i]);
            op = sequence_add(seq, SEQ_NOTE, i);
            op->text = sequence_text(seq, texts[i]);
            op = sequence_add(seq, SEQ_READ, i);
            op->width = 4;
            op->offset = 4 * i;
            op->text = sequence_text(seq, texts[i]);
            op = sequence_add(seq, SEQ_POINTER, i);
            op->width = 8;
            op->memory = op->buffer = 0;
            op->text = sequence_text(seq, texts[i]);
        }
        add_file(seq);
        g_free(seq->trace);
        seq->trace = g_strdup("*/ x");
        program_put_files(seq);
        argv = program_build(seq, SEQ_BACKEND_VFIO, language, "-O2");
        err = program_run(argv, NULL, "ffff:ff:1f.7", 2);
        assert_contains(err, "ffff:ff:1f.7");
    }
}

/* --- one thing at a time -------------------------------------------------- */

/* The device's registers are zeros but for its IDs, and no command is set. */
static void put_empty_device(void)
{
    Memory memory;
    size_t i;

    memory_init(&memory, 1, true);
    for (i = 0; i < SEQUENCE_REGIONS; i++) {
        if (memory.byte[i]) {
            memset(memory.byte[i] + 4, 0, memory.size[i] - 4);
        }
    }
    put_device(&memory);
    memory_clear(&memory);
}

static Sequence *new_sequence(void)
{
    Sequence *seq = sequence_new();

    seq->vendor = VENDOR;
    seq->device = DEVICE;
    return seq;
}

static void add_buffer(Sequence *seq, const char *name, uint64_t address,
                       bool below_4g)
{
    SeqBuffer buffer = {
        .name = g_strdup(name), .size = 8192, .below_4g = below_4g,
        .address = address, .file = SEQUENCE_NONE,
    };

    g_array_append_val(seq->buffers, buffer);
}

/* Where they were, or else where nothing is */
static void test_addresses(gconstpointer data)
{
    const Language *language = data;
    g_autoptr(Sequence) seq = new_sequence();
    g_autoptr(GPtrArray) argv = NULL;
    g_autofree char *err = NULL;

    if (!program_can(language)) {
        return;
    }
    add_buffer(seq, "there", 0x1234000, true);
    add_buffer(seq, "overlaps", 0x1235000, false);
    add_buffer(seq, "irqs", 0xfee01000, false);
    add_buffer(seq, "last_before_irqs", 0xfedfe000, true);
    add_buffer(seq, "above", 0x100000000, true);
    add_buffer(seq, "may_be_above", 0x100000000, false);
    add_buffer(seq, "in_the_way", 0x10003000, false);
    add_buffer(seq, "unknown", 0, false);
    add_buffer(seq, "low", 0xff000, false);
    add_buffer(seq, "first", 0x100000, false);
    add_buffer(seq, "odd", 0x5000800, false);
    add_buffer(seq, "end", UINT64_MAX - 0xfff, false);
    add_buffer(seq, "high", UINT64_C(1) << 39, false);
    put_empty_device();
    argv = program_build(seq, SEQ_BACKEND_VFIO, language, "-O2");
    err = run_with(argv, FAKE_VFIO_BDF, "", 0);
    g_assert_cmpstr(err, ==, "");
    assert_log("reset\n"
               "map 0x1234000 0x2000\n"
               "map 0xfedfe000 0x2000\n"
               "map 0x100000000 0x2000\n"
               "map 0x10003000 0x2000\n"
               "map 0x100000 0x2000\n"
               /* those that are elsewhere */
               "map 0x10000000 0x2000\n"
               "map 0x10102000 0x2000\n"
               "map 0x10104000 0x2000\n"
               "map 0x10106000 0x2000\n"
               "map 0x10108000 0x2000\n"
               "map 0x1010a000 0x2000\n"
               "map 0x1010c000 0x2000\n"
               "map 0x1010e000 0x2000\n");
}

static void add_irq(Sequence *seq, unsigned vector, unsigned count)
{
    SeqOp *op = sequence_add(seq, SEQ_IRQ, 7);

    op->value = vector;
    op->rounds = count;
    op->ns = 20000000;
}

/* The kind that the device has enough of, and how it is waited for */
static void test_irqs(gconstpointer data)
{
    static const struct {
        const char *has;
        unsigned first;
        unsigned second;
        int status;
        const char *err;
        const char *log;
        unsigned count;
    } cases[] = {
        { "irq0=1 irq1=4 irq2=4", 3, 1, 0, "",
          "reset\nirqs 2 flags 0x24 count 4\n" },
        { "irq0=1 irq1=4 irq2=3", 3, 0, 0, "",
          "reset\nirqs 1 flags 0x24 count 4\n" },
        { "irq0=1 irq1=1", 0, 3, 0, "",
          "reset\nirqs 0 flags 0x24 count 1\nirqs 0 flags 0x11 count 1\n" },
        { "irq1=1", 3, 0, 2,
          "the sequence waits for interrupt 3, and the device has too few\n",
          "reset\n" },
        { "irq2=4 quiet", 3, 0, 1,
          "no interrupt of vector 3 in 20000 us (line 7 of the trace)\n",
          "reset\nirqs 2 flags 0x24 count 4\n" },
        /* each wait takes one, though both have come before the first */
        { "irq2=4 twice", 3, 3, 0, "",
          "reset\nirqs 2 flags 0x24 count 4\n" },
        /* both belong to the first */
        { "irq2=4 twice", 3, 3, 1,
          "no interrupt of vector 3 in 20000 us (line 7 of the trace)\n",
          "reset\nirqs 2 flags 0x24 count 4\n", 2 },
        /* each comes once here */
        { "irq2=4", 3, 3, 1,
          "no interrupt of vector 3 in 20000 us (line 7 of the trace)\n",
          "reset\nirqs 2 flags 0x24 count 4\n" },
    };
    const Language *language = data;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases) && program_can(language); i++) {
        g_autoptr(Sequence) seq = new_sequence();
        g_autoptr(GPtrArray) argv = NULL;
        g_autofree char *err = NULL;

        add_irq(seq, cases[i].first, cases[i].count);
        add_irq(seq, cases[i].second, 0);
        put_empty_device();
        argv = program_build(seq, SEQ_BACKEND_VFIO, language, "-O0");
        err = run_with(argv, FAKE_VFIO_BDF, cases[i].has, cases[i].status);
        g_assert_cmpstr(err, ==, cases[i].err);
        assert_log(cases[i].log);
    }
}

/* The line is held, or it would be lost for others on it. */
static void test_no_irqs(gconstpointer data)
{
    static const char *const rows[][2] = {
        { "irq0=1 irq2=4", "reset\nirqs 0 flags 0x24 count 1\n" },
        { "irq2=4", "reset\n" },
    };
    const Language *language = data;
    g_autoptr(Sequence) seq = new_sequence();
    g_autoptr(GPtrArray) argv = NULL;
    size_t i;

    if (!program_can(language)) {
        return;
    }
    argv = program_build(seq, SEQ_BACKEND_VFIO, language, "-O2");
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *err = NULL;

        put_empty_device();
        err = run_with(argv, FAKE_VFIO_BDF, rows[i][0], 0);
        g_assert_cmpstr(err, ==, "");
        assert_log(rows[i][1]);
    }
}

/*
 * BAR 0 is mapped as a whole, BAR 2 is not, as it can be in parts only.  A
 * device that is not reset is used all the same.
 */
static void test_regions(gconstpointer data)
{
    const Language *language = data;
    g_autoptr(Sequence) seq = new_sequence();
    g_autoptr(GPtrArray) argv = NULL;
    g_autofree char *err = NULL;
    Memory memory;
    unsigned i;

    if (!program_can(language)) {
        return;
    }
    for (i = 0; i < 4; i += 2) {
        SeqOp *op = sequence_add(seq, SEQ_WRITE, i);

        seq->regions[i].size = 0x10;
        op->region = i;
        op->width = 8;
        op->offset = 8;
        op->value = UINT64_C(0x8877665544332200) + i;
    }
    memory_init(&memory, 1, true);
    put_device(&memory);
    argv = program_build(seq, SEQ_BACKEND_VFIO, language, "-O2");
    err = run_with(argv, FAKE_VFIO_BDF, "noreset", 0);
    g_assert_cmpstr(err, ==, "");
    memory_enable(&memory);
    memcpy(memory.byte[0] + 8, "\x00\x22\x33\x44\x55\x66\x77\x88", 8);
    memcpy(memory.byte[2] + 8, "\x02\x22\x33\x44\x55\x66\x77\x88", 8);
    assert_device(&memory);
    memory_clear(&memory);
    assert_log("reset\nmmap 0x10000 at 0x900000\n");
}

/* --- what fails ----------------------------------------------------------- */

static void assert_trouble(const Language *language, Sequence *seq,
                           const char *bdf, const char *message)
{
    g_autoptr(GPtrArray) argv = program_build(seq, SEQ_BACKEND_VFIO, language,
                                              "-O0");
    g_autofree char *err = NULL;

    put_empty_device();
    err = run_with(argv, bdf, "", 2);
    assert_contains(err, message);
    /* nothing was done to it */
    assert_log("");
}

static void test_trouble(gconstpointer data)
{
    const Language *language = data;
    g_autoptr(Sequence) other = new_sequence();
    g_autoptr(Sequence) seq = new_sequence();

    if (!program_can(language)) {
        return;
    }
    other->device++;
    assert_trouble(language, other, FAKE_VFIO_BDF,
                   "0000:00:05.0 is 8086:10d3, and the trace is of 8086:10d4: give the right address, or set ANY_DEVICE=1 in the environment\n");
    assert_trouble(language, seq, "0000:00:06.0", "0000:00:06.0");
    seq->regions[CONFIG].size = 0x20000;
    assert_trouble(language, seq, FAKE_VFIO_BDF,
                   "config has 0x10000 bytes, and the sequence needs 0x20000\n");
}

/* In Python, too, but its mmap looks at the size of a file. */
static void test_bus_error(gconstpointer data)
{
    const Language *language = data;
    g_autoptr(Sequence) seq = new_sequence();
    g_autoptr(GPtrArray) argv = NULL;
    g_autofree char *path = beside("device");
    g_autofree char *err = NULL;
    SeqOp *op = sequence_add(seq, SEQ_READ, 7);

    if (!program_can(language)) {
        return;
    }
    seq->regions[0].size = 0x1000;
    op->width = 4;
    put_empty_device();
    g_assert_cmpint(truncate(path, FAKE_VFIO_OFFSET(0)), ==, 0);
    argv = program_build(seq, SEQ_BACKEND_VFIO, language, "-O2");
    err = run_with(argv, FAKE_VFIO_BDF, "", 2);
    g_assert_cmpstr(err, ==,
                    "the device's memory is switched off, by a write to its command register or by a reset\n");
}

/* Too short, too long, of the same length, and not there */
static void test_files(gconstpointer data)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        { "1234567", "x0.bin: it must have 8 bytes: make it and this program again" },
        { "123456789", "x0.bin: it must have 8 bytes" },
        { "12345679",
          "x0.bin: it has changed: make it and this program again, or give the right directory"
        },
        { NULL, "x0.bin" },
    };
    const Language *language = data;
    g_autoptr(GBytes) bytes = g_bytes_new_static("12345678", 8);
    g_autoptr(Sequence) seq = new_sequence();
    g_autofree char *path = beside("x0.bin");
    size_t i;

    add_buffer(seq, "dma0", 0, false);
    g_array_index(seq->buffers, SeqBuffer, 0).file = sequence_file(seq, "x",
                                                                  bytes);
    for (i = 0; i < G_N_ELEMENTS(cases) && program_can(language); i++) {
        if (cases[i].text) {
            g_assert_true(g_file_set_contents(path, cases[i].text, -1, NULL));
        } else {
            g_unlink(path);
        }
        assert_trouble(language, seq, FAKE_VFIO_BDF, cases[i].message);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        GTestDataFunc function;
        unsigned languages;
    } tests[] = {
        { "plays", test_plays, 2 },
        { "builds", test_builds, LANGUAGES },
        { "addresses", test_addresses, 2 },
        { "irqs", test_irqs, 2 },
        { "no-irqs", test_no_irqs, 2 },
        { "regions", test_regions, 2 },
        { "trouble", test_trouble, 2 },
        { "files", test_files, 2 },
        { "bus-error", test_bus_error, 1 },
    };
    size_t i;
    size_t k;
    int status;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(tests); i++) {
        for (k = 0; k < tests[i].languages; k++) {
            g_autofree char *path = g_strdup_printf(
                "/sequence-vfio/%s/%s", tests[i].name, languages[k].name);

            g_test_add_data_func(path, &languages[k], tests[i].function);
        }
    }
    status = g_test_run();
    temp_clean();
    return status;
}
