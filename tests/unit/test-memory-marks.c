/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: guest memory in a log, put together from its marks
 *
 * What is wrong with marks is tested with 'vfio-trace check'.
 */
#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "run-tool.h"
#include "libguestmem/line-sum.h"
#include "tools/analysis/memory-image.h"
#include "tools/analysis/memory-mark.h"
#include "tools/analysis/memory.h"
#include "tools/analysis/options.h"

#define HEAD \
    "VERSION 20070824\n" \
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0\n"
#define MARK(text) "MARK 1.000000 vfio-trace: " text "\n"

static void put_hex(GString *text, const uint8_t *bytes, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        g_string_append_printf(text, "%02x", bytes[i]);
    }
}

/* --- sums ---------------------------------------------------------------- */

/* Of Python's hashlib, as docs/log-format.md has it */
static void test_sum(void)
{
    uint8_t line[64];
    unsigned i;

    for (i = 0; i < sizeof(line); i++) {
        line[i] = i;
    }
    g_assert_cmphex(gmem_line_sum(0, line, sizeof(line)), ==,
                    0x6a930f492604cb0a);
    g_assert_cmphex(gmem_line_sum(1, line + 1, 2), ==, 0x91729ecf547ee099);
}

/* --- replay -------------------------------------------------------------- */

#define LEN  5000
#define LINES_ALL ((LEN + 63) / 64)

/**
 * struct Replay: a memory that changes at random, and what is read of it
 */
typedef struct Replay {
    uint8_t now[LEN];
    uint8_t logged[LEN];
    bool handed[LINES_ALL];
    unsigned n;
    unsigned faults;
} Replay;

static void replay_take(const AnalysisMemoryThing *thing, void *opaque)
{
    Replay *replay = opaque;
    unsigned i;

    g_assert_cmpint(thing->kind, ==, ANALYSIS_MEMORY_WATCH);
    g_assert_cmpuint(thing->len, ==, LEN);
    for (i = 0; i < LINES_ALL; i++) {
        unsigned at = i * 64, n = MIN(64, LEN - at);

        g_assert_cmpint(thing->known[i], ==, replay->handed[i]);
        if (replay->handed[i]) {
            g_assert_cmpmem(thing->contents + at, n, replay->logged + at, n);
        }
    }
    replay->n++;
}

static void replay_fault(const AnalysisMemoryPlace *place, const char *word,
                         const char *message, void *opaque)
{
    Replay *replay = opaque;

    (void)place;
    (void)word;
    g_test_message("%s", message);
    replay->faults++;
}

static uint64_t replay_sum(const Replay *replay)
{
    uint64_t sum = 0;
    unsigned i;

    for (i = 0; i < LINES_ALL; i++) {
        if (replay->handed[i]) {
            sum += gmem_line_sum(i, replay->logged + i * 64,
                                 MIN(64, LEN - i * 64));
        }
    }
    return sum;
}

static bool line_differs(const Replay *replay, unsigned i)
{
    return !replay->handed[i] ||
           memcmp(replay->logged + i * 64, replay->now + i * 64,
                  MIN(64, LEN - i * 64));
}

static void replay_mark(AnalysisMemory *memory, const GString *text)
{
    const AnalysisMemoryPlace place = { .line = 1 };

    g_assert_true(analysis_memory_mark(memory,
                                       (MmtSpan) { text->str, text->len },
                                       &place));
}

