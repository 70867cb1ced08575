/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace cat and vfio-trace tail
 */
#include "libmmiotrace/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run-tool.h"
#include "zstd-frames.h"

#define VERSION "VERSION 20070824\n"
#define CLOCK(n) "MARK 1.000000 vfio-trace: clock monotonic=1." n "\n"
#define END "MARK 9.000000 vfio-trace: end\n"

/* Time limit for expected output, on a busy machine. */
#define PATIENCE_S 30

/**
 * struct Live: a running tail
 * @pid: its process
 * @out: the file that it prints to
 * @err: the one for its messages
 */
typedef struct Live {
    GPid pid;
    char *out;
    char *err;
} Live;

static int open_output(const char *name, char **path)
{
    int fd;

    *path = temp_file(name, "", 0);
    fd = open(*path, O_WRONLY | O_APPEND | O_CLOEXEC);
    g_assert_cmpint(fd, >=, 0);
    return fd;
}

static Live start_tail(const char *lines, const char *log)
{
    const char *argv[] = { VFIO_TRACE_TOOL, "tail", log, lines, NULL };
    g_autoptr(GError) error = NULL;
    Live live;
    int out = open_output("out", &live.out);
    int err = open_output("err", &live.err);

    g_spawn_async_with_fds(NULL, (char **)argv, NULL,
                           G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &live.pid,
                           -1, out, err, &error);
    g_assert_no_error(error);
    close(out);
    close(err);
    return live;
}

static char *contents(const char *path)
{
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

/* Wait until @path has @text, all or (with @part) somewhere. */
static void wait_for(const char *path, const char *text, bool part)
{
    gint64 end = g_get_monotonic_time() + PATIENCE_S * G_USEC_PER_SEC;
    g_autofree char *now = contents(path);

    while (part ? !strstr(now, text) : strcmp(now, text)) {
        if (g_get_monotonic_time() > end) {
            g_assert_cmpstr(now, ==, text);
        }
        g_usleep(5000);
        g_free(now);
        now = contents(path);
    }
}

/* Return: the exit status */
static int finish(Live *live, int sig)
{
    gint64 end = g_get_monotonic_time() + PATIENCE_S * G_USEC_PER_SEC;
    int status;
    pid_t pid;

    if (sig) {
        kill(live->pid, sig);
    }
    while (!(pid = waitpid(live->pid, &status, WNOHANG))) {
        if (g_get_monotonic_time() > end) {
            kill(live->pid, SIGKILL);
        }
        g_usleep(2000);
    }
    g_assert_cmpint(pid, ==, live->pid);
    g_free(live->out);
    g_free(live->err);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void add(const char *path, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, bytes, len), ==, (ssize_t)len);
    close(fd);
}

static void add_text(const char *path, const char *text)
{
    add(path, text, strlen(text));
}

static char *some_lines(unsigned from, unsigned n)
{
    GString *text = g_string_new(NULL);
    unsigned i;

    for (i = from; i < from + n; i++) {
        g_string_append_printf(text, "W 4 %u.%06u 1 0xfeb80000 0x%x 0x0 0\n",
                               1 + i / 1000000, i % 1000000, i);
    }
    return g_string_free(text, FALSE);
}

static char *part_mark(MmtPartMark mark, unsigned part)
{
    g_autofree char *text = mmt_part_mark_text(mark, part);

    return g_strdup_printf("MARK 1.000000 %s\n", text);
}

static char *part_header(unsigned part, const char *maps)
{
    g_autofree char *begins = part_mark(MMT_PART_BEGINS, part);
    g_autofree char *ends = part_mark(MMT_PART_HEADER_ENDS, part);

    return g_strconcat(VERSION, begins, maps, ends, NULL);
}

/* Write a log in parts of that many lines; return the text without parts. */
static char *write_parts(const char *name, bool compress,
                         const unsigned *lines, unsigned parts, char **log)
{
    GString *whole = g_string_new(VERSION);
    unsigned from = 0;
    unsigned n;

    *log = g_build_filename(temp_dir(), name, NULL);
    for (n = 0; n < parts; n++) {
        g_autofree char *path = mmt_part_name(*log, n);
        g_autofree char *header = n
            ? part_header(n + 1, "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 "
                          "0\n")
            : g_strdup(VERSION);
        g_autofree char *body = some_lines(from, lines[n]);
        g_autofree char *end = n + 1 < parts ?
            part_mark(MMT_PART_CONTINUES, n + 1) : g_strdup(END);
        g_autofree char *text = g_strconcat(header, body, end, NULL);
        g_autoptr(GByteArray) file = g_byte_array_new();

        if (compress) {
            add_frame(file, text, -1);
        } else {
            g_byte_array_append(file, (const guint8 *)text, strlen(text));
        }
        g_assert_true(g_file_set_contents(path, (char *)file->data, file->len,
                                          NULL));
        g_string_append(whole, body);
        from += lines[n];
    }
    g_string_append(whole, END);
    return g_string_free(whole, FALSE);
}

