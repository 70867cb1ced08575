/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: who may see the page
 *
 * Theory of operation
 *
 * Every user of the machine, and every page in the user's browser, can connect
 * to a port of 127.0.0.1.  An address with a token is printed.  The first
 * request with the token gets a session: a random path, and a cookie for that
 * path; the token is void then, so that an address in a history or in a process
 * list opens nothing.
 *
 * A request needs both, path and cookie.  Browsers send cookies of 127.0.0.1 to
 * all ports, also to those of another user's server; but a cookie is sent to
 * its path only, which others do not know.  The page never shows the path to
 * others: it has no links to other places, and no referrer.
 *
 * The Host header must be ours, so that a name of an attacker's that was made
 * to mean 127.0.0.1 (DNS rebinding) is refused.  Requests of pages from
 * elsewhere, other ports of this machine included, are refused by Origin and by
 * Sec-Fetch-Site.
 */
#ifndef VFIO_TRACE_SERVE_GATE_H
#define VFIO_TRACE_SERVE_GATE_H

#include "tools/serve/request.h"

/* Bytes of the random numbers, each two digits */
#define SERVE_TOKEN_BYTES 32
#define SERVE_PATH_BYTES  16

/* Browsers that may have a session at a time; the oldest one loses its own. */
#define SERVE_SESSIONS 8

typedef struct ServeGate ServeGate;

/**
 * enum ServeVerdict: what a request may do
 */
typedef enum ServeVerdict {
    SERVE_REFUSED,          /* nothing: 403 */
    SERVE_ENTERS,           /* it gets a session: redirect it */
    SERVE_PASSES,           /* it has one */
} ServeVerdict;

/**
 * struct ServePass: verdict on a request
 * @verdict: what it may do
 * @session: number of the session, below SERVE_SESSIONS
 * @path: the path within the session: "/", "/events"; the request's
 * @location: where to redirect it, to be freed, or NULL
 * @cookie: the Set-Cookie header's value, likewise
 */
typedef struct ServePass {
    ServeVerdict verdict;
    unsigned session;
    const char *path;
    char *location;
    char *cookie;
} ServePass;

/**
 * serve_gate_new() - begin without a token
 * @port: the port
 */
ServeGate *serve_gate_new(unsigned port);

/**
 * serve_gate_invite() - make a new token
 * @gate: the gate; a token that was not used is void
 *
 * Return: the address with the token, to be freed
 */
char *serve_gate_invite(ServeGate *gate);

/**
 * serve_gate_check() - judge a request
 * @gate: the gate
 * @request: the request
 */
ServePass serve_gate_check(ServeGate *gate, const ServeRequest *request);

void serve_pass_clear(ServePass *pass);

/**
 * serve_gate_free() - end
 * @gate: the gate, or NULL
 */
void serve_gate_free(ServeGate *gate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServeGate, serve_gate_free)

#endif /* VFIO_TRACE_SERVE_GATE_H */
