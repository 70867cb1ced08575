/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: QEMU's events (see events.h)
 */
#include "tools/run/events.h"

#include "tools/common/json-read.h"
#include "tools/run/error.h"
#include "tools/run/hand.h"
#include "tools/run/symbols.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>

typedef void Handle(RunSession *session);

/* A port was opened or closed by the guest. */
static bool is_symbols_closed(JsonObject *data)
{
    return data && !g_strcmp0(json_read_str(data, "id"), RUN_SYMBOLS_ID) &&
           !json_read_bool(data, "open");
}

static const struct {
    const char *name;
    bool (*concerns)(JsonObject *data);
    Handle *handle;
} events[] = {
    { "RESET", NULL, run_symbols_reset },
    { "VSERPORT_CHANGE", is_symbols_closed, run_symbols_closed },
};

static void handle_all(RunSession *session)
{
    Handle *handle;

    while ((handle = (Handle *)g_queue_pop_head(&session->events))) {
        handle(session);
    }
}

static void on_event(void *opaque, const char *name, JsonObject *data)
{
    RunSession *session = opaque;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(events); i++) {
        if (!strcmp(name, events[i].name) &&
            (!events[i].concerns || events[i].concerns(data))) {
            g_queue_push_tail(&session->events, (gpointer)events[i].handle);
        }
    }
}

static gboolean on_readable(G_GNUC_UNUSED gint fd,
                            G_GNUC_UNUSED GIOCondition condition,
                            gpointer opaque)
{
    RunSession *session = opaque;
    bool ok = qmp_read_events(session->listener, NULL);

    handle_all(session);
    return ok ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

bool run_events_new(RunSession *session, GError **error)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
        return run_error(error, "can't make a socket: %s", g_strerror(errno));
    }
    run_hand_add_fd(session->plan->hand, RUN_HAND_EVENTS, ends[1]);
    session->listener = qmp_new_listener(ends[0], on_event, session);
    return session->listener ||
           run_error(error, "can't use a socket for QEMU's events");
}

void run_events_start(RunSession *session)
{
    g_unix_fd_add(qmp_fd(session->listener), G_IO_IN | G_IO_HUP, on_readable,
                  session);
}

void run_events_end(RunSession *session)
{
    while (qmp_read_events(session->listener, NULL)) {
        /* until the end of what QEMU has sent */
    }
    handle_all(session);
}
