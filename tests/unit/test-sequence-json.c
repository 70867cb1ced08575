/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: sequences as JSON
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmmiotrace/printable.h"
#include "random-sequence.h"
#include "run-tool.h"
#include "sanitized.h"
#include "tools/sequence/check.h"
#include "tools/sequence/json.h"

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
    SAME(source);
    SAME(file);
    SAME(line);
    SAME(last_line);
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
        g_autoptr(Sequence) seq = random_sequence(rand, seed % 2);
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

/* --- what is refused ------------------------------------------------------ */

#define HEAD "{\"format\": \"vfio-trace-sequence\", \"version\": 1"
#define REGIONS ", \"regions\": [{\"region\": \"bar0\", \"size\": \"0x1000\"}, " \
    "{\"region\": \"bar4\", \"size\": \"0x20\", \"kind\": \"port\"}]"
#define OPS(ops) HEAD REGIONS ", \"operations\": [\n" ops "]}"
#define BUFFER(members) HEAD ", \"buffers\": [{" members "}], \"operations\": []}"
#define A_FILE(members) HEAD ", \"files\": [{" members "}], \"operations\": []}"
#define SHA "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define READ "{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", \"width\": 4}"
#define W "\"op\": \"write\", \"region\": \"bar0\", \"offset\": \"0x0\", \"width\": 4"
#define LOOP(rounds, body) \
    "{\"op\": \"loop\", \"rounds\": " rounds ", \"body\": [" body "]}"
#define C "\"op\": \"check\", \"region\": \"bar0\", \"offset\": \"0x0\", " \
    "\"width\": 4, \"value\": \"0x0\""
#define P "\"op\": \"poll\", \"region\": \"bar0\", \"offset\": \"0x0\", " \
    "\"width\": 4, \"value\": \"0x0\""
#define U "\"op\": \"upload\", \"region\": \"bar0\", \"width\": 4, \"stride\": 4"

