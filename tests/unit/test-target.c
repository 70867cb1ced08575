/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the QEMU that a verb uses if no option names one
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake-qemu.h"
#include "tools/session/proc-id.h"
#include "run-tool.h"

#define ADDRESS "0000:01:00.0"
#define NAME_ONE "; name a QEMU with --qmp SOCKET or --domain DOMAIN\n"

static const FakeReply replies[] = { { "vfio-trace-start", "{}" }, { NULL } };

static char *run_dir;

/* A session's file like that of `vfio-trace run` */
static char *session_text(const char *address, ProcId id, const char *qmp)
{
    return g_strdup_printf(
        "{\"version\": 1, \"pid\": %d, \"start-time\": %" G_GUINT64_FORMAT
        ", \"qmp\": \"%s\", \"log\": \"/tmp/log.mmt\", \"devices\": "
        "[{\"bdf\": \"%s\", \"enabled\": 0}]}\n", (int)id.pid, id.start_time,
        qmp, address);
}

static void write_file(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(run_dir, name, NULL);

    g_assert_true(g_file_set_contents_full(path, text, -1,
                                           G_FILE_SET_CONTENTS_NONE, 0600,
                                           NULL));
}

static void write_session(const char *address, ProcId id, const char *qmp)
{
    g_autofree char *name = g_strconcat(address, ".json", NULL);
    g_autofree char *text = session_text(address, id, qmp);

    write_file(name, text);
}

static void setup(gpointer fixture, gconstpointer data)
{
    g_autofree char *template = g_build_filename(temp_dir(), "run-XXXXXX",
                                                 NULL);

    (void)fixture;
    (void)data;
    run_dir = g_strdup(g_mkdtemp(template));
    g_assert_nonnull(run_dir);
    g_setenv("VFIO_TRACE_RUN_DIR", run_dir, TRUE);
}

static void teardown(gpointer fixture, gconstpointer data)
{
    GDir *dir = g_dir_open(run_dir, 0, NULL);
    const char *name;

    (void)fixture;
    (void)data;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(run_dir, name, NULL);

        g_assert_cmpint(g_remove(path), ==, 0);
    }
    if (dir) {
        g_dir_close(dir);
    }
    g_rmdir(run_dir);
    g_clear_pointer(&run_dir, g_free);
}

static void assert_error(const char *error)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "start", NULL);

    g_assert_cmpstr(run->err, ==, error);
    g_assert_cmpstr(run->out, ==, "");
    g_assert_cmpint(run->status, ==, 1);
}

static void assert_error_free(void)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "start", NULL);

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
}

static void assert_reaches(FakeQemu *qemu)
{
    g_autofree char *asked = NULL;

    assert_error_free();
    asked = fake_qemu_stop(qemu);
    g_assert_cmpstr(asked, ==, "vfio-trace-start {}\n");
}

static void test_none(gpointer fixture, gconstpointer data)
{
    (void)fixture;
    (void)data;
    assert_error("vfio-trace start: which QEMU? No 'vfio-trace run' is running"
                 NAME_ONE);
    g_setenv("VFIO_TRACE_RUN_DIR", "/nonexistent", TRUE);
    assert_error("vfio-trace start: which QEMU? No 'vfio-trace run' is running"
                 NAME_ONE);
}

static void test_one(gpointer fixture, gconstpointer data)
{
    FakeQemu *qemu = fake_qemu_start(replies);

    (void)fixture;
    (void)data;
    write_session(ADDRESS, proc_id_of(getpid()), fake_qemu_path(qemu));
    assert_reaches(qemu);
}

/* Files left by other sessions do not hide it. */
static void test_one_among_others(gpointer fixture, gconstpointer data)
{
    FakeQemu *qemu = fake_qemu_start(replies);
    ProcId other = proc_id_of(getpid());

    (void)fixture;
    (void)data;
    other.start_time++;
    write_session("0000:00:02.0", other, "/tmp/other");
    write_session("0000:00:03.0", (ProcId){ 0x7ffffff0, 1 }, "/tmp/other");
    write_file("0000:00:04.0.json", "");
    write_file("lock", "");
    write_file("gpu.json", "{}");
    write_session(ADDRESS, proc_id_of(getpid()), fake_qemu_path(qemu));
    assert_reaches(qemu);
}

