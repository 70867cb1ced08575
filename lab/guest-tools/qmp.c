// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A QMP client for scripts in the lab's host (L1).
 *
 *     qmp [-s SOCKET] [-w EVENT] [-t SECONDS] COMMAND-JSON
 *
 * Sends one command and prints its answer, a line of JSON; with -w also
 * waits for an event of that name and prints it. SOCKET defaults to $QMP.
 * Exit status: 0 done, 1 QEMU answered with an error, 2 anything else.
 *
 * That QMP puts each message on a line of its own and begins it with the member
 * that tells its kind is only a convention, so this looks for the keys
 * "return", "error" and "event" at the message's top level.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int fd;
static double deadline;
static char buf[1 << 20];
static size_t filled;

static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec + ts.tv_nsec / 1e9;
}

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "qmp: %s\n", what);
    exit(2);
}

static void send_line(const char *text)
{
    if (dprintf(fd, "%s\n", text) < 0) {
        die(strerror(errno));
    }
}

/* Return: the next message, without its newline; valid until the next call */
static char *next_message(void)
{
    static size_t used;

    memmove(buf, buf + used, filled - used);
    filled -= used;
    used = 0;
    for (;;) {
        char *end = memchr(buf, '\n', filled);
        struct pollfd p = { .fd = fd, .events = POLLIN };
        double left = deadline - now();
        ssize_t n;

        if (end) {
            used = end + 1 - buf;
            if (end > buf && end[-1] == '\r') {
                end--;
            }
            *end = '\0';
            return buf;
        }
        if (filled == sizeof(buf)) {
            die("message too long");
        }
        if (left <= 0 || poll(&p, 1, left * 1000 + 1) == 0) {
            die("timed out");
        }
        n = read(fd, buf + filled, sizeof(buf) - filled);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            die("QEMU closed the connection");
        }
        filled += n > 0 ? n : 0;
    }
}

/* Return: the value of a key at the message's top level, or NULL */
static const char *member(const char *msg, const char *key)
{
    size_t len = strlen(key);
    int depth = 0;
    const char *s;

    for (s = msg; *s; s++) {
        if (*s == '{' || *s == '[') {
            depth++;
        } else if (*s == '}' || *s == ']') {
            depth--;
        } else if (*s == '"') {
            const char *start = ++s;

            while (*s && *s != '"') {
                s += *s == '\\' && s[1] ? 2 : 1;
            }
            if (!*s) {
                return NULL;
            }
            if (depth == 1 && (size_t)(s - start) == len &&
                !memcmp(start, key, len) && s[1] == ':') {
                return s + 2 + strspn(s + 2, " ");
            }
        }
    }
    return NULL;
}

static bool is_event(const char *msg, const char *name)
{
    const char *value = member(msg, "event");

    return value && *value == '"' && !strncmp(value + 1, name, strlen(name)) &&
           value[1 + strlen(name)] == '"';
}

static void connect_to(const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };

    if (strlen(path) >= sizeof(addr.sun_path)) {
        die("socket path too long");
    }
    strcpy(addr.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
        fprintf(stderr, "qmp: %s: %s\n", path, strerror(errno));
        exit(2);
    }
}

/*
 * Print the answer to the command.
 *
 * Return: true if QEMU carried out the command
 */
static bool run_command(const char *command, const char *event, bool *seen)
{
    send_line(command);
    for (;;) {
        char *msg = next_message();

        if (member(msg, "error")) {
            puts(msg);
            return false;
        }
        if (member(msg, "return")) {
            puts(msg);
            return true;
        }
        if (event && is_event(msg, event)) {
            puts(msg);
            *seen = true;
        }
    }
}

int main(int argc, char **argv)
{
    const char *path = getenv("QMP");
    const char *event = NULL;
    bool seen = false;
    double limit = 30;
    int opt;

    while ((opt = getopt(argc, argv, "s:w:t:")) != -1) {
        switch (opt) {
        case 's':
            path = optarg;
            break;
        case 'w':
            event = optarg;
            break;
        case 't':
            limit = atof(optarg);
            break;
        default:
            return 2;
        }
    }
    if (argc - optind != 1 || !path) {
        die("usage: qmp [-s SOCKET] [-w EVENT] [-t SECONDS] COMMAND-JSON");
    }
    deadline = now() + limit;
    connect_to(path);
    while (!member(next_message(), "QMP")) {
        ;                               /* events may come before it */
    }
    send_line("{\"execute\": \"qmp_capabilities\"}");
    while (!member(next_message(), "return")) {
        ;                               /* events may come before the answer */
    }
    if (!run_command(argv[optind], event, &seen)) {
        return 1;
    }
    while (event && !seen) {
        char *msg = next_message();

        if (is_event(msg, event)) {
            puts(msg);
            seen = true;
        }
    }
    return 0;
}
