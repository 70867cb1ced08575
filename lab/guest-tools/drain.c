// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copy a trace pipe to a port until tracing is off and the pipe is empty, and
 * print the number of bytes.
 *
 *     drain PIPE PORT TRACING_ON
 *
 * It polls instead of waiting in read(): since Linux 6.9 or so, turning tracing
 * off does not wake a reader of an empty pipe.
 *
 * For trace_pipe: busybox's cat would splice it into a pipe, and the kernel
 * holds that pipe's lock while it waits for events, which blocks the reader.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define POLL_USEC 5000

static int fail(const char *what)
{
    fprintf(stderr, "drain: %s: %s\n", what, strerror(errno));
    return 1;
}

/* The file TRACING_ON, read anew: "0" or "1". */
static int tracing_is_on(int fd)
{
    char c = '1';

    return pread(fd, &c, 1, 0) != 1 || c != '0';
}

int main(int argc, char **argv)
{
    unsigned long long total = 0;
    char buf[65536];
    int from, to, on;

    if (argc != 4) {
        fprintf(stderr, "usage: drain PIPE PORT TRACING_ON\n");
        return 2;
    }
    from = open(argv[1], O_RDONLY | O_NONBLOCK);
    if (from < 0) {
        return fail(argv[1]);
    }
    to = open(argv[2], O_WRONLY);
    if (to < 0) {
        return fail(argv[2]);
    }
    on = open(argv[3], O_RDONLY);
    if (on < 0) {
        return fail(argv[3]);
    }
    for (;;) {
        /* checked before the read, so that no event in between is missed */
        int more = tracing_is_on(on);
        ssize_t n = read(from, buf, sizeof(buf));
        ssize_t done = 0;

        if (n == 0) {
            break;
        }
        if (n < 0) {
            if (errno == EAGAIN && !more) {
                break;
            }
            if (errno == EAGAIN) {
                usleep(POLL_USEC);
                continue;
            }
            if (errno == EINTR) {
                continue;
            }
            return fail(argv[1]);
        }
        while (done < n) {
            ssize_t m = write(to, buf + done, n - done);

            if (m < 0 && errno != EINTR && errno != EAGAIN) {
                return fail(argv[2]);
            }
            done += m > 0 ? m : 0;
        }
        total += n;
    }
    printf("%llu\n", total);
    return 0;
}
