/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: parts of vfio-trace serve: requests, who may see the page, what
 * is kept; and the server, by bare sockets
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run-tool.h"
#include "tools/report/page.h"
#include "tools/serve/bins.h"
#include "tools/serve/gate.h"
#include "tools/serve/newest.h"
#include "tools/serve/request.h"
#include "tools/serve/update.h"
#include "tools/serve/watch.h"

#define PORT 4711
#define HOST "Host: 127.0.0.1:4711\r\n"

/* --- requests ------------------------------------------------------------ */

static unsigned parse(ServeRequest *request, const char *head)
{
    return serve_request_parse(request, head, strlen(head));
}

static void test_request(void)
{
    ServeRequest request;

    g_assert_cmpuint(parse(&request, "GET /a/b?c=d HTTP/1.1\r\nhOST:  x:1 \r\n"
                           "Cookie: k=\xc3\xa4; l=w\r\nX-Other: y\r\n\r\n"),
                     ==, 0);
    g_assert_cmpstr(request.method, ==, "GET");
    g_assert_cmpstr(request.path, ==, "/a/b");
    g_assert_cmpstr(request.query, ==, "c=d");
    g_assert_cmpstr(request.headers[SERVE_HOST], ==, "x:1");
    g_assert_cmpstr(request.headers[SERVE_COOKIE], ==, "k=\xc3\xa4; l=w");
    g_assert_null(request.headers[SERVE_ORIGIN]);
    serve_request_clear(&request);
    g_assert_cmpuint(parse(&request, "GET / HTTP/1.0\n\n"), ==, 0);
    g_assert_null(request.query);
    serve_request_clear(&request);
}

