/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to ctf: Common Trace Format, for babeltrace2 and
 * programs that read LTTng's traces
 *
 * Events of accesses are named by region and direction, "dut0:bar0:read"; those
 * of the tracer's marks by the mark, "tracer:irq".  The files are written by
 * babeltrace2's library (tools/ctf/module.h).
 */
#include "tools/export/format.h"

#include <string.h>

#include "tools/analysis/latency.h"
#include "tools/convert/op.h"
#include "tools/convert/sink.h"
#include "tools/ctf/module.h"
#include "tools/export/clock.h"
#include "tools/export/ctf-head.h"
#include "tools/export/ctf-mark.h"
#include "tools/export/ctf-record.h"

/**
 * enum CtfHas: fields of an access that not all have; its event is found by
 *              them, the direction and the region
 */
typedef enum CtfHas {
    CTF_HAS_NAME = 1 << 0,
    CTF_HAS_VALUE = 1 << 1,
    CTF_HAS_WIDTH = 1 << 2,
    CTF_HAS_CPU = 1 << 3,
    CTF_HAS_PC = 1 << 4,
    CTF_HAS_LATENCY = 1 << 5,
    CTF_HAS_SHIFT = 8,
} CtfHas;

/* Events that wait for the log's clock mark, at most */
#define HELD_MAX 256

/**
 * struct Held: an event that waits for the output
 * @name: its name
 * @ns: its time
 * @record: its fields
 */
typedef struct Held {
    char *name;
    uint64_t ns;
    CtfRecord record;
} Held;

/**
 * struct Ctf: state of the format
 * @job: what the verb has given
 * @module: the module
 * @clock: times
 * @timed: there was an entry with a time
 * @offset: nanoseconds of the epoch at which they are 0, or -1
 * @max: the latest time that readers take
 * @held: events before @out
 * @out: the output, opened when it is known what the metadata says
 * @events: events of it
 * @record: room for one
 */
typedef struct Ctf {
    ExportJob job;
    const CtfModule *module;
    ExportClock clock;
    bool timed;
    int64_t offset;
    uint64_t max;
    GPtrArray *held;
    CtfOut *out;
    CtfEvents *events;
    CtfRecord record;
} Ctf;

static void held_free(gpointer p)
{
    Held *held = p;

    g_string_chunk_free(held->record.texts);
    g_free(held->name);
    g_free(held);
}

static void *ctf_begin(const ExportJob *job, GError **error)
{
    const CtfModule *module = ctf_module_load(error);
    Ctf *ctf;

    if (!module) {
        return NULL;
    }
    ctf = g_new0(Ctf, 1);
    ctf->job = *job;
    ctf->module = module;
    ctf->offset = -1;
    ctf->held = g_ptr_array_new_with_free_func(held_free);
    ctf_record_clear(&ctf->record);
    return ctf;
}

static void ctf_free(void *state)
{
    Ctf *ctf = state;

    ctf_events_free(ctf->events);
    if (ctf->out) {
        ctf->module->free(ctf->out);
    }
    g_ptr_array_unref(ctf->held);
    g_string_chunk_free(ctf->record.texts);
    g_free(ctf);
}

static bool put_held(Ctf *ctf, GError **error)
{
    bool ok = true;
    guint i;

    for (i = 0; ok && i < ctf->held->len; i++) {
        const Held *held = ctf->held->pdata[i];

        ok = ctf_events_put(ctf->events, held->name, &held->record,
                            MIN(held->ns, ctf->max), error);
    }
    g_ptr_array_set_size(ctf->held, 0);
    return ok;
}

static bool open_out(Ctf *ctf, GError **error)
{
    g_auto(GStrv) env = ctf_head_env(&ctf->job);
    CtfHead head = {
        .path = ctf->job.path,
        .env = (const char *const *)env,
        .clock = "times of the log",
        .offset = ctf->offset,
    };

    /* readers count from the epoch, in signed numbers of nanoseconds */
    ctf->max = EXPORT_CLOCK_MAX - 1 - MAX(head.offset, 0);
    ctf->out = ctf->module->open(&head, error);
    if (!ctf->out) {
        return false;
    }
    ctf->events = ctf_events_new(ctf->module, ctf->out);
    return put_held(ctf, error);
}