static const char *last_lines(const char *text, unsigned n)
{
    const char *p = text + strlen(text);

    while (p > text && n--) {
        p--;
        while (p > text && p[-1] != '\n') {
            p--;
        }
    }
    return p;
}

static void test_cat(void)
{
    static const unsigned lines[] = { 10, 0, 20 };
    int compress;

    for (compress = 0; compress < 2; compress++) {
        g_autofree char *log = NULL;
        g_autofree char *whole = NULL;
        g_autoptr(ToolRun) run = NULL;
        g_autofree char *twice = NULL;

        whole = write_parts(compress ? "cat.mmt.zst" : "cat.mmt", compress,
                            lines, 3, &log);
        twice = g_strconcat(whole, whole, NULL);
        run = run_tool(NULL, "cat", log, log, NULL);
        g_assert_cmpstr(run->err, ==, "");
        g_assert_cmpstr(run->out, ==, twice);
        g_assert_cmpint(run->status, ==, 0);
    }
}

static void test_cat_cut_off(void)
{
    g_autoptr(ToolRun) text = run_tool("MARK 1.0 a\nMARK 2", "cat", "-", NULL);
    g_autoptr(ToolRun) run = NULL;
    g_autofree char *log = NULL;
    g_autoptr(GByteArray) file = g_byte_array_new();

    g_assert_cmpstr(text->out, ==, "MARK 1.0 a\nMARK 2");
    assert_contains(text->err, "<stdin> ends without a newline");
    g_assert_cmpint(text->status, ==, 1);

    add_frame(file, "one\n", -1);
    add_frame(file, "two\n", -1);
    log = temp_file("cut.zst", (char *)file->data, file->len - 3);
    run = run_tool(NULL, "cat", log, NULL);
    g_assert_true(g_str_has_prefix(run->out, "one\n"));
    assert_contains(run->err, "cut.zst ends within a compressed frame");
    g_assert_cmpint(run->status, ==, 1);
}

static void test_cat_bad(void)
{
    g_autofree char *line = g_strnfill(100000, 'x');
    g_autoptr(ToolRun) none = run_tool(NULL, "cat", NULL);
    g_autoptr(ToolRun) absent = run_tool(NULL, "cat", "/nonexistent", NULL);
    g_autoptr(ToolRun) binary = run_tool(line, "cat", "-", NULL);

    g_assert_cmpint(none->status, ==, 2);
    assert_contains(none->err, "a LOG is needed");
    g_assert_cmpint(absent->status, ==, 2);
    assert_contains(absent->err, "/nonexistent: can not open");
    g_assert_cmpint(binary->status, ==, 2);
    assert_contains(binary->err, "this is not a log");
}

/* A number of lines from the end, across parts. */
static void test_last_lines(void)
{
    static const unsigned parts[] = { 5000, 3000, 1, 40 };
    static const unsigned wanted[] = {
        0, 1, 2, 40, 41, 42, 43, 100, 3041, 3042, 3043, 5000, 8041, 8042, 8043,
        9000,
    };
    int compress;
    size_t i;

    for (compress = 0; compress < 2; compress++) {
        g_autofree char *log = NULL;
        g_autofree char *whole = NULL;

        whole = write_parts(compress ? "last.mmt.zst" : "last.mmt", compress,
                            parts, 4, &log);
        for (i = 0; i < G_N_ELEMENTS(wanted); i++) {
            g_autofree char *n = g_strdup_printf("%u", wanted[i]);
            g_autoptr(ToolRun) run = run_tool(NULL, "tail", "-F", "-n", n, log,
                                              NULL);

            g_assert_cmpstr(run->out, ==, last_lines(whole, wanted[i]));
            g_assert_cmpstr(run->err, ==, "");
            g_assert_cmpint(run->status, ==, 0);
        }
    }
}

