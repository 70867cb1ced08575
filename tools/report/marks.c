/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: marks, pauses, interrupts (see marks.h)
 */
#include "tools/report/marks.h"

#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "tools/analysis/mark.h"
#include "tools/report/irqs.h"
#include "tools/report/json.h"

/* Bytes of a mark's text that are shown */
#define TEXT_MAX 1023

typedef enum MarkKind {
    MARK_USER,
    MARK_GUEST,
    MARK_TRACER,
    MARK_KINDS,
} MarkKind;

/* Each has its own limit: a guest's marks do not take the user's room. */
static const struct {
    const char *name;
    uint32_t max;
} kinds[MARK_KINDS] = {
    [MARK_USER] = { "user", REPORT_MARKS },
    [MARK_GUEST] = { "guest", REPORT_MARKS },
    [MARK_TRACER] = { "tracer", REPORT_MARKS_TRACER },
};

/**
 * struct ReportMarks: marks of a log
 * @trace: the log
 * @bins: counts them
 * @list: those that are kept, in JSON
 * @kept: their number, by MarkKind; its limit, if there is no room for one
 * @text: bytes of their texts, by MarkKind
 * @left_out: marks that are not kept
 * @pauses: pauses, in JSON
 * @n_pauses: their number
 * @paused: the guest stands still, since @pause_from
 * @pause: the pause's members that do not say when, in JSON
 * @irqs: interrupts
 */
struct ReportMarks {
    const MmtTrace *trace;
    ReportBins *bins;
    GString *list;
    uint32_t kept[MARK_KINDS];
    uint32_t text[MARK_KINDS];
    uint64_t left_out;
    GString *pauses;
    uint32_t n_pauses;
    bool paused;
    uint64_t pause_from;
    GString *pause;
    ReportIrqs *irqs;
};

ReportMarks *report_marks_new(const MmtTrace *trace, ReportBins *bins)
{
    ReportMarks *m = g_new0(ReportMarks, 1);

    m->trace = trace;
    m->bins = bins;
    m->list = g_string_new(NULL);
    m->pauses = g_string_new(NULL);
    m->pause = g_string_new(NULL);
    m->irqs = report_irqs_new(REPORT_IRQS);
    return m;
}

void report_marks_free(ReportMarks *m)
{
    if (!m) {
        return;
    }
    g_string_free(m->list, TRUE);
    g_string_free(m->pauses, TRUE);
    g_string_free(m->pause, TRUE);
    report_irqs_free(m->irqs);
    g_free(m);
}

/* --- texts --------------------------------------------------------------- */

static MarkKind kind_of(const MmtEntry *entry)
{
    return entry->flags & MMT_ENTRY_GUEST ? MARK_GUEST :
           entry->flags & MMT_ENTRY_TRACER ? MARK_TRACER : MARK_USER;
}

static void keep(ReportMarks *m, const MmtEntry *entry, uint64_t t,
                 MmtSpan text)
{
    MarkKind kind = kind_of(entry);
    g_autoptr(GString) shown = NULL;
    MmtSpan part = analysis_mark_shown(entry, text);

    part.len = MIN(part.len, TEXT_MAX);
    if (m->kept[kind] == kinds[kind].max ||
        part.len > REPORT_MARKS_TEXT - m->text[kind]) {
        /* nor are shorter ones behind it: there are no gaps */
        m->kept[kind] = kinds[kind].max;
        m->left_out++;
        return;
    }
    m->kept[kind]++;
    m->text[kind] += part.len;
    shown = g_string_new(NULL);
    analysis_put_mark(part.p, part.len, shown);
    report_json_open(m->list, NULL, '{');
    report_json_number(m->list, "t", t);
    report_json_number(m->list, "line", entry->line);
    report_json_text(m->list, "kind", kinds[kind].name);
    report_json_bytes(m->list, "text", shown->str, shown->len);
    report_json_number(m->list, "phase",
                       MIN(entry->phase, REPORT_PHASES - 1));
    report_json_close(m->list, '}');
}

/* --- pauses -------------------------------------------------------------- */

