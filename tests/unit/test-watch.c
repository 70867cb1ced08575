/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace status --watch, and its rates
 */
#include <fcntl.h>
#include <glib.h>
#include <json-glib/json-glib.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake-qemu.h"
#include "run-tool.h"
#include "tools/control/status-rates.h"
#include "tools/control/status-show.h"

#define REGION(reads, writes) \
    "{\"name\": \"bar0\", \"map-id\": 1, \"read\": {\"accesses\": " #reads \
    ", \"bytes\": 4}, \"write\": {\"accesses\": " #writes ", \"bytes\": 4}, " \
    "\"failed\": 2}"
#define LOG(events, bytes, rest, regions) \
    "[{\"id\": \"log\", \"file\": \"/tmp/gpu.mmt\", \"events\": " #events \
    ", \"bytes\": " #bytes ", \"ring-size\": 1000, \"ring-used\": 250, " \
    "\"lost\": 3, " rest " \"devices\": [{\"id\": \"gpu\", \"qom-path\": " \
    "\"/machine/gpu\", \"regions\": [" regions "]}]}]"
#define WINDOWS(started) \
    "[{\"qom-path\": \"/machine/other\", \"started\": true}, " \
    "{\"qom-path\": \"/machine/gpu\", \"started\": " #started "}]"

static JsonNode *parse(const char *text)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();

    g_assert_true(json_parser_load_from_data(parser, text, -1, NULL));
    return json_parser_steal_root(parser);
}

static char *sample_text(const char *before, const char *now,
                         const char *windows, double interval)
{
    g_autoptr(JsonNode) before_logs = before ? parse(before) : NULL;
    g_autoptr(JsonNode) first = before ?
        status_sample(before_logs, NULL, NULL, 1, 0) : NULL;
    g_autoptr(JsonNode) window_list = windows ? parse(windows) : NULL;
    g_autoptr(JsonNode) logs = parse(now);
    g_autoptr(JsonNode) sample = status_sample(logs, window_list, first, 2.5,
                                               interval);

    return json_to_string(sample, FALSE);
}

static char *table_text(const char *counts)
{
    g_autofree char *logs = g_strdup_printf(
        "{\"logs\": [{\"id\": \"log\", \"devices\": [{\"id\": \"gpu\", "
        "%s \"regions\": []}]}]}", counts);
    g_autoptr(JsonNode) sample = parse(logs);

    return status_show_table(json_node_get_object(sample));
}

static void test_rescue(void)
{
    g_autofree char *some = table_text("\"rescued\": 12, \"stepped\": 0, "
                                       "\"refused\": 3,");
    g_autofree char *none = table_text("\"rescued\": 0, \"stepped\": 0, "
                                       "\"refused\": 0,");
    g_autofree char *older = table_text("");

    assert_contains(some, "instructions KVM can't emulate: 12 rescued, 0 "
                    "stepped, 3 refused\n");
    g_assert_null(strstr(none, "rescued"));
    g_assert_null(strstr(older, "rescued"));
}

static void test_rates(void)
{
    g_autofree char *text = sample_text(
        LOG(100, 5000, "", REGION(10, 20)),
        LOG(150, 6000, "", REGION(11, 20)), WINDOWS(false), 2);

    assert_contains(text, "{\"time\":2.5,\"interval\":2.0,\"logs\":[{");
    assert_contains(text, "\"events-per-second\":25.0,\"bytes-per-second\":"
                    "500.0");
    assert_contains(text, "\"reads-per-second\":0.5,\"writes-per-second\":"
                    "0.0");
    assert_contains(text, "\"started\":false}");
}

static void test_rates_first(void)
{
    g_autofree char *text = sample_text(NULL, LOG(1, 2, "", REGION(3, 4)),
                                        NULL, 1);

    g_assert_null(strstr(text, "per-second"));
    g_assert_null(strstr(text, "interval"));
    g_assert_null(strstr(text, "started"));
    assert_contains(text, "\"events\":1");
}