static void test_request_wrong(void)
{
    static const struct {
        const char *head;
        unsigned status;
    } wrong[] = {
        { "\r\n\r\n", 400 },
        { "GET\r\n\r\n", 400 },
        { "GET /\r\n\r\n", 400 },
        { "GET / HTTP/1.1 x\r\n\r\n", 400 },
        { " / HTTP/1.1\r\n\r\n", 400 },
        { "GET http://x/ HTTP/1.1\r\n\r\n", 400 },
        { "GET * HTTP/1.1\r\n\r\n", 400 },
        { "GET / HTTP/2\r\n\r\n", 505 },
        { "PRI * HTTP/2.0\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nHost\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\n: x\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nX: a\r\n b: c\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nCookie: a\r\ncookie: b\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
        { "GET /\x01 HTTP/1.1\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nX: \x7f\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\n", 400 },
        { "", 400 },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(wrong); i++) {
        ServeRequest request;

        g_test_message("%s", wrong[i].head);
        g_assert_cmpuint(parse(&request, wrong[i].head), ==,
                         wrong[i].status);
        serve_request_clear(&request);
    }
}

/* --- who may see the page ------------------------------------------------ */

static ServePass check(ServeGate *gate, const char *path,
                       const char *headers)
{
    g_autofree char *head = g_strdup_printf("GET %s HTTP/1.1\r\n%s\r\n", path,
                                            headers);
    static ServeRequest request;
    ServePass pass;

    serve_request_clear(&request);
    g_assert_cmpuint(parse(&request, head), ==, 0);
    pass = serve_gate_check(gate, &request);
    if (pass.verdict != SERVE_PASSES) {
        serve_request_clear(&request);
    }
    return pass;
}

static void assert_refused(ServeGate *gate, const char *path,
                           const char *headers)
{
    g_test_message("%s %s", path, headers);
    g_assert_cmpint(check(gate, path, headers).verdict, ==, SERVE_REFUSED);
}

/* Return: the path with the token, to be freed */
static char *invite(ServeGate *gate)
{
    static const char start[] = "http://127.0.0.1:4711";
    g_autofree char *address = serve_gate_invite(gate);

    g_assert_true(g_str_has_prefix(address, start));
    return g_strdup(address + strlen(start));
}

/* Return: the session's headers; its path is in @path */
static char *enter(ServeGate *gate, char **path)
{
    g_autofree char *token = invite(gate);
    ServePass pass = check(gate, token, HOST);
    char *headers;

    g_assert_cmpint(pass.verdict, ==, SERVE_ENTERS);
    g_assert_true(g_str_has_suffix(pass.cookie, "; HttpOnly; SameSite=Lax"));
    *strchr(pass.cookie, ';') = 0;
    headers = g_strdup_printf(HOST "Cookie: a=b; %s\r\n", pass.cookie);
    *path = g_strdup(pass.location);
    serve_pass_clear(&pass);
    return headers;
}

static void test_token(void)
{
    g_autoptr(ServeGate) gate = serve_gate_new(PORT);
    g_autofree char *first = invite(gate);
    g_autofree char *second = invite(gate);
    g_autofree char *shorter = g_strndup(second, strlen(second) - 1);
    g_autofree char *longer = g_strconcat(second, "0", NULL);
    ServePass pass;

    g_assert_cmpstr(first, !=, second);
    g_assert_cmpuint(strlen(second), ==,
                     strlen("/?token=") + 2 * SERVE_TOKEN_BYTES);
    assert_refused(gate, "/", HOST);
    assert_refused(gate, "/?token=", HOST);
    assert_refused(gate, first, HOST);
    assert_refused(gate, shorter, HOST);
    assert_refused(gate, longer, HOST);
    assert_refused(gate, second, "");
    assert_refused(gate, second, "Host: evil.example:4711\r\n");
    assert_refused(gate, second, HOST "Origin: http://evil.example\r\n");
    /* none of these has used it up */
    pass = check(gate, second, HOST);
    g_assert_cmpint(pass.verdict, ==, SERVE_ENTERS);
    serve_pass_clear(&pass);
    assert_refused(gate, second, HOST);
    assert_refused(gate, "/?token=", HOST);
}

static void test_session(void)
{
    static const char *const others[] = {
        "Host: 127.0.0.1:4712\r\n", "Host: 127.0.0.1\r\n",
        "Host: evil.example\r\n", "Host: 127.0.0.1:4711.evil.example\r\n",
    };
    static const char *const foreign[] = {
        "Origin: http://127.0.0.1:4712\r\n", "Origin: null\r\n",
        "Origin: https://127.0.0.1:4711\r\n", "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: no-cors\r\n",
    };
    static const char *const home[] = {
        "", "Origin: http://127.0.0.1:4711\r\n",
        "Sec-Fetch-Site: same-origin\r\n", "Sec-Fetch-Site: none\r\n",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n",
    };
    g_autoptr(ServeGate) gate = serve_gate_new(PORT);
    g_autofree char *path = NULL;
    g_autofree char *headers = enter(gate, &path);
    const char *cookie = strstr(headers, "Cookie");
    g_autofree char *local = g_strconcat("Host: LOCALHOST:4711\r\n", cookie,
                                         NULL);
    g_autofree char *events = g_strconcat(path, "events", NULL);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(home); i++) {
        g_autofree char *all = g_strconcat(headers, home[i], NULL);

        g_assert_cmpint(check(gate, path, all).verdict, ==, SERVE_PASSES);
    }
    for (i = 0; i < G_N_ELEMENTS(foreign); i++) {
        g_autofree char *all = g_strconcat(headers, foreign[i], NULL);

        assert_refused(gate, path, all);
    }
    for (i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *all = g_strconcat(others[i], cookie, NULL);

        assert_refused(gate, path, all);
    }
    g_assert_cmpstr(check(gate, path, local).path, ==, "/");
    g_assert_cmpstr(check(gate, events, headers).path, ==, "/events");
    assert_refused(gate, path, HOST);
    assert_refused(gate, path, HOST "Cookie: vfio-trace=\r\n");
    assert_refused(gate, path, HOST "Cookie: vfio-trace\r\n");
    assert_refused(gate, "/", headers);
    assert_refused(gate, "//", headers);
    assert_refused(gate, "/events", headers);
}

