/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: events of a Perfetto trace, as a reader of the format has them
 */
#ifndef TESTS_UNIT_PERFETTO_TRACE_H
#define TESTS_UNIT_PERFETTO_TRACE_H

#include <glib.h>
#include <stdint.h>

/**
 * struct TraceEvent: an event
 * @type: 'B' begin of a slice, 'E' its end, 'I' instant, 'C' number
 * @ns: its time
 * @track: names of its track and those above: "dut0 (8086:10d3)/bar0/cpu 1"
 * @category: its category, or ""
 * @name: its name, or ""
 * @args: arguments: "offset=0x8 width=4 line=9"; a number after '='
 * @value: of a number
 */
typedef struct TraceEvent {
    char type;
    uint64_t ns;
    char *track;
    char *category;
    char *name;
    char *args;
    int64_t value;
} TraceEvent;

/**
 * perfetto_trace_read() - read a trace, and check that it is one
 * @path: the file
 *
 * Packets have their sequence, names are introduced before they are used,
 * tracks before they have events; slices of a track follow each other.
 *
 * Return: TraceEvent's, in the file's order; to be freed
 */
GPtrArray *perfetto_trace_read(const char *path);

/**
 * perfetto_trace_count() - count events
 * @events: of perfetto_trace_read()
 * @type: their type
 * @category: their category; NULL for any
 * @track: what their track ends in; NULL for any
 */
unsigned perfetto_trace_count(const GPtrArray *events, char type,
                              const char *category, const char *track);

/**
 * perfetto_trace_find() - find an event
 * @events: of perfetto_trace_read()
 * @type: its type
 * @name: its name
 *
 * Return: the first such event; the test fails if there is none
 */
const TraceEvent *perfetto_trace_find(const GPtrArray *events, char type,
                                      const char *name);

#endif /* TESTS_UNIT_PERFETTO_TRACE_H */