/* A recreated log, a new region, an object without a name */
static void test_rates_changed(void)
{
    g_autofree char *anew = sample_text(
        LOG(100, 5000, "", REGION(10, 20)), LOG(50, 6000, "", REGION(9, 30)),
        NULL, 1);
    g_autofree char *come = sample_text(
        LOG(100, 5000, "", ""), LOG(100, 5000, "", REGION(9, 30)), NULL, 1);
    g_autofree char *nameless = sample_text(
        "[{\"events\": 1}]", "[{\"events\": 2}]", "[{\"started\": true}]", 1);
    g_autofree char *odd = sample_text(
        "[5, {\"id\": \"log\", \"devices\": 5}]",
        "[null, {\"id\": \"log\", \"events\": \"x\", \"devices\": [[], {}]}]",
        "[7]", 1);

    g_assert_null(strstr(anew, "events-per-second"));
    assert_contains(anew, "\"bytes-per-second\":1000.0");
    g_assert_null(strstr(anew, "reads-per-second"));
    assert_contains(anew, "\"writes-per-second\":10.0");
    assert_contains(come, "\"events-per-second\":0.0");
    g_assert_null(strstr(come, "reads-per-second"));
    g_assert_null(strstr(nameless, "per-second"));
    g_assert_null(strstr(nameless, "\"started\""));
    assert_contains(odd, "\"events-per-second\":0.0");
}

/* The output of `status --watch` until QEMU ends, without the time. */
static ToolRun *watch(const FakeReply *replies, const char *option,
                      char **asked)
{
    FakeQemu *qemu = fake_qemu_start(replies);
    ToolRun *run = run_tool(NULL, "status", "--watch=0.1", "-q",
                            fake_qemu_path(qemu), option, NULL);

    *asked = fake_qemu_stop(qemu);
    return run;
}

static void test_lines(void)
{
    static const FakeReply replies[] = {
        { "query-vfio-trace", LOG(100, 5000, "", REGION(10, 20)) },
        { "query-vfio-trace", LOG(100, 5000000, "\"stopped\": true, "
          "\"error\": \"full\\u001b[2J\",", REGION(10, 20)) },
        { "query-vfio-trace", "[]" },
        { "query-vfio-trace", NULL },
        { "query-vfio-trace-windows", WINDOWS(true) },
        { NULL }
    };
    g_autofree char *asked = NULL;
    g_autoptr(ToolRun) run = watch(replies, NULL, &asked);
    g_auto(GStrv) line = g_strsplit(run->out, "\n", -1);

    g_assert_cmpuint(g_strv_length(line), ==, 4);
    g_assert_cmpstr(line[0] + strlen("00:00:00"), ==,
                    " log log: 100 events, -/s; 4.9 KiB, -/s; ring 25 %; lost "
                    "3; gpu started: bar0 - reads/s - writes/s 2 failed");
    assert_contains(line[1], " log log: 100 events, 0/s; 4.8 MiB, ");
    assert_contains(line[1], " MiB/s; ring 25 %; lost 3; GUEST PAUSED: "
                    "full?[2J; gpu started: bar0 0 reads/s 0 writes/s 2 "
                    "failed");
    assert_contains(line[2], " nothing is traced: QEMU has no log");
    assert_contains(run->err, "QEMU closed the connection; did it end?");
    g_assert_cmpint(run->status, ==, 1);
    g_assert_cmpstr(asked, ==,
                    "query-vfio-trace\nquery-vfio-trace-windows\n"
                    "query-vfio-trace\nquery-vfio-trace-windows\n"
                    "query-vfio-trace\nquery-vfio-trace-windows\n"
                    "query-vfio-trace\n");
}

