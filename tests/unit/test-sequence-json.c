/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: sequences as JSON
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "random-sequence.h"
#include "run-tool.h"
#include "sanitized.h"
#include "tools/sequence/check.h"
#include "tools/sequence/json.h"
#include "tools/sequence/limits.h"

static char *write_text(const Sequence *seq)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    char *copy;

    sequence_write_json(seq, out);
    g_assert_cmpint(fclose(out), ==, 0);
    copy = g_strndup(text, len);
    free(text);
    return copy;
}

/* Files of a sequence in memory */
static GBytes *find_file(void *opaque, const char *name, uint64_t size,
                         GError **error)
{
    const Sequence *seq = opaque;
    unsigned i;

    (void)error;
    for (i = 0; i < seq->files->len; i++) {
        const SeqFile *file = &g_array_index(seq->files, SeqFile, i);

        if (!strcmp(file->name, name)) {
            g_assert_cmpuint(g_bytes_get_size(file->bytes), ==, size);
            return g_bytes_ref(file->bytes);
        }
    }
    g_assert_not_reached();
}

/* --- there and back ------------------------------------------------------- */

static const char *text_of(const Sequence *seq, uint32_t text)
{
    return text == SEQUENCE_NONE ? NULL : seq->texts->pdata[text];
}

#define SAME(member) g_assert_cmphex(x->member, ==, y->member)

static void assert_same_op(const Sequence *a, const Sequence *b, uint32_t i)
{
    const SeqOp *x = sequence_op(a, i);
    const SeqOp *y = sequence_op(b, i);
    unsigned k;

    SAME(kind);
    SAME(width);
    SAME(region);
    SAME(part);
    SAME(differs);
    SAME(offset);
    for (k = 0; k < SEQUENCE_DEPTH_MAX; k++) {
        SAME(stride[k]);
    }
    SAME(step);
    SAME(value);
    SAME(mask);
    SAME(ns);
    SAME(and_mask);
    SAME(or_mask);
    SAME(xor_mask);
    SAME(add);
    SAME(rounds);
    SAME(body);
    SAME(buffer);
    SAME(memory);
    SAME(source);
    SAME(file);
    SAME(line);
    SAME(last_line);
    g_assert_cmpint(x->data != SEQUENCE_NONE, ==, y->data != SEQUENCE_NONE);
    if (x->data != SEQUENCE_NONE) {
        g_assert_true(g_bytes_equal(sequence_memory_bytes(a, x),
                                    sequence_memory_bytes(b, y)));
    }
    g_assert_cmpstr(text_of(a, x->text), ==, text_of(b, y->text));
}

static void assert_same_buffer(const Sequence *a, const Sequence *b,
                               unsigned i)
{
    const SeqBuffer *x = &g_array_index(a->buffers, SeqBuffer, i);
    const SeqBuffer *y = &g_array_index(b->buffers, SeqBuffer, i);

    g_assert_cmpstr(x->name, ==, y->name);
    SAME(size);
    SAME(below_4g);
    SAME(address);
    SAME(file);
    SAME(line);
}

static void assert_same(const Sequence *x, const Sequence *y)
{
    unsigned i;

    SAME(vendor);
    SAME(device);
    SAME(revision);
    g_assert_cmpstr(x->trace, ==, y->trace);
    SAME(notes);
    for (i = 0; i < SEQUENCE_REGIONS; i++) {
        SAME(regions[i].size);
        SAME(regions[i].port);
    }
    SAME(files->len);
    for (i = 0; i < x->files->len; i++) {
        const SeqFile *f = &g_array_index(x->files, SeqFile, i);
        const SeqFile *g = &g_array_index(y->files, SeqFile, i);

        g_assert_cmpstr(f->name, ==, g->name);
        g_assert_cmpstr(f->sha256, ==, g->sha256);
        g_assert_true(g_bytes_equal(f->bytes, g->bytes));
    }
    SAME(buffers->len);
    for (i = 0; i < x->buffers->len; i++) {
        assert_same_buffer(x, y, i);
    }
    SAME(ops->len);
    for (i = 0; i < x->ops->len; i++) {
        assert_same_op(x, y, i);
    }
}

static void test_round_trip(void)
{
    unsigned n = ROUNDS(1000);
    unsigned seed;

    for (seed = 0; seed < n; seed++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
        g_autoptr(Sequence) seq = random_sequence(rand, seed % 3);
        g_autoptr(Sequence) back = NULL;
        g_autofree char *text = write_text(seq);
        g_autofree char *again = NULL;
        g_autoptr(GError) error = NULL;

        g_test_message("seed %u", seed);
        sequence_check(seq, NULL, &error);
        g_assert_no_error(error);
        back = sequence_parse_json("x", text, strlen(text), find_file, seq,
                                   &error);
        g_assert_no_error(error);
        assert_same(seq, back);
        again = write_text(back);
        g_assert_cmpstr(text, ==, again);
    }
}

