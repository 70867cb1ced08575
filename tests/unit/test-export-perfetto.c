/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace convert --to perfetto
 *
 * Traces are read by protobuf-c (perfetto-trace.h); by protoc with our schema;
 * and by Perfetto's trace_processor_shell, which no distribution has, where it
 * is installed.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "timeline-log.h"
#include "perfetto-trace.h"
#include "run-tool.h"

/* More registers than names whose numbers are remembered */
#define MANY 70000

/* What is said of the hostile log's times */
#define LATE "with an earlier time than the one before, shown at its time: 2\n"

/* The trace of a log, which is converted without a word; to be freed */
static char *convert(const char *log, const char *word)
{
    g_autofree char *in = temp_file("log.mmt", log, -1);
    char *out = g_build_filename(temp_dir(), "out.perfetto-trace", NULL);
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "--force", "-o", out,
                                      in, NULL);

    g_assert_cmpint(run->status, ==, 0);
    if (word) {
        assert_contains(run->err, word);
    } else {
        g_assert_cmpstr(run->err, ==, "");
    }
    return out;
}

static GPtrArray *events_of(const char *log, const char *word)
{
    g_autofree char *path = convert(log, word);

    return perfetto_trace_read(path);
}

/* A number in the first line of stat --json */
static unsigned stat_number(const char *log, const char *name)
{
    g_autoptr(ToolRun) run = run_tool(log, "stat", "--json", "-", NULL);
    g_autofree char *key = g_strdup_printf("\"%s\": ", name);
    const char *at = strstr(run->out, key);

    g_assert_nonnull(at);
    return atoi(at + strlen(key));
}

static unsigned stat_accesses(const char *log)
{
    return stat_number(log, "reads") + stat_number(log, "writes") +
           stat_number(log, "unknown");
}

static void assert_event(const TraceEvent *event, uint64_t ns,
                         const char *track, const char *category,
                         const char *args)
{
    g_assert_cmpuint(event->ns, ==, ns);
    g_assert_cmpstr(event->track, ==, track);
    g_assert_cmpstr(event->category, ==, category);
    g_assert_cmpstr(event->args, ==, args);
}

#define BAR0   "dut0 (8086:10d3)/bar0"
#define CONFIG "dut0 (8086:10d3)/config"

static void test_accesses(void)
{
    g_autoptr(GPtrArray) events = events_of(TIMELINE_LOG, NULL);

    g_assert_cmpuint(perfetto_trace_count(events, 'I', "access", NULL), ==,
                     stat_accesses(TIMELINE_LOG));
    g_assert_cmpuint(perfetto_trace_count(events, 'I', "access", "/cpu 1"), ==,
                     3);
    assert_event(perfetto_trace_find(events, 'I', "W 0x0"), 1000002000,
                 BAR0 "/cpu 0", "access",
                 "offset=0x0 value=0x40 width=4 line=8");
    assert_event(perfetto_trace_find(events, 'I', "R 0x8"), 1000002500,
                 BAR0 "/cpu 1", "access",
                 "offset=0x8 value=0x40 width=4 line=9");
    assert_event(perfetto_trace_find(events, 'I', "W 0xc"), 1000006999,
                 BAR0 "/accesses", "access",
                 "offset=0xc value=0x783 width=2 pc=0xffffffff81000000 "
                 "line=14");
    assert_event(perfetto_trace_find(events, 'I', "UNKNOWN 0x10"), 1500001000,
                 BAR0 "/accesses", "access",
                 "offset=0x10 pc=0xffffffff81000000 line=18");
    assert_event(perfetto_trace_find(events, 'I', "R 0x18"), 1500002000,
                 BAR0 "/cpu 0", "access",
                 "offset=0x18 value=0xffffffffffffffff width=8 line=19");
    g_assert_cmpuint(perfetto_trace_count(events, 'I', "access",
                                          CONFIG "/cpu 0"), ==, 1);
}

/* The next end of a track is that of its slice. */
static uint64_t end_of(const GPtrArray *events, const TraceEvent *begin)
{
    guint i;

    g_assert_true(g_ptr_array_find((GPtrArray *)events, begin, &i));
    for (i++; i < events->len; i++) {
        const TraceEvent *event = events->pdata[i];

        if (event->type == 'E' && !strcmp(event->track, begin->track)) {
            return event->ns;
        }
    }
    g_assert_not_reached();
}