static void test_several(gpointer fixture, gconstpointer data)
{
    (void)fixture;
    (void)data;
    write_session("0000:02:00.0", proc_id_of(getpid()), "/run/b");
    write_session(ADDRESS, proc_id_of(getpid()), "/run/a");
    assert_error("vfio-trace start: which QEMU? Several 'vfio-trace run' are "
                 "running: 0000:01:00.0 has --qmp /run/a, 0000:02:00.0 has "
                 "--qmp /run/b\n");
}

static void test_killed(gpointer fixture, gconstpointer data)
{
    ProcId other = proc_id_of(getpid());

    (void)fixture;
    (void)data;
    other.start_time++;
    write_session(ADDRESS, other, "/tmp/other");
    assert_error("vfio-trace start: which QEMU? No 'vfio-trace run' is running "
                 "(the one of 0000:01:00.0 was killed: 'vfio-trace restore' "
                 "gives its devices back)" NAME_ONE);
}

/* A session without a QEMU yet, or any more */
static void test_no_qemu(gpointer fixture, gconstpointer data)
{
    (void)fixture;
    (void)data;
    write_session(ADDRESS, proc_id_of(getpid()), "/nonexistent/qmp");
    assert_error("vfio-trace start: /nonexistent/qmp: No such file or "
                 "directory; start QEMU with -qmp unix:PATH,server=on,wait=off "
                 "and name this PATH\n");
}

static const char *const hostile[] = {
    "", "x", "[]", "{", "{}", "null",
    "{\"version\": 2, \"pid\": 1}",
    "{\"version\": \"1\", \"pid\": [], \"start-time\": {}, \"qmp\": 5}",
    "{\"version\": 1, \"pid\": -1, \"start-time\": 0, \"qmp\": \"/x\", "
    "\"devices\": []}",
    "{\"version\": 1, \"pid\": 99999999999999999999, \"start-time\": 1e9, "
    "\"qmp\": \"relative\", \"devices\": [{\"bdf\": \"" ADDRESS "\"}]}",
};

/* None of these is a session, and none is more than one line of error. */
static void test_hostile(gpointer fixture, gconstpointer data)
{
    g_autofree char *deep = g_strnfill(200000, '[');
    g_autofree char *deep_object = g_strconcat("{\"x\": ", deep, NULL);
    g_autofree char *large = g_strnfill(2 * 1024 * 1024, ' ');
    const char *texts[G_N_ELEMENTS(hostile) + 3];
    size_t i;

    (void)fixture;
    (void)data;
    memcpy(texts, hostile, sizeof(hostile));
    texts[G_N_ELEMENTS(hostile)] = deep;
    texts[G_N_ELEMENTS(hostile) + 1] = deep_object;
    texts[G_N_ELEMENTS(hostile) + 2] = large;
    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(ToolRun) run = NULL;

        write_file(ADDRESS ".json", texts[i]);
        run = run_tool(NULL, "start", NULL);
        assert_contains(run->err, "No 'vfio-trace run' is running (");
        g_assert_cmpuint(strcspn(run->err, "\n"), ==, strlen(run->err) - 1);
        g_assert_cmpint(run->status, ==, 1);
    }
}

static void assert_problem(const char *problem)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "start", NULL);

    assert_contains(run->err, "No 'vfio-trace run' is running (");
    assert_contains(run->err, problem);
    g_assert_cmpint(run->status, ==, 1);
}

