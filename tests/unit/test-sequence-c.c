/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: sequences as programs in C and in Python, by sysfs
 *
 * The programs are compiled without a warning.  They play on a directory that
 * looks like a device's; what they write must be what the sequence says.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "random-sequence.h"
#include "run-tool.h"
#include "sanitized.h"
#include "sequence-player.h"
#include "sequence-program.h"

/* --- a device of files ---------------------------------------------------- */

static char *device_path(void)
{
    return g_build_filename(temp_dir(), "device", NULL);
}

static char *device_file(const char *name)
{
    return g_build_filename(temp_dir(), "device", name, NULL);
}

static void put_device(const Memory *memory)
{
    g_autofree char *directory = device_path();
    size_t i;

    g_assert_cmpint(g_mkdir_with_parents(directory, 0700), ==, 0);
    for (i = 0; i < G_N_ELEMENTS(device_files); i++) {
        g_autofree char *path = device_file(device_files[i].name);
        unsigned region = device_files[i].region;

        g_assert_true(g_file_set_contents(
            path, (const char *)memory->byte[region], memory->size[region],
            NULL));
    }
}

static void assert_device(const Memory *memory)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(device_files); i++) {
        g_autofree char *path = device_file(device_files[i].name);
        unsigned region = device_files[i].region;
        g_autofree char *data = NULL;
        gsize size;

        g_assert_true(g_file_get_contents(path, &data, &size, NULL));
        g_assert_cmpmem(data, size, memory->byte[region],
                        memory->size[region]);
    }
}

/* --- what they do --------------------------------------------------------- */

static void assert_plays(const Language *language, unsigned seed)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(Sequence) seq = random_sequence(rand, RANDOM_SYSFS);
    g_autoptr(GPtrArray) argv = NULL;
    g_autofree char *directory = device_path();
    g_autofree char *err = NULL;
    Memory memory;

    g_test_message("%s, seed %u", language->command, seed);
    seq->vendor = VENDOR;
    seq->device = DEVICE;
    memory_init(&memory, seed, false);
    put_device(&memory);
    program_put_files(seq);
    memory_play(&memory, seq, rand);
    g_assert_true(sequence_backend_check(seq, SEQ_BACKEND_SYSFS, NULL));
    argv = program_build(seq, SEQ_BACKEND_SYSFS, language, seed % 2 ? "-O2" : "-O0");
    err = program_run(argv, NULL, directory, 0);
    g_assert_cmpstr(err, ==, "");
    assert_device(&memory);
    memory_clear(&memory);
}

static void test_plays(gconstpointer data)
{
    const Language *language = data;
    unsigned n = ROUNDS(language->n);
    unsigned seed;

    if (!program_can(language)) {
        return;
    }
    for (seed = 0; seed < n; seed++) {
        assert_plays(language, seed);
    }
}

/* Nothing but an empty loop, and nothing at all */
static void test_empty(gconstpointer data)
{
    const Language *language = data;
    g_autofree char *directory = device_path();
    unsigned n;

    if (!program_can(language)) {
        return;
    }
    for (n = 0; n < 3; n++) {
        g_autoptr(Sequence) seq = sequence_new();
        g_autoptr(GPtrArray) argv = NULL;
        g_autofree char *err = NULL;
        Memory memory;
        SeqOp *op;

        if (n == 1) {
            op = sequence_add(seq, SEQ_LOOP, 1);
            op->rounds = 5;
            op->body = 1;
        }
        if (n) {
            op = sequence_add(seq, SEQ_NOTE, 2);
            op->text = sequence_text(seq, "left out");
        }
        memory_init(&memory, n, false);
        put_device(&memory);
        argv = program_build(seq, SEQ_BACKEND_SYSFS, language, "-O2");
        err = program_run(argv, NULL, directory, 0);
        memory_enable(&memory);
        assert_device(&memory);
        memory_clear(&memory);
    }
}

/* --- what fails ----------------------------------------------------------- */

/* A write, what fails, and a write that must not be made */
static Sequence *failing(SeqKind kind, bool differs)
{
    Sequence *seq = sequence_new();
    SeqOp *op;

    seq->vendor = VENDOR;
    seq->device = DEVICE;
    seq->regions[0].size = 0x1000;
    op = sequence_add(seq, SEQ_WRITE, 30);
    op->width = 4;
    op->offset = 0x10;
    op->value = 0x12345678;
    op = sequence_add(seq, kind, 31);
    op->last_line = kind == SEQ_POLL ? 39 : 31;
    op->width = 4;
    op->offset = 0x10;
    op->value = differs ? 0x5600 : 0x9900;
    op->mask = 0xff00;
    op->differs = differs;
    op->ns = 2000000;
    op->text = sequence_text(seq, "STATUS");
    op = sequence_add(seq, SEQ_WRITE, 40);
    op->width = 4;
    op->offset = 0x20;
    op->value = 1;
    return seq;
}

static void assert_fails(const Language *language, Sequence *seq, int status,
                         const char *message)
{
    g_autoptr(GPtrArray) argv = program_build(seq, SEQ_BACKEND_SYSFS, language, "-O0");
    g_autofree char *directory = device_path();
    g_autofree char *err = NULL;
    Memory memory;

    memory_init(&memory, 1, false);
    put_device(&memory);
    err = program_run(argv, NULL, directory, status);
    g_assert_cmpstr(err, ==, message);
    memory_enable(&memory);
    if (status == 1) {
        memcpy(memory.byte[0] + 0x10, (uint32_t[]) { 0x12345678 }, 4);
        assert_device(&memory);
    }
    memory_clear(&memory);
}