/* Less than a microsecond counts as one, and texts stay printable. */
static void test_rounding(void)
{
    g_autoptr(Sequence) seq = sequence_new();
    g_autofree char *text = NULL;
    SeqOp *op = sequence_add(seq, SEQ_DELAY, 7);

    op->ns = 1001;
    op = sequence_add(seq, SEQ_NOTE, 8);
    op->text = sequence_text(seq, "a\033[31m\xff\342\200\256z");
    text = write_text(seq);
    assert_contains(text, "{\"op\": \"delay\", \"us\": 2, \"line\": 7}");
    assert_contains(text, "{\"op\": \"note\", \"text\": \"a?[31m??z\", \"line\": 8}");
    g_assert_cmpuint(seq->notes, ==, 1);
}

/* --- other sequences ------------------------------------------------------ */

#define HEAD "{\"format\": \"vfio-trace-sequence\", \"version\": 1"
#define SHA "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* Every beginning of a sequence is refused, too. */
static void test_truncated(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    g_autoptr(Sequence) seq = random_sequence(rand, RANDOM_ALL);
    g_autofree char *text = write_text(seq);
    size_t len = strlen(text) - 1;  /* without the last newline */
    size_t i;

    for (i = 0; i < len; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *part = g_memdup2(text, i);

        g_assert_null(sequence_parse_json("x", part, i, find_file, seq,
                                          &error));
        g_assert_nonnull(error);
    }
}

/* Members in another order, and those that may be left out */
static void test_order(void)
{
    static const char text[] = HEAD ", "
        "\"regions\": [{\"region\": \"bar0\", \"size\": \"0x1000\"}], \"operations\": ["
        "{\"body\": [{\"width\": 2, \"value\": \"0x5\", \"offset\": \"0xA\", "
        "\"stride\": 2, \"region\": \"bar0\", \"op\": \"check\"}], "
        "\"op\": \"loop\", \"rounds\": 3}]}";
    g_autoptr(Sequence) empty = sequence_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Sequence) seq = sequence_parse_json("x", text, strlen(text),
                                                  find_file, empty, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(seq->ops->len, ==, 2);
    g_assert_cmpuint(sequence_op(seq, 0)->body, ==, 1);
    g_assert_cmphex(sequence_op(seq, 1)->mask, ==, 0xffff);
    g_assert_cmphex(sequence_op(seq, 1)->offset, ==, 10);
    g_assert_cmpint(sequence_op(seq, 1)->stride[0], ==, 2);
    g_assert_cmpint(seq->revision, ==, -1);
}

/* Bytes with capitals, and what a pointer may leave out */
static void test_memory(void)
{
    static const char text[] = HEAD ", "
        "\"buffers\": [{\"name\": \"a\", \"size\": 4096}], "
        "\"files\": [{\"name\": \"x.bin\", \"sha256\": \""
        "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"
        "\", \"size\": 4}], \"operations\": ["
        "{\"op\": \"memory\", \"memory\": \"a\", \"offset\": \"0xffd\", "
        "\"bytes\": \"0aFf01\"}, "
        "{\"op\": \"loop\", \"rounds\": 2, \"body\": ["
        "{\"op\": \"memory\", \"memory\": \"a\", \"offset\": \"0x3\", "
        "\"file\": \"x.bin\", \"stride\": 5, \"name\": \"list\"}, "
        "{\"op\": \"pointer\", \"memory\": \"a\", \"offset\": \"0x8\", "
        "\"width\": 8, \"buffer\": \"a\", \"stride\": [16], \"step\": -64}]}]}";
    g_autoptr(Sequence) files = sequence_new();
    g_autoptr(GBytes) bytes = g_bytes_new_static("text", 4);
    g_autoptr(GError) error = NULL;
    g_autoptr(Sequence) seq = NULL;
    g_autofree char *written = NULL;

    sequence_file(files, "x", bytes);
    g_free(g_array_index(files->files, SeqFile, 0).name);
    g_array_index(files->files, SeqFile, 0).name = g_strdup("x.bin");
    seq = sequence_parse_json("x", text, strlen(text), find_file, files,
                              &error);
    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(seq->data->pdata[0], NULL),
                    g_bytes_get_size(seq->data->pdata[0]), "\x0a\xff\x01", 3);
    g_assert_true(g_bytes_equal(
        sequence_memory_bytes(seq, sequence_op(seq, 2)), bytes));
    written = write_text(seq);
    assert_contains(written,
                    "{\"op\": \"memory\", \"memory\": \"a\", \"offset\": \"0xffd\", \"bytes\": \"0aff01\", \"line\": 0}");
    assert_contains(written,
                    "{\"op\": \"memory\", \"memory\": \"a\", \"offset\": \"0x3\", \"file\": \"x.bin\", \"stride\": [5], \"name\": \"list\", \"line\": 0}");
    assert_contains(written,
                    "{\"op\": \"pointer\", \"memory\": \"a\", \"offset\": \"0x8\", \"width\": 8, \"buffer\": \"a\", \"part\": \"whole\", \"add\": \"0x0\", \"stride\": [16], \"step\": -64, \"line\": 0}");
}

