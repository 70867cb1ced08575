/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace convert --to vcd
 *
 * Files are read here, token by token, as IEEE 1364 has them; and converted to
 * GTKWave's own format and back by its vcd2fst and fst2vcd, if installed.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "timeline-log.h"
#include "run-tool.h"

/* More registers than have signals of their own */
#define MANY 70000

/**
 * struct Wave: a signal
 * @name: with its scopes: "dut0.bar0.reads"
 * @bits: as declared
 * @changes: "TIME=VALUE" of each change, a blank before each
 * @last: the last value: a decimal number, "x", or a string
 */
typedef struct Wave {
    char *name;
    unsigned bits;
    GString *changes;
    char *last;
} Wave;

/**
 * struct Vcd: a file
 * @waves: by identifier code
 * @names: the same by name
 * @time: the last time
 * @times: number of times
 */
typedef struct Vcd {
    GHashTable *waves;
    GHashTable *names;
    uint64_t time;
    unsigned times;
} Vcd;

static void wave_free(gpointer p)
{
    Wave *wave = p;

    g_free(wave->name);
    g_string_free(wave->changes, TRUE);
    g_free(wave->last);
    g_free(wave);
}

static void vcd_free(Vcd *vcd)
{
    g_hash_table_unref(vcd->names);
    g_hash_table_unref(vcd->waves);
    g_free(vcd);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Vcd, vcd_free)

/* $var TYPE BITS ID NAME $end, of which GTKWave's tools may add a range */
static void take_var(Vcd *vcd, char **words, const GPtrArray *scopes)
{
    Wave *wave = g_new0(Wave, 1);
    g_autoptr(GString) name = g_string_new(NULL);
    guint i;

    g_assert_cmpuint(g_strv_length(words), >=, 6);
    for (i = 0; i < scopes->len; i++) {
        g_string_append_printf(name, "%s.", (char *)scopes->pdata[i]);
    }
    g_string_append(name, words[4]);
    wave->name = g_strdup(name->str);
    wave->bits = atoi(words[2]);
    wave->changes = g_string_new(NULL);
    g_assert_false(g_hash_table_contains(vcd->waves, words[3]));
    g_assert_false(g_hash_table_contains(vcd->names, wave->name));
    g_hash_table_insert(vcd->waves, g_strdup(words[3]), wave);
    g_hash_table_insert(vcd->names, wave->name, wave);
}

/* A line before $enddefinitions */
static void take_head(Vcd *vcd, const char *line, GPtrArray *scopes)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);

    if (!strcmp(words[0], "$scope")) {
        g_ptr_array_add(scopes, g_strdup(words[2]));
    } else if (!strcmp(words[0], "$upscope")) {
        g_ptr_array_set_size(scopes, scopes->len - 1);
    } else if (!strcmp(words[0], "$var")) {
        take_var(vcd, words, scopes);
    }
}

static char *value_of(const Wave *wave, char kind, const char *word)
{
    uint64_t value = 0;

    if (kind == 's') {
        return g_strdup(word);
    }
    if (strchr(word, 'x')) {
        return g_strdup("x");
    }
    g_assert_cmpuint(strlen(word), <=, wave->bits);
    for (; *word; word++) {
        g_assert_true(*word == '0' || *word == '1');
        value = value << 1 | (*word - '0');
    }
    return g_strdup_printf("%" PRIu64, value);
}

static void take_change(Vcd *vcd, char kind, const char *word, const char *id)
{
    Wave *wave = g_hash_table_lookup(vcd->waves, id);

    g_assert_nonnull(wave);
    g_free(wave->last);
    wave->last = value_of(wave, kind, word);
    g_string_append_printf(wave->changes, " %" PRIu64 "=%s", vcd->time,
                           wave->last);
}

