/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: what QEMU says of the trace (see watch.h)
 */
#include "tools/serve/watch.h"

#include <string.h>

#include "tools/common/json-read.h"
#include "tools/serve/child.h"

/* After so many seconds without an answer, it is tried again. */
#define AGAIN_SECONDS 5

#define READ_BYTES (64u << 10)

/**
 * struct ServeWatch: what QEMU says
 * @log: the log that is shown
 * @qemu: the QEMU that the user has named
 * @status: its newest answer
 * @child: the process, or NULL
 * @cancel: ends what is read from it
 * @line: what has come of the next answer
 * @again: the next try; 0 if there is none
 */
struct ServeWatch {
    char *log;
    ServeQemu qemu;
    ServeStatus status;
    GSubprocess *child;
    GCancellable *cancel;
    GByteArray *line;
    guint again;
};

bool serve_watch_is_of(const char *sample, const char *log)
{
    g_autoptr(JsonNode) node = json_from_string(sample, NULL);
    g_autofree char *path = g_canonicalize_filename(log, NULL);
    JsonArray *logs = node && JSON_NODE_HOLDS_OBJECT(node)
                      ? json_read_array(json_node_get_object(node), "logs")
                      : NULL;
    guint i;

    for (i = 0; i < json_read_length_of(logs); i++) {
        JsonObject *one = json_read_element(logs, i);
        const char *file = one ? json_read_str(one, "file") : NULL;
        g_autofree char *theirs = file ? g_canonicalize_filename(file, NULL)
                                       : NULL;

        if (theirs && !strcmp(theirs, path)) {
            return true;
        }
    }
    return false;
}

static void set_sample(ServeWatch *watch, char *sample)
{
    if (!sample && !watch->status.sample) {
        return;
    }
    g_free(watch->status.sample);
    watch->status.sample = sample;
    watch->status.number++;
}

static bool is_wanted(const ServeWatch *watch, const char *sample)
{
    return watch->qemu.qmp || watch->qemu.guest ||
           serve_watch_is_of(sample, watch->log);
}

static void take_line(ServeWatch *watch, const char *line, size_t len)
{
    g_autofree char *sample = g_strndup(line, len);

    if (*sample == '{' && g_utf8_validate(sample, -1, NULL) &&
        is_wanted(watch, sample)) {
        set_sample(watch, g_steal_pointer(&sample));
    }
}

static void take_lines(ServeWatch *watch)
{
    GByteArray *line = watch->line;
    const guint8 *end;

    while (line->len && (end = memchr(line->data, '\n', line->len))) {
        size_t len = end - line->data;

        take_line(watch, (const char *)line->data, len);
        g_byte_array_remove_range(line, 0, len + 1);
    }
}

static gboolean start(gpointer opaque);

static void end_child(ServeWatch *watch)
{
    serve_child_end(g_steal_pointer(&watch->child));
    set_sample(watch, NULL);
    g_byte_array_set_size(watch->line, 0);
    watch->again = g_timeout_add_seconds(AGAIN_SECONDS, start, watch);
}

static void read_more(ServeWatch *watch);

static void was_read(GObject *object, GAsyncResult *result, gpointer opaque)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes =
        g_input_stream_read_bytes_finish(G_INPUT_STREAM(object), result,
                                         &error);
    ServeWatch *watch = opaque;
    gsize len = 0;
    const void *data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        /* the state is gone */
        return;
    }
    data = bytes ? g_bytes_get_data(bytes, &len) : NULL;
    if (!len || watch->line->len + len > SERVE_SAMPLE_MAX) {
        end_child(watch);
        return;
    }
    g_byte_array_append(watch->line, data, len);
    take_lines(watch);
    read_more(watch);
}

static void read_more(ServeWatch *watch)
{
    g_input_stream_read_bytes_async(
        g_subprocess_get_stdout_pipe(watch->child), READ_BYTES,
        G_PRIORITY_DEFAULT, watch->cancel, was_read, watch);
}

static gboolean start(gpointer opaque)
{
    ServeWatch *watch = opaque;
    const char *args[] = { "status", "--watch", "--json", NULL, NULL, NULL };

    if (watch->qemu.qmp) {
        args[3] = "--qmp";
        args[4] = watch->qemu.qmp;
    } else if (watch->qemu.guest) {
        args[3] = "--domain";
        args[4] = watch->qemu.guest;
    }
    watch->again = 0;
    watch->child = serve_child_start(args, NULL);
    if (watch->child) {
        read_more(watch);
    }
    return G_SOURCE_REMOVE;
}

ServeWatch *serve_watch_new(const char *log, const ServeQemu *qemu)
{
    ServeWatch *watch = g_new0(ServeWatch, 1);

    watch->log = g_strdup(log);
    watch->qemu = *qemu;
    watch->cancel = g_cancellable_new();
    watch->line = g_byte_array_new();
    start(watch);
    return watch;
}

const ServeStatus *serve_watch_status(const ServeWatch *watch)
{
    return &watch->status;
}

void serve_watch_free(ServeWatch *watch)
{
    if (!watch) {
        return;
    }
    if (watch->again) {
        g_source_remove(watch->again);
    }
    g_cancellable_cancel(watch->cancel);
    serve_child_end(watch->child);
    g_object_unref(watch->cancel);
    g_byte_array_unref(watch->line);
    g_free(watch->status.sample);
    g_free(watch->log);
    g_free(watch);
}
