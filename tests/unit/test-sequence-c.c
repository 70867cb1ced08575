/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: sequences as programs in C and in Python
 *
 * The programs are compiled without a warning.  Those for sysfs play on a
 * directory that looks like a device's; what they write must be what the
 * sequence says.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "random-sequence.h"
#include "run-tool.h"
#include "sanitized.h"
#include "tools/sequence/as-c.h"
#include "tools/sequence/as-python.h"

#define VENDOR 0x8086
#define DEVICE 0x10d3
#define CONFIG SEQUENCE_REGION_CONFIG

/* Bits of the command register that programs set, and one that they clear */
#define COMMAND 4
#define COMMAND_ENABLED 3
#define COMMAND_MASTER 4

/* --- a device of files ---------------------------------------------------- */

/* What its regions have: those that random sequences use */
typedef struct Memory {
    uint8_t *byte[SEQUENCE_REGIONS];
    size_t size[SEQUENCE_REGIONS];
} Memory;

static const struct {
    unsigned region;
    const char *name;
    size_t size;
} device_files[] = {
    { 0, "resource0", 0x1000 },
    { 2, "resource2", 0x100 },
    { CONFIG, "config", 0x100 },
};

static void memory_init(Memory *memory, unsigned seed)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    size_t i;
    size_t k;

    memset(memory, 0, sizeof(*memory));
    for (i = 0; i < G_N_ELEMENTS(device_files); i++) {
        unsigned region = device_files[i].region;

        memory->size[region] = device_files[i].size;
        memory->byte[region] = g_malloc(device_files[i].size);
        for (k = 0; k < device_files[i].size; k++) {
            memory->byte[region][k] = g_rand_int(rand);
        }
    }
    memcpy(memory->byte[CONFIG], (uint16_t[]) { VENDOR, DEVICE, 0 }, 6);
}

static void memory_clear(Memory *memory)
{
    size_t i;

    for (i = 0; i < SEQUENCE_REGIONS; i++) {
        g_free(memory->byte[i]);
    }
}

/* What each program does first */
static void memory_enable(Memory *memory)
{
    memory->byte[CONFIG][COMMAND] |= COMMAND_ENABLED;
    memory->byte[CONFIG][COMMAND] &= ~COMMAND_MASTER;
}

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

/* --- what the sequence says ----------------------------------------------- */

typedef struct Player {
    Sequence *seq;
    Memory *memory;
    GRand *rand;
    uint64_t *got;      /* by operation */
    uint64_t round[SEQUENCE_DEPTH_MAX]; /* the innermost loop first */
    unsigned depth;
} Player;

static uint64_t all_bits(unsigned width)
{
    return width == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * width)) - 1;
}

static uint8_t *place_of(Player *p, const SeqOp *op)
{
    uint64_t offset = op->offset;
    unsigned k;

    for (k = 0; k < p->depth; k++) {
        offset += (uint64_t)op->stride[k] * p->round[k];
    }
    g_assert_cmpuint(offset + op->width, <=, p->memory->size[op->region]);
    return p->memory->byte[op->region] + offset;
}

static uint64_t value_of(Player *p, const SeqOp *op)
{
    if (op->source != SEQUENCE_NONE) {
        return (((p->got[op->source] & op->and_mask) | op->or_mask) ^
                op->xor_mask) + op->add;
    }
    return op->value + (uint64_t)op->step * (p->depth ? p->round[0] : 0);
}

/* The programs write neither addresses of regions nor the master bit. */
static void put_value(const SeqOp *op, uint64_t offset, uint8_t *place,
                      uint64_t value)
{
    if (op->region == CONFIG) {
        if ((offset + op->width > 0x10 && offset < 0x28) ||
            (offset + op->width > 0x30 && offset < 0x34)) {
            return;
        }
        value &= offset == COMMAND ? ~(uint64_t)COMMAND_MASTER : UINT64_MAX;
    }
    memcpy(place, &value, op->width);
}

/* A read that is made once can be checked: its value is known by now. */
static void make_check(Player *p, SeqOp *op, uint64_t got)
{
    if (p->depth || op->kind != SEQ_READ || g_rand_int_range(p->rand, 0, 2)) {
        return;
    }
    op->kind = g_rand_int_range(p->rand, 0, 2) ? SEQ_CHECK : SEQ_POLL;
    op->mask = (g_rand_int(p->rand) | 1) & all_bits(op->width);
    op->value = (got ^ (g_rand_int(p->rand) & ~op->mask)) &
                all_bits(op->width);
    op->differs = op->kind == SEQ_POLL && g_rand_int_range(p->rand, 0, 2);
    op->value ^= op->differs ? op->mask & -op->mask : 0;
    op->ns = op->kind == SEQ_POLL ? G_GUINT64_CONSTANT(60000000000) : 0;
}

