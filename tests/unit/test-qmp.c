/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the QMP client, vfio-trace mark and vfio-trace status
 *
 * A thread plays QEMU, from a script: the text to send, and the text that must
 * have come in before.
 */
#include <errno.h>
#include <glib.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "run-tool.h"

#define GREETING "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 0, " \
                 "\"minor\": 0, \"major\": 10}, \"package\": \"\"}, " \
                 "\"capabilities\": [\"oob\"]}}\r\n"
#define EVENT "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, " \
              "\"event\": \"RESUME\", \"data\": {\"x\": \"}\\\"{\"}}\r\n"
#define CAPABLE "{\"return\": {}, \"id\": 1}\r\n"

/* The beginning of every successful conversation */
#define HELLO { GREETING, "\"qmp_capabilities\"" }

#define NO_COMMAND "it was built without vfio-trace, or with an older " \
                   "version; build and install QEMU again, and start the " \
                   "guest with it\n"

/**
 * struct Turn: QEMU's part in one turn
 * @send: its text
 * @expect: the client's next line; NULL for none
 */
typedef struct Turn {
    const char *send;
    const char *expect;
} Turn;

/**
 * struct Server: the simulated QEMU
 * @thread: its thread
 * @path: its socket
 * @fd: listening
 * @turns: the script; ends with neither @send nor @expect
 * @hang: keep the connection open at the end, and silent
 * @dribble: send one byte at a time
 * @received: all bytes received
 */
typedef struct Server {
    pthread_t thread;
    char *path;
    int fd;
    const Turn *turns;
    bool hang;
    bool dribble;
    GString *received;
} Server;

static bool send_all(int fd, const char *text, bool dribble)
{
    size_t left = strlen(text);

    while (left) {
        ssize_t n = send(fd, text, dribble ? 1 : left, MSG_NOSIGNAL);

        if (n < 0) {
            return false;
        }
        text += n;
        left -= n;
    }
    return true;
}

static bool receive_line(int fd, GString *received)
{
    char ch = 0;

    while (ch != '\n') {
        if (recv(fd, &ch, 1, 0) != 1) {
            return false;
        }
        g_string_append_c(received, ch);
    }
    return true;
}

static void *server_thread(void *opaque)
{
    Server *server = opaque;
    const Turn *turn;
    int fd = accept(server->fd, NULL, NULL);
    char ch;

    g_assert_cmpint(fd, >=, 0);
    for (turn = server->turns; turn->send || turn->expect; turn++) {
        if (turn->send && !send_all(fd, turn->send, server->dribble)) {
            break;
        }
        if (turn->expect && !receive_line(fd, server->received)) {
            break;
        }
    }
    while (server->hang && recv(fd, &ch, 1, 0) > 0) {
        /* until the client goes */
    }
    close(fd);
    return NULL;
}

static void bind_socket(int fd, const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    g_assert_cmpuint(strlen(path), <, sizeof(address.sun_path));
    strcpy(address.sun_path, path);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof(address)),
                    ==, 0);
}

static Server *server_start(const Turn *turns)
{
    Server *server = g_new0(Server, 1);

    server->turns = turns;
    server->path = g_build_filename(temp_dir(), "qmp", NULL);
    server->received = g_string_new(NULL);
    server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(server->fd, >=, 0);
    bind_socket(server->fd, server->path);
    g_assert_cmpint(listen(server->fd, 1), ==, 0);
    return server;
}

static void server_run(Server *server)
{
    g_assert_cmpint(pthread_create(&server->thread, NULL, server_thread,
                                   server), ==, 0);
}

/* Return: the client's text */
static char *server_stop(Server *server)
{
    char *received;

    pthread_join(server->thread, NULL);
    close(server->fd);
    unlink(server->path);
    g_free(server->path);
    received = g_string_free(server->received, FALSE);
    g_free(server);
    return received;
}

typedef struct {
    const char *name;
    const char *args[8];
    const char *input;
    Turn turns[8];
    bool hang;
    bool dribble;
    int status;
    const char *out;
    const char *err;        /* after "vfio-trace VERB: " and the socket */
} Case;

