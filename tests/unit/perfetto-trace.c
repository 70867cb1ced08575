/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: events of a Perfetto trace (see perfetto-trace.h)
 *
 * The packets are unpacked by protobuf-c, which has refused bytes that are no
 * messages; what it does not know would be a field of a wrong number.
 */
#include "perfetto-trace.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/perfetto.pb-c.h"

typedef Perfetto__Protos__Trace Trace;
typedef Perfetto__Protos__TracePacket Packet;
typedef Perfetto__Protos__TrackEvent Event;
typedef Perfetto__Protos__TrackDescriptor Descriptor;
typedef Perfetto__Protos__DebugAnnotation Annotation;
typedef Perfetto__Protos__InternedData Interned;

#define UNMERGED PERFETTO__PROTOS__TRACK_DESCRIPTOR__\
SIBLING_MERGE_BEHAVIOR__SIBLING_MERGE_BEHAVIOR_NONE
#define BY_RANK \
    PERFETTO__PROTOS__TRACK_DESCRIPTOR__CHILD_TRACKS_ORDERING__EXPLICIT

static const char types[] = "-BEIC";

/* Names by their numbers, and what was read of tracks */
typedef struct Reader {
    GHashTable *categories;
    GHashTable *names;
    GHashTable *args;
    GHashTable *tracks;
    GHashTable *open;
    GHashTable *ended;
    GHashTable *last;
    GPtrArray *events;
} Reader;

static uint64_t *key_of(uint64_t number)
{
    return g_memdup2(&number, sizeof(number));
}

static GHashTable *table_new(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
}