/* "dut0:bar0:read" */
static char *access_name(const Ctf *ctf, const MmtEntry *entry)
{
    static const char *const ops[] = {
        [MMT_ENTRY_READ] = "read",
        [MMT_ENTRY_WRITE] = "write",
        [MMT_ENTRY_UNKNOWN] = "unknown",
        [MMT_ENTRY_MAP] = "map",
        [MMT_ENTRY_UNMAP] = "unmap",
    };
    g_autofree char *region = ctf_head_region(
        mmt_trace_region(ctf->job.trace, entry->region));

    return g_strconcat(region, ":", ops[entry->kind], NULL);
}

static uint32_t find_latency(const Ctf *ctf, const MmtEntry *entry)
{
    size_t len;
    const char *line = mmt_trace_line(ctf->job.trace, entry, &len);

    return analysis_latency(line, len);
}

/* Return: CtfHas */
static unsigned put_fields(Ctf *ctf, const MmtEntry *entry)
{
    CtfRecord *record = &ctf->record;
    const char *name = analysis_db_name(ctf->job.db, entry->region,
                                        entry->offset);
    uint32_t latency = find_latency(ctf, entry);
    unsigned has = 0;

    ctf_record_clear(record);
    if (name) {
        ctf_record_text(record, "register", name, strlen(name));
        has |= CTF_HAS_NAME;
    }
    ctf_record_number(record, "offset", CTF_HEX, 64, entry->offset);
    if (convert_has_value(entry)) {
        ctf_record_number(record, "value", CTF_HEX, 64, entry->value);
        has |= CTF_HAS_VALUE;
    }
    if (entry->width) {
        ctf_record_number(record, "width", CTF_DECIMAL, 8, entry->width);
        has |= CTF_HAS_WIDTH;
    }
    if (entry->cpu != MMT_NO_CPU) {
        ctf_record_number(record, "cpu", CTF_DECIMAL, 32, entry->cpu);
        has |= CTF_HAS_CPU;
    }
    if (entry->pc) {
        ctf_record_number(record, "pc", CTF_HEX, 64, entry->pc);
        has |= CTF_HAS_PC;
    }
    if (latency != ANALYSIS_NO_LATENCY) {
        ctf_record_number(record, "latency", CTF_DECIMAL, 32, latency);
        has |= CTF_HAS_LATENCY;
    }
    ctf_record_number(record, "line", CTF_DECIMAL, 64, entry->line);
    return has;
}

/* Return: false after an error; *event is NULL if it was written already */
static bool find_event(Ctf *ctf, const MmtEntry *entry, uint64_t number,
                       uint64_t ns, const CtfEvent **event, GError **error)
{
    g_autofree char *name = NULL;

    *event = ctf_events_find(ctf->events, number);
    if (*event) {
        return true;
    }
    name = access_name(ctf, entry);
    if (ctf_events_full(ctf->events)) {
        return ctf_events_put_other(ctf->events, name, &ctf->record, ns,
                                    error);
    }
    *event = ctf_events_add(ctf->events, number, name, &ctf->record, error);
    return *event;
}

static bool take_access(Ctf *ctf, const MmtEntry *entry, uint64_t ns,
                        GError **error)
{
    uint64_t number = (uint64_t)entry->region << 16 |
                      (uint64_t)entry->kind << CTF_HAS_SHIFT |
                      put_fields(ctf, entry);
    const CtfEvent *event;

    if (!ctf->out && !open_out(ctf, error)) {
        return false;
    }
    ns = MIN(ns, ctf->max);
    return find_event(ctf, entry, number, ns, &event, error) &&
           (!event || ctf->module->put(ctf->out, event, ns,
                                       ctf->record.values, error));
}