/* --- files ---------------------------------------------------------------- */

static char *beside(const char *name)
{
    return g_build_filename(temp_dir(), name, NULL);
}

static void put_file(const char *name, const char *text)
{
    g_autofree char *path = beside(name);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void assert_file_refused(const char *name, const char *sum,
                                unsigned size, const char *why)
{
    g_autofree char *text = g_strdup_printf(
        HEAD ",\n\"files\": [{\"name\": \"%s\", \"sha256\": \"%s\", \"size\": %u}], "
        "\"operations\": []}", name, sum, size);
    g_autofree char *path = temp_file("a.json", text, -1);
    g_autofree char *where = g_strdup_printf("%s:2: files: ", path);
    g_autoptr(GError) error = NULL;

    g_assert_null(sequence_read_json(path, &error));
    g_assert_true(g_str_has_prefix(error->message, where));
    assert_contains(error->message, why);
}

static void test_files(void)
{
    g_autofree char *link_path = beside("link.bin");
    g_autofree char *pipe_path = beside("pipe.bin");
    g_autofree char *dir_path = beside("dir.bin");

    put_file("empty.bin", "");
    put_file("some.bin", "text");
    g_assert_cmpint(symlink("empty.bin", link_path), ==, 0);
    g_assert_cmpint(mkfifo(pipe_path, 0600), ==, 0);
    g_assert_cmpint(g_mkdir(dir_path, 0700), ==, 0);
    assert_file_refused("none.bin", SHA, 0, "none.bin: No such file");
    assert_file_refused("link.bin", SHA, 0, "link.bin: it is a symbolic link");
    assert_file_refused("pipe.bin", SHA, 0, "pipe.bin: not a regular file");
    assert_file_refused("dir.bin", SHA, 0, "dir.bin: not a regular file");
    assert_file_refused("empty.bin", SHA, 1,
                        "empty.bin: it has 0 bytes and must have 1: make the sequence again");
    assert_file_refused("some.bin", SHA, 3, "some.bin: it has 4 bytes and must have 3");
    assert_file_refused("some.bin", SHA, 4,
                        "some.bin has changed: its sha256 is 982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1: make the sequence again");
}

static void test_read(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    g_autoptr(Sequence) seq = random_sequence(rand, RANDOM_ALL);
    g_autofree char *text = write_text(seq);
    g_autofree char *path = temp_file("whole.json", text, -1);
    g_autoptr(Sequence) back = NULL;
    g_autoptr(GError) error = NULL;
    unsigned i;

    for (i = 0; i < seq->files->len; i++) {
        const SeqFile *file = &g_array_index(seq->files, SeqFile, i);
        g_autofree char *name = beside(file->name);

        g_assert_true(g_file_set_contents(
            name, g_bytes_get_data(file->bytes, NULL),
            g_bytes_get_size(file->bytes), NULL));
    }
    back = sequence_read_json(path, &error);
    g_assert_no_error(error);
    assert_same(seq, back);
}

static void test_no_json(void)
{
    g_autofree char *path = beside("not-there.json");
    g_autoptr(GError) error = NULL;

    g_assert_null(sequence_read_json(path, &error));
    assert_contains(error->message, "not-there.json: No such file");
    g_clear_error(&error);
    g_assert_null(sequence_read_json(temp_dir(), &error));
    assert_contains(error->message, ": Is a directory");
}

/* Files with the same bytes are one, and so are texts. */
static void test_model(void)
{
    g_autoptr(Sequence) seq = sequence_new();
    g_autoptr(GBytes) a = g_bytes_new_static("aaaa", 4);
    g_autoptr(GBytes) b = g_bytes_new_static("bbbb", 4);

    g_assert_cmpuint(sequence_file(seq, "x-upload", a), ==, 0);
    g_assert_cmpuint(sequence_file(seq, "x-upload", b), ==, 1);
    g_assert_cmpuint(sequence_file(seq, "x-dma", a), ==, 0);
    g_assert_cmpstr(g_array_index(seq->files, SeqFile, 0).name, ==,
                    "x-upload0.bin");
    g_assert_cmpstr(g_array_index(seq->files, SeqFile, 1).name, ==,
                    "x-upload1.bin");
    g_assert_cmpuint(sequence_text(seq, "CTRL"), ==, 0);
    g_assert_cmpuint(sequence_text(seq, "STATUS"), ==, 1);
    g_assert_cmpuint(sequence_text(seq, "CTRL"), ==, 0);
}

/* What the compiler must not make either */
static void test_check(void)
{
    g_autoptr(Sequence) seq = sequence_new();
    g_autoptr(GError) error = NULL;
    uint32_t at = 99;
    SeqOp *op;

    g_assert_true(sequence_check(seq, &at, &error));
    g_assert_cmpuint(at, ==, SEQUENCE_NONE);
    op = sequence_add(seq, SEQ_LOOP, 1);
    op->rounds = 2;
    op->body = 1;
    g_assert_false(sequence_check(seq, &at, &error));
    g_assert_cmpuint(at, ==, 0);
    g_assert_cmpstr(error->message, ==,
                    "operation 0 (loop): its body of 1 operations goes beyond the end of what is around it");
    g_clear_error(&error);
    sequence_add(seq, SEQ_MARK, 2);
    g_assert_false(sequence_check(seq, &at, &error));
    g_assert_cmpuint(at, ==, 1);
    g_assert_cmpstr(error->message, ==,
                    "operation 1 (mark): it has no text: add one");
}

/* Operations have so many bytes only, each and together. */
static void test_check_data(void)
{
    g_autoptr(Sequence) seq = sequence_new();
    g_autofree char *some = g_strnfill(SEQUENCE_DATA_MAX + 1, 'x');
    g_autoptr(GBytes) most = g_bytes_new_static(some, SEQUENCE_DATA_MAX);
    g_autoptr(GBytes) more = g_bytes_new_static(some, SEQUENCE_DATA_MAX + 1);
    g_autoptr(GError) error = NULL;
    uint64_t sum;

    for (sum = 0; sum < SEQUENCE_DATAS_MAX; sum += SEQUENCE_DATA_MAX) {
        g_ptr_array_add(seq->data, g_bytes_ref(most));
    }
    g_assert_true(sequence_check(seq, NULL, &error));
    g_ptr_array_add(seq->data, g_bytes_ref(most));
    g_assert_false(sequence_check(seq, NULL, &error));
    g_assert_cmpstr(error->message, ==,
                    "the bytes that operations have are 67112960, more than 67108864: select a shorter part of the trace");
    g_clear_error(&error);
    g_ptr_array_set_size(seq->data, 0);
    sequence_data(seq, more);
    g_assert_false(sequence_check(seq, NULL, &error));
    g_assert_cmpstr(error->message, ==,
                    "an operation has 4097 bytes, more than 4096: use a file");
}

/* Long bytes count as the operations that would write them piece by piece. */
static void test_check_steps(void)
{
    g_autoptr(Sequence) seq = sequence_new();
    g_autofree char *some = g_strnfill(8 * SEQUENCE_DATA_MAX, 'x');
    g_autoptr(GBytes) bytes = g_bytes_new_static(some, 8 * SEQUENCE_DATA_MAX);
    g_autoptr(GError) error = NULL;
    SeqBuffer buffer = {
        .name = g_strdup("a"), .size = 65536, .file = SEQUENCE_NONE,
    };
    SeqOp *op = sequence_add(seq, SEQ_LOOP, 1);

    g_array_append_val(seq->buffers, buffer);
    op->rounds = SEQUENCE_STEPS_MAX / 9;
    op->body = 1;
    op = sequence_add(seq, SEQ_MEMORY, 2);
    op->memory = 0;
    op->width = 1;
    op->file = sequence_file(seq, "x", bytes);
    sequence_check(seq, NULL, &error);
    g_assert_no_error(error);
    sequence_op(seq, 0)->rounds++;
    g_assert_false(sequence_check(seq, NULL, &error));
    assert_contains(error->message, "with it, there are more than 4294967296 operations");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sequence-json/model", test_model);
    g_test_add_func("/sequence-json/check", test_check);
    g_test_add_func("/sequence-json/check-data", test_check_data);
    g_test_add_func("/sequence-json/check-steps", test_check_steps);
    g_test_add_func("/sequence-json/round-trip", test_round_trip);
    g_test_add_func("/sequence-json/rounding", test_rounding);
    g_test_add_func("/sequence-json/order", test_order);
    g_test_add_func("/sequence-json/memory", test_memory);
    g_test_add_func("/sequence-json/truncated", test_truncated);
    g_test_add_func("/sequence-json/files", test_files);
    g_test_add_func("/sequence-json/read", test_read);
    g_test_add_func("/sequence-json/no-json", test_no_json);
    status = g_test_run();
    temp_clean();
    return status;
}
