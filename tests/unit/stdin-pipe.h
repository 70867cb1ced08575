/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a pipe as standard input
 */
#ifndef TESTS_UNIT_STDIN_PIPE_H
#define TESTS_UNIT_STDIN_PIPE_H

#include <glib.h>
#include <unistd.h>

/**
 * struct StdinPipe: standard input while it is a pipe
 * @saved: the previous one; -1 if it was closed
 * @fd: descriptor for writing the input; the test closes it
 */
typedef struct StdinPipe {
    int saved;
    int fd;
} StdinPipe;

/**
 * stdin_pipe_begin() - make standard input a pipe
 */
static inline StdinPipe stdin_pipe_begin(void)
{
    StdinPipe in = { .saved = dup(STDIN_FILENO) };
    int fds[2];

    g_assert_cmpint(pipe(fds), ==, 0);
    g_assert_cmpint(dup2(fds[0], STDIN_FILENO), >=, 0);
    close(fds[0]);
    in.fd = fds[1];
    return in;
}

/**
 * stdin_pipe_end() - restore standard input
 * @in: what stdin_pipe_begin() returned
 */
static inline void stdin_pipe_end(StdinPipe in)
{
    if (in.saved >= 0) {
        dup2(in.saved, STDIN_FILENO);
        close(in.saved);
    }
}

#endif /* TESTS_UNIT_STDIN_PIPE_H */
