/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace fold
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run-tool.h"

#define MAP "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0\n"
#define DEVICE \
    "PCIDEV 0008 808610d3 0 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n"

/* Time limit for expected output, on a busy machine. */
#define PATIENCE_S 30

/* A log of accesses to bar0, one each microsecond */
typedef struct Log {
    GString *text;
    unsigned n;
} Log;

static void add(Log *log, char op, unsigned offset, unsigned value)
{
    g_string_append_printf(log->text, "%c 4 1.%06u 1 0x%x 0x%x 0x0 0\n", op,
                           ++log->n, 0xfeb80000 + offset, value);
}

static Log log_new(void)
{
    return (Log) { .text = g_string_new("VERSION 20070824\n" DEVICE MAP) };
}

/* The upload of a table, with a poll in it, and what comes before */
static Log log_upload(void)
{
    static const unsigned polls[] = { 1, 3, 3, 3, 7, 1 };
    Log log = log_new();
    unsigned i, k;

    add(&log, 'W', 0x8, 0x40);
    for (i = 0; i < 100; i++) {
        add(&log, 'R', 0x8, i == 99 ? 0x41 : 0x40);
    }
    for (i = 0; i < 16; i++) {
        add(&log, 'W', 0x2000 + i * 4, i * i * i);
    }
    for (i = 0; i < G_N_ELEMENTS(polls); i++) {
        add(&log, 'W', 0x100 + i * 8, i * 2);
        for (k = 0; k < polls[i]; k++) {
            add(&log, 'R', 0x20, k + 1 == polls[i] ? 0x80000000 : 0);
        }
    }
    g_string_append(log.text, "MARK 1.000200 ready\n");
    add(&log, 'W', 0x8, 0);
    add(&log, 'W', 0x8, 1);
    return log;
}

static const char upload[] =
    "      1.000000  map bar0 at 0xfeb80000, 131072 bytes\n"
    "      1.000001  W4 bar0+0x8 = 0x40\n"
    "      1.000002  R4 bar0+0x8 x100 in 0x40, 0x41 until &0x1 == 0x1; 99 us, to 1.000101\n"
    "      1.000102  W4 bar0+0x2000 x16 step 0x4 in 16 values 0x0..0xd2f; 15 us, to 1.000117\n"
    "      1.000118  6 rounds of 2; 23 us, to 1.000141\n"
    "                  W4 bar0+0x100 each 0x8 = 0x0..0xa by 0x2\n"
    "                  R4 bar0+0x20 x(1,3*3,7,1) in 0x80000000, 0x0 until &0x80000000 == 0x80000000, longest 6 us\n"
    "      1.000200  mark ready\n"
    "      1.000142  W4 bar0+0x8 x2 = 0x0, 0x1; 1 us, to 1.000143\n";

static void test_text(void)
{
    Log log = log_upload();
    g_autofree char *path = temp_file("upload.mmt", log.text->str, -1);
    g_autofree char *expected = g_strdup_printf(
        "# %s: mmiotrace\n%s# 143 accesses in 9 lines: 6.29 %%\n", path,
        upload);
    g_autoptr(ToolRun) run = run_tool(NULL, "fold", path, NULL);

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpstr(run->out, ==, expected);
    g_assert_cmpint(run->status, ==, 0);
    g_string_free(log.text, TRUE);
}

/* Marks that are left out do not end a block. */
static void test_no_marks(void)
{
    Log log = log_new();
    g_autoptr(ToolRun) with = NULL;
    g_autoptr(ToolRun) without = NULL;
    unsigned i;

    for (i = 0; i < 10; i++) {
        add(&log, 'R', 0x8, 0);
        g_string_append(log.text, i == 4 ? "MARK 1.000005 \033[31mm\n" : "");
    }
    with = run_tool(log.text->str, "fold", "-", NULL);
    without = run_tool(log.text->str, "fold", "--no-marks", "-", NULL);
    assert_contains(with->out, " x5 = 0x0; 4 us, to 1.000005\n");
    assert_contains(with->out, "  mark ?[31mm\n");
    assert_contains(without->out, " x10 = 0x0; 9 us, to 1.000010\n");
    g_string_free(log.text, TRUE);
}

