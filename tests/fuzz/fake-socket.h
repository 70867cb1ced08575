/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: a socket that plays what a server sends
 */
#ifndef TESTS_FUZZ_FAKE_SOCKET_H
#define TESTS_FUZZ_FAKE_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct FakeServer: what is at the other end of every socket
 * @p: the next byte that it sends
 * @left: how many more there are
 * @piece: bytes that come at a time, or 0 for as many as are wanted
 * @hang: it stays silent at the end, and does not close the connection
 */
typedef struct FakeServer {
    const char *p;
    size_t left;
    size_t piece;
    bool hang;
} FakeServer;

extern FakeServer fake_server;

#endif /* TESTS_FUZZ_FAKE_SOCKET_H */