/* Parts that are hardly longer than the requested lines, or than a header. */
static void test_long_lines(void)
{
    g_autofree char *log = g_build_filename(temp_dir(), "wide.mmt", NULL);
    g_autofree char *filler = g_strnfill(1000, 'x');
    g_autoptr(GString) whole = g_string_new(NULL);
    g_autoptr(GString) maps = g_string_new(NULL);
    unsigned n;
    unsigned i;

    for (i = 1; i < 80; i++) {
        g_string_append_printf(maps, "MAP 1.000000 %u 0xfeb80000 0x0 0x20000 "
                               "0x0 0\n", i);
    }
    for (n = 0; n < 6; n++) {
        g_autofree char *path = mmt_part_name(log, n);
        g_autofree char *header = n ? part_header(n + 1, maps->str)
                                    : g_strdup(VERSION);
        g_autofree char *end = n < 5 ? part_mark(MMT_PART_CONTINUES, n + 1)
                                     : g_strdup(END);

        g_string_append(whole, n ? "" : VERSION);
        add_text(path, header);
        for (i = 0; i < 7; i++) {
            g_autofree char *line = g_strdup_printf("MARK 1.000000 %u.%u %s\n",
                                                    n, i, filler);

            add_text(path, line);
            g_string_append(whole, line);
        }
        add_text(path, end);
    }
    g_string_append(whole, END);
    for (i = 0; i < 46; i++) {
        g_autofree char *lines = g_strdup_printf("%u", i);
        g_autoptr(ToolRun) run = run_tool(NULL, "tail", "-F", "-n", lines, log,
                                          NULL);

        g_assert_cmpstr(run->out, ==, last_lines(whole->str, i));
    }
}

static void test_all_lines(void)
{
    static const unsigned parts[] = { 100, 200 };
    g_autofree char *log = NULL;
    g_autofree char *whole = write_parts("all.mmt", false, parts, 2, &log);
    g_autofree char *second = mmt_part_name(log, 1);
    g_autofree char *alone = contents(second);
    g_autoptr(ToolRun) all = run_tool(NULL, "tail", "-n", "all", log, NULL);
    g_autoptr(ToolRun) ten = run_tool(NULL, "tail", log, NULL);
    g_autoptr(ToolRun) part = run_tool(NULL, "tail", "-n", "all", second,
                                       NULL);

    g_assert_cmpstr(all->out, ==, whole);
    g_assert_cmpstr(ten->out, ==, last_lines(whole, 10));
    g_assert_cmpstr(part->out, ==, alone);
}

/* A long file is not read from its start: this one would take an hour. */
static void test_long_file(void)
{
    g_autofree char *lines = some_lines(0, 5000);
    g_autofree char *log = temp_file("long.mmt", VERSION, -1);
    g_autoptr(ToolRun) run = NULL;

    if (truncate(log, 1LL << 43) < 0) {
        g_test_skip("no sparse files here");
        return;
    }
    add_text(log, "\n");
    add_text(log, lines);
    run = run_tool(NULL, "tail", "-F", "-n", "1000", log, NULL);
    g_assert_cmpstr(run->out, ==, last_lines(lines, 1000));
    g_unlink(log);
}

/* The log grows by pieces of any size, even within lines and frames. */
static void grow(const char *name, bool compress)
{
    static const unsigned lines[] = { 300, 1, 500 };
    g_autofree char *log = NULL;
    g_autofree char *whole = write_parts(name, compress, lines, 3, &log);
    gsize len[3];
    char *part[3];
    unsigned n;
    Live live;

    for (n = 0; n < 3; n++) {
        g_autofree char *path = mmt_part_name(log, n);

        g_assert_true(g_file_get_contents(path, &part[n], &len[n], NULL));
        g_unlink(path);
    }
    add_text(log, "");
    live = start_tail("--lines=all", log);
    for (n = 0; n < 3; n++) {
        g_autofree char *path = mmt_part_name(log, n);
        gsize done = 0;

        while (done < len[n]) {
            gsize piece = g_test_rand_int_range(1, 2000);

            piece = MIN(piece, len[n] - done);
            add(path, part[n] + done, piece);
            done += piece;
            g_usleep(g_test_rand_int_range(0, 20000));
        }
        g_free(part[n]);
    }
    wait_for(live.out, whole, false);
    g_assert_cmpint(finish(&live, 0), ==, 0);
}

