/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: packets of a trace (see perfetto-out.h)
 */
#include "tools/export/perfetto-out.h"

#include <string.h>

#include "libmmiotrace/printable.h"
#include "tools/export/clock.h"
#include "tools/perfetto.pb-c.h"

/* The generated names, which have those of the schema's package */
typedef Perfetto__Protos__TracePacket Packet;
typedef Perfetto__Protos__TrackEvent Event;
typedef Perfetto__Protos__TrackDescriptor Track;
typedef Perfetto__Protos__CounterDescriptor Counter;
typedef Perfetto__Protos__DebugAnnotation Annotation;
typedef Perfetto__Protos__InternedData Interned;
typedef Perfetto__Protos__EventName Name;
typedef Perfetto__Protos__EventCategory Category;
typedef Perfetto__Protos__DebugAnnotationName ArgName;
typedef Perfetto__Protos__TrackEvent__Type Type;

#define PACKET_INIT     PERFETTO__PROTOS__TRACE_PACKET__INIT
#define EVENT_INIT      PERFETTO__PROTOS__TRACK_EVENT__INIT
#define TRACK_INIT      PERFETTO__PROTOS__TRACK_DESCRIPTOR__INIT
#define COUNTER_INIT    PERFETTO__PROTOS__COUNTER_DESCRIPTOR__INIT
#define ANNOTATION_INIT PERFETTO__PROTOS__DEBUG_ANNOTATION__INIT
#define INTERNED_INIT   PERFETTO__PROTOS__INTERNED_DATA__INIT
#define NAME_INIT       PERFETTO__PROTOS__EVENT_NAME__INIT
#define CATEGORY_INIT   PERFETTO__PROTOS__EVENT_CATEGORY__INIT
#define ARG_NAME_INIT   PERFETTO__PROTOS__DEBUG_ANNOTATION_NAME__INIT

#define BEGIN   PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_SLICE_BEGIN
#define END     PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_SLICE_END
#define INSTANT PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_INSTANT
#define COUNTER PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_COUNTER

#define TRACK_BY_RANK \
    PERFETTO__PROTOS__TRACK_DESCRIPTOR__CHILD_TRACKS_ORDERING__EXPLICIT
#define TRACK_UNMERGED PERFETTO__PROTOS__TRACK_DESCRIPTOR__\
SIBLING_MERGE_BEHAVIOR__SIBLING_MERGE_BEHAVIOR_NONE

/* TracePacket.sequence_flags */
#define FLAG_CLEARED 1
#define FLAG_NAMES   2

/* All packets are of one sequence: of one writer. */
#define SEQUENCE 1

/* Trace.packet: number of the field, and that its length follows */
#define PACKET_TAG (1 << 3 | 2)

/* Bytes of a text; no mark of ours has as many. */
#define TEXT_MAX 4096

static const char *const categories[PERFETTO_CATEGORIES] = {
    [PERFETTO_ACCESS] = "access",
    [PERFETTO_POLL] = "poll",
    [PERFETTO_LOOP] = "loop",
    [PERFETTO_MARK] = "mark",
    [PERFETTO_PHASE] = "phase",
    [PERFETTO_PAUSE] = "pause",
    [PERFETTO_OTHER] = "other",
};

static const char *const arg_names[PERFETTO_ARG_NAMES] = {
    [PERFETTO_OFFSET] = "offset",
    [PERFETTO_VALUE] = "value",
    [PERFETTO_WIDTH] = "width",
    [PERFETTO_PC] = "pc",
    [PERFETTO_LINE] = "line",
    [PERFETTO_LAST_LINE] = "last_line",
    [PERFETTO_COUNT] = "count",
    [PERFETTO_UNTIL] = "until",
    [PERFETTO_TEXT] = "text",
};

/**
 * struct PerfettoOut: the output
 * @stream: the file
 * @packet: room for a packet
 * @tracks: number of the last track
 * @iids: number of the last name
 */
struct PerfettoOut {
    FILE *stream;
    GByteArray *packet;
    uint64_t tracks;
    uint64_t iids;
};

