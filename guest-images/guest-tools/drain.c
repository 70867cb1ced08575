// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copies a file to a port until its end and prints how many bytes there were.
 *
 *     drain FROM TO
 *
 * For trace_pipe: busybox's cat would splice it into a pipe, and the kernel
 * holds that pipe's lock while it waits for events, which blocks the reader.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *what)
{
    fprintf(stderr, "drain: %s: %s\n", what, strerror(errno));
    return 1;
}

int main(int argc, char **argv)
{
    unsigned long long total = 0;
    char buf[65536];
    int from, to;

    if (argc != 3) {
        fprintf(stderr, "usage: drain FROM TO\n");
        return 2;
    }
    from = open(argv[1], O_RDONLY);
    if (from < 0) {
        return fail(argv[1]);
    }
    to = open(argv[2], O_WRONLY);
    if (to < 0) {
        return fail(argv[2]);
    }
    for (;;) {
        ssize_t n = read(from, buf, sizeof(buf));
        ssize_t done = 0;

        if (n == 0) {
            break;
        }
        if (n < 0) {
            if (errno == EINTR || errno == EAGAIN) {
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
