/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: the page of vfio-trace report (see full.h)
 */
#include "tools/serve/full.h"

#include <inttypes.h>

#include "tools/serve/child.h"

#define READ_BYTES (256u << 10)

/**
 * struct Transfer: a page that is sent; whoever waits for something has a
 *                  reference
 * @full: the state; NULL after the end
 * @child: the process that makes the page
 * @cancel: ends what is read from it
 * @reply: the answer; NULL if it was closed
 * @begun: something of the page was sent
 * @done: all of it was
 */
typedef struct Transfer {
    ServeFull *full;
    GSubprocess *child;
    GCancellable *cancel;
    HttpReply *reply;
    bool begun;
    bool done;
} Transfer;

/**
 * struct ServeFull: pages that are sent
 * @args: arguments of 'vfio-trace report'
 * @transfer: the one that is sent, or NULL
 */
struct ServeFull {
    char **args;
    Transfer *transfer;
};

static const char failure[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><title>vfio-trace serve</title>\n"
    "<p>There is no report of this log yet. What is wrong, 'vfio-trace report' "
    "says in a terminal.</p></html>\n";

static void clear_transfer(gpointer opaque)
{
    Transfer *transfer = opaque;

    serve_child_end(transfer->child);
    g_object_unref(transfer->cancel);
}

static void release(Transfer *transfer)
{
    g_rc_box_release_full(transfer, clear_transfer);
}

static void was_ended(GObject *object, GAsyncResult *result, gpointer opaque)
{
    Transfer *transfer = opaque;
    GSubprocess *child = G_SUBPROCESS(object);
    bool ended = g_subprocess_wait_finish(child, result, NULL);
    bool good = ended && g_subprocess_get_if_exited(child) &&
                g_subprocess_get_exit_status(child) <= 1;

    transfer->done = true;
    if (transfer->reply) {
        if (!transfer->begun) {
            http_reply_piece(transfer->reply, g_string_new(failure));
        } else if (good) {
            http_reply_end(transfer->reply);
        } else {
            http_reply_abort(transfer->reply);
        }
    }
    release(transfer);
}

static void was_read(GObject *object, GAsyncResult *result, gpointer opaque)
{
    Transfer *transfer = opaque;
    g_autoptr(GBytes) bytes =
        g_input_stream_read_bytes_finish(G_INPUT_STREAM(object), result,
                                         NULL);
    gsize len = 0;
    const char *data = bytes ? g_bytes_get_data(bytes, &len) : NULL;

    if (!transfer->reply) {
        release(transfer);
    } else if (len) {
        transfer->begun = true;
        http_reply_piece(transfer->reply, g_string_new_len(data, len));
        release(transfer);
    } else {
        g_subprocess_wait_async(transfer->child, transfer->cancel, was_ended,
                                transfer);
    }
}

static void want(HttpReply *reply, void *opaque)
{
    Transfer *transfer = opaque;

    if (transfer->done) {
        http_reply_end(reply);
        return;
    }
    g_input_stream_read_bytes_async(
        g_subprocess_get_stdout_pipe(transfer->child), READ_BYTES,
        G_PRIORITY_DEFAULT, transfer->cancel, was_read,
        g_rc_box_acquire(transfer));
}

static void gone(HttpReply *reply, void *opaque)
{
    Transfer *transfer = opaque;

    (void)reply;
    transfer->reply = NULL;
    transfer->full->transfer = NULL;
    g_cancellable_cancel(transfer->cancel);
    release(transfer);
}

/* Of several --to, the last one counts: that of the user. */
static GSubprocess *start(const ServeFull *full, uint64_t lines)
{
    g_autofree char *to = g_strdup_printf("--to=#%" PRIu64, lines);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    char **arg;

    g_ptr_array_add(all, (char *)"report");
    g_ptr_array_add(all, (char *)"--output=-");
    if (lines) {
        g_ptr_array_add(all, to);
    }
    for (arg = full->args; *arg; arg++) {
        g_ptr_array_add(all, *arg);
    }
    g_ptr_array_add(all, NULL);
    return serve_child_start((const char *const *)all->pdata, NULL);
}

void serve_full_send(ServeFull *full, HttpReply *reply, uint64_t lines)
{
    static const HttpStream stream = { .want = want, .gone = gone };
    GSubprocess *child;
    Transfer *transfer;

    if (full->transfer) {
        http_reply_say(reply, 503, "Retry-After: 5\r\n",
                       "another report is being made");
        return;
    }
    child = start(full, lines);
    if (!child) {
        http_reply_say(reply, 500, NULL, "vfio-trace report does not start");
        return;
    }
    transfer = g_rc_box_new0(Transfer);
    transfer->full = full;
    transfer->child = child;
    transfer->cancel = g_cancellable_new();
    transfer->reply = reply;
    full->transfer = transfer;
    http_reply_stream(reply, "text/html; charset=utf-8", NULL, &stream,
                      transfer);
}

ServeFull *serve_full_new(char **args)
{
    ServeFull *full = g_new0(ServeFull, 1);

    full->args = args;
    return full;
}

void serve_full_free(ServeFull *full)
{
    g_free(full);
}