#define STATUS_ANSWER \
    "{\"return\": [{\"id\": \"gpu\", \"file\": \"/tmp/gpu.mmt\", " \
    "\"events\": 20931, \"bytes\": 1214087, \"ring-size\": 1000, " \
    "\"ring-used\": 250, \"lost\": 3, \"stopped\": true, " \
    "\"error\": \"No space left on device\", \"durability\": \"write\", " \
    "\"on-full\": \"pause\", \"part\": 2, \"pauses\": 3, " \
    "\"pause-ns\": 120000000, \"devices\": [{" \
    "\"id\": \"gpu\", \"qom-path\": \"/machine/peripheral/gpu\", " \
    "\"host\": \"0000:01:00.0\", \"vendor\": 4318, \"device\": 8708, " \
    "\"snapshots\": [], " \
    "\"regions\": [{\"name\": \"bar0\", \"map-id\": 1, \"type\": \"mem64\", " \
    "\"prefetchable\": true, \"address\": 4110417920, " \
    "\"guest-address\": 4244635648, \"size\": 16777216, " \
    "\"read\": {\"accesses\": 12001, \"bytes\": 48004}, " \
    "\"write\": {\"accesses\": 8917, \"bytes\": 35668}, \"failed\": 2}, " \
    "{\"name\": \"bar5\", \"map-id\": 2, \"type\": \"io\", " \
    "\"prefetchable\": false, \"address\": 57472, \"size\": 128, " \
    "\"read\": {\"accesses\": 0, \"bytes\": 0}, " \
    "\"write\": {\"accesses\": 0, \"bytes\": 0}, \"failed\": 0}]}]}], " \
    "\"id\": 2}\r\n"

#define STATUS_TABLE \
    "log gpu: /tmp/gpu.mmt\n" \
    "  20931 events, 1214087 bytes written; 3 lost; ring 250 of 1000 slots " \
    "used (25 %)\n" \
    "  part 2; durability write; on-full pause; guest paused 3 times, 120 ms\n" \
    "  THE GUEST IS PAUSED until this log can be written again\n" \
    "  ERROR: No space left on device\n" \
    "  device gpu, 10de:2204, host 0000:01:00.0, /machine/peripheral/gpu\n" \
    "               type         map address            guest address      " \
    "size               reads       writes\n" \
    "    bar0       mem64,pref     1 0xf5000000         0xfd000000         " \
    "0x1000000          12001         8917\n" \
    "          2 accesses did not reach the device\n" \
    "    bar5       io             2 0xe080             not mapped         " \
    "0x80                   0            0\n"

