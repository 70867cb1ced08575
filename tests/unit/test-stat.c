/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace stat, its counter, and what the reading verbs share
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run-tool.h"
#include "tools/stat/count.h"
#include "tools/stat/fields.h"
#include "tools/stat/top.h"

#define MMIOTRACE_HEAD \
    "VERSION 20070824\n" \
    "PCIDEV 0028 808610d3 b feb80000 feba0000 c001 febc0000 0 0 feb40000 " \
    "20000 20000 20 4000 0 0 40000 e1000e\n" \
    "MAP 1.000000 1 0xfeb80000 0xffffc90000100000 0x20000 0x0 0\n" \
    "MAP 1.000000 2 0xfebc0000 0xffffc90000200000 0x4000 0x0 0\n"

/* Two polls, of four and of three reads, with a gap of two seconds. */
static const char small[] = MMIOTRACE_HEAD
    "R 4 1.000001 1 0xfeb80008 0x1 0x0 0\n"
    "W 4 1.000002 1 0xfeb80000 0x4000000 0x0 0\n"
    "R 4 1.000003 1 0xfeb80008 0x1 0x0 0\n"
    "R 4 1.000004 1 0xfeb80008 0x1 0x0 0\n"
    "R 4 1.000005 1 0xfeb80008 0x1 0x0 0\n"
    "R 4 1.000006 1 0xfeb80008 0x3 0x0 0\n"
    "MARK 1.500000 second half\n"
    "R 2 3.000006 2 0xfebc000c 0x5 0x0 0\n"
    "R 2 3.000007 2 0xfebc000c 0x5 0x0 0\n"
    "R 2 3.000008 2 0xfebc000c 0x5 0x0 0\n"
    "W 1 3.000009 2 0xfebc0010 0x5 0x0 0\n"
    "R 2 3.000010 2 0xfebc000c 0x5 0x0 0\n"
    "R 2 3.000011 2 0xfebc000c 0x5 0x0 0\n";

static ToolRun *stat_text(const char *text, const char *option,
                          const char *value)
{
    g_autofree char *path = temp_file("log.mmt", text, -1);

    return run_tool(NULL, "stat", path, option, value, NULL);
}

/* The first line that contains a text */
static char *line_with(const char *out, const char *part)
{
    const char *at = strstr(out, part);
    const char *end;

    if (!at) {
        g_test_message("no '%s' in:", part);
        g_test_message("%s", out);
        g_assert_nonnull(at);
    }
    while (at > out && at[-1] != '\n') {
        at--;
    }
    end = strchr(at, '\n');
    return g_strndup(at, end ? (gsize)(end - at) : strlen(at));
}

/* One of the lines has these words, with one blank between two in @want. */
static void assert_row(const char *out, const char *want)
{
    g_autoptr(GRegex) blanks = g_regex_new("  +", 0, 0, NULL);
    g_autoptr(GRegex) starts = g_regex_new("^ | $", G_REGEX_MULTILINE, 0, NULL);
    g_autofree char *single = g_regex_replace_literal(blanks, out, -1, 0, " ",
                                                      0, NULL);
    g_autofree char *rows = g_regex_replace_literal(starts, single, -1, 0, "",
                                                    0, NULL);
    g_autofree char *row = g_strdup_printf("\n%s\n", want);

    assert_contains(rows, row);
}

static void test_summary(void)
{
    g_autoptr(ToolRun) run = stat_text(small, NULL, NULL);
    g_autofree char *lines = g_strdup_printf("lines 17, %zu bytes",
                                             strlen(small));

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    assert_row(run->out, "format mmiotrace");
    assert_row(run->out, lines);
    assert_row(run->out, "time 2.000010 s, from 1.000001 to 3.000011");
    assert_row(run->out, "accesses 12: 10 reads, 2 writes");
    assert_row(run->out, "polls 7 reads, 58.3 % of all accesses");
    assert_row(run->out, "widths 1 of 1, 5 of 2, 6 of 4 bytes");
    assert_row(run->out, "marks 1");
    assert_row(run->out, "bar0 5 1 4 2 131072");
    assert_row(run->out, "bar3 5 1 3 2 16384");
    assert_row(run->out, "0 5 1 4 1.000001 1.000006 5 start");
    assert_row(run->out, "1 5 1 3 3.000006 3.000011 12 second half");
    assert_row(run->out, "gap until line");
    assert_row(run->out, "2.000000 3.000006 12");
    assert_row(run->out,
               "bar0+0x8 5 0 4 4 1.000001 1.000006 800000 0.000002 7 5 10");
    assert_row(run->out,
               "bar3+0xc 5 0 3 2 3.000006 3.000011 800000 0.000002 16 12 17");
}