static const struct {
    const char *text;
    const char *error;
} refused[] = {
    /* JSON */
    { "",
      "x:1: this is not a sequence, whose first member is \"format\": 'vfio-trace sequence' makes one"
    },
    { "[]", "x:1: this is not a sequence" },
    { "{}", "x:1: this is not a sequence" },
    { "{\"a\": 1}", "x:1: this is not a sequence" },
    { "{\"format\": \"other\"}",
      "x:1: format: other is not one of: vfio-trace-sequence" },
    { "{\"format\": 1}", "x:1: format: it must be a string, in '\"'" },
    { HEAD, "x:1: a ',' or '}' is missing" },
    { HEAD ",}", "x:1: a ',' before the end: remove it" },
    { HEAD "}", "x:1: operations: this member is missing: add it" },
    { "{\"format\": \"vfio-trace-sequence\", \"operations\": []}",
      "x:1: version: this member is missing: add it" },
    { "{\"format\": \"vfio-trace-sequence\", \"version\": 2}",
      "x:1: version: 2 is not known: this vfio-trace reads version 1; use the one that wrote it, or make the sequence again"
    },
    { HEAD ", \"version\": 1}", "x:1: version: it is there twice: remove one" },
    { HEAD ", \"more\": 1}",
      "x:1: more: there is no such member: remove it, or use the version of vfio-trace that knows it"
    },
    { HEAD ", \"a\\u001bb\": 1}", "x:1: a?b: there is no such member" },
    { OPS("") " x", "something follows the end of the object: remove it" },
    { HEAD ", \"trace\": \"a\\u001b\", \"operations\": []}",
      "x:1: trace: it has characters that are not printable: remove them" },
    { HEAD ", \"trace\": \"a\\ud800\", \"operations\": []}",
      "x:1: trace: a \\u escape without a character" },
    { HEAD ", \"trace\": \"a\\udc00\\ud800\", \"operations\": []}",
      "x:1: trace: a \\u escape without a character" },
    { HEAD ", \"trace\": \"a\\u0000\", \"operations\": []}",
      "x:1: trace: a \\u escape without a character" },
    { HEAD ", \"trace\": \"a\\x\", \"operations\": []}",
      "x:1: trace: an escape that JSON does not have, after '\\'" },
    { HEAD ", \"trace\": \"a", "x:1: trace: a string without an end" },
    { HEAD ", \"trace\": \"a\nb\"",
      "x:1: trace: a string with a control character: close it, or use an escape"
    },
    { HEAD ", \"trace\": \"\xff\"", "x:1: trace: a string that is not UTF-8" },
    { HEAD ", \"operations\": 1}",
      "x:1: operations: it must be a list, which begins with '['" },
    { HEAD ", \"operations\": [1]}", "x:1: operation 0: it must be an object" },
    { OPS(READ " " READ), "a ',' or ']' is missing" },
    /* device and regions */
    { HEAD ", \"device\": {\"vendor\": \"0x8086\"}, \"operations\": []}",
      "device: device: this member is missing: add it" },
    { HEAD ", \"device\": {\"vendor\": \"0x18086\", \"device\": \"0x1\"}, "
           "\"operations\": []}",
      "device: its IDs do not fit: vendor and device have 16 bits, revision has 8" },
    { HEAD ", \"device\": {\"vendor\": 8086, \"device\": \"0x1\"}}",
      "device: vendor: it must be a string" },
    { HEAD ", \"device\": {\"vendor\": \"8086\", \"device\": \"0x1\"}}",
      "device: vendor: it must be a hexadecimal number in a string, such as \"0x10\", of at most 64 bits"
    },
    { HEAD ", \"device\": {\"vendor\": \"0x\", \"device\": \"0x1\"}}",
      "device: vendor: it must be a hexadecimal number in a string" },
    { HEAD ", \"device\": {\"vendor\": \"0x00000000000008086\", \"device\": \"0x1\"}}",
      "device: vendor: it must be a hexadecimal number in a string" },
    { HEAD ", \"regions\": [{\"region\": \"bar9\", \"size\": \"0x10\"}]}",
      "regions: region: bar9 is not one of: bar0, bar1, bar2, bar3, bar4, bar5, rom, config, vga"
    },
    { HEAD ", \"regions\": [{\"region\": \"bar0\", \"size\": \"0x0\"}]}",
      "regions: bar0 has no bytes: correct its size" },
    { HEAD ", \"regions\": [{\"region\": \"bar0\", \"size\": \"0x8\"}, "
           "{\"region\": \"bar0\", \"size\": \"0x8\"}]}",
      "regions: bar0 is there twice: remove one" },
    { HEAD ", \"regions\": [{\"region\": \"bar0\", "
           "\"size\": \"0x1000000000001\"}], \"operations\": []}",
      "x:1: bar0: its size 0x1000000000001 is above 0x1000000000000: correct it" },
    { HEAD ", \"regions\": [{\"region\": \"config\", \"size\": \"0x1001\"}], "
           "\"operations\": []}",
      "x:1: config: its size 0x1001 is above 0x1000: correct it" },
    { HEAD ", \"regions\": [{\"region\": \"rom\", \"size\": \"0x10\", "
           "\"kind\": \"port\"}], \"operations\": []}",
      "x:1: rom: it has no ports: correct its kind" },
    { HEAD ", \"regions\": [{\"region\": \"bar1\", \"size\": \"0x20000\", "
           "\"kind\": \"port\"}], \"operations\": []}",
      "x:1: bar1: its size 0x20000 is more than there are ports, 0x10000: correct it" },
    /* buffers */
    { BUFFER("\"name\": \"a-b\", \"size\": 4096"),
      "x:1: buffer a-b: its name is not an identifier of at most 64 letters, digits and '_': change it"
    },
    { BUFFER("\"name\": \"1a\", \"size\": 4096"),
      "buffer 1a: its name is not an identifier" },
    { BUFFER("\"name\": \"\", \"size\": 4096"), "its name is not an identifier" },
    { BUFFER("\"name\": \"a\", \"size\": 4095"),
      "buffer a: its size 4095 is not a multiple of 4096, up to 67108864: change it" },
    { BUFFER("\"name\": \"a\", \"size\": 0"),
      "buffer a: its size 0 is not a multiple of 4096" },
    { BUFFER("\"name\": \"a\", \"size\": 67112960"),
      "buffer a: its size 67112960 is not a multiple of 4096, up to 67108864" },
    { BUFFER("\"name\": \"a\", \"size\": -4096"),
      "buffers: size: it must not be negative" },
    { BUFFER("\"name\": \"a\", \"size\": 4096.5"),
      "buffers: size: it must be a whole number, in decimal" },
    { BUFFER("\"name\": \"a\", \"size\": 4e3"),
      "buffers: size: it must be a whole number" },
    { BUFFER("\"name\": \"a\", \"size\": 04096"),
      "buffers: size: it must be a whole number" },
    { BUFFER("\"name\": \"a\", \"size\": 99999999999999999999"),
      "buffers: size: a number of more than 64 bits" },
    { BUFFER("\"name\": \"a\", \"size\": 4096, \"below_4g\": 1"),
      "buffers: below_4g: it must be true or false" },
    { BUFFER("\"name\": \"a\", \"size\": 4096, \"file\": \"b\""),
      "x:1: b, the file of a buffer, is not listed in files: list it there" },
    { BUFFER("\"name\": \"a\", \"size\": 4096}, {\"name\": \"a\", \"size\": 4096"),
      "buffers: a is there twice: remove one" },
    { BUFFER("\"name\": \"a\""), "buffers: size: this member is missing: add it" },
    /* files */
    { A_FILE("\"name\": \"../x\", \"sha256\": \"" SHA "\", \"size\": 0"),
      "files: ../x is not a name of a file beside the sequence: use one without '/', of at most 255 bytes"
    },
    { A_FILE("\"name\": \"..\", \"sha256\": \"" SHA "\", \"size\": 0"),
      "files: .. is not a name of a file" },
    { A_FILE("\"name\": \"\", \"sha256\": \"" SHA "\", \"size\": 0"),
      "is not a name of a file" },
    { A_FILE("\"name\": \"a\", \"sha256\": \"E3\", \"size\": 0"),
      "files: a: its sha256 is not of 64 lower-case hexadecimal digits: sha256sum prints it"
    },
    { A_FILE("\"name\": \"a\", \"sha256\": \"" SHA "\", \"size\": 268435457"),
      "files: a: its size 268435457 is above 268435456: select a shorter part of the trace"
    },
    { A_FILE("\"name\": \"a\", \"size\": 268435457"),
      "files: sha256: this member is missing: add it" },
    /* operations: members */
    { OPS("{}"), "x:2: operation 0: op: this member is missing: add it" },
    { OPS(READ ",\n{\"op\": \"jump\"}"),
      "x:3: operation 1: op: jump is not one of: write, read, check, poll, delay, mark, upload, irq, loop, note"
    },
    { OPS("{\"op\": \"read\", \"offset\": \"0x0\", \"width\": 4}"),
      "region: this member is missing: add it" },
    { OPS("{\"op\": \"delay\", \"us\": 1, \"value\": \"0x1\"}"),
      "operation 0: value: this operation has no such member: remove it" },
    { OPS("{\"op\": \"mark\", \"text\": \"a\", \"name\": \"b\"}"),
      "name: this operation has no such member: remove it" },
    { OPS("{" W "}"),
      "operation 0: a write has one of value, buffer and from: correct it" },
    { OPS("{" W ", \"value\": \"0x1\", \"from\": 0}"),
      "a write has one of value, buffer and from" },
    { OPS("{" W ", \"value\": \"0x1\", \"add\": \"0x1\"}"),
      "add: it belongs to a write that has from or buffer: remove it" },
    { OPS("{" W ", \"from\": 0, \"part\": \"low\"}"),
      "part: it belongs to a write that has buffer: remove it" },
    { OPS("{" W ", \"buffer\": \"dma0\"}"),
      "buffer: dma0 is not listed in buffers: list it there, before the operations" },
    { OPS("{" W ", \"from\": 4194304}"),
      "from: there is no operation 4194304: correct it" },
    { OPS("{" C ", \"until\": \"equal\"}"), "until: this operation has no such member" },
    { OPS("{" P ", \"until\": \"never\", \"timeout_us\": 1}"),
      "until: never is not one of: equal, different" },
    { OPS("{" P "}"), "timeout_us: this member is missing: add it" },
    { OPS(LOOP("2", "{" W ", \"value\": \"0x1\", \"stride\": [0, 0, 0, 0]}")),
      "operation 1: stride: more than 3: an operation has at most that many loops around it"
    },
    { OPS("{" U ", \"offset\": \"0x0\", \"file\": \"none\", \"accesses\": 1}"),
      "file: none is not listed in files: list it there, before the operations" },
    /* operations: what they do */
    { OPS("{\"op\": \"read\", \"region\": \"bar1\", \"offset\": \"0x0\", \"width\": 4}"),
      "x:2: operation 0 (read): bar1 is not listed in regions: add it with its size" },
    { OPS(READ ",\n" READ ",\n{\"op\": \"read\", \"region\": \"bar0\", "
                          "\"offset\": \"0x1000\", \"width\": 4}"),
      "x:4: operation 2 (read): at offset 0x1000, it goes beyond bar0, which has 0x1000 bytes: correct the offset, the stride or the region's size"
    },
    { OPS("{\"op\": \"read\", \"region\": \"bar0\", "
          "\"offset\": \"0xfffffffffffffffc\", \"width\": 4}"), "goes beyond bar0" },
    { OPS("{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x2\", \"width\": 4}"),
      "its offset 0x2 is not a multiple of its width 4: correct it" },
    { OPS("{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", \"width\": 3}"),
      "its width is 3: use 1, 2 or 4, or 8 for memory" },
    { OPS(
        "{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", \"width\": 260}"),
      "its width is 0" },
    { OPS("{\"op\": \"read\", \"region\": \"bar4\", \"offset\": \"0x0\", \"width\": 8}"),
      "its width is 8: use 1, 2 or 4" },
    { OPS("{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", "
          "\"width\": 4, \"stride\": [4]}"),
      "it has more strides than loops around it: remove the last one" },
    { OPS(LOOP("2", "{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", "
                    "\"width\": 4, \"stride\": [2]}")),
      "its stride 2 is not a multiple of its width 4: correct it" },
    { OPS(LOOP("1025", "{\"op\": \"read\", \"region\": \"bar0\", "
                       "\"offset\": \"0x0\", \"width\": 4, \"stride\": [4]}")),
      "operation 1 (read): at offset 0x0, it goes beyond bar0" },
    { OPS(LOOP("2", "{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", "
                    "\"width\": 4, \"stride\": [-4]}")), "goes beyond bar0" },
    { OPS(LOOP("4", "{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", "
                    "\"width\": 4, \"stride\": [9223372036854775804]}")),
      "goes beyond bar0" },
    { OPS("{" W ", \"value\": \"0x100000000\"}"),
      "its value 0x100000000 does not fit in 4 bytes: correct it" },
    { OPS("{" W ", \"value\": \"0x1\", \"step\": 1}"),
      "it has a step, and there is no loop around it: remove the step" },
    { OPS(READ ", " LOOP("2", "{" W ", \"from\": 0, \"step\": 1}")),
      "it has both a source and a step: remove one" },
    { OPS("{" W ", \"from\": 0}"),
      "operation 0, which it takes its value from, is not a read, check or poll before it: correct the number"
    },
    { OPS("{" W ", \"value\": \"0x1\"}, {" W ", \"from\": 0}"),
      "operation 1 (write): operation 0, which it takes" },
    { OPS("{" W ", \"from\": 1}, " READ),
      "operation 1, which it takes its value from, is not a read" },
    { HEAD REGIONS ", \"buffers\": [{\"name\": \"a\", \"size\": 4096}], "
                   "\"operations\": [{" W ", \"buffer\": \"a\"}]}",
      "an address does not fit in 4 bytes: use a width of 8, or the low or high part and a width of 4"
    },
    { OPS("{" C ", \"mask\": \"0x0\"}"),
      "operation 0 (check): its mask has no bits: use a read instead" },
    { OPS("{" C ", \"mask\": \"0x100000000\"}"),
      "its mask 0x100000000 does not fit in 4 bytes: correct it" },
    { OPS("{" P ", \"timeout_us\": 3600000001}"),
      "in its 1 rounds it may wait longer than an hour: correct its time" },
    { OPS("{" P ", \"timeout_us\": 18446744073709551615}"),
      "it may wait longer than an hour: correct its time" },
    { OPS(LOOP("3601", "{\"op\": \"delay\", \"us\": 1000000}")),
      "in its 3601 rounds it may wait longer than an hour" },
    { OPS("{\"op\": \"irq\", \"vector\": 2048, \"timeout_us\": 1}"),
      "its vector 2048 is above 2047: correct it" },
    { OPS("{\"op\": \"loop\", \"rounds\": 2, \"body\": []}"),
      "its body is empty: remove the loop" },
    { OPS("{\"op\": \"loop\", \"rounds\": 2}"), "body: this member is missing: add it" },
    { OPS(LOOP("0", READ)), "operation 0 (loop): it has no rounds: remove the loop" },
    { OPS(LOOP("4294967297", READ)),
      "with its 4294967297 rounds there are more than 4294967296 operations: make fewer"
    },
    { OPS(LOOP("65537", LOOP("65537", READ))),
      "operation 1 (loop): with its 65537 rounds there are more than" },
    { OPS(LOOP("4294967296", READ) ", " READ),
      "operation 2 (read): with it, there are more than 4294967296 operations in all rounds: make fewer"
    },
    { OPS(LOOP("2", LOOP("2", LOOP("2", LOOP("2", READ))))),
      "operation 3: body: there are 3 loops around it, and no more are possible: write the rounds of one out"
    },
};