/* Options of the selection come before the fold. */
static void test_selection(void)
{
    Log log = log_upload();
    g_autoptr(ToolRun) run = run_tool(log.text->str, "fold", "--op", "w",
                                      "--range", "bar0:0x100:0x100", "-",
                                      NULL);

    assert_contains(run->out, "W4 bar0+0x100 x6 step 0x8 = 0x0..0xa by 0x2; ");
    g_assert_null(strstr(run->out, "R4"));
    g_assert_null(strstr(run->out, "0x2000"));
    g_string_free(log.text, TRUE);
}

/* QEMU's events of two devices, without times */
static void test_devices(void)
{
    static const char text[] =
        "vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x0\n"
        "vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x1\n"
        "vfio_region_write  (0000:02:00.0:region2+0x8, 0x5, 2)\n";
    g_autoptr(ToolRun) run = run_tool(text, "fold", "-", NULL);
    g_autoptr(ToolRun) json = run_tool(text, "fold", "--json", "-", NULL);

    g_assert_cmpstr(run->out, ==,
        "# -: qemu\n"
        "            @1  R4 0000:01:00.0:bar0+0x100 x2 = 0x0, 0x1; to @2\n"
        "            @3  W2 0000:02:00.0:bar2+0x8 = 0x5\n"
        "# 3 accesses in 2 lines: 66.67 %\n");
    assert_contains(json->out, "\"device\": \"0000:02:00.0\", \"region\": \"bar2\", "
                    "\"offset\": \"0x8\", \"width\": 2");
    g_assert_null(strstr(json->out, "first_ns"));
}

/**
 * struct Node: an access or a block of the JSON output
 * @object: what was printed
 * @members: of a block, struct Node
 * @pair: pair of "rounds" that is used
 * @used: how many times it was used
 * @values: accesses so far
 */
typedef struct Node {
    JsonObject *object;
    GPtrArray *members;
    unsigned pair;
    gint64 used;
    gint64 values;
} Node;

static void node_free(void *p)
{
    Node *node = p;

    if (node->members) {
        g_ptr_array_free(node->members, TRUE);
    }
    g_free(node);
}

static Node *node_new(JsonObject *object)
{
    Node *node = g_new0(Node, 1);
    JsonArray *members;
    unsigned i;

    node->object = object;
    if (json_object_has_member(object, "members")) {
        node->members = g_ptr_array_new_with_free_func(node_free);
        members = json_object_get_array_member(object, "members");
        for (i = 0; i < json_array_get_length(members); i++) {
            g_ptr_array_add(node->members, node_new(
                json_array_get_object_element(members, i)));
        }
    }
    return node;
}

static gint64 node_rounds(Node *node)
{
    JsonArray *pairs = json_object_get_array_member(node->object, "rounds");
    JsonArray *pair = json_array_get_array_element(pairs, node->pair);

    if (++node->used == json_array_get_int_element(pair, 1)) {
        node->used = 0;
        node->pair++;
    }
    return json_array_get_int_element(pair, 0);
}

static gint64 hex(const char *text)
{
    gint64 value = g_ascii_strtoull(text + (*text == '-'), NULL, 16);

    return *text == '-' ? -value : value;
}

static gint64 hex_member(JsonObject *object, const char *name)
{
    return hex(json_object_get_string_member(object, name));
}

/* Print the value if it is known, else '?'. */
static void unfold_value(Node *node, GString *text)
{
    JsonObject *values = json_object_get_object_member(node->object, "values");
    JsonArray *list = json_object_has_member(values, "list") ?
                      json_object_get_array_member(values, "list") : NULL;
    gint64 i = node->values++;

    if (json_object_has_member(values, "step")) {
        g_string_append_printf(text, "%x\n", (unsigned)
                               (hex_member(values, "first") +
                                i * hex_member(values, "step")));
    } else if (list && json_array_get_length(list) ==
               json_object_get_int_member(values, "n")) {
        g_string_append_printf(text, "%x\n", (unsigned)
                               hex(json_array_get_string_element(list, i)));
    } else {
        g_string_append(text, "?\n");
    }
}