static void test_by(void)
{
    static const struct {
        const char *by;
        const char *want;
    } cases[] = {
        { "region,width", "bar3 1 0 1 0 3.000009 3.000009 - - - 15 15" },
        { "width", "2 5 0 3 3.000006 3.000011 800000 0.000002 16 12 17" },
        { "value", "0x4000000 0 1 0 4 1.000002 1.000002 - - - 6 6" },
        { "phase",
          "1 second half 5 1 3 1,2 3.000006 3.000011 1000000 0.000001 13 12 17" },
        { "device",
          "00:05.0 10 2 7 1,2,4 1.000001 3.000011 5.5 2.000000 12 5 17" },
        { "register,value",
          "bar0+0x8 0x3 1 0 1 4 1.000006 1.000006 - - - 10 10" },
        { "cpu",
          "- 10 2 7 1,2,4 1.000001 3.000011 5.5 2.000000 12 5 17" },
        { "pc",
          "- 10 2 7 1,2,4 1.000001 3.000011 5.5 2.000000 12 5 17" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ToolRun) run = stat_text(small, "--by", cases[i].by);

        g_assert_cmpint(run->status, ==, 0);
        assert_row(run->out, cases[i].want);
    }
}

static void test_top(void)
{
    g_autoptr(ToolRun) two = stat_text(small, "--top", "2");
    g_autoptr(ToolRun) all = stat_text(small, "--top", "0");
    g_autoptr(ToolRun) negative = stat_text(small, "--top", "-1");

    assert_contains(two->out, "\n2 more registers; --top 0 shows all\n");
    g_assert_cmpint(negative->status, ==, 2);
    assert_contains(negative->err, "--top can't be negative");
    g_assert_null(strstr(two->out, "bar3+0x10"));
    assert_contains(all->out, "\nbar3+0x10 ");
    g_assert_null(strstr(all->out, "more registers"));
}

static void test_json(void)
{
    g_autoptr(ToolRun) run = stat_text(small, "--json", NULL);
    g_autofree char *group = NULL;

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "{\"type\": \"summary\", \"log\": ");
    assert_contains(run->out, "\"reads\": 10, \"writes\": 2, \"unknown\": 0, "
                    "\"polls\": 7, \"first-ns\": 1000001000, "
                    "\"last-ns\": 3000011000, ");
    group = line_with(run->out, "\"offset\": \"0x8\"");
    assert_contains(group, "\"device\": \"00:05.0\", \"region\": \"bar0\", "
                    "\"offset\": \"0x8\", \"reads\": 5, \"writes\": 0, "
                    "\"unknown\": 0, \"polls\": 4, \"widths\": \"4\", ");
    assert_contains(group, "\"gap-ns\": 2000, \"gap-line\": 7, "
                    "\"first-line\": 5, \"last-line\": 10}");
    assert_contains(run->out, "\"phase-name\": \"second half\"");
}

/* What a trace contains reaches neither a terminal nor JSON unescaped. */
static void test_hostile_names(void)
{
    static const char text[] = MMIOTRACE_HEAD
        "MARK 1.500000 a \033]0;b\"c\\\n"
        "R 4 1.600001 1 0xfeb80008 0x1 0x0 0\n";
    g_autoptr(ToolRun) plain = stat_text(text, NULL, NULL);
    g_autoptr(ToolRun) json = stat_text(text, "--json", NULL);

    g_assert_null(strchr(plain->out, '\033'));
    assert_contains(plain->out, "a ?]0;b\"c\\\n");
    assert_contains(json->out, "\"phase-name\": \"a ?]0;b\\\"c\\\\\"");
}