static void play_upload(Player *p, const SeqOp *op)
{
    const uint8_t *data = g_bytes_get_data(
        g_array_index(p->seq->files, SeqFile, op->file).bytes, NULL);
    uint64_t k;

    for (k = 0; k < op->rounds; k++) {
        uint64_t offset = op->offset + k * op->stride[0];
        uint64_t value = 0;

        memcpy(&value, data + k * op->width, op->width);
        put_value(op, offset, p->memory->byte[op->region] + offset, value);
    }
}

static uint32_t play_op(Player *p, uint32_t i);

static void play_loop(Player *p, uint32_t i)
{
    uint64_t rounds = sequence_op(p->seq, i)->rounds;
    uint32_t end = i + 1 + sequence_op(p->seq, i)->body;
    uint64_t n;

    memmove(p->round + 1, p->round, sizeof(p->round) - sizeof(p->round[0]));
    p->depth++;
    for (n = 0; n < rounds; n++) {
        uint32_t k = i + 1;

        p->round[0] = n;
        while (k < end) {
            k = play_op(p, k);
        }
    }
    p->depth--;
    memmove(p->round, p->round + 1, sizeof(p->round) - sizeof(p->round[0]));
}

static uint32_t play_op(Player *p, uint32_t i)
{
    SeqOp *op = sequence_op(p->seq, i);

    if (op->kind == SEQ_WRITE) {
        uint8_t *place = place_of(p, op);

        put_value(op, place - p->memory->byte[op->region], place,
                  value_of(p, op));
    } else if (op->kind == SEQ_READ || op->kind == SEQ_CHECK ||
               op->kind == SEQ_POLL) {
        p->got[i] = 0;
        memcpy(&p->got[i], place_of(p, op), op->width);
        make_check(p, op, p->got[i]);
    } else if (op->kind == SEQ_UPLOAD) {
        play_upload(p, op);
    } else if (op->kind == SEQ_LOOP) {
        play_loop(p, i);
        return i + 1 + op->body;
    }
    return i + 1;
}

/* Plays on @memory, and makes checks of some of its reads. */
static void play(Sequence *seq, Memory *memory, GRand *rand)
{
    Player p = {
        .seq = seq,
        .memory = memory,
        .rand = rand,
        .got = g_new0(uint64_t, seq->ops->len + 1),
    };
    uint32_t i = 0;

    memory_enable(memory);
    while (i < seq->ops->len) {
        i = play_op(&p, i);
    }
    g_free(p.got);
}

/* --- programs ------------------------------------------------------------- */

/*
 * A compiler, or an interpreter, which needs none; and how many random sequences
 * it gets.  Clang is asked for its warnings only.
 */
typedef struct Language {
    const char *name;
    const char *command;
    bool c;
    unsigned n;
} Language;

static const Language languages[] = {
    { "gcc", "gcc", true, 4 },
    { "python", "/usr/bin/python3", false, 15 },
    { "clang", "clang", true, 2 },
};

static bool have(const Language *language)
{
    g_autofree char *path = g_find_program_in_path(language->command);

    return path != NULL;
}

static int run(const char *const *argv, char **err)
{
    g_autoptr(GError) error = NULL;
    int status;

    g_spawn_sync(temp_dir(), (char **)argv, NULL,
                 G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                 NULL, err, &status, &error);
    g_assert_no_error(error);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void write_program(const Sequence *seq, SeqBackend backend, bool c,
                          const char *path)
{
    FILE *out = fopen(path, "w");

    g_assert_nonnull(out);
    if (c) {
        sequence_write_c(seq, backend, out);
    } else {
        sequence_write_python(seq, backend, out);
    }
    g_assert_cmpint(fclose(out), ==, 0);
}

static void assert_builds(const char *const *argv)
{
    g_autofree char *err = NULL;
    int status = run(argv, &err);

    g_test_message("%s", err);
    g_assert_cmpstr(err, ==, "");
    g_assert_cmpint(status, ==, 0);
}

/* Return: the command of a program that is ready to run */
static GPtrArray *build(const Sequence *seq, SeqBackend backend,
                        const Language *language, const char *optimize)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
    char *source = g_build_filename(temp_dir(), language->c ? "p.c" : "p.py",
                                    NULL);

    write_program(seq, backend, language->c, source);
    if (language->c) {
        char *program = g_build_filename(temp_dir(), "p", NULL);

        assert_builds((const char *const []) {
            language->command, "-Wall", "-Wextra", "-Werror", optimize, "-o",
            program, source, NULL
        });
        g_ptr_array_add(argv, program);
        g_free(source);
    } else {
        g_ptr_array_add(argv, g_strdup(language->command));
        /* no __pycache__, and warnings are errors */
        g_ptr_array_add(argv, g_strdup("-BWerror"));
        g_ptr_array_add(argv, source);
    }
    return argv;
}

