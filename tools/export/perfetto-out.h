/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: packets of a trace
 *
 * Perfetto's readers sort packets by their times, and those of the same time by
 * their order in the file.
 */
#ifndef VFIO_TRACE_EXPORT_PERFETTO_OUT_H
#define VFIO_TRACE_EXPORT_PERFETTO_OUT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct PerfettoOut PerfettoOut;

/* Categories of events */
typedef enum PerfettoCategory {
    PERFETTO_ACCESS,
    PERFETTO_POLL,
    PERFETTO_LOOP,
    PERFETTO_MARK,
    PERFETTO_PHASE,
    PERFETTO_PAUSE,
    PERFETTO_OTHER,
    PERFETTO_CATEGORIES,
} PerfettoCategory;

/* Names of an event's arguments */
typedef enum PerfettoArgName {
    PERFETTO_OFFSET,
    PERFETTO_VALUE,
    PERFETTO_WIDTH,
    PERFETTO_PC,
    PERFETTO_LINE,
    PERFETTO_LAST_LINE,
    PERFETTO_COUNT,
    PERFETTO_UNTIL,
    PERFETTO_TEXT,
    PERFETTO_ARG_NAMES,
} PerfettoArgName;

/**
 * struct PerfettoArg: an argument of an event
 * @name: its name
 * @hex: show @number as a hexadecimal one
 * @number: its value
 * @text: its value if not NULL; any bytes
 */
typedef struct PerfettoArg {
    PerfettoArgName name;
    bool hex;
    uint64_t number;
    const char *text;
} PerfettoArg;

/* Arguments of an event at most */
#define PERFETTO_ARGS_MAX 8

/**
 * struct PerfettoEvent: what happened
 * @track: the track on which it is shown
 * @ns: its time
 * @category: its kind
 * @name: its name; any bytes; NULL if @iid has been introduced already
 * @iid: number of the name, to be introduced if there is a @name, or 0
 * @n: number of arguments
 * @args: the arguments
 */
typedef struct PerfettoEvent {
    uint64_t track;
    uint64_t ns;
    PerfettoCategory category;
    const char *name;
    uint64_t iid;
    unsigned n;
    PerfettoArg args[PERFETTO_ARGS_MAX];
} PerfettoEvent;

/**
 * perfetto_arg() - add an argument to an event
 * @event: the event
 * @name: name of the argument
 * @number: its value
 */
void perfetto_arg(PerfettoEvent *event, PerfettoArgName name, uint64_t number);

/* The same, shown as a hexadecimal number */
void perfetto_arg_hex(PerfettoEvent *event, PerfettoArgName name,
                      uint64_t number);

/* The same with a text, which must live until the event is written */
void perfetto_arg_text(PerfettoEvent *event, PerfettoArgName name,
                       const char *text);

/**
 * perfetto_out_new() - begin a trace
 * @stream: the output, whose error indicator the caller looks at
 *
 * Return: the output, to be freed with perfetto_out_free()
 */
PerfettoOut *perfetto_out_new(FILE *stream);

void perfetto_out_free(PerfettoOut *out);

/**
 * struct PerfettoTrack: a track
 * @parent: the track below which it is shown, or 0
 * @rank: its place among the tracks of @parent, the lowest first
 * @name: its name; any bytes; two tracks may have the same one
 * @unit: of a track of numbers: their unit; else NULL
 */
typedef struct PerfettoTrack {
    uint64_t parent;
    int32_t rank;
    const char *name;
    const char *unit;
} PerfettoTrack;

/**
 * perfetto_out_track() - make a track
 * @out: the output
 * @track: what it is
 *
 * Return: its number: 1 for the first one, 2 for the second one...
 */
uint64_t perfetto_out_track(PerfettoOut *out, const PerfettoTrack *track);

/**
 * perfetto_out_iid() - get a number for a name
 * @out: the output
 */
uint64_t perfetto_out_iid(PerfettoOut *out);

/**
 * perfetto_out_instant() - write an event without a duration
 * @out: the output
 * @event: the event
 */
void perfetto_out_instant(PerfettoOut *out, const PerfettoEvent *event);

/**
 * perfetto_out_begin() - write the begin of an event with a duration
 * @out: the output
 * @event: the event
 *
 * Events of a track are written in the order of their times, and none begins
 * before the last one has ended.
 */
void perfetto_out_begin(PerfettoOut *out, const PerfettoEvent *event);

/**
 * perfetto_out_end() - write the end of the last event with a duration
 * @out: the output
 * @track: its track
 * @ns: when it ends, not before it has begun
 */
void perfetto_out_end(PerfettoOut *out, uint64_t track, uint64_t ns);

/**
 * perfetto_out_slice() - write both
 * @out: the output
 * @event: the event
 * @end: when it ends, not before @event->ns
 */
void perfetto_out_slice(PerfettoOut *out, const PerfettoEvent *event,
                        uint64_t end);

/**
 * perfetto_out_number() - write a number
 * @out: the output
 * @track: a track with a unit
 * @ns: the time from which on it counts
 * @number: the number
 */
void perfetto_out_number(PerfettoOut *out, uint64_t track, uint64_t ns,
                         uint64_t number);

#endif /* VFIO_TRACE_EXPORT_PERFETTO_OUT_H */