/* A line behind $enddefinitions */
static void take_body(Vcd *vcd, const char *line)
{
    const char *blank = strchr(line, ' ');
    g_autofree char *word = NULL;

    if (*line == '#') {
        uint64_t time = g_ascii_strtoull(line + 1, NULL, 10);

        g_assert_true(vcd->times == 0 || time > vcd->time);
        vcd->time = time;
        vcd->times++;
    } else if (*line == '0' || *line == '1' || *line == 'x') {
        /* as fst2vcd writes a single bit */
        word = g_strndup(line, 1);
        take_change(vcd, 'b', word, line + 1);
    } else if (*line == 'b' || *line == 's') {
        g_assert_nonnull(blank);
        word = g_strndup(line + 1, blank - line - 1);
        take_change(vcd, *line, word, blank + 1);
    } else {
        g_assert_cmpint(*line, ==, '$');
    }
}

/*
 * Return: the line at *@p, cut off there, or NULL at the @end.  Functions for
 * strings would look through all the rest at each line under AddressSanitizer.
 */
static char *next_line(char **p, char *end)
{
    char *line = *p;
    char *stop = memchr(line, '\n', end - line);

    if (!stop) {
        g_assert_true(line == end);
        return NULL;
    }
    *stop = '\0';
    *p = stop + 1;
    return line;
}

static Vcd *vcd_parse(const char *text)
{
    Vcd *vcd = g_new0(Vcd, 1);
    g_autoptr(GPtrArray) scopes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *copy = g_strdup(text);
    char *end = copy + strlen(copy);
    char *p = copy;
    bool body = false;
    char *line;

    vcd->waves = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                       wave_free);
    vcd->names = g_hash_table_new(g_str_hash, g_str_equal);
    while ((line = next_line(&p, end))) {
        if (body && *line) {
            take_body(vcd, line);
        } else if (*line) {
            take_head(vcd, line, scopes);
        }
        body |= g_str_has_prefix(line, "$enddefinitions");
    }
    g_assert_true(body);
    g_assert_cmpuint(scopes->len, ==, 0);
    return vcd;
}

/* Convert a log; *@path is the file, to be freed */
static Vcd *convert(const char *log, const char *word, char **path)
{
    g_autofree char *in = temp_file("log.mmt", log, -1);
    g_autofree char *out = g_build_filename(temp_dir(), "out.vcd", NULL);
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "--force", "-o", out,
                                      in, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    g_assert_cmpint(run->status, ==, 0);
    if (word) {
        assert_contains(run->err, word);
    } else {
        g_assert_cmpstr(run->err, ==, "");
    }
    g_file_get_contents(out, &text, NULL, &error);
    g_assert_no_error(error);
    if (path) {
        *path = g_steal_pointer(&out);
    }
    return vcd_parse(text);
}

static const Wave *wave(const Vcd *vcd, const char *name)
{
    const Wave *found = g_hash_table_lookup(vcd->names, name);

    if (!found) {
        g_test_message("no signal '%s'", name);
    }
    g_assert_nonnull(found);
    return found;
}

static void assert_last(const Vcd *vcd, const char *name, const char *value)
{
    g_assert_cmpstr(wave(vcd, name)->last, ==, value);
}

static void test_counts(void)
{
    g_autoptr(Vcd) vcd = convert(TIMELINE_LOG, NULL, NULL);

    assert_last(vcd, "dut0.bar0.reads", "4");
    assert_last(vcd, "dut0.bar0.writes", "2");
    assert_last(vcd, "dut0.bar0.unknown", "1");
    assert_last(vcd, "dut0.config.reads", "1");
    assert_last(vcd, "dut0.config.writes", "0");
    assert_last(vcd, "trace.marks", "1");
    assert_last(vcd, "trace.tracer_marks", "7");
    assert_last(vcd, "trace.irqs", "1");
}

