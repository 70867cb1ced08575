/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to ctf: an event that is put together, and declared the
 * first time
 *
 * CTF declares events before they are written, each with its fields.  An entry
 * has only the fields whose values the log has: there may be several events of
 * the same name.
 */
#ifndef VFIO_TRACE_EXPORT_CTF_RECORD_H
#define VFIO_TRACE_EXPORT_CTF_RECORD_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/ctf/module.h"

/* Fields of an event: more than any mark has keys (MMT_MARK_KEYS) */
#define CTF_FIELDS_MAX 16

/*
 * Events that are declared, of each kind: by number and by name.  The library
 * takes 15 kB for each, and looks through all of them to declare one.
 */
#define CTF_EVENTS_MAX 4096

/**
 * struct CtfRecord: an event
 * @fields: its fields; those beyond CTF_FIELDS_MAX are left out
 * @values: their values
 * @n: number of them
 * @texts: texts of @values
 */
typedef struct CtfRecord {
    CtfField fields[CTF_FIELDS_MAX];
    CtfValue values[CTF_FIELDS_MAX];
    size_t n;
    GStringChunk *texts;
} CtfRecord;

/**
 * ctf_record_clear() - begin an event
 * @record: the event; free its @texts in the end
 */
void ctf_record_clear(CtfRecord *record);

/**
 * ctf_record_number() - add a number
 * @record: the event
 * @name: name of the field, which lives as long as the record
 * @type: CTF_DECIMAL or CTF_HEX
 * @bits: bits of the field
 * @number: the value
 */
void ctf_record_number(CtfRecord *record, const char *name, CtfType type,
                       unsigned bits, uint64_t number);

/**
 * ctf_record_text() - add a text
 * @record: the event
 * @name: name of the field, which lives as long as the record
 * @text: any bytes; what is not printable becomes '?'
 * @len: number of bytes
 */
void ctf_record_text(CtfRecord *record, const char *name, const char *text,
                     size_t len);

/**
 * ctf_record_known() - add a text that is printable, and stays
 * @record: the event
 * @name: name of the field
 * @text: the text
 */
void ctf_record_known(CtfRecord *record, const char *name, const char *text);

typedef struct CtfEvents CtfEvents;

/**
 * ctf_events_new() - make the table of what was declared
 * @module: the module
 * @out: its output
 */
CtfEvents *ctf_events_new(const CtfModule *module, CtfOut *out);

/**
 * ctf_events_find() - find an event by a number
 * @events: the table
 * @number: a number that the caller has chosen
 *
 * Return: the event, or NULL if there is none yet
 */
const CtfEvent *ctf_events_find(CtfEvents *events, uint64_t number);

/**
 * ctf_events_full() - were too many events declared by a number?
 * @events: the table
 *
 * Return: true if one that is not found is for ctf_events_put_other()
 */
bool ctf_events_full(const CtfEvents *events);

/**
 * ctf_events_add() - declare an event, to be found by a number
 * @events: the table
 * @number: the number
 * @name: name of the event
 * @record: the event, of which the fields count
 * @error: where to store what went wrong
 *
 * Return: the event, or NULL
 */
const CtfEvent *ctf_events_add(CtfEvents *events, uint64_t number,
                               const char *name, const CtfRecord *record,
                               GError **error);

/**
 * ctf_events_put() - write an event, declared before if it is new; beyond
 *                    CTF_EVENTS_MAX as ctf_events_put_other() does
 * @events: the table
 * @name: name of the event
 * @record: the event
 * @ns: its time
 * @error: where to store what went wrong
 */
bool ctf_events_put(CtfEvents *events, const char *name,
                    const CtfRecord *record, uint64_t ns, GError **error);

/**
 * ctf_events_put_other() - write an event without declaring it: as one named
 *                          "other", with its name and its fields as texts
 * @events: the table
 * @name: name of the event
 * @record: the event
 * @ns: its time
 * @error: where to store what went wrong
 */
bool ctf_events_put_other(CtfEvents *events, const char *name,
                          const CtfRecord *record, uint64_t ns,
                          GError **error);

/**
 * ctf_events_free() - free the table
 * @events: the table, or NULL
 */
void ctf_events_free(CtfEvents *events);

#endif /* VFIO_TRACE_EXPORT_CTF_RECORD_H */