/*
 * With latencies, a read ends at its time and a write begins then; neither
 * overlaps with another access of its track.
 */
static void test_latency(void)
{
    static const char log[] = TIMELINE_HEAD
        "W 4 1.000100 1 0xfeb80000 0x1 0x0 0 cpu=0 ns=1.000100000 latency=50\n"
        "R 4 1.000101 1 0xfeb80004 0x1 0x0 0 cpu=0 ns=1.000101000 latency=200\n"
        "W 4 1.000102 1 0xfeb80008 0x1 0x0 0 cpu=0 ns=1.000102000 latency=9000"
        "\n"
        "R 4 1.000103 1 0xfeb8000c 0x1 0x0 0 cpu=0 ns=1.000103000 latency=9000"
        "\n"
        "R 4 1.000104 1 0xfeb80010 0x1 0x0 0 cpu=1 ns=1.000104000 latency=9000"
        "\n"
        "R 4 1.000105 1 0xfeb80014 0x1 0x0 0 cpu=1 ns=1.000105000 latency=?\n"
        "R 4 1.000106 1 0xfeb80018 0x1 0x0 0 cpu=1 ns=1.000106000 latency=9000"
        "\n"
        "W 4 1.000107 1 0xfeb8001c 0x1 0x0 0 cpu=1 ns=1.000107000 "
        "latency=4294967295\n";
    static const struct {
        const char *name;
        uint64_t begin, end;
    } want[] = {
        { "W 0x0", 1000100000, 1000100050 },
        { "R 0x4", 1000100800, 1000101000 },
        { "W 0x8", 1000102000, 1000103000 },
        { "R 0xc", 1000103000, 1000103000 },
        { "R 0x10", 1000095000, 1000104000 },
        { "R 0x18", 1000105001, 1000106000 },
        { "W 0x1c", 1000107000, 1000107000 + 4294967294 },
    };
    g_autoptr(GPtrArray) events = events_of(log, NULL);
    size_t i;

    g_assert_cmpuint(perfetto_trace_count(events, 'B', "access", NULL), ==,
                     G_N_ELEMENTS(want));
    for (i = 0; i < G_N_ELEMENTS(want); i++) {
        const TraceEvent *event = perfetto_trace_find(events, 'B',
                                                      want[i].name);

        g_assert_cmpuint(event->ns, ==, want[i].begin);
        g_assert_cmpuint(end_of(events, event), ==, want[i].end);
    }
    g_assert_cmpuint(perfetto_trace_find(events, 'I', "R 0x14")->ns, ==,
                     1000105000);
}

/* More accesses of one microsecond than it has nanoseconds */
static void test_same_time(void)
{
    g_autoptr(GString) log = g_string_new(TIMELINE_HEAD);
    g_autoptr(GPtrArray) events = NULL;
    unsigned i;

    for (i = 0; i < 1010; i++) {
        g_string_append(log, "W 4 1.000009 1 0xfeb80000 0x0 0x0 0\n");
    }
    events = events_of(log->str, "entries shown more than 1 us later, since no "
                       "two have the same time: 9\n");
    g_assert_cmpuint(perfetto_trace_count(events, 'I', "access", NULL), ==,
                     1010);
}

static void test_polls(void)
{
    g_autoptr(GPtrArray) events = events_of(TIMELINE_LOG, NULL);
    const TraceEvent *poll = perfetto_trace_find(events, 'B', "poll bar0+0x8");

    g_assert_cmpuint(perfetto_trace_count(events, 'B', "poll", NULL), ==, 1);
    assert_event(poll, 1000002500, BAR0 "/polls", "poll",
                 "offset=0x8 value=0x41 until=&0x1 == 0x1 count=3 line=9 "
                 "last_line=11");
    g_assert_cmpuint(end_of(events, poll), ==, 1000004500);
}