static void test_values(void)
{
    g_autoptr(Vcd) vcd = convert(TIMELINE_LOG, NULL, NULL);
    const Wave *status = wave(vcd, "dut0.bar0.registers.x00008_R");
    const Wave *wide = wave(vcd, "dut0.bar0.registers.x00018_R");

    g_assert_cmpstr(status->changes->str, ==,
                    " 1000002500=64 1000004500=65");
    g_assert_cmpuint(status->bits, ==, 32);
    g_assert_cmpstr(wide->changes->str, ==,
                    " 1500002000=18446744073709551615");
    g_assert_cmpuint(wide->bits, ==, 64);
    g_assert_cmpuint(wave(vcd, "dut0.bar0.registers.x0000c_W")->bits, ==, 16);
    g_assert_cmpstr(wave(vcd, "dut0.bar0.offset")->changes->str, ==,
                    " 1000002000=0 1000002500=8 1000006999=12 1500001000=16 "
                    "1500002000=24");
    g_assert_cmpstr(wave(vcd, "dut0.bar0.value")->changes->str, ==,
                    " 1000002000=64 1000004500=65 1000006999=1923 "
                    "1500001000=x 1500002000=18446744073709551615");
    /* in the same nanosecond as the write before it */
    assert_contains(wave(vcd, "dut0.config.reads")->changes->str,
                    " 1000007000=1");
}

static void test_marks(void)
{
    g_autoptr(Vcd) vcd = convert(TIMELINE_LOG, NULL, NULL);

    g_assert_cmpstr(wave(vcd, "trace.mark")->changes->str, ==,
                    " 1000005000=link,\\040\"up\"");
    assert_last(vcd, "trace.irq", "device=dut0\\040msix\\040vector=3");
    assert_last(vcd, "trace.tracer_mark", "end");
    assert_contains(wave(vcd, "trace.phase")->changes->str,
                    "=start 1000005000=link,\\040\"up\"");
    assert_contains(wave(vcd, "trace.paused")->changes->str,
                    "=0 1000007001=1 1500000000=0");
}

static void test_names(void)
{
    g_autofree char *in = temp_file("log.mmt", TIMELINE_LOG, -1);
    g_autofree char *db = temp_file("names.txt", "bar0:0x8:4 STATUS\n", -1);
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "--to", "vcd", "--db",
                                      db, "-o", "-", in, NULL);
    g_autoptr(Vcd) vcd = vcd_parse(run->out);

    g_assert_cmpint(run->status, ==, 0);
    assert_last(vcd, "dut0.bar0.registers.x00008_STATUS_R", "65");
}

/* More accesses of one microsecond than it has nanoseconds */
static void test_same_time(void)
{
    g_autoptr(GString) log = g_string_new(
        "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0\n");
    g_autoptr(Vcd) vcd = NULL;
    unsigned i;

    for (i = 0; i < 1010; i++) {
        g_string_append(log, "W 4 1.000001 1 0xfeb80000 0x0 0x0 0\n");
    }
    vcd = convert(log->str, "shown more than 1 us later, since no two have the "
                  "same time: 9\n", NULL);
    g_assert_cmpuint(vcd->times, ==, 1010 + 2);
}

/* Names of devices become names of scopes, which stay different. */
static void test_scopes(void)
{
    static const char log[] =
        "1@1.000001:vfio_region_read  (a.b:region0+0x100, 4) = 0x1\n"
        "1@1.000002:vfio_region_read  (a b:region0+0x100, 4) = 0x2\n"
        "1@1.000003:vfio_region_read  (a.b:region2+0x100, 4) = 0x3\n";
    g_autoptr(ToolRun) run = run_tool(log, "convert", "--to", "vcd", "-o", "-",
                                      "-", NULL);
    g_autoptr(Vcd) vcd = vcd_parse(run->out);
    g_autofree char *both = NULL;

    g_assert_cmpint(run->status, ==, 0);
    both = g_strconcat(wave(vcd, "a_b.bar0.value")->last,
                       wave(vcd, "a_b_2.bar0.value")->last, NULL);
    g_assert_true(!strcmp(both, "12") || !strcmp(both, "21"));
    g_assert_nonnull(strstr(run->out, "$scope module bar2 $end"));
}

