/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace memory
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake-qemu.h"
#include "qemu-case.h"
#include "run-tool.h"

#define PIECE 65536

#define ONE { "query-vfio-trace-windows", \
              "[{\"id\": \"gpu\", \"host\": \"0000:01:00.0\"}]" }
#define TWO { "query-vfio-trace-windows", \
              "[{\"id\": \"gpu\", \"host\": \"0000:01:00.0\"}, " \
              "{\"id\": \"audio\"}]" }
#define ASKED "query-vfio-trace-windows\n"

#define READ(at, len) \
    "vfio-trace-memory-read {\"device\":\"gpu\",\"address\":" #at \
    ",\"length\":" #len "}\n"
#define PHYSICAL(at, len) \
    "vfio-trace-memory-read {\"device\":\"gpu\",\"address\":" #at \
    ",\"length\":" #len ",\"physical\":true}\n"
#define BYTES(data, len) \
    { "vfio-trace-memory-read", \
      "{\"data\": \"" data "\", \"length\": " #len "}" }

#define NO_COMMAND "it was built without vfio-trace, or with an older " \
                   "version; build and install QEMU again, and start the " \
                   "guest with it\n"
#define OTHER_VERSION \
    "vfio-trace memory: %s: QEMU's answer to vfio-trace-memory-read has not " \
    "the bytes that it says: QEMU and this tool have different versions\n"

/**
 * struct Case: a command
 * @name: the test's name
 * @args: arguments besides --qmp SOCKET, beginning with the verb
 * @replies: QEMU's replies
 * @asked: the commands that QEMU received
 * @status: the command's exit status
 * @out: its standard output
 * @err: its standard error; %s is the socket
 */
static const QemuCase cases[] = {
    { "text", { "memory", "0x1000", "18" },
      { ONE, BYTES("SGVsbG8sIHdvcmxkICAgIQAK", 18) },
      ASKED READ(4096, 18), 0,
      "0000000000001000  48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 20 20 20 21  "
      "|Hello, world   !|\n"
      "0000000000001010  00 0a                                             "
      "|..|\n"
      "0000000000001012\n", "" },
    /* ESC [ 2 J, DEL, 0xff */
    { "not-printable", { "memory", "0", "6" }, { ONE, BYTES("G1sySn//", 6) },
      ASKED READ(0, 6), 0,
      "0000000000000000  1b 5b 32 4a 7f ff                                 "
      "|.[2J..|\n"
      "0000000000000006\n", "" },
    { "raw", { "memory", "0", "6", "-o", "-" }, { ONE, BYTES("G1sySkFC", 6) },
      ASKED READ(0, 6), 0, "\x1b[2JAB", "" },
    { "device", { "memory", "-D", "01:00.0", "--physical", "4K", "0x1" },
      { TWO, BYTES("QQ==", 1) }, ASKED PHYSICAL(4096, 1), 0,
      "0000000000001000  41                                                "
      "|A|\n"
      "0000000000001001\n", "" },
    { "last-byte", { "memory", "0xffffffffffffffff", "1" },
      { ONE, BYTES("QQ==", 1) }, ASKED READ(-1, 1), 0,
      "ffffffffffffffff  41                                                "
      "|A|\n"
      "0000000000000000\n", "" },
    { "no-ram", { "memory", "0xfee00000", "4" }, { ONE, BYTES("", 0) },
      ASKED READ(4276092928, 4), 1, "",
      "vfio-trace memory: the device's address 0xfee00000 leads to no RAM: "
      "0 of 4 bytes were read\n" },
    { "no-ram-behind", { "memory", "-p", "0x7fff", "4" },
      { ONE, BYTES("QQ==", 1) }, ASKED PHYSICAL(32767, 4), 1,
      "0000000000007fff  41                                                "
      "|A|\n"
      "0000000000008000\n",
      "vfio-trace memory: the machine's address 0x8000 leads to no RAM: "
      "1 of 4 bytes were read\n" },
    { "refused", { "memory", "0", "4" },
      { ONE, { "vfio-trace-memory-read", "error no\\u001b[2J" } },
      ASKED READ(0, 4), 1, "", "vfio-trace memory: %s: no?[2J\n" },
    { "old", { "memory", "0", "4" }, { ONE }, ASKED READ(0, 4), 1, "",
      "vfio-trace memory: %s: this QEMU has no command "
      "vfio-trace-memory-read: " NO_COMMAND },
    { "gone", { "memory", "0", "4" },
      { ONE, { "vfio-trace-memory-read", NULL } }, ASKED READ(0, 4), 1, "",
      "vfio-trace memory: %s: QEMU closed the connection; did it end?\n" },
    { "ambiguous", { "memory", "0", "4" }, { TWO }, ASKED, 1, "",
      "vfio-trace memory: %s: several devices are traced: name one with "
      "--device: gpu, audio\n" },
    { "unknown", { "memory", "-D", "x", "0", "4" }, { TWO }, ASKED, 1, "",
      "vfio-trace memory: %s: there is no traced device 'x'; there are: gpu, "
      "audio\n" },
    { "too-much", { "memory", "0", "4" }, { ONE, BYTES("SGVsbG8=", 5) },
      ASKED READ(0, 4), 1, "", OTHER_VERSION },
    { "wrong-length", { "memory", "0", "4" }, { ONE, BYTES("QQ==", 4) },
      ASKED READ(0, 4), 1, "", OTHER_VERSION },
    { "no-data", { "memory", "0", "4" },
      { ONE, { "vfio-trace-memory-read", "{\"length\": 4}" } },
      ASKED READ(0, 4), 1, "", OTHER_VERSION },
    { "no-object", { "memory", "0", "4" },
      { ONE, { "vfio-trace-memory-read", "[7]" } }, ASKED READ(0, 4), 1, "",
      OTHER_VERSION },
    { "now", { "memory", "--now", "SQ[3]" },
      { ONE, { "vfio-trace-memory-now", "{}" } },
      ASKED "vfio-trace-memory-now {\"device\":\"gpu\",\"name\":\"SQ[3]\"}\n",
      0, "", "" },
    { "now-refused", { "memory", "-n", "SQ", "-D", "gpu" },
      { ONE, { "vfio-trace-memory-now", "error there is no SQ" } },
      ASKED "vfio-trace-memory-now {\"device\":\"gpu\",\"name\":\"SQ\"}\n",
      1, "", "vfio-trace memory: %s: there is no SQ\n" },
    { "now-old", { "memory", "-n", "SQ" }, { ONE },
      ASKED "vfio-trace-memory-now {\"device\":\"gpu\",\"name\":\"SQ\"}\n",
      1, "", "vfio-trace memory: %s: this QEMU has no command "
      "vfio-trace-memory-now: " NO_COMMAND },
};

/* QEMU is not asked anything. */
static void test_usage(void)
{
    static const UsageCase uses[] = {
        { { "memory" }, "the operands are ADDR and LEN" },
        { { "memory", "0" }, "the operands are ADDR and LEN" },
        { { "memory", "0", "1", "2" }, "unexpected operand '2'" },
        { { "memory", "x", "1" }, "ADDR is 'x'" },
        { { "memory", "0x", "1" }, "ADDR is '0x'" },
        { { "memory", "", "1" }, "ADDR is ''" },
        { { "memory", "0x10000000000000000", "1" }, "ADDR is '0x1000000" },
        { { "memory", "0x1p", "1" }, "ADDR is '0x1p'" },
        { { "memory", "0", "0" }, "LEN is '0'" },
        { { "memory", "0", "1KK" }, "LEN is '1KK'" },
        { { "memory", "0", "0xffffffffffffffffG" }, "LEN is '0xfff" },
        { { "memory", "0", "0x40000001" }, "at most 1G can be read" },
        { { "memory", "0xffffffffffffffff", "2" }, "beyond the last address" },
        { { "memory", "--now", "SQ", "0", "1" }, "only --device goes with" },
        { { "memory", "--now", "SQ", "-p" }, "only --device goes with" },
        { { "memory", "--now", "SQ", "-o", "x" }, "only --device goes with" },
        { { "memory", "-f", "0", "1" }, "--force goes with --output only" },
        { { "memory", "-d", "a", "-q", "b", "0" }, "--qmp and --domain" },
    };

    usage_cases_check(uses, G_N_ELEMENTS(uses));
}

/* Return: an answer with @len bytes, each with the value @byte; to be freed */
static char *piece(uint8_t byte, size_t len)
{
    g_autofree uint8_t *bytes = g_malloc(len);
    g_autofree char *text = NULL;

    memset(bytes, byte, len);
    text = g_base64_encode(bytes, len);
    return g_strdup_printf("{\"data\": \"%s\", \"length\": %zu}", text, len);
}

/**
 * struct Pieces: a QEMU with two whole pieces of memory, and one that is not
 * @text: its answers
 * @replies: its table
 */
typedef struct Pieces {
    char *text[3];
    FakeReply replies[5];
} Pieces;

static void pieces_init(Pieces *pieces)
{
    static const FakeReply one = ONE;
    size_t i;

    memset(pieces, 0, sizeof(*pieces));
    pieces->replies[0] = one;
    for (i = 0; i < G_N_ELEMENTS(pieces->text); i++) {
        pieces->text[i] = piece('a' + i, i < 2 ? PIECE : 100);
        pieces->replies[i + 1] = (FakeReply) { "vfio-trace-memory-read",
                                               pieces->text[i] };
    }
}

static void pieces_clear(Pieces *pieces)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(pieces->text); i++) {
        g_free(pieces->text[i]);
    }
}

