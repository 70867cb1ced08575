/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: reading a log as it grows (see follow.h)
 */
#include "tools/serve/follow.h"

#include <unistd.h>

#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/marks.h"
#include "libmmiotrace/trace.h"
#include "tools/analysis/options.h"
#include "tools/log/stream.h"

/* Interval at which a log that has no more lines is looked at */
#define POLL_MS 50

/* For so long the log is read before clients have their turn. */
#define TURN_US 20000

/* Entries that are taken at once: a script may take long for each of them. */
#define TAKE_ENTRIES 64

/* A page is told if what it shows is older than this. */
#define BEHIND_US 1000000

/* Text in which nothing is selected, after which reading takes a break */
#define LIMIT_BYTES (1u << 20)

/**
 * struct ServeFollow: a log that is read
 * @verb: the verb
 * @stream: descriptor of a socket or FIFO, or LOG_STREAM_FILE
 * @reader: its reader, which belongs to @trace
 * @trace: the log
 * @db: names of its registers
 * @decoded: decodes entries
 * @live: what is kept of it
 * @text: text of the entry that is decoded
 * @replaced: times that the log was replaced
 * @silent: nothing has come since the last look
 * @caught_up: when all that there was had been read
 * @source: the next turn; 0 after the end
 */
struct ServeFollow {
    const Verb *verb;
    int stream;
    const MmtReader *reader;
    MmtTrace *trace;
    AnalysisDb *db;
    Decoded *decoded;
    ServeLive *live;
    GString *text;
    unsigned replaced;
    bool silent;
    gint64 caught_up;
    guint source;
};

static bool is_end_mark(const ServeFollow *follow, const MmtEntry *entry)
{
    MmtSpan text;
    MmtSpan name;

    if (entry->kind != MMT_ENTRY_MARK ||
        !(entry->flags & MMT_ENTRY_TRACER)) {
        return false;
    }
    text.p = mmt_trace_text(follow->trace, entry, &text.len);
    name = mmt_mark_name(text);
    return name.p && mmt_mark_find(name.p, name.len) == MMT_MARK_END;
}

static void take(ServeFollow *follow, const MmtEntry *entry, bool last)
{
    g_string_truncate(follow->text, 0);
    decoded_take(follow->decoded, entry, last);
    serve_live_take(follow->live, entry, follow->text);
    g_string_truncate(follow->text, 0);
    decoded_scripts(follow->decoded, entry);
    serve_live_say(follow->live, follow->text);
    if (is_end_mark(follow, entry)) {
        serve_live_state(follow->live, SERVE_ENDED, NULL);
    } else if (follow->live->state == SERVE_ENDED) {
        serve_live_state(follow->live, SERVE_LIVE, NULL);
    }
}

/* Return: has anything been read? */
static bool read_some(ServeFollow *follow)
{
    const MmtEntry *entries;
    MmtTotals before = { 0 };
    MmtTotals totals = { 0 };
    unsigned replaced;
    size_t n;
    size_t i;

    mmt_trace_totals(follow->trace, &before);
    n = mmt_trace_take(follow->trace, &entries, TAKE_ENTRIES);
    replaced = mmt_trace_replaced(follow->trace);
    analysis_db_watch(follow->db, entries, n);
    if (replaced != follow->replaced) {
        follow->replaced = replaced;
        decoded_replaced(follow->decoded);
        serve_live_replaced(follow->live, &before);
    }
    for (i = 0; i < n; i++) {
        take(follow, &entries[i], i + 1 == n);
    }
    mmt_trace_totals(follow->trace, &totals);
    /* nothing was selected, but there are more lines */
    follow->live->version += totals.lines != before.lines;
    return n || totals.bytes != before.bytes;
}