static void test_grow(void)
{
    grow("grow.mmt", false);
    grow("grow.mmt.zst", true);
}

static void test_whole_lines(void)
{
    g_autofree char *log = temp_file("half.mmt", VERSION "MARK 1.0 ha", -1);
    Live live = start_tail("--lines=all", log);

    wait_for(live.out, VERSION, false);
    add_text(log, "lf\nMARK");
    wait_for(live.out, VERSION "MARK 1.0 half\n", false);
    g_usleep(200000);
    wait_for(live.out, VERSION "MARK 1.0 half\n", false);
    g_assert_cmpint(finish(&live, SIGINT), ==, 0);
}

static void test_interrupted(void)
{
    static const int signals[] = { SIGINT, SIGTERM };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(signals); i++) {
        g_autofree char *log = temp_file("int.mmt", VERSION, -1);
        Live live = start_tail("--lines=all", log);

        wait_for(live.out, VERSION, false);
        g_assert_cmpint(finish(&live, signals[i]), ==, 0);
    }
}

typedef enum Replace { EMPTIED, RENAMED, REGROWN } Replace;

/* Another log with the same name: read from its start, with a message. */
static void test_replaced(void)
{
    static const Replace ways[] = { EMPTIED, RENAMED, REGROWN };
    g_autofree char *more = some_lines(0, 100);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree char *log = temp_file("re.mmt", VERSION CLOCK("5"), -1);
        g_autofree char *next = g_strconcat(VERSION CLOCK("6"), more, NULL);
        g_autofree char *out = g_strconcat(VERSION CLOCK("5"), next, END, NULL);
        Live live = start_tail("--lines=all", log);
        int fd;

        wait_for(live.out, VERSION CLOCK("5"), false);
        switch (ways[i]) {
        case EMPTIED:
            g_assert_cmpint(truncate(log, 0), ==, 0);
            g_usleep(150000);
            add_text(log, next);
            break;
        case RENAMED:
            g_assert_true(g_file_set_contents(log, next, -1, NULL));
            break;
        case REGROWN:
            /* At once: tail only sees that the size has grown. */
            fd = open(log, O_WRONLY);
            g_assert_cmpint(write(fd, next, strlen(next)), ==, strlen(next));
            close(fd);
            break;
        }
        wait_for(live.err, "re.mmt was replaced by another log", true);
        add_text(log, END);
        wait_for(live.out, out, false);
        g_assert_cmpint(finish(&live, 0), ==, 0);
    }
}

/* A log in its second part is started anew. */
static void test_replaced_parts(void)
{
    static const unsigned lines[] = { 3, 3 };
    g_autofree char *log = NULL;
    g_autofree char *whole = write_parts("rep.mmt", false, lines, 2, &log);
    g_autofree char *second = mmt_part_name(log, 1);
    g_autofree char *out = NULL;
    struct stat st;
    Live live;

    g_assert_cmpint(stat(second, &st), ==, 0);
    g_assert_cmpint(truncate(second, st.st_size - strlen(END)), ==, 0);
    whole[strlen(whole) - strlen(END)] = '\0';
    live = start_tail("--lines=all", log);
    wait_for(live.out, whole, false);
    g_assert_true(g_file_set_contents(log, VERSION CLOCK("7") END, -1, NULL));
    out = g_strconcat(whole, VERSION CLOCK("7") END, NULL);
    wait_for(live.out, out, false);
    wait_for(live.err, "rep.mmt was replaced by another log", true);
    g_assert_cmpint(finish(&live, 0), ==, 0);
}

/*
 * Like recover: truncated, then completed with the same lines and more.  tail
 * has to see the shorter file, or else what is added is no frame to it.
 */
