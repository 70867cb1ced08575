/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to ctf: events (see ctf-record.h)
 */
#include "tools/export/ctf-record.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/printable.h"

/* Bytes for texts of an event, which may need more */
#define TEXT_BYTES 2048

/**
 * struct CtfEvents: the table
 * @module: the module
 * @out: its output
 * @by_number: events by the callers' numbers
 * @by_key: others by name and fields
 * @key: room for a key
 * @text: room for a text
 * @other: an event that is not declared by itself
 */
struct CtfEvents {
    const CtfModule *module;
    CtfOut *out;
    GHashTable *by_number;
    GHashTable *by_key;
    GString *key;
    GString *text;
    CtfRecord other;
};

void ctf_record_clear(CtfRecord *record)
{
    record->n = 0;
    if (record->texts) {
        g_string_chunk_clear(record->texts);
    } else {
        record->texts = g_string_chunk_new(TEXT_BYTES);
    }
}

static bool add(CtfRecord *record, const char *name, CtfType type,
                unsigned bits)
{
    if (record->n == CTF_FIELDS_MAX) {
        return false;
    }
    record->fields[record->n++] = (CtfField) { name, type, bits };
    return true;
}

void ctf_record_number(CtfRecord *record, const char *name, CtfType type,
                       unsigned bits, uint64_t number)
{
    if (add(record, name, type, bits)) {
        record->values[record->n - 1].number = number;
    }
}

void ctf_record_text(CtfRecord *record, const char *name, const char *text,
                     size_t len)
{
    if (add(record, name, CTF_TEXT, 0)) {
        char *copy = g_string_chunk_insert_len(record->texts, text, len);

        mmt_printable(text, len, copy, len);
        record->values[record->n - 1].text = copy;
    }
}

void ctf_record_known(CtfRecord *record, const char *name, const char *text)
{
    if (add(record, name, CTF_TEXT, 0)) {
        record->values[record->n - 1].text = text;
    }
}

CtfEvents *ctf_events_new(const CtfModule *module, CtfOut *out)
{
    CtfEvents *events = g_new0(CtfEvents, 1);

    events->module = module;
    events->out = out;
    events->by_number = g_hash_table_new_full(g_int64_hash, g_int64_equal,
                                              g_free, NULL);
    events->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                           NULL);
    events->key = g_string_new(NULL);
    events->text = g_string_new(NULL);
    ctf_record_clear(&events->other);
    return events;
}

void ctf_events_free(CtfEvents *events)
{
    if (events) {
        g_hash_table_unref(events->by_number);
        g_hash_table_unref(events->by_key);
        g_string_free(events->key, TRUE);
        g_string_free(events->text, TRUE);
        g_string_chunk_free(events->other.texts);
        g_free(events);
    }
}

const CtfEvent *ctf_events_find(CtfEvents *events, uint64_t number)
{
    return g_hash_table_lookup(events->by_number, &number);
}

bool ctf_events_full(const CtfEvents *events)
{
    return g_hash_table_size(events->by_number) >= CTF_EVENTS_MAX;
}

const CtfEvent *ctf_events_add(CtfEvents *events, uint64_t number,
                               const char *name, const CtfRecord *record,
                               GError **error)
{
    const CtfEvent *event = events->module->declare(
        events->out, name, record->fields, record->n, error);

    if (event) {
        g_hash_table_insert(events->by_number,
                            g_memdup2(&number, sizeof(number)),
                            (void *)event);
    }
    return event;
}

/* Names and fields have no newlines. */
static void put_key(CtfEvents *events, const char *name,
                    const CtfRecord *record)
{
    size_t i;

    g_string_assign(events->key, name);
    for (i = 0; i < record->n; i++) {
        g_string_append_printf(events->key, "\n%s %u %u",
                               record->fields[i].name, record->fields[i].type,
                               record->fields[i].bits);
    }
}

static void put_field(GString *text, const CtfField *field,
                      const CtfValue *value)
{
    g_string_append_printf(text, "%s%s = ", text->len ? ", " : "",
                           field->name);
    if (field->type == CTF_TEXT) {
        g_string_append(text, value->text);
    } else {
        g_string_append_printf(text, field->type == CTF_HEX ? "0x%" PRIX64
                                                            : "%" PRIu64,
                               value->number);
    }
}

/* Return: an event with the name and all fields but the line as texts */
static const CtfRecord *make_other(CtfEvents *events, const char *name,
                                   const CtfRecord *record)
{
    CtfRecord *other = &events->other;
    uint64_t line = 0;
    size_t i;

    g_string_truncate(events->text, 0);
    for (i = 0; i < record->n; i++) {
        if (strcmp(record->fields[i].name, "line")) {
            put_field(events->text, &record->fields[i], &record->values[i]);
        } else {
            line = record->values[i].number;
        }
    }
    ctf_record_clear(other);
    ctf_record_text(other, "event", name, strlen(name));
    ctf_record_text(other, "text", events->text->str, events->text->len);
    ctf_record_number(other, "line", CTF_DECIMAL, 64, line);
    return other;
}

/* Return: the event, or NULL if it was not declared */
static const CtfEvent *find(CtfEvents *events, const char *name,
                            const CtfRecord *record)
{
    put_key(events, name, record);
    return g_hash_table_lookup(events->by_key, events->key->str);
}

/* The key is that of the last find(). */
static const CtfEvent *declare(CtfEvents *events, const char *name,
                               const CtfRecord *record, GError **error)
{
    const CtfEvent *event = events->module->declare(
        events->out, name, record->fields, record->n, error);

    if (event) {
        g_hash_table_insert(events->by_key, g_strdup(events->key->str),
                            (void *)event);
    }
    return event;
}

static bool put(CtfEvents *events, const CtfEvent *event,
                const CtfRecord *record, uint64_t ns, GError **error)
{
    return event && events->module->put(events->out, event, ns,
                                        record->values, error);
}

bool ctf_events_put_other(CtfEvents *events, const char *name,
                          const CtfRecord *record, uint64_t ns,
                          GError **error)
{
    const CtfRecord *other = make_other(events, name, record);
    const CtfEvent *event = find(events, "other", other);

    event = event ?: declare(events, "other", other, error);
    return put(events, event, other, ns, error);
}

bool ctf_events_put(CtfEvents *events, const char *name,
                    const CtfRecord *record, uint64_t ns, GError **error)
{
    const CtfEvent *event = find(events, name, record);

    if (!event && g_hash_table_size(events->by_key) >= CTF_EVENTS_MAX) {
        return ctf_events_put_other(events, name, record, ns, error);
    }
    event = event ?: declare(events, name, record, error);
    return put(events, event, record, ns, error);
}