/* A QEMU without changeable windows */
static void test_json(void)
{
    static const FakeReply replies[] = {
        { "query-vfio-trace", LOG(100, 5000, "", REGION(10, 20)) },
        { "query-vfio-trace", LOG(200, 5000, "", REGION(10, 20)) },
        { "query-vfio-trace", "error no more" },
        { NULL }
    };
    g_autofree char *asked = NULL;
    g_autoptr(ToolRun) run = watch(replies, "--json", &asked);
    g_auto(GStrv) line = g_strsplit(run->out, "\n", -1);
    g_autoptr(JsonNode) node = NULL;
    double rate;

    g_assert_cmpuint(g_strv_length(line), ==, 3);
    node = json_from_string(line[1], NULL);
    g_assert_nonnull(node);
    rate = json_object_get_double_member(
        json_array_get_object_element(json_object_get_array_member(
            json_node_get_object(node), "logs"), 0), "events-per-second");
    g_assert_cmpfloat(rate, >, 10);
    g_assert_cmpfloat(rate, <=, 1100);
    assert_contains(run->err, ": no more\n");
    g_assert_cmpint(run->status, ==, 1);
}

static void test_wrong(void)
{
    static const FakeReply object[] = { { "query-vfio-trace", "{}" },
                                        { NULL } };
    static const FakeReply windows[] = {
        { "query-vfio-trace", "[]" }, { "query-vfio-trace-windows", "7" },
        { NULL }
    };
    static const char *const times[] = { "0", "0.05", "x", "1x", "", "nan",
                                         "86401", "-1" };
    g_autofree char *asked = NULL;
    g_autofree char *asked_too = NULL;
    g_autoptr(ToolRun) a = watch(object, NULL, &asked);
    g_autoptr(ToolRun) b = watch(windows, NULL, &asked_too);
    size_t i;

    assert_contains(a->err, "QEMU's answer to query-vfio-trace is not a list");
    g_assert_cmpint(a->status, ==, 1);
    assert_contains(b->err,
                    "answer to query-vfio-trace-windows is not a list");
    g_assert_cmpint(b->status, ==, 1);
    for (i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autofree char *option = g_strconcat("--watch=", times[i], NULL);
        g_autoptr(ToolRun) run = run_tool(NULL, "status", option, "-q", "/x",
                                          NULL);

        assert_contains(run->err, "expected a number of seconds from 0.1 to "
                        "86400");
        g_assert_cmpint(run->status, ==, 2);
    }
}

/* Start `status --watch` on a terminal of its own; *@fd is the other end. */
static pid_t watch_on_terminal(const char *path, const char *interval,
                               const struct winsize *size, int *fd)
{
    const char *argv[] = { VFIO_TRACE_TOOL, "status", interval, "-q", path,
                           NULL };
    g_auto(GStrv) env = g_get_environ();
    g_autoptr(GError) error = NULL;
    GPid pid;
    int terminal;

    env = g_environ_setenv(env, "TERM", "xterm", TRUE);
    env = g_environ_setenv(env, "LC_ALL", "C.UTF-8", TRUE);
    g_assert_cmpint(openpty(fd, &terminal, NULL, NULL, size), ==, 0);
    g_assert_cmpint(fcntl(*fd, F_SETFD, FD_CLOEXEC), ==, 0);
    g_spawn_async_with_fds(NULL, (char **)argv, env,
                           G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, -1,
                           terminal, terminal, &error);
    g_assert_no_error(error);
    close(terminal);
    return pid;
}

/* The output up to @until, or to the terminal's end. */
static void read_terminal(int fd, GString *seen, const char *until)
{
    char buf[4096];
    struct pollfd pollfd = { .fd = fd, .events = POLLIN };
    ssize_t n = 1;

    while (n > 0 && !(until && strstr(seen->str, until))) {
        g_assert_cmpint(poll(&pollfd, 1, 30000), >, 0);
        n = read(fd, buf, sizeof(buf));
        if (n > 0) {
            g_string_append_len(seen, buf, n);
        }
    }
}

