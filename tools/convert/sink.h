/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: formats that a trace is converted to
 */
#ifndef VFIO_TRACE_CONVERT_SINK_H
#define VFIO_TRACE_CONVERT_SINK_H

#include <glib.h>
#include <stddef.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"
#include "tools/convert/out.h"

/**
 * struct ConvertSink: a format
 * @name: as typed
 * @head: what the output begins with, before the first trace, or NULL
 * @named_head: the same, if registers have names
 * @single: one output can't have two traces
 * @begin: begin to convert a trace; returns the state
 * @names: show names of registers; NULL if the format has no place for them
 * @entries: convert a batch of its entries
 * @end: free the state; if something could not be converted as it is, append to
 *       the notes what it was: "accesses of an odd width were split: 3"
 */
typedef struct ConvertSink {
    const char *name;
    const char *head;
    const char *named_head;
    bool single;
    void *(*begin)(MmtTrace *trace, ConvertOut *out);
    void (*names)(void *state, AnalysisDb *db);
    void (*entries)(void *state, const MmtEntry *entries, size_t n);
    void (*end)(void *state, GString *notes);
} ConvertSink;

extern const ConvertSink convert_as_csv;
extern const ConvertSink convert_as_jsonl;
extern const ConvertSink convert_as_mmiotrace;

/* Not a format of --as: the lines as they are */
extern const ConvertSink convert_as_lines;

/**
 * convert_sink_find() - find a format by its name
 * @name: the name
 *
 * Return: the format, or NULL
 */
const ConvertSink *convert_sink_find(const char *name);

/**
 * convert_note() - append to the notes, if there is something to say
 * @notes: the notes
 * @what: what it is
 * @n: how many
 */
void convert_note(GString *notes, const char *what, uint64_t n);

#endif /* VFIO_TRACE_CONVERT_SINK_H */