/* A set has its keys as values: they are freed once. */
static GHashTable *set_new(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

static const char *look_up(GHashTable *table, uint64_t number)
{
    const char *text = g_hash_table_lookup(table, &number);

    g_assert_nonnull(text);
    return text;
}

static void introduce(GHashTable *table, uint64_t iid, const char *name)
{
    g_assert_cmpuint(iid, >, 0);
    g_assert_nonnull(name);
    g_assert_true(g_utf8_validate(name, -1, NULL));
    g_hash_table_insert(table, key_of(iid), g_strdup(name));
}

static void take_names(Reader *reader, const Interned *interned)
{
    size_t i;

    for (i = 0; i < interned->n_event_categories; i++) {
        introduce(reader->categories, interned->event_categories[i]->iid,
                  interned->event_categories[i]->name);
    }
    for (i = 0; i < interned->n_event_names; i++) {
        introduce(reader->names, interned->event_names[i]->iid,
                  interned->event_names[i]->name);
    }
    for (i = 0; i < interned->n_debug_annotation_names; i++) {
        introduce(reader->args, interned->debug_annotation_names[i]->iid,
                  interned->debug_annotation_names[i]->name);
    }
}

static void take_track(Reader *reader, const Descriptor *track)
{
    g_autofree char *path = NULL;

    g_assert_true(track->has_uuid && track->uuid && track->name);
    g_assert_true(g_utf8_validate(track->name, -1, NULL));
    g_assert_false(g_hash_table_contains(reader->tracks, &track->uuid));
    /* trace_processor takes siblings of one name for one track otherwise */
    g_assert_cmpint(track->sibling_merge_behavior, ==, UNMERGED);
    g_assert_cmpint(track->child_ordering, ==, BY_RANK);
    path = track->has_parent_uuid
           ? g_strconcat(look_up(reader->tracks, track->parent_uuid), "/",
                         track->name, NULL)
           : g_strdup(track->name);
    g_hash_table_insert(reader->tracks, key_of(track->uuid),
                        g_steal_pointer(&path));
}

static void put_arg(const Reader *reader, const Annotation *arg, GString *text)
{
    g_string_append_printf(text, "%s%s=", text->len ? " " : "",
                           look_up(reader->args, arg->name_iid));
    g_assert_cmpint(arg->has_uint_value + arg->has_pointer_value +
                    !!arg->string_value, ==, 1);
    if (arg->string_value) {
        g_assert_true(g_utf8_validate(arg->string_value, -1, NULL));
        g_string_append(text, arg->string_value);
    } else if (arg->has_pointer_value) {
        g_string_append_printf(text, "0x%" PRIx64, arg->pointer_value);
    } else {
        g_string_append_printf(text, "%" PRIu64, arg->uint_value);
    }
}

static char *args_of(const Reader *reader, const Event *event)
{
    GString *text = g_string_new(NULL);
    size_t i;

    for (i = 0; i < event->n_debug_annotations; i++) {
        put_arg(reader, event->debug_annotations[i], text);
    }
    return g_string_free(text, FALSE);
}

/* Slices of a track follow each other, and no end is before its begin. */
static void check_order(Reader *reader, const Event *event, uint64_t ns,
                        char type)
{
    const uint64_t *last = g_hash_table_lookup(reader->last,
                                               &event->track_uuid);
    bool open = g_hash_table_contains(reader->open, &event->track_uuid);

    g_assert_cmpuint(last ? *last : 0, <=, ns);
    /* trace_processor stacks instants of one time, and drops the 513th */
    g_assert_true(type != 'I' || !last || *last < ns ||
                  g_hash_table_contains(reader->ended, &event->track_uuid));
    if (type == 'E') {
        g_hash_table_add(reader->ended, key_of(event->track_uuid));
    } else {
        g_hash_table_remove(reader->ended, &event->track_uuid);
    }
    g_hash_table_insert(reader->last, key_of(event->track_uuid), key_of(ns));
    g_assert_cmpint(open, ==, type == 'E');
    if (type == 'B') {
        g_hash_table_add(reader->open, key_of(event->track_uuid));
    } else if (type == 'E') {
        g_hash_table_remove(reader->open, &event->track_uuid);
    }
}

static void take_event(Reader *reader, const Packet *packet)
{
    const Event *event = packet->track_event;
    TraceEvent *to = g_new0(TraceEvent, 1);

    g_assert_true(packet->has_timestamp && event->has_type &&
                  event->has_track_uuid);
    g_assert_cmpuint(packet->timestamp, <=, INT64_MAX);
    g_assert_cmpuint(packet->sequence_flags, ==, 2);
    g_assert_cmpuint(event->type, <, strlen(types));
    to->type = types[event->type];
    to->ns = packet->timestamp;
    to->track = g_strdup(look_up(reader->tracks, event->track_uuid));
    to->category = g_strdup(event->n_category_iids
                            ? look_up(reader->categories,
                                      event->category_iids[0]) : "");
    to->name = g_strdup(event->has_name_iid
                        ? look_up(reader->names, event->name_iid)
                        : event->name ?: "");
    g_assert_true(g_utf8_validate(to->name, -1, NULL));
    to->args = args_of(reader, event);
    to->value = event->counter_value;
    check_order(reader, event, to->ns, to->type);
    g_ptr_array_add(reader->events, to);
}

static void event_free(gpointer p)
{
    TraceEvent *event = p;

    g_free(event->track);
    g_free(event->category);
    g_free(event->name);
    g_free(event->args);
    g_free(event);
}

static void take_packet(Reader *reader, const Packet *packet, bool first)
{
    g_assert_cmpuint(packet->trusted_packet_sequence_id, ==, 1);
    g_assert_cmpint(packet->sequence_flags == 1, ==, first);
    g_assert_cmpuint(packet->base.n_unknown_fields, ==, 0);
    if (packet->interned_data) {
        take_names(reader, packet->interned_data);
    }
    if (packet->track_descriptor) {
        take_track(reader, packet->track_descriptor);
    }
    if (packet->track_event) {
        take_event(reader, packet);
    }
}

GPtrArray *perfetto_trace_read(const char *path)
{
    Reader reader = {
        .categories = table_new(),
        .names = table_new(),
        .args = table_new(),
        .tracks = table_new(),
        .open = set_new(),
        .ended = set_new(),
        .last = table_new(),
        .events = g_ptr_array_new_with_free_func(event_free),
    };
    GHashTable *tables[] = { reader.categories, reader.names, reader.args,
                             reader.tracks, reader.open, reader.ended,
                             reader.last };
    g_autoptr(GError) error = NULL;
    g_autofree char *data = NULL;
    Trace *trace;
    gsize len;
    size_t i;

    g_file_get_contents(path, &data, &len, &error);
    g_assert_no_error(error);
    trace = perfetto__protos__trace__unpack(NULL, len, (uint8_t *)data);
    g_assert_nonnull(trace);
    g_assert_cmpuint(trace->n_packet, >, 0);
    for (i = 0; i < trace->n_packet; i++) {
        take_packet(&reader, trace->packet[i], i == 0);
    }
    g_assert_cmpuint(g_hash_table_size(reader.open), ==, 0);
    perfetto__protos__trace__free_unpacked(trace, NULL);
    for (i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_hash_table_unref(tables[i]);
    }
    return reader.events;
}

unsigned perfetto_trace_count(const GPtrArray *events, char type,
                              const char *category, const char *track)
{
    unsigned n = 0;
    guint i;

    for (i = 0; i < events->len; i++) {
        const TraceEvent *event = events->pdata[i];

        n += event->type == type &&
             (!category || !strcmp(event->category, category)) &&
             (!track || g_str_has_suffix(event->track, track));
    }
    return n;
}

const TraceEvent *perfetto_trace_find(const GPtrArray *events, char type,
                                      const char *name)
{
    guint i;

    for (i = 0; i < events->len; i++) {
        const TraceEvent *event = events->pdata[i];

        if (event->type == type && !strcmp(event->name, name)) {
            return event;
        }
    }
    g_test_message("no event '%s'", name);
    g_test_fail();
    abort();
}