void perfetto_arg(PerfettoEvent *event, PerfettoArgName name, uint64_t number)
{
    g_assert(event->n < PERFETTO_ARGS_MAX);
    event->args[event->n++] = (PerfettoArg) { .name = name, .number = number };
}

void perfetto_arg_hex(PerfettoEvent *event, PerfettoArgName name,
                      uint64_t number)
{
    perfetto_arg(event, name, number);
    event->args[event->n - 1].hex = true;
}

void perfetto_arg_text(PerfettoEvent *event, PerfettoArgName name,
                       const char *text)
{
    perfetto_arg(event, name, 0);
    event->args[event->n - 1].text = text;
}

/* A string of the format is UTF-8; what is not printable is replaced. */
static char *out_text(const char *text)
{
    size_t len = strlen(text);
    char *copy = g_malloc(len + 1);

    mmt_printable(text, len, copy, MIN(len, TEXT_MAX));
    return copy;
}

/* A number of the wire format: seven bits in each byte.  Return: the end */
static uint8_t *out_varint(uint8_t *p, uint64_t v)
{
    for (; v >= 0x80; v >>= 7) {
        *p++ = v | 0x80;
    }
    *p++ = v;
    return p;
}

static void out_packet(PerfettoOut *out, Packet *packet)
{
    uint8_t head[16] = { PACKET_TAG };
    size_t size;

    packet->has_trusted_packet_sequence_id = 1;
    packet->trusted_packet_sequence_id = SEQUENCE;
    size = perfetto__protos__trace_packet__get_packed_size(packet);
    g_byte_array_set_size(out->packet, size);
    perfetto__protos__trace_packet__pack(packet, out->packet->data);
    fwrite(head, 1, out_varint(head + 1, size) - head, out->stream);
    fwrite(out->packet->data, 1, size, out->stream);
}

/* Names of categories and arguments, by the numbers that events have */
static void out_head(PerfettoOut *out)
{
    Category category[PERFETTO_CATEGORIES];
    Category *category_of[PERFETTO_CATEGORIES];
    ArgName arg[PERFETTO_ARG_NAMES];
    ArgName *arg_of[PERFETTO_ARG_NAMES];
    Interned interned = INTERNED_INIT;
    Packet packet = PACKET_INIT;
    unsigned i;

    for (i = 0; i < PERFETTO_CATEGORIES; i++) {
        category[i] = (Category)CATEGORY_INIT;
        category[i].has_iid = 1;
        category[i].iid = i + 1;
        category[i].name = (char *)categories[i];
        category_of[i] = &category[i];
    }
    for (i = 0; i < PERFETTO_ARG_NAMES; i++) {
        arg[i] = (ArgName)ARG_NAME_INIT;
        arg[i].has_iid = 1;
        arg[i].iid = i + 1;
        arg[i].name = (char *)arg_names[i];
        arg_of[i] = &arg[i];
    }
    interned.n_event_categories = PERFETTO_CATEGORIES;
    interned.event_categories = category_of;
    interned.n_debug_annotation_names = PERFETTO_ARG_NAMES;
    interned.debug_annotation_names = arg_of;
    packet.interned_data = &interned;
    packet.has_sequence_flags = 1;
    packet.sequence_flags = FLAG_CLEARED;
    out_packet(out, &packet);
}

PerfettoOut *perfetto_out_new(FILE *stream)
{
    PerfettoOut *out = g_new0(PerfettoOut, 1);

    out->stream = stream;
    out->packet = g_byte_array_new();
    out_head(out);
    return out;
}

void perfetto_out_free(PerfettoOut *out)
{
    if (out) {
        g_byte_array_unref(out->packet);
        g_free(out);
    }
}

uint64_t perfetto_out_track(PerfettoOut *out, const PerfettoTrack *from)
{
    g_autofree char *text = out_text(from->name);
    Counter counter = COUNTER_INIT;
    Track track = TRACK_INIT;
    Packet packet = PACKET_INIT;

    track.has_uuid = 1;
    track.uuid = ++out->tracks;
    track.has_parent_uuid = from->parent != 0;
    track.parent_uuid = from->parent;
    track.name = text;
    track.has_child_ordering = 1;
    track.child_ordering = TRACK_BY_RANK;
    track.has_sibling_order_rank = 1;
    track.sibling_order_rank = from->rank;
    /* else readers take tracks of the same name for one */
    track.has_sibling_merge_behavior = 1;
    track.sibling_merge_behavior = TRACK_UNMERGED;
    if (from->unit) {
        counter.unit_name = (char *)from->unit;
        track.counter = &counter;
    }
    packet.track_descriptor = &track;
    out_packet(out, &packet);
    return track.uuid;
}

