/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: QEMU's events (see events.h)
 */
#include "tools/run/events.h"

#include "tools/common/json-read.h"
#include "tools/run/symbols.h"

#include <string.h>

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

void run_events_handle(RunSession *session)
{
    Handle *handle;

    while ((handle = (Handle *)g_queue_pop_head(&session->events))) {
        handle(session);
    }
}

static gboolean on_idle(gpointer opaque)
{
    run_events_handle(opaque);
    return G_SOURCE_REMOVE;
}

void run_events_take(void *opaque, const char *name, JsonObject *data)
{
    RunSession *session = opaque;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(events); i++) {
        if (!strcmp(name, events[i].name) &&
            (!events[i].concerns || events[i].concerns(data))) {
            if (g_queue_is_empty(&session->events)) {
                g_idle_add_full(G_PRIORITY_DEFAULT, on_idle, session, NULL);
            }
            g_queue_push_tail(&session->events, (gpointer)events[i].handle);
        }
    }
}