/* Whatever is said must go to a terminal. */
static void assert_printable(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (; *text; text = g_utf8_next_char(text)) {
        g_assert_true(mmt_char_is_printable(g_utf8_get_char(text)));
    }
}

static void test_refused(void)
{
    g_autoptr(Sequence) empty = sequence_new();
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;
        /* a copy, so that a read behind its end is noticed */
        size_t len = strlen(refused[i].text);
        g_autofree char *text = g_memdup2(refused[i].text, len);

        g_test_message("%s", refused[i].text);
        g_assert_null(sequence_parse_json("x", text, len, find_file, empty,
                                          &error));
        g_assert_nonnull(error);
        assert_contains(error->message, refused[i].error);
        assert_printable(error->message);
    }
}

/* Every beginning of a sequence is refused, too. */
static void test_truncated(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    g_autoptr(Sequence) seq = random_sequence(rand, false);
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

static void test_deep(void)
{
    g_autoptr(GString) text = g_string_new(HEAD ", \"operations\": [");
    g_autoptr(Sequence) empty = sequence_new();
    g_autoptr(GError) error = NULL;
    unsigned i;

    for (i = 0; i < 100000; i++) {
        g_string_append(text, "{\"stride\": [");
    }
    g_assert_null(sequence_parse_json("x", text->str, text->len, find_file,
                                      empty, &error));
    assert_contains(error->message, "stride: it must be a whole number");
    g_clear_error(&error);
    g_string_assign(text, HEAD ", \"operations\": [");
    for (i = 0; i < 100000; i++) {
        g_string_append(text, "{\"op\": \"loop\", \"body\": [");
    }
    g_assert_null(sequence_parse_json("x", text->str, text->len, find_file,
                                      empty, &error));
    assert_contains(error->message, "operation 3: body: there are 3 loops around it");
}

/* Members in another order, and those that may be left out */
static void test_order(void)
{
    static const char text[] = HEAD REGIONS ", \"operations\": ["
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
    g_autoptr(Sequence) seq = random_sequence(rand, false);
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

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sequence-json/model", test_model);
    g_test_add_func("/sequence-json/check", test_check);
    g_test_add_func("/sequence-json/round-trip", test_round_trip);
    g_test_add_func("/sequence-json/rounding", test_rounding);
    g_test_add_func("/sequence-json/order", test_order);
    g_test_add_func("/sequence-json/refused", test_refused);
    g_test_add_func("/sequence-json/truncated", test_truncated);
    g_test_add_func("/sequence-json/deep", test_deep);
    g_test_add_func("/sequence-json/files", test_files);
    g_test_add_func("/sequence-json/read", test_read);
    g_test_add_func("/sequence-json/no-json", test_no_json);
    status = g_test_run();
    temp_clean();
    return status;
}