static void test_fails(gconstpointer data)
{
    const Language *language = data;
    g_autoptr(Sequence) check = failing(SEQ_CHECK, false);
    g_autoptr(Sequence) equal = failing(SEQ_POLL, false);
    g_autoptr(Sequence) differs = failing(SEQ_POLL, true);

    if (!program_can(language)) {
        return;
    }
    assert_fails(language, check, 1,
                 "check of bar0 BAR0_STATUS (0x10) has failed: expected 0x9900, got 0x12345678, mask 0xff00 (line 31 of the trace)\n");
    assert_fails(language, equal, 1,
                 "poll of bar0 BAR0_STATUS (0x10) has failed: waited 2000 us for 0x9900, got 0x12345678, mask 0xff00 (lines 31 to 39 of the trace)\n");
    assert_fails(language, differs, 1,
                 "poll of bar0 BAR0_STATUS (0x10) has failed: waited 2000 us for other than 0x5600, got 0x12345678, mask 0xff00 (lines 31 to 39 of the trace)\n");
}

static void test_trouble(gconstpointer data)
{
    const Language *language = data;
    g_autoptr(Sequence) other = failing(SEQ_CHECK, false);
    g_autoptr(Sequence) large = failing(SEQ_CHECK, false);
    g_autofree char *directory = device_path();
    g_autofree char *message = g_strdup_printf(
        "%s is 8086:10d3, and the trace is of 8086:10d4: give the right address, or set ANY_DEVICE=1 in the environment\n",
        directory);

    if (!program_can(language)) {
        return;
    }
    other->device++;
    assert_fails(language, other, 2, message);
    large->regions[0].size = 0x2000;
    assert_fails(language, large, 2,
                 "bar0 has 0x1000 bytes, and the sequence needs 0x2000\n");
}

/* Nothing that could reach this machine's memory gets to config space. */
static void test_guard(gconstpointer data)
{
    static const uint64_t offsets[] = { 0x4, 0x10, 0x24, 0x30, 0x40 };
    const Language *language = data;
    g_autoptr(Sequence) seq = sequence_new();
    g_autoptr(GPtrArray) argv = NULL;
    g_autofree char *directory = device_path();
    g_autofree char *err = NULL;
    Memory memory;
    size_t i;

    if (!program_can(language)) {
        return;
    }
    seq->regions[CONFIG].size = 0x100;
    for (i = 0; i < G_N_ELEMENTS(offsets); i++) {
        SeqOp *op = sequence_add(seq, SEQ_WRITE, i);

        op->region = CONFIG;
        op->width = 4;
        op->offset = offsets[i];
        op->value = 0xffffffff;
    }
    memory_init(&memory, 1, false);
    put_device(&memory);
    argv = program_build(seq, SEQ_BACKEND_SYSFS, language, "-O0");
    err = program_run(argv, NULL, directory, 0);
    memcpy(memory.byte[CONFIG] + 0x4, (uint32_t[]) { 0xfffffffb }, 4);
    memcpy(memory.byte[CONFIG] + 0x40, (uint32_t[]) { 0xffffffff }, 4);
    assert_device(&memory);
    memory_clear(&memory);
}

static void test_backend(void)
{
    g_autoptr(Sequence) seq = sequence_new();
    g_autoptr(GError) error = NULL;
    SeqBuffer buffer = { .name = g_strdup("dma0"), .size = 4096 };
    SeqOp *op = sequence_add(seq, SEQ_IRQ, 7);

    op->ns = 1000;
    g_assert_true(sequence_backend_check(seq, SEQ_BACKEND_VFIO, &error));
    g_assert_false(sequence_backend_check(seq, SEQ_BACKEND_SYSFS, &error));
    g_assert_cmpstr(error->message, ==,
                    "line 7 of the trace waits for an interrupt, which sysfs can not tell: use --backend vfio");
    g_clear_error(&error);
    seq->regions[SEQUENCE_REGION_VGA].size = 16;
    g_assert_false(sequence_backend_check(seq, SEQ_BACKEND_SYSFS, &error));
    g_assert_cmpstr(error->message, ==,
                    "the sequence uses legacy VGA, which sysfs does not have: use --backend vfio");
    g_clear_error(&error);
    g_array_append_val(seq->buffers, buffer);
    g_assert_false(sequence_backend_check(seq, SEQ_BACKEND_SYSFS, &error));
    g_assert_cmpstr(error->message, ==,
                    "the device uses memory (dma0), which sysfs can not give it: use --backend vfio");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        GTestDataFunc function;
        unsigned languages;
    } tests[] = {
        { "plays", test_plays, 3 },
        { "empty", test_empty, 2 },
        { "fails", test_fails, 2 },
        { "trouble", test_trouble, 2 },
        { "guard", test_guard, 2 },
    };
    size_t i;
    size_t k;
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sequence-c/backend", test_backend);
    for (i = 0; i < G_N_ELEMENTS(tests); i++) {
        for (k = 0; k < tests[i].languages; k++) {
            g_autofree char *path = g_strdup_printf(
                "/sequence-c/%s/%s", tests[i].name, languages[k].name);

            g_test_add_data_func(path, &languages[k], tests[i].function);
        }
    }
    status = g_test_run();
    temp_clean();
    return status;
}
