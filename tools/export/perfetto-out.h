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
 * perfetto_out_track() - make a track
 * @out: the output
 * @parent: the track below which it is shown, or 0
 * @name: its name; any bytes
 * @unit: of a track of numbers: their unit; else NULL
 *
 * Return: its number
 */
uint64_t perfetto_out_track(PerfettoOut *out, uint64_t parent,
                            const char *name, const char *unit);

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
 * perfetto_out_slice() - write an event with a duration
 * @out: the output
 * @event: the event
 * @end: when it ends, not before @event->ns
 *
 * Events of a track are written in the order of their times, and none begins
 * before the last one has ended.
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
