/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the effect of a foreign log on a terminal
 */
#include <errno.h>
#include <pty.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run-tool.h"

#define ORDER "\033]0;owned\007"

/* A mark with control sequences, and one with misleading text */
#define LOG "VERSION 20070824\n" \
            "MARK 1.000000 a" ORDER "b\302\233c\n" \
            "MARK 1.000001 d\342\200\256e\342\201\246f\303\274\n"

#define SHOWN_1 "MARK 1.000000 a?]0;owned?b?c"
#define SHOWN_2 "MARK 1.000001 d?e?f\303\274"

/* Return: the command's output on a terminal */
static GString *on_terminal(char *const *argv)
{
    GString *text = g_string_new(NULL);
    char buf[4096];
    int status;
    ssize_t n;
    int fd;
    pid_t pid = forkpty(&fd, NULL, NULL, NULL);

    g_assert_cmpint(pid, >=, 0);
    if (!pid) {
        execv(argv[0], argv);
        _exit(127);
    }
    /* EIO: the other side is closed */
    while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
        g_string_append_len(text, buf, MAX(n, 0));
    }
    close(fd);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    return text;
}

static void test_terminal(gconstpointer verb)
{
    g_autofree char *log = temp_file("evil.mmt", LOG, -1);
    char *follow[] = { (char *)VFIO_TRACE_TOOL, (char *)verb,
                       (char *)"--no-follow", log, NULL };
    char *plain[] = { (char *)VFIO_TRACE_TOOL, (char *)verb, log, NULL };
    GString *text = on_terminal(strcmp(verb, "tail") ? plain : follow);

    g_assert_null(strchr(text->str, '\033'));
    g_assert_null(strstr(text->str, "\302\233"));
    assert_contains(text->str, SHOWN_1);
    assert_contains(text->str, SHOWN_2);
    g_string_free(text, TRUE);
}

/* A pipe gets the log unchanged. */
static void test_pipe(void)
{
    g_autofree char *log = temp_file("evil.mmt", LOG, -1);
    g_autoptr(ToolRun) run = run_tool(NULL, "cat", log, NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->out, ==, LOG);
}

/* A log's name is as untrusted as its contents. */
static void test_name(void)
{
    g_autofree char *log = temp_file("evil" ORDER ".mmt", LOG, -1);
    g_autoptr(ToolRun) check = run_tool(NULL, "check", log, NULL);
    g_autoptr(ToolRun) json = run_tool(NULL, "check", "--json", log, NULL);
    g_autoptr(ToolRun) compare = run_tool(NULL, "compare", log, log, NULL);

    g_assert_null(strchr(check->out, '\033'));
    assert_contains(check->out, "evil?]0;owned?.mmt");
    g_assert_null(strchr(compare->out, '\033'));
    g_assert_null(strchr(json->out, '\033'));
    g_assert_null(strchr(json->out, '\007'));
}

int main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/terminal/cat", "cat", test_terminal);
    g_test_add_data_func("/terminal/tail", "tail", test_terminal);
    g_test_add_func("/terminal/pipe", test_pipe);
    g_test_add_func("/terminal/name", test_name);
    result = g_test_run();
    temp_clean();
    return result;
}