/* A session's cookie does not open another one's path. */
static void test_sessions(void)
{
    g_autoptr(ServeGate) gate = serve_gate_new(PORT);
    g_autofree char *path = NULL;
    g_autofree char *headers = enter(gate, &path);
    g_autofree char *other = NULL;
    g_autofree char *others = enter(gate, &other);
    unsigned i;

    g_assert_cmpstr(path, !=, other);
    assert_refused(gate, path, others);
    assert_refused(gate, other, headers);
    for (i = 2; i < SERVE_SESSIONS; i++) {
        g_autofree char *more = NULL;

        g_free(enter(gate, &more));
    }
    g_assert_cmpint(check(gate, path, headers).verdict, ==, SERVE_PASSES);
    g_free(others);
    g_free(other);
    others = enter(gate, &other);
    assert_refused(gate, path, headers);
    g_assert_cmpint(check(gate, other, others).verdict, ==, SERVE_PASSES);
}

static void test_method(void)
{
    static const char *const methods[] = { "POST", "HEAD", "get", "OPTIONS" };
    g_autoptr(ServeGate) gate = serve_gate_new(PORT);
    g_autofree char *path = NULL;
    g_autofree char *headers = enter(gate, &path);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(methods); i++) {
        g_autofree char *head = g_strdup_printf("%s %s HTTP/1.1\r\n%s\r\n",
                                                methods[i], path, headers);
        ServeRequest request;

        g_assert_cmpuint(parse(&request, head), ==, 0);
        g_assert_cmpint(serve_gate_check(gate, &request).verdict, ==,
                        SERVE_REFUSED);
        serve_request_clear(&request);
    }
}

/* --- what is kept -------------------------------------------------------- */

static void test_newest(void)
{
    ServeNewest *newest = serve_newest_new(3);
    g_autoptr(GString) json = g_string_new(NULL);
    g_autofree char *many = g_strnfill(2 * SERVE_TEXT_MAX, 'x');
    unsigned i;

    for (i = 1; i <= 5; i++) {
        g_autofree char *text = g_strdup_printf("t%u\n", i);

        serve_newest_add(newest, 10 * i, "read", text, strlen(text));
    }
    g_assert_cmpuint(serve_newest_put(newest, 0, 100, "n", json), ==, 5);
    g_assert_cmpstr(json->str, ==, "\"n\":{\"skipped\":2,\"items\":["
                    "[3,30,\"read\",\"t3\"],[4,40,\"read\",\"t4\"],"
                    "[5,50,\"read\",\"t5\"]]}");
    g_string_truncate(json, 0);
    serve_newest_put(newest, 3, 1, "n", json);
    g_assert_cmpstr(json->str, ==, "\"n\":{\"skipped\":1,\"items\":["
                    "[5,50,\"read\",\"t5\"]]}");
    g_string_truncate(json, 0);
    serve_newest_put(newest, 5, 9, "n", json);
    g_assert_cmpstr(json->str, ==, "\"n\":{\"skipped\":0,\"items\":[]}");
    g_string_truncate(json, 0);
    serve_newest_put(newest, 99, 9, "n", json);
    g_assert_cmpstr(json->str, ==, "\"n\":{\"skipped\":0,\"items\":[]}");
    serve_newest_add(newest, 0, "read", many, strlen(many));
    g_string_truncate(json, 0);
    serve_newest_put(newest, 5, 9, "n", json);
    g_assert_cmpuint(json->len, <, SERVE_TEXT_MAX + 100);
    serve_newest_free(newest);
}

static void test_bins(void)
{
    ServeBins *bins = serve_bins_new();
    g_autoptr(GString) json = g_string_new(NULL);
    uint32_t used;

    serve_bins_take(bins, 0, false, 0, true);
    serve_bins_take(bins, SERVE_BINS - 1, false, 0, false);
    g_assert_cmpuint(serve_bins_width(bins), ==, 1);
    serve_bins_take(bins, 4 * SERVE_BINS - 1, false, 99, true);
    g_assert_cmpuint(serve_bins_width(bins), ==, 4);
    used = serve_bins_used(bins);
    g_assert_cmpuint(used, ==, SERVE_BINS);
    serve_bins_put(bins, used - 1, json);
    assert_contains(json->str, "\"width\":4,\"used\":1024,\"from\":1023");
    assert_contains(json->str, "{\"reads\":[0],\"writes\":[0]}");
    assert_contains(json->str, "{\"reads\":[1],\"writes\":[0]}]}");
    g_string_truncate(json, 0);
    serve_bins_put(bins, 0, json);
    assert_contains(json->str, "\"lanes\":[{\"reads\":[1,0,");
    /* the last place that there is */
    serve_bins_take(bins, UINT64_MAX, false, 0, true);
    g_assert_cmpuint(serve_bins_used(bins), <=, SERVE_BINS);
    serve_bins_free(bins);
}

