/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: a socket that replays a server's bytes
 */
#ifndef TESTS_FUZZ_FAKE_SOCKET_H
#define TESTS_FUZZ_FAKE_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct FakeServer: the server at the other end of every socket
 * @p: the next byte that it sends
 * @left: number of bytes left
 * @piece: bytes sent at a time, or 0 for as many as requested
 * @hang: it falls silent at the end, without closing the connection
 */
typedef struct FakeServer {
    const char *p;
    size_t left;
    size_t piece;
    bool hang;
} FakeServer;

extern FakeServer fake_server;

#endif /* TESTS_FUZZ_FAKE_SOCKET_H */