/* Return: what it says */
static char *run_program(GPtrArray *argv, const char *device, int expected)
{
    char *err = NULL;
    int status;

    g_ptr_array_add(argv, g_strdup(device));
    g_ptr_array_add(argv, g_strdup(temp_dir()));
    g_ptr_array_add(argv, NULL);
    status = run((const char *const *)argv->pdata, &err);
    g_test_message("%s", err);
    g_assert_cmpint(status, ==, expected);
    return err;
}

static void put_files(const Sequence *seq)
{
    unsigned i;

    for (i = 0; i < seq->files->len; i++) {
        const SeqFile *file = &g_array_index(seq->files, SeqFile, i);
        g_autofree char *path = g_build_filename(temp_dir(), file->name, NULL);

        g_assert_true(g_file_set_contents(
            path, g_bytes_get_data(file->bytes, NULL),
            g_bytes_get_size(file->bytes), NULL));
    }
}

/* --- what they do --------------------------------------------------------- */

static void assert_plays(const Language *language, unsigned seed)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(Sequence) seq = random_sequence(rand, true);
    g_autoptr(GPtrArray) argv = NULL;
    g_autofree char *directory = device_path();
    g_autofree char *err = NULL;
    Memory memory;

    g_test_message("%s, seed %u", language->command, seed);
    seq->vendor = VENDOR;
    seq->device = DEVICE;
    memory_init(&memory, seed);
    put_device(&memory);
    put_files(seq);
    play(seq, &memory, rand);
    g_assert_true(sequence_backend_check(seq, SEQ_BACKEND_SYSFS, NULL));
    argv = build(seq, SEQ_BACKEND_SYSFS, language, seed % 2 ? "-O2" : "-O0");
    err = run_program(argv, directory, 0);
    g_assert_cmpstr(err, ==, "");
    assert_device(&memory);
    memory_clear(&memory);
}

static void test_plays(gconstpointer data)
{
    const Language *language = data;
    unsigned n = ROUNDS(language->n);
    unsigned seed;

    if (!have(language)) {
        g_test_skip("not installed");
        return;
    }
    for (seed = 0; seed < n; seed++) {
        assert_plays(language, seed);
    }
}

/* All kinds, with names that want to break out, for VFIO: not without it */
static void test_builds(gconstpointer data)
{
    static const char *const texts[] = {
        "*/ int x; /*", "\"); abort(); (\"", "?\?/", "a\\", "%s%n", "\303\274",
        "", "end\n#define main x", "'''", "{", "\\u000aquit()",
    };
    const Language *language = data;
    unsigned seed;
    size_t i;

    if (!have(language)) {
        g_test_skip("not installed");
        return;
    }
    for (seed = 0; seed < 2; seed++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
        g_autoptr(Sequence) seq = random_sequence(rand, false);
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
        }
        g_free(seq->trace);
        seq->trace = g_strdup("*/ x");
        put_files(seq);
        argv = build(seq, SEQ_BACKEND_VFIO, language, "-O2");
        err = run_program(argv, "ffff:ff:1f.7", 2);
        assert_contains(err, "ffff:ff:1f.7");
    }
}

/* Nothing but an empty loop, and nothing at all */
static void test_empty(gconstpointer data)
{
    const Language *language = data;
    g_autofree char *directory = device_path();
    unsigned n;

    if (!have(language)) {
        g_test_skip("not installed");
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
        memory_init(&memory, n);
        put_device(&memory);
        argv = build(seq, SEQ_BACKEND_SYSFS, language, "-O2");
        err = run_program(argv, directory, 0);
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
    g_autoptr(GPtrArray) argv = build(seq, SEQ_BACKEND_SYSFS, language, "-O0");
    g_autofree char *directory = device_path();
    g_autofree char *err = NULL;
    Memory memory;

    memory_init(&memory, 1);
    put_device(&memory);
    err = run_program(argv, directory, status);
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

    if (!have(language)) {
        g_test_skip("not installed");
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

    if (!have(language)) {
        g_test_skip("not installed");
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

    if (!have(language)) {
        g_test_skip("not installed");
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
    memory_init(&memory, 1);
    put_device(&memory);
    argv = build(seq, SEQ_BACKEND_SYSFS, language, "-O0");
    err = run_program(argv, directory, 0);
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
        { "builds", test_builds, 3 },
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