static void unfold_access(Node *node, const unsigned *rounds, unsigned depth,
                          GString *text)
{
    JsonObject *object = node->object;
    JsonArray *strides = json_object_get_array_member(object, "strides");
    gint64 offset = hex_member(object, "offset");
    gint64 n = node_rounds(node);
    unsigned i;

    g_assert_cmpuint(json_array_get_length(strides), ==, depth);
    for (i = 0; i < depth; i++) {
        offset += hex(json_array_get_string_element(strides, i)) *
                  rounds[depth - 1 - i];
    }
    while (n--) {
        g_string_append_printf(text, "%c %x ", *json_object_get_string_member(
                               object, "op"), (unsigned)offset);
        unfold_value(node, text);
    }
}

static void unfold_node(Node *node, unsigned *rounds, unsigned depth,
                        GString *text)
{
    gint64 n;
    unsigned i;

    if (!node->members) {
        unfold_access(node, rounds, depth, text);
        return;
    }
    n = node_rounds(node);
    for (rounds[depth] = 0; rounds[depth] < n; rounds[depth]++) {
        for (i = 0; i < node->members->len; i++) {
            unfold_node(node->members->pdata[i], rounds, depth + 1, text);
        }
    }
}

/* Unfold a line of JSON, if it has accesses. */
static void unfold_line(const char *line, GString *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) root = json_from_string(line, &error);
    unsigned rounds[8];
    Node *node;

    g_assert_no_error(error);
    if (json_object_has_member(json_node_get_object(root), "rounds")) {
        node = node_new(json_node_get_object(root));
        unfold_node(node, rounds, 0, text);
        node_free(node);
    }
}

/* Accesses of a log as unfold_access() prints them */
static void assert_unfolds(const char *log, const char *unfolded)
{
    g_auto(GStrv) lines = g_strsplit(log, "\n", -1);
    g_auto(GStrv) got = g_strsplit(unfolded, "\n", -1);
    unsigned i, n = 0;

    for (i = 0; lines[i]; i++) {
        unsigned addr, value, shown;
        char op, op_shown;

        if (sscanf(lines[i], "%c 4 %*s 1 0x%x 0x%x", &op, &addr, &value) != 3) {
            continue;
        }
        g_assert_nonnull(got[n]);
        g_assert_cmpint(sscanf(got[n], "%c %x", &op_shown, &shown), ==, 2);
        g_assert_cmpint(op_shown, ==, g_ascii_tolower(op));
        g_assert_cmphex(shown, ==, addr - 0xfeb80000);
        if (!strchr(got[n], '?')) {
            g_assert_cmphex(g_ascii_strtoull(strrchr(got[n], ' '), NULL, 16),
                            ==, value);
        }
        n++;
    }
    g_assert_cmpstr(got[n], ==, "");
}

static Log log_random(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    Log log = log_new();
    unsigned i, k;

    while (log.n < 20000) {
        unsigned n = g_rand_int_range(rand, 1, 5);
        unsigned at = g_rand_int_range(rand, 0, 100) * 4;
        unsigned rounds = g_rand_int_range(rand, 1, 30);

        for (i = 0; i < rounds; i++) {
            for (k = 0; k < n; k++) {
                add(&log, k % 2 ? 'W' : 'R', at + k * 8 + i * (k & 2) * 2, i);
            }
        }
    }
    return log;
}

static void check_json(Log log)
{
    g_autoptr(ToolRun) run = run_tool(log.text->str, "fold", "--json", "-",
                                      NULL);
    g_auto(GStrv) lines = g_strsplit(run->out, "\n", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned i;

    g_assert_cmpint(run->status, ==, 0);
    for (i = 0; lines[i] && *lines[i]; i++) {
        unfold_line(lines[i], text);
    }
    assert_unfolds(log.text->str, text->str);
    g_string_free(log.text, TRUE);
}

static void test_json(void)
{
    check_json(log_upload());
    check_json(log_random());
}

static char *contents(const char *path)
{
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

static void wait_for(const char *path, const char *part)
{
    gint64 end = g_get_monotonic_time() + PATIENCE_S * G_USEC_PER_SEC;
    g_autofree char *now = contents(path);

    while (!strstr(now, part)) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
        g_usleep(5000);
        g_free(now);
        now = contents(path);
    }
}

static void append(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_APPEND);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, text, strlen(text)), ==, (ssize_t)strlen(text));
    close(fd);
}