/* The lines that changed, as many as fit, a mark for each */
static void replay_look(Replay *replay, AnalysisMemory *memory, bool first,
                        unsigned max)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GPtrArray) marks = g_ptr_array_new_with_free_func(g_free);
    unsigned i, lines = 0, left = 0;

    if (first) {
        memset(replay->handed, 0, sizeof(replay->handed));
    }
    for (i = 0; i < LINES_ALL; i++) {
        if (!line_differs(replay, i)) {
            continue;
        }
        if (lines == max) {
            left++;
            continue;
        }
        g_string_printf(text, "vfio-trace: watch-data at=0x%x ",
                        0x10000 + i * 64);
        put_hex(text, replay->now + i * 64, MIN(64, LEN - i * 64));
        g_ptr_array_add(marks, g_strdup(text->str));
        memcpy(replay->logged + i * 64, replay->now + i * 64,
               MIN(64, LEN - i * 64));
        replay->handed[i] = true;
        lines++;
    }
    g_string_printf(text, "vfio-trace: watch device=dut0 watch=W[3] on=write "
                    "at=0x10000 len=%d lines=%u sum=0x%" PRIx64 " state=%s",
                    LEN, lines, replay_sum(replay),
                    left ? "cut" : first ? "first" :
                    lines ? "changed" : "same");
    if (left) {
        g_string_append_printf(text, " left=%u", left);
    }
    replay_mark(memory, text);
    for (i = 0; i < marks->len; i++) {
        g_string_assign(text, marks->pdata[i]);
        replay_mark(memory, text);
    }
}

static void test_replay(void)
{
    static const AnalysisMemoryUser user = {
        .take = replay_take, .fault = replay_fault,
    };
    g_autofree Replay *replay = g_new0(Replay, 1);
    g_autoptr(AnalysisMemory) memory = analysis_memory_new(&user, replay);
    GRand *rand = g_rand_new_with_seed(1);
    unsigned i, k;

    for (i = 0; i < 400; i++) {
        for (k = g_rand_int_range(rand, 0, 40); k > 0; k--) {
            replay->now[g_rand_int_range(rand, 0, LEN)] = g_rand_int(rand);
        }
        replay_look(replay, memory, !i || g_rand_int_range(rand, 0, 40) == 0,
                    g_rand_int_range(rand, 1, 3) == 1 ? LINES_ALL : 10);
    }
    g_assert_cmpuint(replay->n, ==, 400);
    g_assert_cmpuint(replay->faults, ==, 0);
    g_rand_free(rand);
}

/* --- images -------------------------------------------------------------- */

static const Verb verb = { .name = "test" };

/* Line 6 has the first contents, line 8 the change. */
static char *image_log(void)
{
    g_autoptr(GString) log = g_string_new(HEAD
        MARK("watch device=a watch=BOX on=write at=0x4000 len=66 lines=2 "
             "sum=0x4fc0f271efef2b1c state=first"));
    static const uint8_t zero[64];

    g_string_append(log, "MARK 1.000000 vfio-trace: watch-data at=0x4000 ");
    put_hex(log, zero, 64);
    g_string_append(log, "0102\n"
        MARK("watch device=a watch=BOX on=write at=0x4000 len=66 lines=1 "
             "sum=0x3ad7f84b99d600be state=changed")
        MARK("watch-data at=0x4040 0304")
        MARK("snapshot device=a name=S on=irq at=0x9000 len=2 sha256="
             "0000000000000000000000000000000000000000000000000000000000000000")
        MARK("snapshot-data at=0x9000 0506")
        MARK("watch device=b watch=TWO on=write at=0x0 len=64 lines=0 "
             "sum=0x0 state=cut left=1")
        MARK("watch device=c watch=TWO on=write at=0x0 len=64 lines=0 "
             "sum=0x0 state=cut left=1"));
    return temp_file("image.mmt", log->str, -1);
}

static bool image_of(const char *path, const char *device, const char *name,
                     AnalysisMemoryImage *image, GError **error)
{
    g_autoptr(AnalysisTrace) a = analysis_open(&verb, path);

    return analysis_memory_image(a, device, name, image, error);
}