/* Return: name of the event, if it does not have to be freed; else in *made */
static const char *put_other(Ctf *ctf, const MmtEntry *entry, char **made)
{
    CtfRecord *record = &ctf->record;
    const char *text;
    size_t len;

    switch (entry->kind) {
    case MMT_ENTRY_MARK:
        return ctf_mark_put(ctf->job.trace, entry, record);
    case MMT_ENTRY_MAP:
        ctf_record_number(record, "address", CTF_HEX, 64, entry->address);
        ctf_record_number(record, "length", CTF_HEX, 64, entry->value);
        return *made = access_name(ctf, entry);
    case MMT_ENTRY_UNMAP:
        return *made = access_name(ctf, entry);
    case MMT_ENTRY_LOST:
        if (convert_has_value(entry)) {
            ctf_record_number(record, "count", CTF_DECIMAL, 64, entry->value);
        }
        return "lost";
    default:
        text = mmt_trace_line(ctf->job.trace, entry, &len);
        ctf_record_text(record, "text", text,
                        len - (len && text[len - 1] == '\r'));
        return entry->flags & MMT_ENTRY_LSPCI ? "lspci" : "pcidev";
    }
}

/* Keep an event until the output is open. */
static bool hold(Ctf *ctf, const MmtEntry *entry, const char *name,
                 uint64_t ns, GError **error)
{
    Held *held = g_new0(Held, 1);

    held->name = g_strdup(name);
    held->ns = ns;
    held->record = ctf->record;
    ctf->record.texts = NULL;
    ctf_record_clear(&ctf->record);
    g_ptr_array_add(ctf->held, held);
    ctf->offset = ctf_head_offset(&ctf->job, entry);
    return (ctf->offset < 0 && ctf->held->len < HELD_MAX) ||
           open_out(ctf, error);
}

static bool take_other(Ctf *ctf, const MmtEntry *entry, uint64_t ns,
                       GError **error)
{
    g_autofree char *made = NULL;
    const char *name;

    ctf_record_clear(&ctf->record);
    name = put_other(ctf, entry, &made);
    ctf_record_number(&ctf->record, "line", CTF_DECIMAL, 64, entry->line);
    return ctf->out ? ctf_events_put(ctf->events, name, &ctf->record,
                                     MIN(ns, ctf->max), error)
                    : hold(ctf, entry, name, ns, error);
}

/* What comes before the first entry with a time is shown at that time. */
static void set_begin(Ctf *ctf, const MmtEntry *entry)
{
    guint i;

    if (!ctf->timed && (entry->flags & MMT_ENTRY_TIMED)) {
        ctf->timed = true;
        for (i = 0; i < ctf->held->len; i++) {
            ((Held *)ctf->held->pdata[i])->ns = MAX(entry->ns,
                                                    ctf->clock.last);
        }
    }
}

static bool take(Ctf *ctf, const MmtEntry *entry, GError **error)
{
    uint64_t ns;

    if (!convert_op(entry)) {
        return true;
    }
    set_begin(ctf, entry);
    /* descriptions of devices have no times: they do not count as untimed */
    ns = entry->kind == MMT_ENTRY_DEVICE ? ctf->clock.last
         : export_clock_next(&ctf->clock, entry);
    return convert_is_access(entry) ? take_access(ctf, entry, ns, error)
                                    : take_other(ctf, entry, ns, error);
}

static bool ctf_entries(void *state, const MmtEntry *entries, size_t n,
                        GError **error)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (!take(state, &entries[i], error)) {
            return false;
        }
    }
    return true;
}

static bool ctf_end(void *state, GError **error)
{
    Ctf *ctf = state;

    if (!ctf->out && !open_out(ctf, error)) {
        return false;
    }
    export_clock_end(&ctf->clock, ctf->job.notes);
    return ctf->module->close(ctf->out, error);
}

const ExportFormat export_ctf = {
    .name = "ctf",
    .ending = "ctf",
    .needs_directory = true,
    .begin = ctf_begin,
    .entries = ctf_entries,
    .end = ctf_end,
    .free = ctf_free,
};