/* All that there is at the moment was read. */
static void rest(ServeFollow *follow)
{
    const char *error = mmt_trace_error(follow->trace);

    if (error) {
        if (follow->live->state != SERVE_FAILED) {
            tool_error(follow->verb, "%s", error);
        }
        serve_live_state(follow->live, SERVE_FAILED, error);
    } else if (follow->live->state == SERVE_ENDED ||
               mmt_trace_ended(follow->trace)) {
        serve_live_state(follow->live, SERVE_ENDED, NULL);
    } else if (mmt_reader_ended(follow->reader)) {
        serve_live_state(follow->live, SERVE_CUT, NULL);
    } else {
        serve_live_state(follow->live, SERVE_LIVE, NULL);
    }
    if (follow->silent) {
        g_string_truncate(follow->text, 0);
        decoded_idle(follow->decoded);
        serve_live_say(follow->live, follow->text);
    }
    follow->silent = true;
}

/* A file may grow again, or be replaced by that of the next run. */
static bool is_over(const ServeFollow *follow)
{
    return mmt_trace_ended(follow->trace) ||
           (follow->stream >= 0 && follow->live->state > SERVE_LIVE);
}

/* It grows faster than it is read. */
static void look_behind(ServeFollow *follow, gint64 now)
{
    if (follow->live->state == SERVE_LIVE &&
        now - follow->caught_up > BEHIND_US) {
        serve_live_state(follow->live, SERVE_READING, NULL);
    }
}

static gboolean turn(gpointer opaque)
{
    ServeFollow *follow = opaque;
    gint64 until = g_get_monotonic_time() + TURN_US;
    gint64 now;
    bool more;

    do {
        more = read_some(follow);
        follow->silent &= !more;
        now = g_get_monotonic_time();
    } while (more && now < until);
    if (more) {
        look_behind(follow, now);
    } else {
        rest(follow);
        follow->caught_up = now;
    }
    follow->source = 0;
    if (more) {
        follow->source = g_idle_add(turn, follow);
    } else if (!is_over(follow)) {
        follow->source = g_timeout_add(POLL_MS, turn, follow);
    }
    return G_SOURCE_REMOVE;
}

static bool open_reader(ServeFollow *follow, const char *name)
{
    g_autoptr(GError) error = NULL;
    MmtReader *reader;

    follow->stream = log_stream_open(follow->verb, &name);
    if (follow->stream == LOG_STREAM_ERROR) {
        return false;
    }
    reader = follow->stream >= 0
             ? mmt_reader_open_stream(follow->stream, name)
             : mmt_reader_open(name, &error);
    if (!reader) {
        tool_error(follow->verb, "%s", error->message);
        return false;
    }
    follow->reader = reader;
    follow->trace = mmt_trace_new(reader);
    return true;
}

ServeFollow *serve_follow_new(const Verb *verb, const char *name)
{
    g_autoptr(ServeFollow) follow = g_new0(ServeFollow, 1);
    bool failed = false;

    follow->verb = verb;
    follow->text = g_string_new(NULL);
    if (!open_reader(follow, name)) {
        return NULL;
    }
    mmt_selection_free(analysis_options_apply(follow->trace));
    follow->db = analysis_db_new(verb, follow->trace, &failed);
    if (failed) {
        return NULL;
    }
    follow->decoded = decoded_new(verb, follow->trace, follow->db, true,
                                  "never", follow->text);
    if (!follow->decoded) {
        return NULL;
    }
    mmt_trace_follow(follow->trace, true);
    mmt_trace_limit(follow->trace, LIMIT_BYTES);
    follow->live = serve_live_new(follow->trace, name);
    follow->source = g_idle_add(turn, follow);
    return g_steal_pointer(&follow);
}

const ServeLive *serve_follow_live(const ServeFollow *follow)
{
    return follow->live;
}

AnalysisDb *serve_follow_db(const ServeFollow *follow)
{
    return follow->db;
}

bool serve_follow_is_file(const ServeFollow *follow)
{
    return follow->stream == LOG_STREAM_FILE;
}

void serve_follow_free(ServeFollow *follow)
{
    if (!follow) {
        return;
    }
    if (follow->source) {
        g_source_remove(follow->source);
    }
    decoded_free(follow->decoded);
    serve_live_free(follow->live);
    analysis_db_free(follow->db);
    mmt_trace_free(follow->trace);
    g_string_free(follow->text, TRUE);
    g_free(follow);
}
