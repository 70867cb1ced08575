/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends a signal to a program at a given moment:
 *
 *     killat SIGNAL SUFFIX N {before|after} COMMAND...
 *
 * when it opens, for the Nth time, a file for writing whose path ends in
 * SUFFIX; or when it has written to it and is about to close it.  Only the
 * program's first thread is traced.
 *
 * Exit status: COMMAND's; 128 and the signal's number if that ended it; 125 if
 * the moment never came, or COMMAND did not end and had to be killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

#define NEVER 125

/* A command that does not end is killed after this many seconds. */
#define LIMIT 100

static volatile pid_t pid;
static const char *suffix;
static bool after;
static unsigned countdown;
static bool opening;            /* open() is under way */
static long long watched = -1;  /* the descriptor that it returned */
static volatile bool late;

static void die(const char *what)
{
    perror(what);
    exit(126);
}

static void on_alarm(__attribute__((unused)) int number)
{
    static const char text[] = "killat: too long: killing it\n";

    if (write(STDERR_FILENO, text, sizeof(text) - 1) > 0) {
        late = true;
    }
    kill(pid, SIGKILL);
}

static bool has_suffix(unsigned long long address)
{
    char path[4096];
    struct iovec here = { path, sizeof(path) - 1 };
    size_t in_page = 4096 - (address & 4095);
    /* A path may cross into the next page, which may not be mapped. */
    struct iovec there[2] = {
        { (void *)(uintptr_t)address, in_page },
        { (void *)(uintptr_t)(address + in_page), 4096 },
    };
    size_t len = strlen(suffix);
    size_t path_len;
    ssize_t n;

    n = process_vm_readv(pid, &here, 1, there, 2, 0);
    if (n <= 0) {
        return false;
    }
    path[n] = '\0';
    path_len = strlen(path);
    return path_len >= len && !strcmp(path + path_len - len, suffix);
}

/* Return: whether the moment has come */
static bool at_entry(const struct ptrace_syscall_info *info)
{
    if (info->entry.nr == SYS_openat &&
        (info->entry.args[2] & O_ACCMODE) != O_RDONLY &&
        has_suffix(info->entry.args[1]) &&
        countdown && --countdown == 0) {
        opening = after;
        return !after;
    }
    return info->entry.nr == SYS_close && watched >= 0 &&
           (long long)info->entry.args[0] == watched;
}

static bool is_moment(void)
{
    struct ptrace_syscall_info info;

    if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) < 0) {
        die("PTRACE_GET_SYSCALL_INFO");
    }
    if (info.op == PTRACE_SYSCALL_INFO_EXIT && opening) {
        opening = false;
        watched = info.exit.rval;
    }
    return info.op == PTRACE_SYSCALL_INFO_ENTRY &&
           at_entry(&info);
}

static void wait_for(int *status)
{
    while (waitpid(pid, status, 0) < 0) {
        if (errno != EINTR) {
            die("waitpid");
        }
    }
}

static int finish(int status, bool came)
{
    if (!came) {
        fprintf(stderr, "killat: it never came to %s\n", suffix);
    }
    if (!came || late) {
        return NEVER;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
    int number;
    int status;
    int deliver = 0;

    if (argc < 6) {
        fprintf(stderr, "usage: killat SIGNAL SUFFIX N {before|after} "
                "COMMAND...\n");
        return 126;
    }
    number = atoi(argv[1]);
    suffix = argv[2];
    countdown = atoi(argv[3]);
    after = !strcmp(argv[4], "after");
    pid = fork();
    if (pid < 0) {
        die("fork");
    }
    if (!pid) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        execvp(argv[5], argv + 5);
        die(argv[5]);
    }
    wait_for(&status);
    sigaction(SIGALRM, &(struct sigaction){ .sa_handler = on_alarm }, NULL);
    alarm(LIMIT);
    ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD |
                                      PTRACE_O_TRACEEXEC);
    for (;;) {
        if (ptrace(PTRACE_SYSCALL, pid, 0, deliver) < 0 && !late) {
            die("PTRACE_SYSCALL");
        }
        wait_for(&status);
        if (!WIFSTOPPED(status)) {
            return finish(status, false);
        }
        deliver = 0;
        if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
            if (is_moment()) {
                break;
            }
        } else if (status >> 8 != (SIGTRAP | PTRACE_EVENT_EXEC << 8)) {
            deliver = WSTOPSIG(status);
        }
    }
    kill(pid, number);
    ptrace(PTRACE_DETACH, pid, 0, 0);
    wait_for(&status);
    return finish(status, true);
}