static void test_selection(void)
{
    static const struct {
        const char *option;
        const char *value;
        const char *accesses;
        const char *error;
    } cases[] = {
        { "--range", "bar3", "accesses  6: 5 reads, 1 writes" },
        { "--range", "0:0:4", "accesses  1: 0 reads, 1 writes" },
        { "--op", "w", "accesses  2: 0 reads, 2 writes" },
        { "--width", "2", "accesses  5: 5 reads, 0 writes" },
        { "--value", "2/2", "accesses  1: 1 reads, 0 writes" },
        { "--phase", "second*", "accesses  6: 5 reads, 1 writes" },
        { "--phase", "0", "accesses  6: 5 reads, 1 writes" },
        { "--from", "#16", "accesses  2: 2 reads, 0 writes" },
        { "--to", "1.000003", "accesses  3: 2 reads, 1 writes" },
        { "--from", "/half$/", "accesses  6: 5 reads, 1 writes" },
        { "--reg", "bar3+0x1?", "accesses  1: 0 reads, 1 writes" },
        { "--device", "8086:10d3", "accesses  12: 10 reads, 2 writes" },
        { "--device", "8086:10d4", "accesses  0: 0 reads, 0 writes",
          "--device matched no device of the trace; it has: 00:05.0 (8086:10d3)" },
    };
    g_autoptr(ToolRun) at = stat_text(small, "--phase-at", "0:0");
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ToolRun) run = stat_text(small, cases[i].option,
                                           cases[i].value);

        assert_contains(run->err, cases[i].error ?: "");
        g_assert_cmpint(!*run->err, ==, !cases[i].error);
        g_assert_cmpint(run->status, ==, 0);
        assert_contains(run->out, cases[i].accesses);
    }
    assert_row(at->out, "1 4 1 4 1.000002 1.000006 6 bar0+0x0=0x4000000");
}

static void test_options(void)
{
    static const struct {
        const char *option;
        const char *value;
        const char *message;
    } cases[] = {
        { "--op", "x", "--op 'x': r or w expected" },
        { "--range", "0:1", "--range '0:1': REGION[:OFFSET:LEN]" },
        { "--from", "/(/", "--from '/(/': a regular expression expected" },
        { "--pci", "8086", "--pci '8086': VENDOR:DEVICE expected" },
        { "--pci", "8086:1:2", "VENDOR:DEVICE expected" },
        { "--pci", "18086:1", "VENDOR:DEVICE expected" },
        { "--bar", "6=0x1000:4K", "--bar '6=0x1000:4K': N=ADDRESS:SIZE" },
        { "--bar", "0=0x1000", "N=ADDRESS:SIZE expected" },
        { "--bar", "0=0x1000:0", "N=ADDRESS:SIZE expected" },
        { "--bar", "0=0xffffffffffffffff:2", "N=ADDRESS:SIZE expected" },
        { "--by", "register,region", "--by 'register,region': register, " },
        { "--by", "colour", "--by 'colour': register, region, device, " },
        { "--by", "cpu,", "--by 'cpu,': " },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ToolRun) run = stat_text(small, cases[i].option,
                                           cases[i].value);

        g_assert_cmpint(run->status, ==, 2);
        g_assert_cmpstr(run->out, ==, "");
        assert_contains(run->err, cases[i].message);
    }
}

/* Without PCIDEV and MAP, --bar says what the addresses are of. */
static void test_bar(void)
{
    static const char text[] =
        "R 4 1.000001 1 0xecf00008 0x1 0x0 0\n"
        "R 4 1.000002 1 0xecf80008 0x1 0x0 0\n";
    g_autofree char *path = temp_file("bare.mmt", text, -1);
    g_autoptr(ToolRun) none = run_tool(NULL, "stat", path, NULL);
    g_autoptr(ToolRun) bar = run_tool(NULL, "stat", path, "--bar",
                                      "2=0xecf00000:512K", NULL);

    assert_contains(none->out, "\nmem+0xecf00008 ");
    assert_contains(bar->out, "\nbar2+0x8 ");
    assert_contains(bar->out, "\nmem+0xecf80008 ");
}