static const Case cases[] = {
    { "mark", { "mark", "hello", "world" }, NULL,
      { HELLO, { CAPABLE, "" },
        { "{\"return\": {\"text\": \"hello world\"}, \"id\": 2}\r\n" } },
      false, false, 0, "", "" },
    { "mark-log", { "mark", "--log", "gpu", "x" }, NULL,
      { HELLO, { CAPABLE, "" },
        { "{\"return\": {\"text\": \"x\"}, \"id\": 2}\r\n" } },
      false, false, 0, "", "" },
    { "mark-dash", { "mark", "a", "--log", "-b" }, NULL,
      { HELLO, { CAPABLE, "" },
        { "{\"return\": {\"text\": \"a --log -b\"}, \"id\": 2}\r\n" } },
      false, false, 0, "", "" },
    { "mark-changed", { "mark", "a\nb" }, NULL,
      { HELLO, { CAPABLE, "" },
        { "{\"return\": {\"text\": \"a?b\"}, \"id\": 2}\r\n" } },
      false, false, 0, "",
      "vfio-trace mark: note: QEMU changed the text to fit the log format: "
      "a?b\n" },
    { "mark-stdin", { "mark", "-" }, "one\ntwo",
      { HELLO, { CAPABLE, "" },
        { "{\"return\": {\"text\": \"one\"}, \"id\": 2}\r\n", "" },
        { "{\"return\": {\"text\": \"two\"}, \"id\": 3}\r\n" } },
      false, false, 0, "", "" },
    { "mark-stdin-refused", { "mark", "-" }, "one\n\nvfio-trace: two\nthree\n",
      { HELLO, { CAPABLE, "" },
        { "{\"return\": {\"text\": \"one\"}, \"id\": 2}\r\n", "" },
        { "{\"id\": 3, \"error\": {\"class\": \"GenericError\", \"desc\": "
          "\"No\"}}\r\n", "" },
        { "{\"return\": {\"text\": \"thr?e\"}, \"id\": 4}\r\n" } },
      false, false, 1, "",
      "vfio-trace mark: line 3: %s: No\n"
      "vfio-trace mark: line 4: note: QEMU changed the text to fit the "
      "log format: thr?e\n" },
    { "mark-stdin-empty", { "mark", "-" }, "\n\none\n\n",
      { HELLO, { CAPABLE, "" },
        { "{\"return\": {\"text\": \"one\"}, \"id\": 2}\r\n" } },
      false, false, 0, "", "" },
    { "mark-stdin-lost", { "mark", "-" }, "one\ntwo\nthree\n",
      { HELLO, { CAPABLE, "" },
        { "{\"return\": {\"text\": \"one\"}, \"id\": 2}\r\n", "" } },
      false, false, 1, "",
      "vfio-trace mark: line 2: %s: QEMU closed the connection; did it end?\n" },
    { "mark-stdin-no-command", { "mark", "-" }, "one\ntwo\n",
      { HELLO, { CAPABLE, "" },
        { "{\"id\": 2, \"error\": {\"class\": \"CommandNotFound\", \"desc\": "
          "\"x\"}}\r\n" } }, false, false, 1, "",
      "vfio-trace mark: line 1: %s: this QEMU has no command vfio-trace-mark: "
      NO_COMMAND },
    { "event-before-greeting", { "mark", "x" }, NULL,
      { { EVENT EVENT GREETING, "\"qmp_capabilities\"" }, { CAPABLE, "" },
        { "{\"return\": {\"text\": \"x\"}, \"id\": 2}\r\n" } },
      false, false, 0, "", "" },
    { "no-greeting", { "mark", "x" }, NULL,
      { { "{\"return\": {}}\r\n", NULL }, { NULL, "" } }, false, false, 1, "",
      "vfio-trace mark: %s: not a QMP socket: it sends JSON, but not QEMU's "
      "greeting (is it a guest agent's?)\n" },
    { "events-between", { "mark", "x" }, NULL,
      { HELLO, { EVENT CAPABLE EVENT EVENT, "" },
        { EVENT "{\"return\": {\"text\": \"x\"}, \"id\": 2}" EVENT } },
      false, false, 0, "", "" },
    { "dribble", { "mark", "x" }, NULL,
      { HELLO, { EVENT CAPABLE EVENT, "" },
        { EVENT "{\"return\": {\"text\": \"x\"}, \"id\": 2}" EVENT } },
      false, true, 0, "", "" },
    { "other-answers", { "mark", "x" }, NULL,
      { HELLO, { CAPABLE, "" },
        { "{\"return\": {\"text\": \"y\"}, \"id\": 7}\r\n"
          "{\"return\": {\"text\": \"z\"}, \"id\": \"2\"}\r\n"
          "{\"return\": {\"text\": \"w\"}}\r\n"
          "{\"return\": {\"text\": \"x\"}, \"id\": 2}\r\n" } },
      false, false, 0, "", "" },
    { "pretty", { "mark", "x" }, NULL,
      { HELLO, { "{\n    \"return\": {\n    },\n    \"id\": 1\n}\n", "" },
        { "{\n    \"return\": {\n        \"text\": \"x\"\n    },\n"
          "    \"id\": 2\n}\n" } },
      false, false, 0, "", "" },
    { "refused", { "mark", "--log", "nope", "x" }, NULL,
      { HELLO, { CAPABLE, "" },
        { "{\"id\": 2, \"error\": {\"class\": \"GenericError\", \"desc\": "
          "\"There is no log 'nope'\"}}\r\n" } },
      false, false, 1, "",
      "vfio-trace mark: %s: There is no log 'nope'\n" },
    { "no-command", { "mark", "x" }, NULL,
      { HELLO, { CAPABLE, "" },
        { "{\"id\": 2, \"error\": {\"class\": \"CommandNotFound\", \"desc\": "
          "\"The command vfio-trace-mark has not been found\"}}\r\n" } },
      false, false, 1, "",
      "vfio-trace mark: %s: this QEMU has no command vfio-trace-mark: "
      NO_COMMAND },
    { "error-empty", { "mark", "x" }, NULL,
      { HELLO, { CAPABLE, "" }, { "{\"id\": 2, \"error\": 5}\r\n" } },
      false, false, 1, "",
      "vfio-trace mark: %s: QEMU refused and gave no reason\n" },
    { "error-without-id", { "mark", "x" }, NULL,
      { HELLO, { CAPABLE, "" },
        { "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse "
          "error\"}}\r\n" } },
      false, false, 1, "", "vfio-trace mark: %s: JSON parse error\n" },
    { "escape", { "mark", "x" }, NULL,
      { HELLO, { CAPABLE, "" },
        { "{\"error\": {\"class\": \"GenericError\", \"desc\": \"a\\u001b[2J"
          "b\\u009bc\"}, \"id\": 2}\r\n" } },
      false, false, 1, "", "vfio-trace mark: %s: a?[2Jb?c\n" },
    { "not-json", { "mark", "x" }, NULL,
      { { "QEMU 10.0.0 monitor - type 'help' for more information\r\n",
          NULL } }, true, false, 1, "",
      "vfio-trace mark: %s: not a QMP socket: it does not send JSON (is it a "
      "human monitor, or a console?)\n" },
    { "bad-json", { "mark", "x" }, NULL,
      { HELLO, { CAPABLE, "" }, { "{\"return\": {\"text\": }, \"id\": 2}\r\n" }
      }, true, false, 1, "",
      "vfio-trace mark: %s: not a QMP socket: it does not send JSON (is it a "
      "human monitor, or a console?)\n" },
    { "closed-at-once", { "mark", "x" }, NULL, { { 0 } }, false, false, 1, "",
      "vfio-trace mark: %s: QEMU closed the connection; did it end?\n" },
    { "closed-amid", { "mark", "x" }, NULL,
      { HELLO, { CAPABLE, "" }, { "{\"return\": {\"te" } }, false, false, 1,
      "", "vfio-trace mark: %s: QEMU closed the connection; did it end?\n" },
    { "hang-greeting", { "mark", "--timeout", "0.2", "x" }, NULL, { { 0 } },
      true, false, 1, "",
      "vfio-trace mark: %s: no greeting from QEMU (it serves one client for "
      "each socket: is another one connected?) within 0.2 s\n" },
    { "hang-answer", { "mark", "--timeout", "1", "x" }, NULL,
      { HELLO, { CAPABLE, "" } }, true, false, 1, "",
      "vfio-trace mark: %s: QEMU did not answer within 1 s\n" },
    { "hang-amid", { "status", "--timeout", "1" }, NULL,
      { HELLO, { CAPABLE, "" }, { EVENT "{\"return\": [" } }, true, false, 1,
      "", "vfio-trace status: %s: QEMU did not answer within 1 s\n" },
    { "status", { "status" }, NULL,
      { HELLO, { CAPABLE, "" }, { EVENT STATUS_ANSWER } }, false, false, 0,
      STATUS_TABLE, "" },
    { "status-empty", { "status" }, NULL,
      { HELLO, { CAPABLE, "" }, { "{\"return\": [], \"id\": 2}\r\n" } },
      false, false, 0, "nothing is traced: QEMU has no log\n", "" },
    { "status-odd", { "status" }, NULL,
      { HELLO, { CAPABLE, "" },
        { "{\"return\": [5, {\"id\": 7, \"devices\": [{\"regions\": "
          "[{\"size\": \"x\", \"read\": 3}]}]}], \"id\": 2}\r\n" } },
      false, false, 0, NULL, "" },
    { "status-other", { "status" }, NULL,
      { HELLO, { CAPABLE, "" }, { "{\"return\": {}, \"id\": 2}\r\n" } },
      false, false, 1, "",
      "vfio-trace status: %s: QEMU's answer to query-vfio-trace is not a list: "
      "QEMU and this tool have different versions\n" },
    { "mark-json", { "mark", "--json", "-" }, "a\nb\x01\n",
      { HELLO, { CAPABLE, "" },
        { "{\"return\": {\"text\": \"a\"}, \"id\": 2}\r\n", "" },
        { "{\"return\": {\"text\": \"b?\"}, \"id\": 3}\r\n" } },
      false, false, 0, "{\"text\":\"a\"}\n{\"text\":\"b?\"}\n", "" },
};