/* Names that differ in nothing but what a name can't have are counted. */
static void test_equal_names(void)
{
    static const char *const names[] = { "a-b", "a.b", "a_b_2", "a b", "a_b" };
    g_autoptr(GString) log = g_string_new(NULL);
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(Vcd) vcd = NULL;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_string_append_printf(
            log, "1@1.%06zu:memory_region_ops_read cpu 0 mr 0x5 addr 0x8 "
            "value 0x%zx size 4 name '%s'\n", i, i + 1, names[i]);
    }
    run = run_tool(log->str, "convert", "--to", "vcd", "-o", "-", "-", NULL);
    vcd = vcd_parse(run->out);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(wave(vcd, "device.a_b.value")->last, ==, "1");
    g_assert_cmpstr(wave(vcd, "device.a_b_2.value")->last, ==, "2");
    g_assert_cmpstr(wave(vcd, "device.a_b_2_2.value")->last, ==, "3");
    g_assert_cmpstr(wave(vcd, "device.a_b_3.value")->last, ==, "4");
    g_assert_cmpstr(wave(vcd, "device.a_b_4.value")->last, ==, "5");
}

/* Registers beyond the limit are in the signals of their region. */
static void test_many(void)
{
    g_autoptr(GString) log = g_string_new(TIMELINE_HEAD);
    g_autoptr(Vcd) vcd = NULL;
    unsigned i;

    for (i = 0; i < MANY; i++) {
        g_string_append_printf(log, "W 1 2.%06u 1 0x%x 0x%x 0x0 0 cpu=0 "
                               "ns=2.%06u000\n", i, 0xfeb80000 + i, i & 0xff,
                               i);
    }
    vcd = convert(log->str, "which have no signals of their own: 4464", NULL);
    assert_last(vcd, "dut0.bar0.writes", "70000");
}

/* Texts end neither their words nor the declarations; time does not go back. */
static void test_hostile(void)
{
    g_autoptr(Vcd) vcd = convert(TIMELINE_HOSTILE,
                                 "shown at its time: 2", NULL);

    assert_last(vcd, "dut0.bar0.reads", "2");
    assert_last(vcd, "dut0.bar0.writes", "3");
    assert_last(vcd, "dut0.bar0.cpu", "0");
    assert_last(vcd, "trace.marks", "3");
    assert_last(vcd, "trace.paused", "0");
    assert_contains(wave(vcd, "trace.mark")->changes->str,
                    "=$end\\040$enddefinitions\\040$end\\040#99999999999");
    assert_contains(wave(vcd, "trace.mark")->changes->str,
                    "\\040\\134n\\040\\134x41\\040%s%n");
}

/* A trace without accesses has signals, too. */
static void test_empty(void)
{
    g_autoptr(ToolRun) run = run_tool("VERSION 20070824\n", "convert", "--to",
                                      "vcd", "-o", "-", "-", NULL);
    g_autoptr(Vcd) vcd = vcd_parse(run->out);

    g_assert_cmpint(run->status, ==, 0);
    assert_last(vcd, "trace.marks", "0");
}

/* A temporary file without room ends it while there is more to read. */
static void test_full(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *out = g_build_filename(temp_dir(), "full.vcd", NULL);
    const char *argv[] = {
        "/bin/sh", "-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh",
        VFIO_TRACE_TOOL, "convert", "-o", out, "-", NULL
    };
    GPid pid;
    int status, in, i;

    for (i = 0; i < 4000; i++) {
        g_string_append(text, TIMELINE_LOG);
    }
    signal(SIGPIPE, SIG_IGN);
    g_assert_true(g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
                                           G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                                           NULL, &pid, &in, NULL, NULL, NULL));
    for (i = 0; i < 100 && write(in, text->str, text->len) > 0; i++) {
        ;
    }
    close(in);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 2);
    g_assert_cmpint(i, <, 100);
    g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
}