/* What is pending is printed when the log is silent, the rest at its end. */
static void test_follow(void)
{
    Log log = log_upload();
    g_autofree char *path = temp_file("grows.mmt", log.text->str, -1);
    g_autofree char *out = temp_file("out", "", 0);
    const char *argv[] = { VFIO_TRACE_TOOL, "fold", "-f", path, NULL };
    g_autoptr(GError) error = NULL;
    int status, fd = open(out, O_WRONLY | O_APPEND | O_CLOEXEC);
    GPid pid;

    g_spawn_async_with_fds(NULL, (char **)argv, NULL,
                           G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, -1, fd,
                           -1, &error);
    g_assert_no_error(error);
    close(fd);
    wait_for(out, "W4 bar0+0x8 x2 = 0x0, 0x1; 1 us, to 1.000143\n");
    append(path, "W 4 2.000000 1 0xfeb80008 0x2 0x0 0\n"
           "MARK 2.000001 vfio-trace: end\n");
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
    wait_for(out, "      2.000000  W4 bar0+0x8 = 0x2\n"
             "      2.000001  mark vfio-trace: end\n"
             "# 144 accesses in 11 lines");
    g_string_free(log.text, TRUE);
}

/* A block does not go on in another log that takes the place of the first. */
static void test_replaced(void)
{
    static const char line[] = "W 4 1.000000 1 0x8 0x1 0x0 0\n";
    g_autofree char *path = temp_file("first.mmt", line, -1);
    g_autofree char *other = temp_file("other.mmt", "", 0);
    g_autofree char *out = temp_file("out", "", 0);
    const char *argv[] = { VFIO_TRACE_TOOL, "fold", "-f", path, NULL };
    g_autoptr(GError) error = NULL;
    int status, fd = open(out, O_WRONLY | O_APPEND | O_CLOEXEC);
    GPid pid;

    append(path, line);
    g_spawn_async_with_fds(NULL, (char **)argv, NULL,
                           G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, -1, fd,
                           fd, &error);
    g_assert_no_error(error);
    close(fd);
    wait_for(out, "W4 mem+0x8 x2 = 0x1");
    append(other, "VERSION 20070824\nW 4 2.000000 1 0x8 0x1 0x0 0\n"
           "MARK 2.000001 vfio-trace: end\n");
    g_assert_cmpint(rename(other, path), ==, 0);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
    wait_for(out, "was replaced by another log; from its start:\n"
             "      2.000000  W4 mem+0x8 = 0x1\n"
             "      2.000001  mark vfio-trace: end\n");
}

static void test_usage(void)
{
    g_autoptr(ToolRun) none = run_tool(NULL, "fold", NULL);
    g_autoptr(ToolRun) absent = run_tool(NULL, "fold", "/nonexistent", NULL);
    g_autoptr(ToolRun) stdin_follow = run_tool("", "fold", "-f", "-", NULL);
    g_autoptr(ToolRun) cut = run_tool("R 4 1.000000 1 0x8 0x1 0x0 0\nR",
                                      "fold", "-", NULL);

    g_assert_cmpint(none->status, ==, 2);
    assert_contains(none->err, "one LOG is needed");
    g_assert_cmpint(absent->status, ==, 2);
    g_assert_cmpint(stdin_follow->status, ==, 2);
    assert_contains(stdin_follow->err, "standard input can not be followed");
    g_assert_cmpint(cut->status, ==, 1);
    assert_contains(cut->err, "ends without a newline");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    /* no names of registers, as run_tool() has it */
    g_setenv("VFIO_TRACE_REGDB_PATH", "", TRUE);
    g_test_add_func("/fold-verb/text", test_text);
    g_test_add_func("/fold-verb/no-marks", test_no_marks);
    g_test_add_func("/fold-verb/selection", test_selection);
    g_test_add_func("/fold-verb/devices", test_devices);
    g_test_add_func("/fold-verb/json", test_json);
    g_test_add_func("/fold-verb/follow", test_follow);
    g_test_add_func("/fold-verb/replaced", test_replaced);
    g_test_add_func("/fold-verb/usage", test_usage);
    status = g_test_run();
    temp_clean();
    return status;
}
