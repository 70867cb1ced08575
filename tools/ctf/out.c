/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the module that writes CTF (see module.h)
 *
 * One stream has all events: their order is that of the log.
 */
#include "tools/ctf/module.h"

#include <string.h>

#include "tools/ctf/files.h"
#include "tools/ctf/internal.h"

/* Events of a packet, which is about a megabyte: readers seek by packets. */
#define PACKET_EVENTS 16384

/* The sink takes a packet's room in small steps; a look is as far ahead. */
#define ROOM_BYTES (1u << 20)

/* What the metadata has of an event and of a field, at most; and of the rest */
#define EVENT_BYTES 512
#define FIELD_BYTES 128
#define HEAD_BYTES (64u * 1024)

#define NS_PER_S INT64_C(1000000000)

/**
 * struct CtfEvent: an event that was declared
 * @class: the library's
 * @n: number of its fields
 * @types: their CtfType
 */
struct CtfEvent {
    bt_event_class *class;
    size_t n;
    CtfType types[];
};

/**
 * struct CtfOut: the output
 * @path: its directory
 * @graph: who writes it
 * @trace_class, @clock, @stream_class, @trace, @stream, @packet: the library's
 * @events: the events
 * @metadata: bytes that the metadata has at most
 * @in_packet: events of the packet
 * @ns: time of the last event
 * @closed: it is complete
 * @left: the one that was not completed before this one was not
 */
struct CtfOut {
    char *path;
    CtfGraph graph;
    bt_trace_class *trace_class;
    bt_clock_class *clock;
    bt_stream_class *stream_class;
    bt_trace *trace;
    bt_stream *stream;
    bt_packet *packet;
    GPtrArray *events;
    gsize metadata;
    unsigned in_packet;
    uint64_t ns;
    bool closed;
    CtfOut *left;
};

/* What is not freed before the program ends, see out_free() */
static CtfOut *left;

static void event_free(gpointer p)
{
    CtfEvent *event = p;

    if (event->class) {
        bt_event_class_put_ref(event->class);
    }
    g_free(event);
}

/* The library seldom says that there is no room. */
static bool explain(CtfOut *out, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (!ctf_files_room(out->path, ROOM_BYTES, &why)) {
        g_clear_error(error);
        g_propagate_error(error, g_steal_pointer(&why));
    }
    return false;
}

static bool make_clock(CtfOut *out, const CtfHead *head)
{
    bool known = head->offset >= 0;
    int64_t offset = known ? head->offset : 0;

    out->clock = bt_clock_class_create(out->graph.self);
    if (!out->clock || bt_clock_class_set_name(out->clock, "log") ||
        bt_clock_class_set_description(out->clock, head->clock)) {
        return false;
    }
    /* its frequency is 1 GHz */
    bt_clock_class_set_offset(out->clock, offset / NS_PER_S,
                              offset % NS_PER_S);
    bt_clock_class_set_origin_is_unix_epoch(out->clock, known);
    return true;
}

static bool make_stream_class(CtfOut *out)
{
    out->trace_class = bt_trace_class_create(out->graph.self);
    out->stream_class = out->trace_class
                        ? bt_stream_class_create(out->trace_class) : NULL;
    if (!out->stream_class ||
        bt_stream_class_set_default_clock_class(out->stream_class,
                                                out->clock)) {
        return false;
    }
    bt_stream_class_set_supports_packets(out->stream_class, BT_TRUE, BT_TRUE,
                                         BT_TRUE);
    return true;
}

static bool make_trace(CtfOut *out, const CtfHead *head)
{
    const char *const *env;

    out->trace = bt_trace_create(out->trace_class);
    if (!out->trace) {
        return false;
    }
    for (env = head->env; *env; env += 2) {
        if (bt_trace_set_environment_entry_string(out->trace, env[0],
                                                  env[1])) {
            return false;
        }
        out->metadata += 4 * strlen(env[1]) + FIELD_BYTES;
    }
    out->stream = bt_stream_create(out->stream_class, out->trace);
    return out->stream && !bt_stream_set_name(out->stream, "events");
}

static bool put(CtfOut *out, const bt_message *message, GError **error)
{
    return ctf_graph_put(&out->graph, message, error) || explain(out, error);
}

static bool begin_packet(CtfOut *out, uint64_t ns, GError **error)
{
    out->packet = bt_packet_create(out->stream);
    out->in_packet = 0;
    return put(out,
               out->packet
               ? bt_message_packet_beginning_create_with_default_clock_snapshot(
                     out->graph.iterator, out->packet, ns)
               : NULL,
               error);
}

static bool end_packet(CtfOut *out, GError **error)
{
    bool ok;

    if (!out->packet) {
        return true;
    }
    ok = put(out,
             bt_message_packet_end_create_with_default_clock_snapshot(
                 out->graph.iterator, out->packet, out->ns),
             error);
    g_clear_pointer(&out->packet, bt_packet_put_ref);
    return ok;
}

static CtfOut *out_new(const CtfHead *head)
{
    CtfOut *out = g_new0(CtfOut, 1);

    out->path = g_strdup(head->path);
    out->events = g_ptr_array_new_with_free_func(event_free);
    out->metadata = HEAD_BYTES;
    return out;
}

/*
 * What is not complete is left to the end of the program: to destroy it would
 * mean to write the metadata, for which there may be no room (files.h).
 */
static void out_free(CtfOut *out)
{
    if (!out->closed) {
        ctf_files_remove(out->path);
        out->left = left;
        left = out;
        return;
    }
    g_ptr_array_unref(out->events);
    g_free(out->path);
    g_free(out);
}