static void test_case(gconstpointer data)
{
    const Case *c = data;
    Server *server = server_start(c->turns);
    const char *args[G_N_ELEMENTS(c->args) + 3] = { c->args[0], "--qmp",
                                                    server->path };
    g_autofree char *path = g_strdup(server->path);
    g_autoptr(GString) err = g_string_new(c->err);
    g_autoptr(ToolRun) run = NULL;
    g_autofree char *received = NULL;

    memcpy(args + 3, c->args + 1, sizeof(c->args) - sizeof(c->args[0]));
    server->hang = c->hang;
    server->dribble = c->dribble;
    server_run(server);
    run = run_toolv(c->input, args);
    received = server_stop(server);

    g_string_replace(err, "%s", path, 1);
    g_assert_cmpstr(run->err, ==, err->str);
    if (c->out) {
        g_assert_cmpstr(run->out, ==, c->out);
    }
    g_assert_cmpint(run->status, ==, c->status);
}

/* The exact bytes on the socket */
static void test_wire(void)
{
    static const Turn turns[] = {
        HELLO, { CAPABLE, "" },
        { "{\"return\": {\"text\": \"?\"}, \"id\": 2}\r\n", NULL }, { 0 },
    };
    static const char *const expected =
        "{\"execute\":\"qmp_capabilities\",\"id\":1}\r\n"
        "{\"execute\":\"vfio-trace-mark\",\"arguments\":{\"text\":"
        "\"a \\\"b\\\" \xc3\xa4 \\\\ \xef\xbf\xbd\",\"log\":\"gpu\"},"
        "\"id\":2}\r\n";
    Server *server = server_start(turns);
    g_autofree char *received = NULL;
    g_autoptr(ToolRun) run = NULL;

    server_run(server);
    run = run_tool(NULL, "mark", "--qmp", server->path, "--log=gpu", "a",
                   "\"b\"", "\xc3\xa4", "\\", "\xff", NULL);
    received = server_stop(server);
    g_assert_cmpstr(received, ==, expected);
    g_assert_cmpint(run->status, ==, 0);
}