static void test_completed(void)
{
    int compress;

    for (compress = 0; compress < 2; compress++) {
        g_autofree char *log = NULL;
        g_autofree char *lines = some_lines(0, 20000);
        g_autofree char *out = g_strconcat(VERSION CLOCK("5"), lines, END,
                                           NULL);
        size_t committed = strlen(VERSION CLOCK("5")) + 700000;
        g_autoptr(GByteArray) before = g_byte_array_new();
        g_autoptr(GByteArray) after = g_byte_array_new();
        g_autofree char *seen = g_strconcat(VERSION CLOCK("5"), lines, NULL);
        guint cut;
        Live live;

        if (compress) {
            add_frame(before, out, committed);
            cut = before->len;
            add_frame(before, out + committed, strlen(lines) - 700000);
            add_frame(after, out + committed, strlen(out) - committed);
        } else {
            g_byte_array_append(before, (guint8 *)seen, strlen(seen));
            cut = committed;
            g_byte_array_append(after, (guint8 *)out + committed,
                                strlen(out) - committed);
        }
        log = temp_file(compress ? "done.zst" : "done", (char *)before->data,
                        before->len);
        live = start_tail("--lines=all", log);
        wait_for(live.out, seen, false);
        g_assert_cmpint(truncate(log, cut), ==, 0);
        g_usleep(1000000);
        add(log, after->data, after->len);
        wait_for(live.out, out, false);
        wait_for(live.err, "", false);
        g_assert_cmpint(finish(&live, 0), ==, 0);
    }
}

static void test_damaged(void)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autoptr(ToolRun) run = NULL;
    g_autofree char *log = NULL;

    add_frame(file, "one\n", -1);
    g_byte_array_append(file, (const guint8 *)"nonsense", 8);
    log = temp_file("damaged.zst", (char *)file->data, file->len);
    run = run_tool(NULL, "tail", log, NULL);
    g_assert_cmpint(run->status, ==, 2);
    g_assert_cmpstr(run->out, ==, "one\n");
    assert_contains(run->err, "is damaged");
}

/* A QEMU that sends its log to a socket. */
static int listen_at(const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    g_strlcpy(addr.sun_path, path, sizeof(addr.sun_path));
    g_unlink(path);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
    g_assert_cmpint(listen(fd, 1), ==, 0);
    return fd;
}

static void send_text(int fd, const char *text)
{
    g_assert_cmpint(send(fd, text, strlen(text), MSG_NOSIGNAL), ==,
                    (ssize_t)strlen(text));
}

static void test_socket(void)
{
    g_autofree char *path = g_build_filename(temp_dir(), "socket", NULL);
    g_autofree char *name = g_strconcat("unix:", path, NULL);
    int listener = listen_at(path);
    Live live = start_tail(NULL, path);
    int fd = accept(listener, NULL, NULL);

    send_text(fd, VERSION "MARK");
    wait_for(live.out, VERSION, false);
    send_text(fd, " 1.0 x\n" END);
    wait_for(live.out, VERSION "MARK 1.0 x\n" END, false);
    g_assert_cmpint(finish(&live, 0), ==, 0);
    close(fd);

    /* QEMU is killed: an incomplete line is not printed. */
    live = start_tail(NULL, name);
    fd = accept(listener, NULL, NULL);
    send_text(fd, VERSION "MARK");
    close(fd);
    wait_for(live.err, "ends without an end mark", true);
    wait_for(live.out, VERSION, false);
    g_assert_cmpint(finish(&live, 0), ==, 1);
    close(listener);
}

static void interrupt_reader(void)
{
    g_autofree char *path = g_build_filename(temp_dir(), "socket", NULL);
    int listener = listen_at(path);
    g_autoptr(GString) sent = g_string_new(NULL);
    Live live = start_tail(NULL, path);
    int fd = accept(listener, NULL, NULL);
    bool told = false;
    unsigned i;

    for (i = 0; ; i++) {
        g_autofree char *line = some_lines(i, 1);
        ssize_t n = send(fd, line, strlen(line), MSG_NOSIGNAL);

        if (n < 0) {
            g_assert_cmpint(errno, ==, EPIPE);
            break;
        }
        g_assert_cmpint(n, ==, (ssize_t)strlen(line));
        g_string_append(sent, line);
        if (i > 20000 && !told) {
            kill(live.pid, SIGINT);
            told = true;
        }
    }
    wait_for(live.out, sent->str, false);
    g_assert_cmpint(finish(&live, 0), ==, 0);
    close(fd);
    close(listener);
}

/* All lines accepted by the socket are printed, each once. */
static void test_socket_interrupted(void)
{
    int i;

    for (i = 0; i < 10; i++) {
        interrupt_reader();
    }
}