static void test_image(void)
{
    g_autofree char *path = image_log();
    AnalysisMemoryImage image;
    GError *error = NULL;

    g_assert_true(image_of(path, NULL, "BOX", &image, &error));
    g_assert_cmphex(image.at, ==, 0x4000);
    g_assert_cmpuint(image.bytes->len, ==, 66);
    g_assert_cmpmem(image.bytes->data + 63, 3, "\0\3\4", 3);
    g_assert_true(image.sound);
    g_assert_cmpuint(image.unknown, ==, 0);
    g_assert_cmpuint(image.line, ==, 5);
    analysis_memory_image_clear(&image);

    g_assert_true(image_of(path, "a", "S", &image, &error));
    g_assert_cmpmem(image.bytes->data, image.bytes->len, "\5\6", 2);
    analysis_memory_image_clear(&image);

    g_assert_true(image_of(path, "b", "TWO", &image, &error));
    g_assert_false(image.sound);
    g_assert_cmpuint(image.unknown, ==, 1);
    g_assert_cmpuint(image.left, ==, 1);
    analysis_memory_image_clear(&image);

    g_assert_false(image_of(path, NULL, "TWO", &image, &error));
    assert_contains(error->message, "name the device");
    g_clear_error(&error);
    g_assert_false(image_of(path, "b", "BOX", &image, &error));
    assert_contains(error->message, "it has ");
    assert_contains(error->message, "BOX of a");
    g_clear_error(&error);
}

/* --- hostile logs -------------------------------------------------------- */

static void test_no_device(void)
{
#define FIRST "on=irq len=1 lines=1 sum=0x0 state=first"
    static const char *const verbs[] = { "check", "decode" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(verbs); i++) {
        g_autoptr(ToolRun) run = run_tool(
            HEAD
            MARK("watch watch=A " FIRST " at=0x0") MARK("watch-data at=0x0 01")
            MARK("watch watch=B " FIRST " at=0x0") MARK("watch-data at=0x0 01")
            MARK("watch watch=A " FIRST " at=0x8") MARK("watch-data at=0x8 01"),
            verbs[i], "-", NULL);

        g_assert_cmpint(run->status, <=, 1);
        assert_contains(run->out, i ? "A, 1 bytes at 0x8" : " 6 faults\n");
    }
#undef FIRST
}

/* A datum that is too large to be kept does not take another one with it. */
static void test_large_datum(void)
{
#define DATUM "data device=d ring=R[0] index=0 at=0x2000 name="
    g_autoptr(ToolRun) run = run_tool(
        HEAD MARK("ring device=d ring=R[0] base=0x1000 count=4 entry=1")
        MARK("entry device=d ring=R[0] index=0 at=0x1000 len=1 01")
        MARK(DATUM "large len=16777216 of=16777216 01")
        MARK(DATUM "a len=1 of=1 02")
        MARK(DATUM "larger len=18446744073709551615 of=1 01")
        MARK(DATUM "b len=1 of=1 03"), "decode", "--json", "-", NULL);

    g_assert_cmpstr(run->err, ==, "");
    assert_contains(run->out, "\"data\": [{\"name\": \"a\"");
    assert_contains(run->out, "\"name\": \"b\"");
    assert_contains(run->out, "\"data_left_out\": 2");
#undef DATUM
}

/* A name fills a line; what is kept of it does not. */
static void test_key(void)
{
    g_autofree char *long_name = g_strnfill(60000, 'A');
    g_autofree char *text = g_strdup_printf("vfio-trace: ring device=%s ring=%s",
                                            long_name, long_name);
    AnalysisMemoryMark mark;
    g_autofree char *key = NULL;

    g_assert_true(analysis_memory_parse((MmtSpan) { text, strlen(text) },
                                        &mark));
    key = analysis_memory_key(&mark);
    g_assert_cmpuint(strlen(key), ==, 2 * (ANALYSIS_MEMORY_WORD - 1) + 1);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory-marks/sum", test_sum);
    g_test_add_func("/memory-marks/replay", test_replay);
    g_test_add_func("/memory-marks/image", test_image);
    g_test_add_func("/memory-marks/no-device", test_no_device);
    g_test_add_func("/memory-marks/large-datum", test_large_datum);
    g_test_add_func("/memory-marks/key", test_key);
    status = g_test_run();
    temp_clean();
    return status;
}