static void test_no_room(void)
{
    g_autofree char *in = temp_file("log.mmt", TIMELINE_LOG, -1);
    g_autofree char *out = g_build_filename(temp_dir(), "none.vcd", NULL);
    g_autofree char *tmp = g_strdup(g_getenv("TMPDIR"));
    g_autoptr(ToolRun) run = NULL;

    g_setenv("TMPDIR", "/no/such/directory", TRUE);
    run = run_tool(NULL, "convert", "-o", out, in, NULL);
    if (tmp) {
        g_setenv("TMPDIR", tmp, TRUE);
    } else {
        g_unsetenv("TMPDIR");
    }
    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "/no/such/directory");
    g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
}

/* Return: false after the test was skipped */
static bool call(const char *program, const char *from, const char *to)
{
    g_autofree char *path = g_find_program_in_path(program);
    const char *argv[] = { path, "-f", from, "-o", to, NULL };
    const char *plain[] = { path, from, to, NULL };
    g_autoptr(GError) error = NULL;
    int status;

    if (!path) {
        g_test_skip("GTKWave's vcd2fst and fst2vcd are not installed");
        return false;
    }
    g_spawn_sync(NULL, (char **)(strcmp(program, "fst2vcd") ? plain : argv),
                 NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                 &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
    return true;
}

/* Changes of a signal with their escapes decoded; to be freed */
static char *decoded(const Wave *wave)
{
    return g_strcompress(wave->changes->str);
}

/* A file that went through GTKWave's format has the same signals and values. */
static void there_and_back(const char *log, const char *word)
{
    g_autofree char *path = NULL;
    g_autoptr(Vcd) vcd = convert(log, word, &path);
    g_autofree char *fst = g_build_filename(temp_dir(), "out.fst", NULL);
    g_autofree char *back = g_build_filename(temp_dir(), "back.vcd", NULL);
    g_autofree char *text = NULL;
    g_autoptr(Vcd) other = NULL;
    GHashTableIter iter;
    gpointer name, signal;

    if (!call("vcd2fst", path, fst) || !call("fst2vcd", fst, back)) {
        return;
    }
    g_assert_true(g_file_get_contents(back, &text, NULL, NULL));
    other = vcd_parse(text);
    g_assert_cmpuint(g_hash_table_size(other->names), ==,
                     g_hash_table_size(vcd->names));
    g_hash_table_iter_init(&iter, vcd->names);
    while (g_hash_table_iter_next(&iter, &name, &signal)) {
        /* strings come back with more escapes */
        g_autofree char *want = decoded(signal);
        g_autofree char *got = decoded(wave(other, name));

        g_assert_cmpstr(got, ==, want);
    }
}

static void test_gtkwave(void)
{
    there_and_back(TIMELINE_LOG, NULL);
    there_and_back(TIMELINE_HOSTILE, "shown at its time: 2");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/export/vcd/counts", test_counts);
    g_test_add_func("/export/vcd/values", test_values);
    g_test_add_func("/export/vcd/marks", test_marks);
    g_test_add_func("/export/vcd/names", test_names);
    g_test_add_func("/export/vcd/same-time", test_same_time);
    g_test_add_func("/export/vcd/scopes", test_scopes);
    g_test_add_func("/export/vcd/equal-names", test_equal_names);
    g_test_add_func("/export/vcd/many", test_many);
    g_test_add_func("/export/vcd/hostile", test_hostile);
    g_test_add_func("/export/vcd/empty", test_empty);
    g_test_add_func("/export/vcd/full", test_full);
    g_test_add_func("/export/vcd/no-room", test_no_room);
    g_test_add_func("/export/vcd/gtkwave", test_gtkwave);
    status = g_test_run();
    temp_clean();
    return status;
}