static void test_terminal(void)
{
    static const FakeReply replies[] = {
        { "query-vfio-trace", LOG(100, 5000, "", REGION(10, 20)) },
        { "query-vfio-trace", LOG(200, 5000, "", REGION(10, 20) ", "
                                  REGION(1, 1) ", " REGION(1, 1)) },
        { "query-vfio-trace-windows", WINDOWS(false) },
        { NULL }
    };
    static const struct winsize size = { .ws_row = 6, .ws_col = 60 };
    FakeQemu *qemu = fake_qemu_start(replies);
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autofree char *asked = NULL;
    int status;
    pid_t pid;
    int fd;

    pid = watch_on_terminal(fake_qemu_path(qemu), "--watch=0.1", &size, &fd);
    read_terminal(fd, seen, "200 events");
    /* Four lines, each cut to the terminal's width, and redrawn in place */
    assert_contains(seen->str,
        "log log: /tmp/gpu.mmt\033[K\r\n"
        "  100 events, -/s; 4.9 KiB, -/s; ring 25 %; lost 3\033[K\r\n"
        "  device                region        reads/s   writes/s    "
        "\033[K\r\n"
        "  gpu          stopped  bar0                -          -    "
        "\033[K\r\n\033[J\033[4F");
    /* On a terminal of six lines, the last one is the cursor's. */
    g_string_truncate(seen, 0);
    read_terminal(fd, seen, "\033[5F");
    g_assert_cmpint(kill(pid, SIGINT), ==, 0);
    read_terminal(fd, seen, NULL);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    close(fd);
    asked = fake_qemu_stop(qemu);
}

/* An interrupt ends a long wait, and is success. */
static void test_interrupt(void)
{
    static const FakeReply replies[] = {
        { "query-vfio-trace", "[]" }, { "query-vfio-trace-windows", "[]" },
        { NULL }
    };
    FakeQemu *qemu = fake_qemu_start(replies);
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autofree char *asked = NULL;
    int status;
    pid_t pid;
    int fd;

    pid = watch_on_terminal(fake_qemu_path(qemu), "--watch=3600", NULL, &fd);
    read_terminal(fd, seen, "\033[J");
    g_assert_cmpint(kill(pid, SIGINT), ==, 0);
    read_terminal(fd, seen, NULL);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    assert_contains(seen->str, "nothing is traced: QEMU has no log");
    close(fd);
    asked = fake_qemu_stop(qemu);
}

/* It ends when its reader has closed the pipe. */
static void test_pipe(void)
{
    static const FakeReply replies[] = {
        { "query-vfio-trace", "[]" }, { "query-vfio-trace-windows", "[]" },
        { NULL }
    };
    FakeQemu *qemu = fake_qemu_start(replies);
    g_autofree char *command = g_strdup_printf(
        "sh -c '{ timeout 60 %s status -w 0.1 -q %s | head -n 3; } 2>&1; "
        "echo end'",
        VFIO_TRACE_TOOL, fake_qemu_path(qemu));
    g_autofree char *out = NULL;
    g_autofree char *asked = NULL;
    g_auto(GStrv) line = NULL;

    g_assert_true(g_spawn_command_line_sync(command, &out, NULL, NULL, NULL));
    line = g_strsplit(out, "\n", -1);
    g_assert_cmpuint(g_strv_length(line), ==, 5);
    g_assert_cmpstr(line[3], ==, "end");
    asked = fake_qemu_stop(qemu);
}

int main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/watch/rates", test_rates);
    g_test_add_func("/watch/rates-first", test_rates_first);
    g_test_add_func("/watch/rates-changed", test_rates_changed);
    g_test_add_func("/watch/rescue", test_rescue);
    g_test_add_func("/watch/lines", test_lines);
    g_test_add_func("/watch/json", test_json);
    g_test_add_func("/watch/wrong", test_wrong);
    g_test_add_func("/watch/terminal", test_terminal);
    g_test_add_func("/watch/interrupt", test_interrupt);
    g_test_add_func("/watch/pipe", test_pipe);
    result = g_test_run();
    temp_clean();
    return result;
}
