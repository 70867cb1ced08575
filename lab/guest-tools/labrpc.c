// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guest's (L2's) side of the lab's agent channel.
 *
 *     labrpc VERB [WORD...]
 *
 * A request is one line, the verb and the words (joined by spaces) in
 * hexadecimal, so that they may hold anything. The answer is a line with an
 * exit status and a length, and that many bytes of output. l1-bin/agent is
 * the other side.
 *
 * A virtio-serial port can be open only once: being able to open it is the
 * lock that keeps concurrent callers apart.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PORT "/dev/lab/agent"

/* A failed channel's exit status must differ from a command's. */
#define EXIT_CHANNEL 125

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "labrpc: %s: %s\n", what, strerror(errno));
    exit(EXIT_CHANNEL);
}

static int open_port(void)
{
    for (;;) {
        int fd = open(PORT, O_RDWR | O_CLOEXEC);

        if (fd >= 0) {
            return fd;
        }
        if (errno != EBUSY && errno != EMFILE) {
            die(PORT);
        }
        usleep(5000);
    }
}

static void write_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = write(fd, data, len);

        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            die("write");
        }
        if (n > 0) {
            data += n;
            len -= n;
        }
    }
}

static size_t read_some(int fd, char *data, size_t len)
{
    for (;;) {
        ssize_t n = read(fd, data, len);

        if (n > 0) {
            return n;
        }
        if (n == 0) {
            errno = EPIPE;
            die("the host closed the channel");
        }
        if (errno != EINTR && errno != EAGAIN) {
            die("read");
        }
    }
}

static void send_request(int fd, const char *verb, int argc, char **argv)
{
    size_t len = strlen(verb) + 3;
    char *line, *p;
    int i;

    for (i = 0; i < argc; i++) {
        len += 2 * (strlen(argv[i]) + 1);
    }
    line = malloc(len);
    if (!line) {
        die("malloc");
    }
    p = stpcpy(stpcpy(line, verb), " ");
    for (i = 0; i < argc; i++) {
        const unsigned char *s = (const unsigned char *)argv[i];

        if (i) {
            p += sprintf(p, "%02x", ' ');
        }
        while (*s) {
            p += sprintf(p, "%02x", *s++);
        }
    }
    p = stpcpy(p, "\n");
    write_all(fd, line, p - line);
    free(line);
}

/* Return: the exit status that the answer carries */
static int print_answer(int fd)
{
    char buf[65536];
    size_t have = 0;
    unsigned long left;
    int status;

    do {
        if (have == 64) {
            errno = EPROTO;
            die("answer");
        }
        have += read_some(fd, buf + have, 1);
    } while (buf[have - 1] != '\n');
    buf[have - 1] = '\0';
    if (sscanf(buf, "%d %lu", &status, &left) != 2) {
        errno = EPROTO;
        die("answer");
    }
    while (left) {
        size_t n = read_some(fd, buf, left < sizeof(buf) ? left : sizeof(buf));

        write_all(STDOUT_FILENO, buf, n);
        left -= n;
    }
    return status;
}

int main(int argc, char **argv)
{
    int fd;

    if (argc < 2) {
        fprintf(stderr, "usage: labrpc VERB [WORD...]\n");
        return EXIT_CHANNEL;
    }
    fd = open_port();
    send_request(fd, argv[1], argc - 2, argv + 2);
    return print_answer(fd);
}