static void test_json(void)
{
    static const Turn turns[] = { HELLO, { CAPABLE, "" },
                                  { STATUS_ANSWER, NULL }, { 0 } };
    Server *server = server_start(turns);
    g_autofree char *received = NULL;
    g_autoptr(ToolRun) run = NULL;

    server_run(server);
    run = run_tool(NULL, "status", "--qmp", server->path, "--json", NULL);
    received = server_stop(server);
    assert_contains(received, "\"execute\":\"query-vfio-trace\"");
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "\"guest-address\" : 4244635648");
    g_assert_true(g_str_has_prefix(run->out, "[\n"));
    g_assert_true(g_str_has_suffix(run->out, "]\n"));
}

/* 100 kB with newlines: sent whole; QEMU cuts it */
static void test_huge(void)
{
    static const Turn turns[] = {
        HELLO, { CAPABLE, "" },
        { "{\"return\": {\"text\": \"x\"}, \"id\": 2}\r\n", NULL }, { 0 },
    };
    Server *server = server_start(turns);
    g_autofree char *text = g_strnfill(100 * 1024, '\n');
    g_autofree char *received = NULL;
    g_autoptr(ToolRun) run = NULL;

    server_run(server);
    run = run_tool(NULL, "mark", "--qmp", server->path, text, NULL);
    received = server_stop(server);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpuint(strlen(received), >, 2 * 100 * 1024);
}

/* JSON-GLib recurses: reject texts that are nested too deeply. */
static void test_deep(void)
{
    g_autofree char *begin = g_strnfill(200000, '[');
    g_autofree char *end = g_strnfill(200000, ']');
    g_autofree char *answer = g_strconcat("{\"return\": ", begin, end,
                                          ", \"id\": 2}\r\n", NULL);
    const Turn turns[] = { HELLO, { CAPABLE, "" }, { answer, NULL }, { 0 } };
    Server *server = server_start(turns);
    g_autofree char *received = NULL;
    g_autoptr(ToolRun) run = NULL;

    server_run(server);
    run = run_tool(NULL, "mark", "--qmp", server->path, "x", NULL);
    received = server_stop(server);
    assert_contains(run->err, "it does not send JSON");
    g_assert_cmpint(run->status, ==, 1);
}