static CtfOut *out_open(const CtfHead *head, GError **error)
{
    g_autofree char *dir = ctf_files_dir(head->path);
    CtfOut *out = out_new(head);
    bool ok = ctf_graph_open(&out->graph, dir, error);

    if (ok && (!make_clock(out, head) || !make_stream_class(out) ||
               !make_trace(out, head))) {
        ok = ctf_fail(error, "can not write");
    }
    if (ok && put(out, bt_message_stream_beginning_create(out->graph.iterator,
                                                          out->stream),
                  error)) {
        return out;
    }
    out_free(out);
    return NULL;
}

static bt_field_class *make_field(CtfOut *out, const CtfField *field)
{
    bt_field_class *class;

    if (field->type == CTF_TEXT) {
        return bt_field_class_string_create(out->trace_class);
    }
    class = bt_field_class_integer_unsigned_create(out->trace_class);
    if (class) {
        bt_field_class_integer_set_field_value_range(class, field->bits);
        bt_field_class_integer_set_preferred_display_base(
            class, field->type == CTF_HEX
                   ? BT_FIELD_CLASS_INTEGER_PREFERRED_DISPLAY_BASE_HEXADECIMAL
                   : BT_FIELD_CLASS_INTEGER_PREFERRED_DISPLAY_BASE_DECIMAL);
    }
    return class;
}

static bool add_field(CtfOut *out, bt_field_class *payload,
                      const CtfField *field)
{
    bt_field_class *class = make_field(out, field);
    bool ok = class && !bt_field_class_structure_append_member(
                            payload, field->name, class);

    if (class) {
        bt_field_class_put_ref(class);
    }
    return ok;
}

static bool make_event(CtfOut *out, CtfEvent *event, const char *name,
                       const CtfField *fields)
{
    bt_field_class *payload =
        bt_field_class_structure_create(out->trace_class);
    bool ok = payload;
    size_t i;

    for (i = 0; ok && i < event->n; i++) {
        event->types[i] = fields[i].type;
        ok = add_field(out, payload, &fields[i]);
    }
    event->class = ok ? bt_event_class_create(out->stream_class) : NULL;
    ok = event->class && !bt_event_class_set_name(event->class, name) &&
         !bt_event_class_set_payload_field_class(event->class, payload);
    if (payload) {
        bt_field_class_put_ref(payload);
    }
    return ok;
}

static const CtfEvent *out_declare(CtfOut *out, const char *name,
                                   const CtfField *fields, size_t n,
                                   GError **error)
{
    CtfEvent *event = g_malloc0(sizeof(*event) + n * sizeof(event->types[0]));

    event->n = n;
    g_ptr_array_add(out->events, event);
    out->metadata += EVENT_BYTES + 4 * strlen(name) + n * FIELD_BYTES;
    if (!make_event(out, event, name, fields)) {
        ctf_fail(error, "can not write");
        return NULL;
    }
    return event;
}

/* Return: false if there is no memory for a text */
static bool set_fields(const CtfEvent *event, bt_field *payload,
                       const CtfValue *values)
{
    size_t i;

    for (i = 0; i < event->n; i++) {
        bt_field *field =
            bt_field_structure_borrow_member_field_by_index(payload, i);

        if (event->types[i] != CTF_TEXT) {
            bt_field_integer_unsigned_set_value(field, values[i].number);
        } else if (bt_field_string_set_value(field, values[i].text)) {
            return false;
        }
    }
    return true;
}

static bool out_put(CtfOut *out, const CtfEvent *event, uint64_t ns,
                    const CtfValue *values, GError **error)
{
    bt_message *message;

    if (out->in_packet == PACKET_EVENTS && !end_packet(out, error)) {
        return false;
    }
    if (!out->packet && !begin_packet(out, ns, error)) {
        return false;
    }
    message = bt_message_event_create_with_packet_and_default_clock_snapshot(
        out->graph.iterator, event->class, out->packet, ns);
    if (message &&
        !set_fields(event, bt_event_borrow_payload_field(
                               bt_message_event_borrow_event(message)),
                    values)) {
        g_clear_pointer(&message, bt_message_put_ref);
    }
    out->ns = ns;
    out->in_packet++;
    return put(out, message, error);
}

static bool out_end(CtfOut *out, GError **error)
{
    return end_packet(out, error) &&
           put(out, bt_message_stream_end_create(out->graph.iterator,
                                                 out->stream), error) &&
           (ctf_graph_end(&out->graph, error) || explain(out, error)) &&
           ctf_files_room(out->path, out->metadata, error);
}

static bool out_close(CtfOut *out, GError **error)
{
    if (!out_end(out, error)) {
        return false;
    }
    out->closed = true;
    g_ptr_array_set_size(out->events, 0);
    bt_stream_put_ref(out->stream);
    bt_trace_put_ref(out->trace);
    bt_stream_class_put_ref(out->stream_class);
    bt_trace_class_put_ref(out->trace_class);
    bt_clock_class_put_ref(out->clock);
    ctf_graph_close(&out->graph);
    if (!ctf_files_complete(out->path, error)) {
        ctf_files_remove(out->path);
        return false;
    }
    return true;
}

__attribute__((visibility("default")))
const CtfModule vfio_trace_ctf = {
    .version = CTF_MODULE_VERSION,
    .open = out_open,
    .declare = out_declare,
    .put = out_put,
    .close = out_close,
    .free = out_free,
};