static void test_nothing(void)
{
    g_autofree char *missing = g_build_filename(temp_dir(), "no.mmt", NULL);
    g_autoptr(ToolRun) empty = stat_text("", NULL, NULL);
    g_autoptr(ToolRun) prose = stat_text("This is\nprose.\n", NULL, NULL);
    g_autoptr(ToolRun) gone = run_tool(NULL, "stat", missing, NULL);
    g_autoptr(ToolRun) none = run_tool(NULL, "stat", NULL, NULL);

    g_assert_cmpint(empty->status, ==, 2);
    assert_contains(empty->err, "is empty: a trace expected");
    g_assert_cmpint(prose->status, ==, 2);
    assert_contains(prose->err, "not a line of 2 is understood");
    g_assert_cmpint(gone->status, ==, 2);
    assert_contains(gone->err, "No such file");
    g_assert_cmpint(none->status, ==, 2);
    assert_contains(none->err, "a LOG is needed");
}

static void test_notes(void)
{
    static const char text[] = MMIOTRACE_HEAD
        "nonsense\n"
        "R 4 1.000001 1 0xfeb80008 0xx 0x0 0\n"
        "R 4 1.000002 1 0xfeb80008 0x1 0x0 0\n";
    g_autoptr(ToolRun) run = stat_text(text, NULL, NULL);
    g_autofree char *cut = temp_file("cut.mmt", small, strlen(small) - 1);
    g_autoptr(ToolRun) cut_off = run_tool(NULL, "stat", cut, NULL);

    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->err,
                    "log.mmt: skipped lines without an access: 1, damaged lines: 1\n");
    assert_contains(run->out, "accesses  1: 1 reads, 0 writes");
    g_assert_cmpint(cut_off->status, ==, 1);
    assert_contains(cut_off->err, "ends without a newline");
    assert_contains(cut_off->out, "accesses  12: ");
}

/* Several logs, each for itself; one of them can not be read. */
static void test_several(void)
{
    g_autofree char *path = temp_file("log.mmt", small, -1);
    g_autofree char *missing = g_build_filename(temp_dir(), "no.mmt", NULL);
    g_autoptr(ToolRun) run = run_tool(small, "stat", path, missing, "-", NULL);
    const char *first = strstr(run->out, "accesses  12: ");

    g_assert_cmpint(run->status, ==, 2);
    g_assert_nonnull(first);
    assert_contains(first, "\n\n<stdin>\n\nformat ");
    assert_contains(first + 1, "accesses  12: ");
}

/* ^C: what was found so far is printed, and the signal ends the process. */
static void test_interrupt(void)
{
    g_autofree char *fifo = g_build_filename(temp_dir(), "fifo", NULL);
    const char *argv[] = { VFIO_TRACE_TOOL, "stat", fifo, NULL };
    g_autoptr(GString) text = g_string_new(MMIOTRACE_HEAD);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    char buf[4096];
    gssize n;
    gint from;
    GPid pid;
    int status;
    int fd;
    int i;

    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
                             G_SPAWN_DO_NOT_REAP_CHILD |
                             G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &pid,
                             NULL, &from, NULL, &error);
    g_assert_no_error(error);
    fd = open(fifo, O_WRONLY | O_CLOEXEC);
    g_assert_cmpint(fd, >=, 0);
    for (i = 0; i < 40000; i++) {
        g_string_append(text, "R 4 1.000001 1 0xfeb80008 0x1 0x0 0\n");
    }
    /* A write that does not fit in the pipe returns once it is being read. */
    signal(SIGPIPE, SIG_IGN);
    g_assert_cmpint(write(fd, text->str, text->len), ==, text->len);
    g_assert_cmpint(kill(pid, SIGINT), ==, 0);
    /* It waits in read() until more comes, or the end. */
    for (i = 0; i < 1000 && write(fd, text->str, text->len) > 0; i++) {
        ;
    }
    close(fd);
    while ((n = read(from, buf, sizeof(buf))) > 0) {
        g_string_append_len(out, buf, n);
    }
    close(from);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    g_assert_cmpint(i, <, 1000);
    assert_contains(out->str, "bar0+0x8 ");
    g_remove(fifo);
}