static void test_fifo(void)
{
    g_autofree char *path = g_build_filename(temp_dir(), "fifo", NULL);
    Live live;
    int fd;

    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    /* Like QEMU: written data is kept when a reader leaves. */
    fd = open(path, O_RDWR);
    live = start_tail(NULL, path);
    g_assert_cmpint(write(fd, VERSION "MARK", strlen(VERSION) + 4), >, 0);
    wait_for(live.out, VERSION, false);
    wait_for(live.out, VERSION, false);
    kill(live.pid, SIGINT);
    wait_for(live.out, VERSION "MARK", false);
    g_assert_cmpint(finish(&live, 0), ==, 0);
    live = start_tail(NULL, path);
    g_assert_cmpint(write(fd, " 1.0 x\n" END, strlen(END) + 7), >, 0);
    wait_for(live.out, " 1.0 x\n" END, false);
    g_assert_cmpint(finish(&live, 0), ==, 0);
    close(fd);
}

/* tail ends when its reader has closed the pipe. */
static void test_output_closed(void)
{
    g_autofree char *log = temp_file("closed.mmt", VERSION CLOCK("1"), -1);
    g_autofree char *command = NULL;
    g_autofree char *out = NULL;
    int status;

    command = g_strdup_printf("timeout %d sh -c '%s tail %s | head -n 1'",
                              PATIENCE_S, VFIO_TRACE_TOOL, log);
    g_assert_true(g_spawn_command_line_sync(command, &out, NULL, &status,
                                            NULL));
    g_assert_cmpstr(out, ==, VERSION);
    g_assert_true(g_spawn_check_wait_status(status, NULL));
}

#define QEMU_READ(value) \
    "vfio_region_read  (0000:01:00.0:region0+0x100, 4) = " value "\n"
#define QEMU_WRITE(value) \
    "vfio_region_write  (0000:01:00.0:region0+0x100, " value ", 4)\n"

/* A trace in another format that grows, with a selection */
static void test_selection(void)
{
    g_autofree char *log = temp_file("qemu.log", QEMU_WRITE("0x1") "other\n"
                                     QEMU_READ("0x1") QEMU_WRITE("0x2"), -1);
    g_autoptr(ToolRun) last = run_tool(NULL, "tail", "-F", "-n", "1", "--op",
                                       "r", log, NULL);
    Live live = start_tail("--op=w", log);

    wait_for(live.out, QEMU_WRITE("0x1") QEMU_WRITE("0x2"), false);
    add_text(log, QEMU_READ("0x3") QEMU_WRITE("0x4") QEMU_WRITE("0x5"));
    wait_for(live.out, QEMU_WRITE("0x1") QEMU_WRITE("0x2") QEMU_WRITE("0x4")
             QEMU_WRITE("0x5"), false);
    g_assert_cmpint(finish(&live, SIGINT), ==, 0);
    g_assert_cmpint(last->status, ==, 0);
    g_assert_cmpstr(last->out, ==, QEMU_READ("0x1"));
}

#define PLACE(offset) "0000:01:00.0:region0+" offset

/* Of the lines so far, the last ones are wanted, but all count for the state. */
static void test_decode(void)
{
    g_autofree char *db = temp_file("names.txt", "0:0x0 CTRL\n0:0x8 STATUS\n",
                                    -1);
    g_autofree char *option = g_strconcat("--db=", db, NULL);
    g_autofree char *log = temp_file("decode.log",
        "vfio_region_write  (" PLACE("0x0") ", 0x1, 4)\n"
        "other\n"
        "vfio_region_read  (" PLACE("0x8") ", 4) = 0x5\n", -1);
    const char *argv[] = { VFIO_TRACE_TOOL, "tail", "-d", "-n", "1", option,
                           log, NULL };
    g_autoptr(GError) error = NULL;
    Live live;
    int out = open_output("out", &live.out);
    int err = open_output("err", &live.err);

    g_spawn_async_with_fds(NULL, (char **)argv, NULL,
                           G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &live.pid,
                           -1, out, err, &error);
    g_assert_no_error(error);
    close(out);
    close(err);
    wait_for(live.out, "            @3  R4 STATUS = 0x5\n", false);
    add_text(log, "vfio_region_write  (" PLACE("0x0") ", 0x3, 4)\n");
    wait_for(live.out, "            @3  R4 STATUS = 0x5\n"
             "            @4  W4 CTRL = 0x3  0x1 -> 0x3\n", false);
    g_assert_cmpint(finish(&live, SIGINT), ==, 0);
}