/* Rounds of a write and a poll: a loop, and each poll in it */
static void test_loops(void)
{
    g_autoptr(GString) log = g_string_new(TIMELINE_HEAD);
    g_autoptr(GPtrArray) events = NULL;
    const TraceEvent *loop;
    unsigned i, k, line = 7, us = 2;

    for (i = 0; i < 5; i++) {
        g_string_append_printf(log, "W 4 1.%06u 1 0xfeb80100 0x%x 0x0 0 "
                               "cpu=0 ns=1.%06u000\n", us, i, us);
        us++;
        for (k = 0; k < 3; k++, us++) {
            g_string_append_printf(log, "R 4 1.%06u 1 0xfeb80020 0x%x 0x0 0 "
                                   "cpu=0 ns=1.%06u000\n", us, k == 2, us);
        }
        line += 4;
    }
    events = events_of(log->str, NULL);
    g_assert_cmpuint(perfetto_trace_count(events, 'B', "poll", NULL), ==, 5);
    g_assert_cmpuint(perfetto_trace_count(events, 'B', "loop", NULL), ==, 1);
    loop = perfetto_trace_find(events, 'B', "5 x W bar0+0x100, R bar0+0x20 "
                               "until &0x1 == 0x1");
    assert_event(loop, 1000002000, "trace/loops", "loop",
                 "count=20 line=8 last_line=27");
    g_assert_cmpuint(end_of(events, loop), ==, 1000021000);
    g_assert_cmpuint(line, ==, 27);
}

static void test_marks(void)
{
    g_autoptr(GPtrArray) events = events_of(TIMELINE_LOG, NULL);
    const TraceEvent *slice;

    g_assert_cmpuint(perfetto_trace_count(events, 'I', "mark", "marks"), ==,
                     stat_number(TIMELINE_LOG, "marks"));
    assert_event(perfetto_trace_find(events, 'I', "link, \"up\""), 1000005000,
                 "trace/marks", "mark", "text=link, \"up\" line=13");
    assert_event(perfetto_trace_find(events, 'I',
                                     "irq device=dut0 msix vector=3"),
                 1000004500, "trace/interrupts", "mark",
                 "text=vfio-trace: irq device=dut0 msix vector=3 line=12");
    assert_event(perfetto_trace_find(events, 'I',
                                     "map dut0 bar0 at 0xfeb80000, 131072 "
                                     "bytes"), 1000001000, "trace/tracer", "other",
                 "text=map dut0 bar0 at 0xfeb80000, 131072 bytes line=7");
    slice = perfetto_trace_find(events, 'B', "paused: io-error");
    assert_event(slice, 1000007000, "trace/machine", "pause", "");
    g_assert_cmpuint(end_of(events, slice), ==, 1500000000);
    slice = perfetto_trace_find(events, 'B', "start");
    assert_event(slice, 1000000000, "trace/phases", "phase", "");
    g_assert_cmpuint(end_of(events, slice), ==, 1000005000);
    slice = perfetto_trace_find(events, 'B', "link, \"up\"");
    g_assert_cmpuint(end_of(events, slice), ==, 1500003000);
}

/* Accesses in a hundredth of a second, times a hundred; then none */
static void test_rates(void)
{
    static const struct {
        uint64_t ns;
        int64_t value;
    } want[] = {
        { 1000000000, 500 }, { 1010000000, 0 },
        { 1500000000, 200 }, { 1510000000, 0 },
    };
    g_autoptr(GPtrArray) events = events_of(TIMELINE_LOG, NULL);
    unsigned n = 0;
    guint i;

    for (i = 0; i < events->len; i++) {
        const TraceEvent *event = events->pdata[i];

        if (event->type == 'C' &&
            !strcmp(event->track, BAR0 "/accesses/s")) {
            g_assert_cmpuint(n, <, G_N_ELEMENTS(want));
            g_assert_cmpuint(event->ns, ==, want[n].ns);
            g_assert_cmpint(event->value, ==, want[n].value);
            n++;
        }
    }
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(want));
}

static void test_names(void)
{
    g_autofree char *in = temp_file("log.mmt", TIMELINE_LOG, -1);
    g_autofree char *db = temp_file("names.txt", "bar0:0x8:4 STATUS\n", -1);
    g_autofree char *out = g_build_filename(temp_dir(), "out.pt", NULL);
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "--to", "perfetto",
                                      "--db", db, "--force", "-o", out, in,
                                      NULL);
    g_autoptr(GPtrArray) events = NULL;

    g_assert_cmpint(run->status, ==, 0);
    events = perfetto_trace_read(out);
    perfetto_trace_find(events, 'I', "R STATUS");
    perfetto_trace_find(events, 'B', "poll STATUS");
}