static void assert_refused(const char *path, const char *message)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "status", "--timeout=1", "--qmp",
                                      path, NULL);
    g_autofree char *expected = g_strdup_printf("vfio-trace status: %s: %s\n",
                                                path, message);

    g_assert_cmpstr(run->err, ==, expected);
    g_assert_cmpint(run->status, ==, 1);
}

static void test_no_socket(void)
{
    g_autofree char *file = temp_file("file", "", 0);
    g_autofree char *path = g_build_filename(temp_dir(), "socket", NULL);
    g_autofree char *longer = g_strnfill(120, 'x');
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_refused("/nonexistent/qmp", "No such file or directory; start QEMU "
                   "with -qmp unix:PATH,server=on,wait=off and name this "
                   "PATH");
    assert_refused(file, "Connection refused; it is not a socket, or the QEMU "
                   "that made it has ended");
    assert_refused(longer, "the path of a UNIX socket can't be longer than "
                   "107 bytes");
    bind_socket(fd, path);
    assert_refused(path, "Connection refused; it is not a socket, or the QEMU "
                   "that made it has ended");
    close(fd);
    unlink(path);
}

static void test_permission(void)
{
    g_autofree char *path = NULL;
    int fd;

    if (geteuid() == 0) {
        g_test_skip("root may use any socket");
        return;
    }
    path = g_build_filename(temp_dir(), "forbidden", NULL);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bind_socket(fd, path);
    g_assert_cmpint(listen(fd, 1), ==, 0);
    g_assert_cmpint(chmod(path, 0), ==, 0);
    assert_refused(path, "Permission denied; run this as the user that runs "
                   "QEMU, or as root");
    close(fd);
    unlink(path);
}

/* No process accepts, and the queue is full. */
static void test_queue_full(void)
{
    g_autofree char *path = g_build_filename(temp_dir(), "busy", NULL);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int other = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    bind_socket(fd, path);
    strcpy(address.sun_path, path);
    g_assert_cmpint(listen(fd, 0), ==, 0);
    g_assert_cmpint(connect(other, (struct sockaddr *)&address,
                            sizeof(address)), ==, 0);
    assert_refused(path, "Resource temporarily unavailable; other clients are "
                   "waiting for this socket: give QEMU a second -qmp for this "
                   "tool");
    close(other);
    close(fd);
    unlink(path);
}

static void test_usage(void)
{
    static const struct {
        const char *args[6];
        const char *err;
    } uses[] = {
        { { "mark", "--qmp", "/x" }, "the marker's text is missing" },
        { { "mark", "--qmp", "/x", "--timeout", "0", "x" }, "--timeout" },
        { { "mark", "--qmp", "/x", "--timeout", "nan", "x" }, "--timeout" },
        { { "mark", "--qmp" }, "Missing argument for --qmp" },
        { { "status", "--qmp", "/x", "y" }, "unexpected operand 'y'" },
        { { "status", "--qmp", "/x", "--timeout", "1e9" }, "--timeout" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(uses); i++) {
        const char *args[G_N_ELEMENTS(uses[i].args) + 1] = { NULL };
        g_autoptr(ToolRun) run = NULL;

        memcpy(args, uses[i].args, sizeof(uses[i].args));
        run = run_toolv(NULL, args);
        assert_contains(run->err, uses[i].err);
        g_assert_cmpint(run->status, ==, 2);
    }
}

int main(int argc, char **argv)
{
    int result;
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/qmp/case/", cases[i].name, NULL);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/qmp/wire", test_wire);
    g_test_add_func("/qmp/json", test_json);
    g_test_add_func("/qmp/huge", test_huge);
    g_test_add_func("/qmp/deep", test_deep);
    g_test_add_func("/qmp/no-socket", test_no_socket);
    g_test_add_func("/qmp/permission", test_permission);
    g_test_add_func("/qmp/queue-full", test_queue_full);
    g_test_add_func("/qmp/usage", test_usage);
    result = g_test_run();
    temp_clean();
    return result;
}