/* It ends where nothing more can be selected, or at the end mark. */
static void test_selection_end(void)
{
    g_autofree char *log = temp_file("to.mmt", VERSION "MARK 1.000000 a\n"
                                     "MARK 3.000000 b\n", -1);
    g_autofree char *whole = temp_file("whole.mmt", VERSION "MARK 1.000000 a\n"
                                       END, -1);
    g_autofree char *foreign = temp_file("foreign", "a\n", -1);
    g_autoptr(ToolRun) to = run_tool(NULL, "tail", "--to", "#2", log, NULL);
    g_autoptr(ToolRun) end = run_tool(NULL, "tail", "--op", "w", whole, NULL);
    g_autoptr(ToolRun) none = run_tool(NULL, "tail", "-F", "--op", "w", foreign,
                                       NULL);

    g_assert_cmpint(to->status, ==, 0);
    g_assert_cmpstr(to->out, ==, VERSION "MARK 1.000000 a\n");
    g_assert_cmpint(end->status, ==, 0);
    assert_contains(end->out, END);
    g_assert_cmpint(none->status, ==, 2);
    assert_contains(none->err, "no line is understood");
}

/* The other log is read from its start, with a message. */
static void test_selection_replaced(void)
{
    g_autofree char *log = temp_file("sel.mmt", VERSION CLOCK("0"), -1);
    Live live = start_tail("--op=w", log);

    wait_for(live.out, VERSION CLOCK("0"), false);
    g_assert_true(g_file_set_contents(log, VERSION, -1, NULL));
    add_text(log, CLOCK("1") END);
    wait_for(live.out, VERSION CLOCK("0") VERSION CLOCK("1") END, false);
    wait_for(live.err, "was replaced by another log", true);
    g_assert_cmpint(finish(&live, 0), ==, 0);
}

static void test_bad_usage(void)
{
    g_autofree char *log = temp_file("usage.mmt", VERSION, -1);
    g_autofree char *path = g_build_filename(temp_dir(), "no-one", NULL);
    g_autofree char *dir = g_strdup(temp_dir());
    const struct {
        const char *args[5];
        const char *err;
    } cases[] = {
        { { "tail" }, "one LOG or SOCKET is needed" },
        { { "tail", log, log }, "one LOG or SOCKET is needed" },
        { { "tail", "-" }, "try 'vfio-trace cat -'" },
        { { "tail", "-n", "ten", log }, "--lines must be 0 to" },
        { { "tail", "-n", "-1", log }, "--lines must be 0 to" },
        { { "tail", "/nonexistent/log" }, "/nonexistent/log: can not open" },
        { { "tail", "unix:/nonexistent/s" }, "/nonexistent/s: can not connect" },
        { { "tail", path }, "the QEMU that listened there has ended" },
        { { "tail", dir }, "Is a directory" },
        { { "tail", "-F", "/dev/null" }, "can not be used" },
    };
    size_t i;

    close(listen_at(path));
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ToolRun) run = run_toolv(NULL, cases[i].args);

        g_assert_cmpint(run->status, ==, 2);
        g_assert_cmpstr(run->out, ==, "");
        assert_contains(run->err, cases[i].err);
    }
}

int main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cat/parts", test_cat);
    g_test_add_func("/cat/cut-off", test_cat_cut_off);
    g_test_add_func("/cat/bad", test_cat_bad);
    g_test_add_func("/tail/last-lines", test_last_lines);
    g_test_add_func("/tail/long-lines", test_long_lines);
    g_test_add_func("/tail/all-lines", test_all_lines);
    g_test_add_func("/tail/long-file", test_long_file);
    g_test_add_func("/tail/grow", test_grow);
    g_test_add_func("/tail/whole-lines", test_whole_lines);
    g_test_add_func("/tail/interrupted", test_interrupted);
    g_test_add_func("/tail/replaced", test_replaced);
    g_test_add_func("/tail/replaced-parts", test_replaced_parts);
    g_test_add_func("/tail/completed", test_completed);
    g_test_add_func("/tail/damaged", test_damaged);
    g_test_add_func("/tail/socket", test_socket);
    g_test_add_func("/tail/socket-interrupted", test_socket_interrupted);
    g_test_add_func("/tail/fifo", test_fifo);
    g_test_add_func("/tail/output-closed", test_output_closed);
    g_test_add_func("/tail/selection", test_selection);
    g_test_add_func("/tail/decode", test_decode);
    g_test_add_func("/tail/selection-end", test_selection_end);
    g_test_add_func("/tail/selection-replaced", test_selection_replaced);
    g_test_add_func("/tail/bad-usage", test_bad_usage);
    result = g_test_run();
    temp_clean();
    return result;
}