/* Numbers of names are forgotten and given anew; the reader checks them. */
static void test_many_names(void)
{
    g_autoptr(GString) log = g_string_new(TIMELINE_HEAD);
    g_autoptr(GPtrArray) events = NULL;
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    unsigned i;

    for (i = 0; i < MANY; i++) {
        g_string_append_printf(log, "W 1 2.%06u 1 0x%x 0x%x 0x0 0 cpu=0 "
                               "ns=2.%06u000\n", i, 0xfeb80000 + i, i & 0xff,
                               i);
    }
    g_string_append(log, "W 1 3.000000 1 0xfeb80000 0x0 0x0 0 cpu=0 "
                    "ns=3.000000000\n");
    events = events_of(log->str, NULL);
    for (i = 0; i < events->len; i++) {
        const TraceEvent *event = events->pdata[i];

        if (event->type == 'I' && !strcmp(event->category, "access")) {
            g_hash_table_add(names, event->name);
        }
    }
    g_assert_cmpuint(g_hash_table_size(names), ==, MANY);
}

/* Events of QEMU without times are a microsecond apart. */
static void test_untimed(void)
{
    static const char log[] =
        "vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x1\n"
        "vfio_region_write  (0000:01:00.0:region0+0x104, 0x1, 4)\n";
    g_autoptr(GPtrArray) events = events_of(
        log, "entries without a time, shown 1 us after the one before: 2");

    g_assert_cmpuint(perfetto_trace_find(events, 'I', "R 0x100")->ns + 1000,
                     ==, perfetto_trace_find(events, 'I', "W 0x104")->ns);
    g_assert_cmpstr(perfetto_trace_find(events, 'I', "R 0x100")->track, ==,
                    "0000:01:00.0/bar0/accesses");
}

/* What has no time at the beginning is not shown an uptime before the rest. */
static void test_untimed_first(void)
{
    static const char log[] =
        "VERSION 20070824\n"
        "# tracer: mmiotrace\n"
        "#\n"
        "# entries-in-buffer/entries-written: 1/341   #P:1\n"
        "#\n"
        "R 4 1185.269094 1 0xfeb80000 0x1 0x0 0\n";
    g_autoptr(GPtrArray) events = events_of(
        log, "entries without a time, shown 1 us after the one before: 1");
    const TraceEvent *lost = perfetto_trace_find(events, 'I',
                                                 "lost events: 340");

    g_assert_cmpuint(lost->ns, >, 1185269000000);
    g_assert_cmpuint(lost->ns, <=, 1185269094000);
}

/* What a guest has written is text, and neither pauses nor interrupts. */
static void test_hostile(void)
{
    g_autoptr(GPtrArray) events = events_of(TIMELINE_HOSTILE, LATE);

    g_assert_cmpuint(perfetto_trace_count(events, 'I', "access", NULL), ==,
                     stat_accesses(TIMELINE_HOSTILE));
    g_assert_cmpuint(perfetto_trace_count(events, 'I', "mark", "marks"), ==,
                     stat_number(TIMELINE_HOSTILE, "marks"));
    perfetto_trace_find(events, 'I', "?[31m??? \\n \\x41 %s%n");
}

/* Output of a program, or NULL after the test was skipped */
static char *ask(const char *program, const char *input, ...)
{
    g_autofree char *path = g_find_program_in_path(program);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *in = input ? g_shell_quote(input) : NULL;
    g_autofree char *command = NULL;
    char *out = NULL;
    const char *arg;
    int status;
    va_list ap;

    if (!path) {
        g_autofree char *why = g_strdup_printf("%s is not installed", program);

        g_test_skip(why);
        return NULL;
    }
    g_ptr_array_add(argv, g_strdup("sh"));
    g_ptr_array_add(argv, g_strdup("-c"));
    command = in ? g_strdup_printf("exec \"$0\" \"$@\" < %s", in)
                 : g_strdup("exec \"$0\" \"$@\"");
    g_ptr_array_add(argv, g_strdup(command));
    g_ptr_array_add(argv, g_strdup(path));
    va_start(ap, input);
    while ((arg = va_arg(ap, const char *))) {
        g_ptr_array_add(argv, g_strdup(arg));
    }
    va_end(ap);
    g_ptr_array_add(argv, NULL);
    g_ptr_array_set_free_func(argv, g_free);
    g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL,
                 NULL, &out, NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
    return out;
}

