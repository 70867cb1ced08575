/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark on Linux: time, input and output, commands
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest-images/marker/linux.h"

const PlatformMode platform_modes[] = {
    { "--watch-modules",
      "  --watch-modules     a marker for each kernel module that is loaded or removed,\n"
      "                      until the program is killed\n",
      linux_watch_modules },
    { NULL }
};

const char platform_port_help[] =
    "PORT is the name of a virtio-serial port (org.vfio-trace.mark.0), the path of a\n"
    "device (/dev/vport0p1), or 'isa' for the I/O port 0x5e9, isa:NUMBER for another\n"
    "one (as root). Without --port: the port with that name, else the I/O port if it\n"
    "answers.\n";

uint64_t platform_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * UINT64_C(1000000) + now.tv_nsec / 1000;
}

void platform_sleep(unsigned ms)
{
    struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

    nanosleep(&time, NULL);
}

uint32_t platform_id(void)
{
    return getpid();
}

long platform_read(char *buf, size_t size, MarkText *why)
{
    ssize_t n;

    do {
        n = read(STDIN_FILENO, buf, size);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        mark_text_format(why, "can not read standard input: %s",
                         strerror(errno));
    }
    return n;
}

bool platform_input_ready(void)
{
    struct pollfd input = { STDIN_FILENO, POLLIN, 0 };

    return poll(&input, 1, 0) > 0;
}

void platform_print(bool is_error, const char *text, size_t len)
{
    while (len) {
        ssize_t n = write(is_error ? STDERR_FILENO : STDOUT_FILENO, text, len);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            break;
        }
        text += n;
        len -= n;
    }
}

/* --- commands ------------------------------------------------------------ */

static pid_t command_pid;

/* The port tells by an error that nothing listens; the command has its own. */
static struct sigaction sigpipe_before;

static void pass_on(int signal)
{
    if (command_pid > 0) {
        kill(command_pid, signal);
    }
}

/*
 * The terminal sends its signals to the command too; others come to us only
 * and are passed on.
 */
static const struct {
    int signal;
    void (*handler)(int signal);
} while_it_runs[] = {
    { SIGINT, SIG_IGN },
    { SIGQUIT, SIG_IGN },
    { SIGTERM, pass_on },
    { SIGHUP, pass_on },
    /* Whoever ignores it gets no exit status from waitpid(). */
    { SIGCHLD, SIG_DFL },
};

#define SIGNALS (sizeof(while_it_runs) / sizeof(while_it_runs[0]))

static void set_signals(struct sigaction *before)
{
    size_t i;

    for (i = 0; i < SIGNALS; i++) {
        struct sigaction action = { .sa_handler = while_it_runs[i].handler };

        sigaction(while_it_runs[i].signal, &action, &before[i]);
    }
}

static void restore_signals(const struct sigaction *before)
{
    size_t i;

    for (i = 0; i < SIGNALS; i++) {
        sigaction(while_it_runs[i].signal, &before[i], NULL);
    }
}

static void child(char **argv, const struct sigaction *before,
                  const sigset_t *mask, int report)
{
    int error;

    restore_signals(before);
    sigaction(SIGPIPE, &sigpipe_before, NULL);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(argv[0], argv);
    error = errno;
    if (write(report, &error, sizeof(error)) < 0) {
        _exit(126);
    }
    _exit(127);
}

static void command_failed(CommandEnd *end, const char *name, int error,
                           MarkText *why)
{
    end->started = false;
    end->signal = 0;
    end->status = error == ENOENT ? 127 : 126;
    mark_text_format(why, "can not start '%s': %s", name, strerror(error));
}

static void wait_for_command(CommandEnd *end)
{
    int status = 0;

    while (waitpid(command_pid, &status, 0) < 0 && errno == EINTR) {
        continue;
    }
    end->started = true;
    end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    end->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + end->signal;
}

void platform_command(char **argv, int first, CommandEnd *end, MarkText *why)
{
    struct sigaction before[SIGNALS];
    sigset_t all, mask;
    int report[2];
    int error;

    if (pipe2(report, O_CLOEXEC) < 0) {
        command_failed(end, argv[0], errno, why);
        return;
    }
    /* No signal between fork() and the moment in which the PID is known */
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &mask);
    set_signals(before);
    command_pid = fork();
    if (!command_pid) {
        child(argv, before, &mask, report[1]);
    }
    error = errno;
    sigprocmask(SIG_SETMASK, &mask, NULL);
    close(report[1]);
    if (command_pid < 0) {
        command_failed(end, argv[0], error, why);
    } else {
        ssize_t n;

        do {
            n = read(report[0], &error, sizeof(error));
        } while (n < 0 && errno == EINTR);
        wait_for_command(end);
        if (n == sizeof(error)) {
            command_failed(end, argv[0], error, why);
        }
    }
    command_pid = 0;
    close(report[0]);
    restore_signals(before);
}

int platform_end_as(const CommandEnd *end)
{
    if (end->signal) {
        struct sigaction action = { .sa_handler = SIG_DFL };
        sigset_t set;

        /* The command has written a core file, if any. */
        prctl(PR_SET_DUMPABLE, 0);
        sigaction(end->signal, &action, NULL);
        sigemptyset(&set);
        sigaddset(&set, end->signal);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        raise(end->signal);
    }
    return end->status;
}

int main(int argc, char **argv)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN };

    sigaction(SIGPIPE, &ignore, &sigpipe_before);
    return mark_main(argc, argv);
}