static ToolRun *run_pieces(Pieces *pieces, const char *len, const char *path,
                           char **asked)
{
    FakeQemu *qemu;
    ToolRun *run;

    qemu = fake_qemu_start(pieces->replies);
    run = run_tool(NULL, "memory", "-q", fake_qemu_path(qemu), "0x10000",
                   len, path ? "--output" : NULL, path, NULL);
    *asked = fake_qemu_stop(qemu);
    return run;
}

static void check_saved(const char *path, size_t third)
{
    g_autofree char *text = NULL;
    gsize len;
    size_t i;

    g_assert_true(g_file_get_contents(path, &text, &len, NULL));
    g_assert_cmpuint(len, ==, 2 * PIECE + third);
    for (i = 0; i < len; i++) {
        g_assert_cmpint(text[i], ==, "abc"[i / PIECE]);
    }
}

/* More than QEMU gives at once */
static void test_pieces(void)
{
    g_autofree char *path = g_build_filename(temp_dir(), "pieces", NULL);
    g_autofree char *asked = NULL;
    g_autoptr(ToolRun) run = NULL;
    Pieces pieces;

    pieces_init(&pieces);
    run = run_pieces(&pieces, "131172", path, &asked);
    pieces_clear(&pieces);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpstr(run->out, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(asked, ==, ASKED READ(65536, 65536) READ(131072, 65536)
                    READ(196608, 100));
    check_saved(path, 100);
}

/* What was read before the end of RAM is kept. */
static void test_end_of_ram(void)
{
    g_autofree char *path = g_build_filename(temp_dir(), "end", NULL);
    g_autofree char *asked = NULL;
    g_autoptr(ToolRun) run = NULL;
    Pieces pieces;

    pieces_init(&pieces);
    run = run_pieces(&pieces, "1G", path, &asked);
    pieces_clear(&pieces);
    g_assert_cmpstr(run->err, ==,
                    "vfio-trace memory: the device's address 0x30064 leads to "
                    "no RAM: 131172 of 1073741824 bytes were read\n");
    g_assert_cmpint(run->status, ==, 1);
    g_assert_cmpstr(asked, ==, ASKED READ(65536, 65536) READ(131072, 65536)
                    READ(196608, 65536));
    check_saved(path, 100);
}

/* Equal rows are one "*", also across pieces. */
static void test_equal_rows(void)
{
    g_autofree char *asked = NULL;
    g_autoptr(ToolRun) run = NULL;
    Pieces pieces;

    pieces_init(&pieces);
    run = run_pieces(&pieces, "131172", NULL, &asked);
    pieces_clear(&pieces);
    g_assert_cmpstr(run->out, ==,
                    "0000000000010000  61 61 61 61 61 61 61 61  61 61 61 61 61 "
                    "61 61 61  |aaaaaaaaaaaaaaaa|\n*\n"
                    "0000000000020000  62 62 62 62 62 62 62 62  62 62 62 62 62 "
                    "62 62 62  |bbbbbbbbbbbbbbbb|\n*\n"
                    "0000000000030000  63 63 63 63 63 63 63 63  63 63 63 63 63 "
                    "63 63 63  |cccccccccccccccc|\n*\n"
                    "0000000000030060  63 63 63 63                             "
                    "          |cccc|\n"
                    "0000000000030064\n");
    g_assert_cmpint(run->status, ==, 0);
}

/* QEMU ends in between: no file looks complete. */
static void test_gone_between(void)
{
    g_autofree char *path = g_build_filename(temp_dir(), "gone", NULL);
    g_autofree char *asked = NULL;
    g_autoptr(ToolRun) run = NULL;
    Pieces pieces;

    pieces_init(&pieces);
    pieces.replies[2].reply = NULL;
    run = run_pieces(&pieces, "131172", path, &asked);
    pieces_clear(&pieces);
    assert_contains(run->err, "QEMU closed the connection");
    g_assert_cmpint(run->status, ==, 1);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void check_output(const char *path, const char *force, const char *err,
                         const char *contents)
{
    static const FakeReply replies[] = { ONE, BYTES("TkVX", 3), { NULL } };
    FakeQemu *qemu = fake_qemu_start(replies);
    g_autoptr(ToolRun) run = run_tool(NULL, "memory", "-q",
                                      fake_qemu_path(qemu), "0", "3", "-o",
                                      path, force, NULL);
    G_GNUC_UNUSED g_autofree char *asked = fake_qemu_stop(qemu);
    g_autofree char *text = NULL;

    if (err) {
        assert_contains(run->err, err);
    } else {
        g_assert_cmpstr(run->err, ==, "");
    }
    g_assert_cmpint(run->status, ==, err ? 1 : 0);
    if (contents) {
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        g_assert_cmpstr(text, ==, contents);
    }
}

static void test_output(void)
{
    g_autofree char *old = temp_file("old", "OLD", -1);
    g_autofree char *none = g_build_filename(temp_dir(), "no/such", NULL);
    g_autofree char *link = g_build_filename(temp_dir(), "link", NULL);
    g_autofree char *fifo = g_build_filename(temp_dir(), "fifo", NULL);

    g_assert_cmpint(symlink(old, link), ==, 0);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    check_output(none, NULL, "can not create", NULL);
    check_output(link, NULL, "exists already", "OLD");
    check_output(link, "--force", "is not a regular file", "OLD");
    check_output(fifo, "--force", "is not a regular file", NULL);
    check_output("/dev/full", "--force", "is not a regular file", NULL);
    check_output(old, NULL, "exists already; use --force", "OLD");
    check_output(old, "--force", NULL, "NEW");
}

#define MARK(text) "MARK 1.000000 vfio-trace: " text "\n"
#define ZERO16 "00000000000000000000000000000000"

/* A watch of 66 bytes whose end changes, and one that was not logged */
static char *make_log(void)
{
    return temp_file("memory.mmt",
        "VERSION 20070824\n"
        MARK("log format=1 qemu=10.0.0")
        MARK("watch device=a watch=BOX on=write at=0x4000 len=66 lines=2 "
             "sum=0x4fc0f271efef2b1c state=first")
        MARK("watch-data at=0x4000 " ZERO16 ZERO16 ZERO16 ZERO16 "0102")
        "MARK 2.000000 later\n"
        MARK("watch device=a watch=BOX on=write at=0x4000 len=66 lines=1 "
             "sum=0x3ad7f84b99d600be state=changed")
        MARK("watch-data at=0x4040 0304")
        MARK("watch device=a watch=CUT on=write at=0x0 len=64 lines=0 "
             "sum=0x0 state=cut left=1"), -1);
}

#define BOX(end) \
    "0000000000004000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  " \
    "|................|\n*\n" \
    "0000000000004040  " end "                                             " \
    "|..|\n0000000000004042\n"

static void test_log(void)
{
    g_autofree char *log = make_log();
    g_autofree char *path = g_build_filename(temp_dir(), "box", NULL);
    g_autoptr(ToolRun) end = run_tool(NULL, "memory", "--log", log, "--watch",
                                      "BOX", NULL);
    g_autoptr(ToolRun) line = run_tool(NULL, "memory", "-l", log, "-w", "BOX",
                                       "--to", "/later/", NULL);
    g_autoptr(ToolRun) cut = run_tool(NULL, "memory", "-l", log, "-w", "CUT",
                                      "-D", "a", "-o", path, NULL);
    g_autofree char *bytes = NULL;
    gsize len;

    g_assert_cmpstr(end->err, ==, "");
    g_assert_cmpstr(end->out, ==, BOX("03 04"));
    g_assert_cmpint(end->status, ==, 0);
    g_assert_cmpstr(line->err, ==, "");
    g_assert_cmpstr(line->out, ==, BOX("01 02"));
    g_assert_cmpint(line->status, ==, 0);
    assert_contains(cut->err, "1 lines of 64 bytes are not in the log");
    assert_contains(cut->err, "1 lines had changed, and were not in the log");
    g_assert_cmpint(cut->status, ==, 1);
    g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
    g_assert_cmpuint(len, ==, 64);
}

/* A snapshot of four zero bytes, or of less than that */
#define SHOT(state, hash) \
    MARK("snapshot device=a name=SHOT on=request at=0x10 len=4 sha256=" hash \
         state) \
    MARK("snapshot-data at=0x10 00000000")
#define HASH4 \
    "df3f619804a92fdb4057192dc43dd748ea778adc52bc498ce80524c014b81119"
#define NO_SHOT \
    MARK("snapshot device=a name=SHOT on=request at=0x0 len=0 sha256=e3b0c4429" \
         "8fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 " \
         "state=address-unknown")
#define BOX_GONE \
    MARK("watch device=a watch=SHOT on=write at=0x4000 len=4 lines=1 " \
         "sum=0xb43207b5f07bec15 state=first") \
    MARK("watch-data at=0x4000 00000000") \
    MARK("watch device=a watch=SHOT on=write at=0x0 len=0 lines=0 sum=0x0 " \
         "state=address-unknown")

/* More than a tracer watches: no contents are kept */
#define BOX_LARGE \
    MARK("watch device=a watch=SHOT on=write at=0x4000 len=4 lines=1 " \
         "sum=0xb43207b5f07bec15 state=first") \
    MARK("watch-data at=0x4000 00000000") \
    MARK("watch device=a watch=SHOT on=write at=0x0 len=17825792 lines=0 " \
         "sum=0x0 state=first")

/* What is not what the tracer has seen, or not all of it, is not passed off. */
static void test_log_less(void)
{
    static const struct {
        const char *marks;
        const char *err;
    } logs[] = {
        { SHOT("", HASH4), NULL },
        { SHOT("", "00"), "not the sum of line 3: the log is damaged" },
        { SHOT(" state=not-memory", HASH4), "line 3 has state=not-memory" },
        { SHOT("", HASH4) NO_SHOT, "line 5 has state=address-unknown" },
        { BOX_GONE, "of line 3: the look in line 5 has none, with state=addr" },
        { BOX_LARGE, "of line 3: the look in line 5 has none, with state=fi" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(logs); i++) {
        g_autofree char *text = g_strconcat(
            "VERSION 20070824\n", MARK("log format=1 qemu=10.0.0"),
            logs[i].marks, NULL);
        g_autofree char *log = temp_file("less.mmt", text, -1);
        g_autoptr(ToolRun) run = run_tool(NULL, "memory", "-l", log, "-w",
                                          "SHOT", NULL);

        if (logs[i].err) {
            assert_contains(run->err, logs[i].err);
        } else {
            g_assert_cmpstr(run->err, ==, "");
        }
        g_assert_cmpint(run->status, ==, logs[i].err ? 1 : 0);
    }
}

static void test_log_wrong(void)
{
    g_autofree char *log = make_log();
    g_autofree char *none = g_build_filename(temp_dir(), "nolog", NULL);
    g_autofree char *path = g_build_filename(temp_dir(), "nobox", NULL);
    const struct {
        const char *args[9];
        int status;
        const char *err;
    } uses[] = {
        { { "memory", "-l", log, "-w", "NO\x1b[2J", "-o", path }, 1,
          "no watch or snapshot 'NO?[2J' up to there; it has " },
        { { "memory", "-l", log, "-w", "BOX", "-D", "b" }, 1, "BOX of a" },
        { { "memory", "-l", log, "-w", "BOX", "--to", "x" }, 2, "--to" },
        { { "memory", "-l", none, "-w", "BOX" }, 2, "No such file" },
        { { "memory", "-l", log }, 2, "--log needs --watch" },
        { { "memory", "-l", log, "-w", "BOX", "0", "1" }, 2, "--log needs" },
        { { "memory", "-l", log, "-w", "BOX", "-p" }, 2, "--log needs" },
        { { "memory", "-w", "BOX", "0", "1" }, 2, "need --log" },
        { { "memory", "--to", "1", "0", "1" }, 2, "need --log" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(uses); i++) {
        const char *args[G_N_ELEMENTS(uses[i].args) + 1] = { NULL };
        g_autoptr(ToolRun) run = NULL;

        memcpy(args, uses[i].args, sizeof(uses[i].args));
        run = run_toolv(NULL, args);
        assert_contains(run->err, uses[i].err);
        g_assert_cmpstr(run->out, ==, "");
        g_assert_cmpint(run->status, ==, uses[i].status);
    }
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    qemu_cases_add("/memory/case/", cases, G_N_ELEMENTS(cases));
    g_test_add_func("/memory/usage", test_usage);
    g_test_add_func("/memory/pieces", test_pieces);
    g_test_add_func("/memory/end-of-ram", test_end_of_ram);
    g_test_add_func("/memory/equal-rows", test_equal_rows);
    g_test_add_func("/memory/gone-between", test_gone_between);
    g_test_add_func("/memory/output", test_output);
    g_test_add_func("/memory/log", test_log);
    g_test_add_func("/memory/log-less", test_log_less);
    g_test_add_func("/memory/log-wrong", test_log_wrong);
    result = g_test_run();
    temp_clean();
    return result;
}