static void test_position(void)
{
    static const char *const wrong[] = {
        NULL, "", "x-1-2", "x-1-2-3-4", "y-1-2-3", "x-a-2-3", "x-1-2-",
        "x-1--2-3", "x-1-2-99999999999999999999",
    };
    ServePosition position = { 0 };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(wrong); i++) {
        serve_position_parse(&position, wrong[i], "x");
        g_assert_cmpuint(position.line, ==, 0);
        g_assert_cmpuint(position.epoch, ==, 0);
    }
    serve_position_parse(&position, "x-1-20-3", "x");
    g_assert_cmpuint(position.epoch, ==, 1);
    g_assert_cmpuint(position.line, ==, 20);
    g_assert_cmpuint(position.mark, ==, 3);
}

static void test_sample(void)
{
    static const char sample[] =
        "{\"logs\": [{\"id\": \"a\", \"file\": \"/x/other.mmt\"}, 3,"
        " {\"id\": \"b\"}, {\"id\": \"c\", \"file\": \"/x/./nic.mmt\"}]}";

    g_assert_true(serve_watch_is_of(sample, "/x/nic.mmt"));
    g_assert_true(serve_watch_is_of(sample, "/x/y/../nic.mmt"));
    g_assert_false(serve_watch_is_of(sample, "/x/nic"));
    g_assert_false(serve_watch_is_of("{\"logs\": []}", "/x/nic.mmt"));
    g_assert_false(serve_watch_is_of("[]", "/x/nic.mmt"));
    g_assert_false(serve_watch_is_of("{", "/x/nic.mmt"));
}

static void test_page(void)
{
    g_autoptr(GBytes) page = report_page_live();
    g_autofree char *text = g_strndup(g_bytes_get_data(page, NULL),
                                      g_bytes_get_size(page));

    assert_contains(text, "default-src 'none'");
    assert_contains(text, "connect-src 'self'; script-src 'sha256-");
    g_assert_null(strstr(text, REPORT_PAGE_LINE));
}

/* --- the server ---------------------------------------------------------- */

/**
 * struct Server: a running vfio-trace serve
 * @pid: its process
 * @out: its standard output
 * @port: its port
 * @path: path of its address
 */
typedef struct Server {
    GPid pid;
    FILE *out;
    unsigned port;
    char path[100];
} Server;

static Server start(const char *log)
{
    const char *argv[] = { VFIO_TRACE_TOOL, "serve", "--no-status", log,
                           NULL };
    g_autoptr(GError) error = NULL;
    Server server;
    int out;

    g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
                             G_SPAWN_DO_NOT_REAP_CHILD |
                             G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                             &server.pid, NULL, &out, NULL, &error);
    g_assert_no_error(error);
    server.out = fdopen(out, "r");
    g_assert_cmpint(fscanf(server.out, "http://127.0.0.1:%u%99s",
                           &server.port, server.path), ==, 2);
    return server;
}

static void finish(Server *server)
{
    int status;

    kill(server->pid, SIGINT);
    g_assert_cmpint(waitpid(server->pid, &status, 0), ==, server->pid);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    fclose(server->out);
}

static int call(const Server *server, const char *path, const char *cookie)
{
    g_autofree char *head = g_strdup_printf("GET %s HTTP/1.1\r\n"
                                            "Host: 127.0.0.1:%u\r\n"
                                            "Cookie: %s\r\n\r\n", path,
                                            server->port, cookie);
    struct sockaddr_in addr = {
        .sin_family = AF_INET,
        .sin_port = htons(server->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), ==,
                    0);
    g_assert_cmpint(write(fd, head, strlen(head)), ==, strlen(head));
    return fd;
}

