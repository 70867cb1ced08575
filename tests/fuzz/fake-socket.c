/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: a socket that replays a server's bytes (see fake-socket.h)
 *
 * GIO's functions under GIO's names: the program's own functions take
 * precedence over those of the shared library.  A real socket would cost ten
 * times as much as the code under test.
 */
#include "fake-socket.h"

#include <gio/gio.h>
#include <string.h>

FakeServer fake_server;

GSocket *g_socket_new(GSocketFamily family, GSocketType type,
                      GSocketProtocol protocol, GError **error)
{
    (void)family;
    (void)type;
    (void)protocol;
    (void)error;
    return (GSocket *)g_object_new(G_TYPE_OBJECT, NULL);
}

void g_socket_set_blocking(GSocket *socket, gboolean blocking)
{
    (void)socket;
    (void)blocking;
}

gboolean g_socket_connect(GSocket *socket, GSocketAddress *address,
                          GCancellable *cancellable, GError **error)
{
    (void)socket;
    (void)address;
    (void)cancellable;
    (void)error;
    return TRUE;
}

gboolean g_socket_close(GSocket *socket, GError **error)
{
    (void)socket;
    (void)error;
    return TRUE;
}

gboolean g_socket_condition_timed_wait(GSocket *socket, GIOCondition condition,
                                       gint64 timeout_us,
                                       GCancellable *cancellable,
                                       GError **error)
{
    (void)socket;
    (void)timeout_us;
    (void)cancellable;
    if ((condition & G_IO_OUT) || fake_server.left || !fake_server.hang) {
        return TRUE;
    }
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "timed out");
    return FALSE;
}

gssize g_socket_receive(GSocket *socket, gchar *buffer, gsize size,
                        GCancellable *cancellable, GError **error)
{
    gsize n = MIN(size, fake_server.left);

    (void)socket;
    (void)cancellable;
    (void)error;
    if (fake_server.piece && n > fake_server.piece) {
        n = fake_server.piece;
    }
    memcpy(buffer, fake_server.p, n);
    fake_server.p += n;
    fake_server.left -= n;
    return n;
}

gssize g_socket_send(GSocket *socket, const gchar *buffer, gsize size,
                     GCancellable *cancellable, GError **error)
{
    (void)socket;
    (void)buffer;
    (void)cancellable;
    (void)error;
    return fake_server.piece ? MIN(size, fake_server.piece) : size;
}