uint64_t perfetto_out_iid(PerfettoOut *out)
{
    return ++out->iids;
}

/* Return: the text to be freed, or NULL */
static char *out_annotation(Annotation *to, const PerfettoArg *arg)
{
    *to = (Annotation)ANNOTATION_INIT;
    to->has_name_iid = 1;
    to->name_iid = arg->name + 1;
    if (arg->text) {
        to->string_value = out_text(arg->text);
    } else if (arg->hex) {
        to->has_pointer_value = 1;
        to->pointer_value = arg->number;
    } else {
        to->has_uint_value = 1;
        to->uint_value = arg->number;
    }
    return to->string_value;
}

static void out_event(PerfettoOut *out, Event *event, Interned *interned,
                      uint64_t track, uint64_t ns, Type type)
{
    Packet packet = PACKET_INIT;

    event->has_type = 1;
    event->type = type;
    event->has_track_uuid = 1;
    event->track_uuid = track;
    packet.has_timestamp = 1;
    packet.timestamp = MIN(ns, EXPORT_CLOCK_MAX);
    packet.has_sequence_flags = 1;
    packet.sequence_flags = FLAG_NAMES;
    packet.interned_data = interned;
    packet.track_event = event;
    out_packet(out, &packet);
}

static void out_described(PerfettoOut *out, const PerfettoEvent *from,
                          Type type)
{
    uint64_t category = from->category + 1;
    char *texts[PERFETTO_ARGS_MAX];
    Annotation annotation[PERFETTO_ARGS_MAX];
    Annotation *annotation_of[PERFETTO_ARGS_MAX];
    g_autofree char *text = from->name ? out_text(from->name) : NULL;
    Name name = NAME_INIT;
    Name *name_of = &name;
    Interned interned = INTERNED_INIT;
    Event event = EVENT_INIT;
    unsigned i;

    for (i = 0; i < from->n; i++) {
        texts[i] = out_annotation(&annotation[i], &from->args[i]);
        annotation_of[i] = &annotation[i];
    }
    event.n_debug_annotations = from->n;
    event.debug_annotations = annotation_of;
    event.n_category_iids = 1;
    event.category_iids = &category;
    event.has_name_iid = from->iid != 0;
    event.name_iid = from->iid;
    if (from->iid) {
        name.has_iid = 1;
        name.iid = from->iid;
        name.name = text;
        interned.n_event_names = 1;
        interned.event_names = &name_of;
    } else {
        event.name = text;
    }
    out_event(out, &event, from->iid && text ? &interned : NULL, from->track,
              from->ns, type);
    for (i = 0; i < from->n; i++) {
        g_free(texts[i]);
    }
}

void perfetto_out_instant(PerfettoOut *out, const PerfettoEvent *event)
{
    out_described(out, event, INSTANT);
}

void perfetto_out_begin(PerfettoOut *out, const PerfettoEvent *event)
{
    out_described(out, event, BEGIN);
}

void perfetto_out_end(PerfettoOut *out, uint64_t track, uint64_t ns)
{
    Event event = EVENT_INIT;

    out_event(out, &event, NULL, track, ns, END);
}

void perfetto_out_slice(PerfettoOut *out, const PerfettoEvent *event,
                        uint64_t end)
{
    perfetto_out_begin(out, event);
    perfetto_out_end(out, event->track, MAX(end, event->ns));
}

void perfetto_out_number(PerfettoOut *out, uint64_t track, uint64_t ns,
                         uint64_t number)
{
    Event event = EVENT_INIT;

    event.has_counter_value = 1;
    event.counter_value = MIN(number, (uint64_t)INT64_MAX);
    out_event(out, &event, NULL, track, ns, COUNTER);
}