static unsigned occurrences(const char *text, const char *part)
{
    unsigned n = 0;

    while ((text = strstr(text, part))) {
        text += strlen(part);
        n++;
    }
    return n;
}

static void test_protoc(void)
{
    static const char *const logs[] = { TIMELINE_LOG, TIMELINE_HOSTILE };
    static const char *const words[] = { NULL, LATE };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(logs); i++) {
        g_autofree char *path = convert(logs[i], words[i]);
        g_autofree char *text = ask("protoc", path,
                                    "--proto_path=" PERFETTO_PROTO_DIR,
                                    "--decode=perfetto.protos.Trace",
                                    "perfetto.proto", NULL);

        if (!text) {
            return;
        }
        /* category 1; fields of another schema would be numbers */
        g_assert_cmpuint(occurrences(text, "category_iids: 1\n"), ==,
                         stat_accesses(logs[i]));
        g_assert_cmpuint(occurrences(text, "type: TYPE_SLICE_BEGIN"), ==,
                         occurrences(text, "type: TYPE_SLICE_END"));
        g_assert_false(g_regex_match_simple("^\\s*\\d+[:{ ]", text,
                                            G_REGEX_MULTILINE, 0));
    }
}

static void test_trace_processor(void)
{
    g_autofree char *path = convert(TIMELINE_LOG, NULL);
    g_autofree char *want = g_strdup_printf("\n%u,",
                                            stat_accesses(TIMELINE_LOG));
    g_autofree char *text = ask("trace_processor_shell", NULL, "-Q",
                                "SELECT (SELECT count(*) FROM slice WHERE "
                                "category = 'access') AS a, (SELECT dur FROM "
                                "slice WHERE category = 'poll') AS d", path,
                                NULL);

    if (text) {
        assert_contains(text, want);
        assert_contains(text, ",2000\n");
    }
}

/* To a pipe, compressed, and not to a terminal or over a file */
static void test_output(void)
{
    g_autofree char *in = temp_file("log.mmt", TIMELINE_LOG, -1);
    g_autofree char *plain = convert(TIMELINE_LOG, NULL);
    g_autofree char *packed = g_build_filename(temp_dir(),
                                               "out.perfetto-trace.gz", NULL);
    g_autoptr(ToolRun) zipped = run_tool(NULL, "convert", "-o", packed, in,
                                         NULL);
    g_autoptr(ToolRun) again = run_tool(NULL, "convert", "-o", plain, in,
                                        NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *data = NULL;
    gsize len;

    g_assert_cmpint(zipped->status, ==, 0);
    g_file_get_contents(packed, &data, &len, &error);
    g_assert_no_error(error);
    g_assert_cmpmem(data, 2, "\x1f\x8b", 2);
    g_assert_cmpint(again->status, ==, 2);
    assert_contains(again->err, "exists");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/export/perfetto/accesses", test_accesses);
    g_test_add_func("/export/perfetto/latency", test_latency);
    g_test_add_func("/export/perfetto/same-time", test_same_time);
    g_test_add_func("/export/perfetto/polls", test_polls);
    g_test_add_func("/export/perfetto/loops", test_loops);
    g_test_add_func("/export/perfetto/marks", test_marks);
    g_test_add_func("/export/perfetto/rates", test_rates);
    g_test_add_func("/export/perfetto/names", test_names);
    g_test_add_func("/export/perfetto/many-names", test_many_names);
    g_test_add_func("/export/perfetto/untimed", test_untimed);
    g_test_add_func("/export/perfetto/untimed-first", test_untimed_first);
    g_test_add_func("/export/perfetto/hostile", test_hostile);
    g_test_add_func("/export/perfetto/protoc", test_protoc);
    g_test_add_func("/export/perfetto/trace-processor", test_trace_processor);
    g_test_add_func("/export/perfetto/output", test_output);
    status = g_test_run();
    temp_clean();
    return status;
}