/* The reader of the output goes away: no message. */
static void test_broken_pipe(void)
{
    g_autofree char *path = temp_file("log.mmt", small, -1);
    g_autofree char *command = g_strdup_printf(
        "sh -c '%s stat --top 0 %s | head -n 1'", VFIO_TRACE_TOOL, path);
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    g_autoptr(GError) error = NULL;

    g_spawn_command_line_sync(command, &out, &err, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(err, ==, "");
    assert_contains(out, "log.mmt\n");
}

/**
 * struct Model: a slow count, to compare with
 * @counts: "REGION OFFSET" -> number of accesses
 * @polls: reads that are polls
 * @run: reads in a row
 */
typedef struct Model {
    GHashTable *counts;
    uint64_t polls;
    uint64_t run;
} Model;

static void count_in_model(Model *model, const MmtEntry *e,
                           const MmtEntry *before)
{
    char *key = g_strdup_printf("%u %" G_GUINT64_FORMAT, e->region, e->offset);
    gsize n = GPOINTER_TO_SIZE(g_hash_table_lookup(model->counts, key));
    bool same = before && before->kind == e->kind &&
                before->region == e->region && before->offset == e->offset &&
                before->cpu == e->cpu;

    g_hash_table_replace(model->counts, key, GSIZE_TO_POINTER(n + 1));
    if (e->kind != MMT_ENTRY_READ) {
        model->run = 0;
        return;
    }
    model->run = same ? model->run + 1 : 1;
    if (model->run >= STAT_POLL_MIN) {
        model->polls += model->run == STAT_POLL_MIN ? STAT_POLL_MIN : 1;
    }
}

static MmtEntry random_entry(uint64_t line)
{
    static const uint32_t offsets[] = { 4, 64, 3, 1, 4096, 0x10000 };
    unsigned kind = g_test_rand_int_range(0, G_N_ELEMENTS(offsets));

    return (MmtEntry) {
        .kind = g_test_rand_int_range(0, 4) ? MMT_ENTRY_READ : MMT_ENTRY_WRITE,
        .width = 1u << g_test_rand_int_range(0, 4),
        .flags = MMT_ENTRY_TIMED,
        .region = g_test_rand_int_range(0, 3),
        .cpu = g_test_rand_int_range(0, 2),
        .ns = line * 10,
        .offset = (uint64_t)offsets[kind] * g_test_rand_int_range(0, 2000),
        .line = line,
    };
}

/* Random accesses, with runs and repetitions, against the slow count */
static void test_counter(void)
{
    g_autoptr(StatCounter) counter = stat_counter_new(NULL, STAT_KEY_REGISTER,
                                                      STAT_GROUPS_MAX);
    Model model = {
        .counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(MmtEntry));
    const StatResult *r;
    guint i;

    while (entries->len < 60000) {
        MmtEntry e = random_entry(entries->len + 1);
        int times = g_test_rand_int_range(0, 4) ? 1 : 5;

        while (times--) {
            g_array_append_val(entries, e);
        }
    }
    for (i = 0; i < entries->len; i++) {
        MmtEntry *e = &g_array_index(entries, MmtEntry, i);

        count_in_model(&model, e, i ? e - 1 : NULL);
        stat_counter_add(counter, e, 1);
    }
    r = stat_counter_result(counter);
    g_assert_cmpuint(r->n_groups, ==, g_hash_table_size(model.counts));
    g_assert_cmpuint(stat_total(r->others->counts), ==, 0);
    g_assert_cmpuint(stat_total(r->total.counts), ==, entries->len);
    g_assert_cmpuint(r->total.polls, ==, model.polls);
    for (i = 0; i < r->n_groups; i++) {
        const StatGroup *group = &r->groups[i];
        g_autofree char *key = g_strdup_printf("%u %" G_GUINT64_FORMAT,
                                               group->key.region,
                                               group->key.offset);

        g_assert_cmpuint(stat_total(group->counts), ==,
                         GPOINTER_TO_SIZE(g_hash_table_lookup(model.counts,
                                                              key)));
    }
    g_hash_table_unref(model.counts);
}

/* With too many registers, those that came late are counted together. */
static void test_limit(void)
{
    g_autoptr(StatCounter) counter = stat_counter_new(NULL, STAT_KEY_REGISTER,
                                                      5000);
    const StatResult *r;
    uint64_t i;

    for (i = 0; i < 20000; i++) {
        MmtEntry e = { .kind = MMT_ENTRY_WRITE, .width = 4,
                       .offset = i % 10000 * 4096, .line = i + 1 };

        stat_counter_add(counter, &e, 1);
    }
    r = stat_counter_result(counter);
    g_assert_cmpuint(r->n_groups, ==, 5000);
    g_assert_cmpuint(r->groups[4999].key.offset, ==, 4999 * 4096);
    g_assert_cmpuint(r->groups[4999].counts[MMT_ENTRY_WRITE], ==, 2);
    g_assert_cmpuint(r->others->counts[MMT_ENTRY_WRITE], ==, 10000);
    g_assert_false(r->total.timed);
}

/* Extreme entries: no time, a region that is not known, times that go back */
static void test_extremes(void)
{
    static const MmtEntry entries[] = {
        { .kind = MMT_ENTRY_READ, .region = MMT_NO_REGION, .line = 1,
          .offset = UINT64_MAX, .cpu = MMT_NO_CPU },
        { .kind = MMT_ENTRY_UNKNOWN, .line = 2, .width = 8, .ns = UINT64_MAX,
          .flags = MMT_ENTRY_TIMED, .phase = 65535 },
        { .kind = MMT_ENTRY_READ, .line = 3, .flags = MMT_ENTRY_TIMED },
        { .kind = MMT_ENTRY_LOST, .value = 7 },
        { .kind = MMT_ENTRY_LOST, .value = UINT64_MAX - 1 },
        { .kind = MMT_ENTRY_LOST, .value = UINT64_MAX },
        { .kind = MMT_ENTRY_OTHER + 1 },
    };
    g_autoptr(StatCounter) counter = stat_counter_new(NULL, STAT_KEY_REGISTER,
                                                      STAT_GROUPS_MAX);
    const StatResult *r;

    stat_counter_add(counter, entries, G_N_ELEMENTS(entries));
    r = stat_counter_result(counter);
    g_assert_cmpuint(r->n_groups, ==, 2);
    g_assert_cmpuint(stat_total(r->total.counts), ==, 3);
    g_assert_cmpuint(r->total.last_ns, ==, UINT64_MAX);
    g_assert_cmpuint(r->n_gaps, ==, 0);
    g_assert_cmpuint(r->n_phases, ==, 65536);
    g_assert_cmpuint(r->lost, ==, UINT64_MAX);
    g_assert_true(r->lost_unknown);
}

static void test_order(void)
{
    g_autoptr(StatCounter) counter = stat_counter_new(NULL, STAT_KEY_REGISTER,
                                                      STAT_GROUPS_MAX);
    static const uint64_t offsets[] = { 1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 6 };
    static const uint64_t want[] = { 3, 4, 2, 1, 5, 6 };
    const StatResult *r;
    uint32_t max;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(offsets); i++) {
        MmtEntry e = { .line = i + 1, .offset = offsets[i] };

        stat_counter_add(counter, &e, 1);
    }
    r = stat_counter_result(counter);
    for (max = 0; max <= G_N_ELEMENTS(want) + 1; max++) {
        g_autoptr(GPtrArray) top = stat_top(r, max);

        g_assert_cmpuint(top->len, ==,
                         max ? MIN(max, G_N_ELEMENTS(want))
                             : G_N_ELEMENTS(want));
        for (i = 0; i < top->len; i++) {
            const StatGroup *group = top->pdata[i];

            g_assert_cmpuint(group->key.offset, ==, want[i]);
        }
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stat/summary", test_summary);
    g_test_add_func("/stat/by", test_by);
    g_test_add_func("/stat/top", test_top);
    g_test_add_func("/stat/json", test_json);
    g_test_add_func("/stat/hostile-names", test_hostile_names);
    g_test_add_func("/stat/selection", test_selection);
    g_test_add_func("/stat/options", test_options);
    g_test_add_func("/stat/bar", test_bar);
    g_test_add_func("/stat/nothing", test_nothing);
    g_test_add_func("/stat/notes", test_notes);
    g_test_add_func("/stat/several", test_several);
    g_test_add_func("/stat/interrupt", test_interrupt);
    g_test_add_func("/stat/broken-pipe", test_broken_pipe);
    g_test_add_func("/stat/counter", test_counter);
    g_test_add_func("/stat/limit", test_limit);
    g_test_add_func("/stat/extremes", test_extremes);
    g_test_add_func("/stat/order", test_order);
    status = g_test_run();
    temp_clean();
    return status;
}