/* A pipe must not block the tool, nor a link mislead it. */
static void test_no_files(gpointer fixture, gconstpointer data)
{
    g_autofree char *path = g_build_filename(run_dir, ADDRESS ".json", NULL);
    g_autofree char *text = session_text(ADDRESS, proc_id_of(getpid()), "/x");

    (void)fixture;
    (void)data;
    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    assert_problem(ADDRESS ".json is not trusted");
    unlink(path);

    write_file("elsewhere", text);
    g_assert_cmpint(symlink("elsewhere", path), ==, 0);
    assert_problem(ADDRESS ".json: Too many levels of symbolic links");
}

/* libvirt itself waits for ever. */
static void test_libvirt_hangs(gpointer fixture, gconstpointer data)
{
    g_autofree char *path = g_build_filename(run_dir, "libvirt", NULL);
    g_autofree char *uri = g_strconcat("qemu+unix:///system?socket=", path,
                                       NULL);
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_autoptr(ToolRun) run = NULL;

    (void)fixture;
    (void)data;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    g_test_skip("the sanitizers' runtime breaks libvirt's XDR");
    close(fd);
    return;
#endif
    g_assert_cmpuint(strlen(path), <, sizeof(address.sun_path));
    strcpy(address.sun_path, path);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof(address)),
                    ==, 0);
    g_assert_cmpint(listen(fd, 1), ==, 0);
    run = run_tool(NULL, "start", "--domain=gpu", "--connect", uri,
                   "--timeout=0.5", NULL);
    close(fd);
    g_assert_cmpstr(run->err, ==, "vfio-trace start: no answer through "
                    "libvirt within 0.5 s\n");
    g_assert_cmpint(run->status, ==, 1);
}

static void wait_for_line(FILE *file, const char *expected)
{
    g_autofree char *line = NULL;
    size_t size = 0;

    g_assert_cmpint(getline(&line, &size, file), >, 0);
    g_assert_cmpstr(line, ==, expected);
}

/* `vfio-trace mark -` leaves the socket to other clients between lines. */
static void test_mark_between(gpointer fixture, gconstpointer data)
{
    static const FakeReply marks[] = {
        { "vfio-trace-mark", "{\"text\": \"one\"}" },
        { "vfio-trace-mark", "{\"text\": \"two\"}" },
        { "vfio-trace-start", "{}" }, { NULL }
    };
    FakeQemu *qemu = fake_qemu_start(marks);
    const char *argv[] = { VFIO_TRACE_TOOL, "mark", "--json", "-q",
                           fake_qemu_path(qemu), "-", NULL };
    g_autofree char *asked = NULL;
    FILE *file;
    int status;
    GPid pid;
    int out;
    int in;

    (void)fixture;
    (void)data;
    g_assert_true(g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
                                           G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                                           NULL, &pid, &in, &out, NULL, NULL));
    file = fdopen(out, "r");
    g_assert_cmpint(write(in, "one\n", 4), ==, 4);
    wait_for_line(file, "{\"text\":\"one\"}\n");
    write_session(ADDRESS, proc_id_of(getpid()), fake_qemu_path(qemu));
    assert_error_free();
    g_assert_cmpint(write(in, "two\n", 4), ==, 4);
    wait_for_line(file, "{\"text\":\"two\"}\n");
    close(in);
    fclose(file);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_cmpint(status, ==, 0);
    asked = fake_qemu_stop(qemu);
    g_assert_cmpstr(asked, ==, "vfio-trace-mark {\"text\":\"one\"}\n"
                    "vfio-trace-start {}\n"
                    "vfio-trace-mark {\"text\":\"two\"}\n");
}

static void add(const char *name, void (*test)(gpointer, gconstpointer))
{
    g_test_add_vtable(name, 1, NULL, setup, test, teardown);
}

int main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    add("/target/none", test_none);
    add("/target/one", test_one);
    add("/target/one-among-others", test_one_among_others);
    add("/target/several", test_several);
    add("/target/killed", test_killed);
    add("/target/no-qemu", test_no_qemu);
    add("/target/hostile", test_hostile);
    add("/target/no-files", test_no_files);
    add("/target/libvirt-hangs", test_libvirt_hangs);
    add("/target/mark-between", test_mark_between);
    result = g_test_run();
    temp_clean();
    return result;
}