/* Read until @part comes, or to the end.  Return: what was read, to be freed */
static char *read_to(int fd, const char *part)
{
    GString *text = g_string_new(NULL);
    char buf[65536];
    ssize_t n;

    while (!(part && strstr(text->str, part)) &&
           (n = read(fd, buf, sizeof(buf))) > 0) {
        g_string_append_len(text, buf, n);
    }
    return g_string_free(text, FALSE);
}

static char *ask(const Server *server, const char *path, const char *cookie)
{
    int fd = call(server, path, cookie);
    char *text = read_to(fd, NULL);

    close(fd);
    return text;
}

/* Return: the value of a header, to be freed */
static char *value_of(const char *answer, const char *name)
{
    const char *found = strstr(answer, name);

    g_assert_nonnull(found);
    found += strlen(name);
    return g_strndup(found, strcspn(found, ";\r\n"));
}

static void test_server(void)
{
    g_autofree char *log = temp_file("serve.mmt",
        "VERSION 20070824\nPCIDEV 0028 808610d3 b feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n"
        "MAP 1.000000 1 0xfeb80000 0xfeb80000 0x20000 0x0 0\n"
        "W 4 1.000001 1 0xfeb80008 0x1 0x0 0\n"
        "R 4 1.000002 1 0xfeb80008 0x1 0x0 0\nMARK 1.000003 <b>\n", -1);
    Server server = start(log);
    g_autofree char *refused = ask(&server, "/", "");
    g_autofree char *entered = ask(&server, server.path, "");
    g_autofree char *again = ask(&server, server.path, "");
    g_autofree char *path = value_of(entered, "Location: ");
    g_autofree char *cookie = value_of(entered, "Set-Cookie: ");
    g_autofree char *events = g_strconcat(path, "events", NULL);
    g_autofree char *report = g_strconcat(path, "report", NULL);
    g_autofree char *page = ask(&server, path, cookie);
    g_autofree char *made = NULL;
    g_autofree char *came = NULL;
    g_autofree char *rest = NULL;
    int fd = call(&server, events, cookie);
    int other = call(&server, "/half", "");

    assert_contains(refused, "HTTP/1.1 403 ");
    assert_contains(entered, "HTTP/1.1 303 ");
    assert_contains(again, "HTTP/1.1 403 ");
    assert_contains(page, "HTTP/1.1 200 ");
    assert_contains(page, "Cache-Control: no-store\r\n");
    came = read_to(fd, "\"accesses\":2,\"reads\":1,\"writes\":1");
    assert_contains(came, "Content-Type: text/event-stream");
    made = ask(&server, report, cookie);
    assert_contains(made, "report-index");
    g_assert_true(g_str_has_suffix(made, "\r\n0\r\n\r\n"));
    finish(&server);
    rest = read_to(fd, NULL);
    assert_contains(rest, "event: end\n");
    close(other);
    close(fd);
}

static void test_usage(void)
{
    static const struct {
        const char *args[4];
        const char *says;
    } wrong[] = {
        { { NULL }, "one LOG or SOCKET is needed" },
        { { "-" }, "standard input can not be followed" },
        { { "/no/such.mmt" }, "/no/such.mmt" },
        { { "--port", "65536", "x" }, "--port must be" },
        { { "--qmp", "a", "--no-status" }, "one LOG" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(ToolRun) run = run_verb("serve", 2, wrong[i].args);

        assert_contains(run->err, wrong[i].says);
        g_assert_cmpstr(run->out, ==, "");
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/serve/request", test_request);
    g_test_add_func("/serve/request-wrong", test_request_wrong);
    g_test_add_func("/serve/token", test_token);
    g_test_add_func("/serve/session", test_session);
    g_test_add_func("/serve/sessions", test_sessions);
    g_test_add_func("/serve/method", test_method);
    g_test_add_func("/serve/newest", test_newest);
    g_test_add_func("/serve/bins", test_bins);
    g_test_add_func("/serve/position", test_position);
    g_test_add_func("/serve/sample", test_sample);
    g_test_add_func("/serve/page", test_page);
    g_test_add_func("/serve/server", test_server);
    g_test_add_func("/serve/usage", test_usage);
    status = g_test_run();
    temp_clean();
    return status;
}