static void end_pause(ReportMarks *m, uint64_t t)
{
    if (!m->paused) {
        return;
    }
    m->paused = false;
    if (m->n_pauses == REPORT_PAUSES) {
        return;
    }
    m->n_pauses++;
    report_json_open(m->pauses, NULL, '{');
    report_json_number(m->pauses, "from", m->pause_from);
    report_json_number(m->pauses, "to", t);
    g_string_append_c(m->pauses, ',');
    g_string_append(m->pauses, m->pause->str);
    report_json_close(m->pauses, '}');
}

static void take_vm(ReportMarks *m, const MmtEntry *entry, uint64_t t,
                    MmtSpan text)
{
    MmtSpan state = mmt_mark_value(text, "state");
    MmtSpan reason = mmt_mark_value(text, "reason");

    end_pause(m, t);
    if (!state.p || mmt_words_are(state, "running")) {
        return;
    }
    m->paused = true;
    m->pause_from = t;
    g_string_truncate(m->pause, 0);
    report_json_number(m->pause, "line", entry->line);
    report_json_bytes(m->pause, "state", state.p, state.len);
    report_json_bytes(m->pause, "reason", reason.p ? reason.p : "",
                      reason.len);
}

/* --- which mark it is ---------------------------------------------------- */

/* Marks that say something of an access, and memory, are elsewhere. */
static bool is_shown(MmtMark mark)
{
    static const MmtMark hidden[] = {
        MMT_MARK_BACKTRACE, MMT_MARK_TRAPS, MMT_MARK_SNAPSHOT,
        MMT_MARK_SNAPSHOT_DATA, MMT_MARK_RINGS, MMT_MARK_RING,
        MMT_MARK_ENTRY, MMT_MARK_DATA, MMT_MARK_WATCH, MMT_MARK_WATCH_DATA,
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(hidden); i++) {
        if (hidden[i] == mark) {
            return false;
        }
    }
    return true;
}

static void take_tracer(ReportMarks *m, const MmtEntry *entry, uint64_t t,
                        uint32_t bin, MmtSpan text)
{
    MmtSpan name = mmt_mark_name(text);
    MmtMark mark = name.p ? mmt_mark_find(name.p, name.len) : MMT_MARKS;

    if (mark == MMT_MARK_IRQ) {
        report_bins_irq(m->bins, bin,
                        report_irqs_take(m->irqs, text, t, entry->line));
        return;
    }
    if (mark == MMT_MARK_VM) {
        take_vm(m, entry, t, text);
    }
    if (is_shown(mark)) {
        keep(m, entry, t, text);
    }
}

void report_marks_take(ReportMarks *m, const MmtEntry *entry, uint64_t t,
                       uint32_t bin)
{
    MmtSpan text;

    if (entry->flags & MMT_ENTRY_ASIDE) {
        return;
    }
    text.p = mmt_trace_text(m->trace, entry, &text.len);
    if ((entry->flags & MMT_ENTRY_TRACER) &&
        !(entry->flags & MMT_ENTRY_GUEST)) {
        take_tracer(m, entry, t, bin, text);
        return;
    }
    report_bins_mark(m->bins, bin);
    keep(m, entry, t, text);
}

char *const *report_marks_devices(ReportMarks *m)
{
    return report_irqs_devices(m->irqs);
}

uint64_t report_marks_irqs(const ReportMarks *m)
{
    return report_irqs_count(m->irqs);
}

void report_marks_put(ReportMarks *m, ReportBlocks *blocks, GString *json,
                      uint64_t end)
{
    g_autoptr(GString) text = g_string_new("{\"items\":[");

    g_string_append_len(text, m->list->str, m->list->len);
    report_json_close(text, ']');
    report_json_number(text, "left-out", m->left_out);
    report_json_close(text, '}');
    report_block_put_json(blocks, json, "marks", text);
    end_pause(m, end);
    g_string_assign(text, "[");
    g_string_append_len(text, m->pauses->str, m->pauses->len);
    report_json_close(text, ']');
    report_block_put_json(blocks, json, "pauses", text);
    report_irqs_put(m->irqs, blocks, json);
}
