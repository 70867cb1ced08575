/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: what becomes of the differences (see report.h)
 */
#include "tools/diff/report.h"

#include <inttypes.h>
#include <string.h>

#include "tools/analysis/trace.h"

/* Characters of a phase's name that are printed */
#define PHASE_NAME_MAX 40

uint64_t diff_report_accesses(const DiffLog *log, uint64_t from, uint64_t to)
{
    uint64_t n = to - from;

    for (; from < to; from++) {
        const DiffRun *run = diff_log_run(log, from);

        n += run ? run->rounds - 1 : 0;
    }
    return n;
}

const DiffPlace *diff_report_place(const DiffLog *log, uint64_t i)
{
    return diff_places_get(diff_log_places(log),
                           diff_log_token(log, i)->place);
}

/* A name may be a whole command line. */
void diff_report_put_phase(GString *text, const char *name)
{
    const char *end = g_utf8_validate(name, -1, NULL) &&
                      g_utf8_strlen(name, -1) > PHASE_NAME_MAX ?
                      g_utf8_offset_to_pointer(name, PHASE_NAME_MAX - 3) :
                      NULL;

    g_string_append_len(text, name, end ? end - name : -1);
    g_string_append(text, end ? "..." : "");
}

bool diff_report_phase(const DiffReport *report, const DiffHunk *hunk,
                       GString *text)
{
    const GArray *a = diff_log_phases(report->a);
    const GArray *b = diff_log_phases(report->b);
    const char *in_a, *in_b;

    if (a->len <= 1 && b->len <= 1) {
        return false;
    }
    in_a = hunk->phase_a < a->len ?
           g_array_index(a, DiffPhase, hunk->phase_a).name : "";
    in_b = hunk->phase_b < b->len ?
           g_array_index(b, DiffPhase, hunk->phase_b).name : "";
    diff_report_put_phase(text, in_a);
    if (strcmp(in_a, in_b)) {
        g_string_append(text, " | ");
        diff_report_put_phase(text, in_b);
    }
    return true;
}

/* Give a part of a hunk to the form of output. */
static void pass(DiffReport *report, const DiffHunk *hunk)
{
    DiffCount *count = &report->counts[hunk->kind];
    uint64_t n = hunk->a1 - hunk->a0;

    if (hunk->kind != DIFF_SAME) {
        count->hunks += hunk->kind == DIFF_VALUE ? n : 1;
        count->a += diff_report_accesses(report->a, hunk->a0, hunk->a1);
        count->b += diff_report_accesses(report->b, hunk->b0, hunk->b1);
    }
    report->form->hunk(report->state, hunk);
}

static bool is_ignored_pair(DiffReport *report, uint64_t ia, uint64_t ib)
{
    return diff_ignore_register(report->ignore,
                                diff_log_token(report->a, ia)->place) ||
           diff_ignore_value(report->ignore, ia, ib);
}

/* Pairs with other values: those that are ignored are the same. */
static void take_values(DiffReport *report, const DiffHunk *hunk)
{
    DiffHunk part = *hunk;
    bool ignored = false;
    uint64_t i, n = hunk->a1 - hunk->a0;

    part.a1 = part.a0;
    part.b1 = part.b0;
    for (i = 0; i <= n; i++) {
        bool now = i < n && is_ignored_pair(report, hunk->a0 + i,
                                            hunk->b0 + i);

        if (part.a1 > part.a0 && (i == n || now != ignored)) {
            part.kind = ignored ? DIFF_SAME : hunk->kind;
            pass(report, &part);
            part.a0 = part.a1;
            part.b0 = part.b1;
        }
        ignored = now;
        part.a1++;
        part.b1++;
    }
}

/* A sequence in one log: ignored registers are taken out. */
static void take_side(DiffReport *report, const DiffHunk *hunk, bool is_a)
{
    const DiffLog *log = is_a ? report->a : report->b;
    uint64_t from = is_a ? hunk->a0 : hunk->b0;
    uint64_t to = is_a ? hunk->a1 : hunk->b1;
    DiffHunk part = *hunk;
    uint64_t i;

    for (i = from; i <= to; i++) {
        if (i < to && !diff_ignore_register(report->ignore,
                                            diff_log_token(log, i)->place)) {
            continue;
        }
        if (i > from) {
            *(is_a ? &part.a0 : &part.b0) = from;
            *(is_a ? &part.a1 : &part.b1) = i;
            pass(report, &part);
        }
        from = i + 1;
    }
}

static bool all_ignored(DiffReport *report, const DiffLog *log, uint64_t from,
                        uint64_t to)
{
    bool all = true;

    for (; from < to && all; from++) {
        all = diff_ignore_register(report->ignore,
                                   diff_log_token(log, from)->place);
    }
    return all;
}

static void take_order(DiffReport *report, const DiffHunk *hunk)
{
    if (!all_ignored(report, report->a, hunk->a0, hunk->a1)) {
        pass(report, hunk);
    }
}

static void take_poll(DiffReport *report, const DiffHunk *hunk)
{
    DiffHunk same = *hunk;
    bool ignored = hunk->kind == DIFF_POLL_END && hunk->a1 > hunk->a0 &&
                   hunk->b1 > hunk->b0 ?
        is_ignored_pair(report, hunk->a0, hunk->b0) :
        all_ignored(report, report->a, hunk->a0, hunk->a1);

    if (ignored) {
        same.kind = hunk->a1 - hunk->a0 == hunk->b1 - hunk->b0 ?
                    DIFF_SAME : DIFF_ROUNDS;
    }
    pass(report, &same);
}

static void take_hunk(const DiffHunk *hunk, void *opaque)
{
    DiffReport *report = opaque;

    if (analysis_interrupted()) {
        return;
    }
    switch (hunk->kind) {
    case DIFF_VALUE:
        take_values(report, hunk);
        break;
    case DIFF_ONLY_A:
    case DIFF_ONLY_B:
        take_side(report, hunk, hunk->kind == DIFF_ONLY_A);
        break;
    case DIFF_ORDER:
        take_order(report, hunk);
        break;
    case DIFF_POLL_END:
    case DIFF_POLL_TIME:
        take_poll(report, hunk);
        break;
    default:
        pass(report, hunk);
        break;
    }
}

static void take_window(void *opaque)
{
    DiffReport *report = opaque;

    if (report->form->window) {
        report->form->window(report->state);
    }
}

DiffSink diff_report_begin(DiffReport *report)
{
    report->words = diff_words_new(report->a, report->b);
    diff_ignore_begin(report->ignore, report->a, report->b, report->words);
    report->state = report->form->begin(report);
    return (DiffSink) { .hunk = take_hunk, .window = take_window,
                        .opaque = report };
}

uint64_t diff_report_differences(const DiffReport *report)
{
    uint64_t n = 0;
    unsigned kind;

    for (kind = 0; kind < DIFF_KIND__MAX; kind++) {
        if (kind != DIFF_SAME && kind != DIFF_ROUNDS) {
            n += report->counts[kind].hunks;
        }
    }
    return n;
}

bool diff_report_end(DiffReport *report)
{
    report->form->end(report->state);
    diff_words_free(report->words);
    return diff_report_differences(report) > 0;
}

void diff_report_cancel(DiffReport *report)
{
    report->failed = true;
    diff_report_end(report);
}

/* "3 sequences only in A" */
static void put_count(GString *text, const char *before, uint64_t n,
                      const char *one, const char *many)
{
    if (n) {
        g_string_append_printf(text, "%s%" PRIu64 " %s", before, n,
                               n == 1 ? one : many);
    }
}

static void put_ignored(const char *what, uint64_t n, unsigned registers,
                        void *opaque)
{
    g_string_append_printf(opaque, "; %" PRIu64 " ignored (%s, %u register%s)",
                           n, what, registers, registers == 1 ? "" : "s");
}

void diff_report_put_counts(const DiffReport *report, GString *text)
{
    static const struct {
        DiffKind kind;
        const char *one;
        const char *many;
    } kinds[] = {
        { DIFF_ONLY_A, "sequence only in A", "sequences only in A" },
        { DIFF_ONLY_B, "sequence only in B", "sequences only in B" },
        { DIFF_VALUE, "other value", "other values" },
        { DIFF_ORDER, "other order", "other orders" },
        { DIFF_POLL_END, "poll with another end", "polls with another end" },
        { DIFF_POLL_TIME, "poll of another length",
          "polls of another length" },
    };
    uint64_t n = diff_report_differences(report);
    const char *before = ": ";
    unsigned i;

    g_string_append_printf(text, "%" PRIu64 " difference%s", n,
                           n == 1 ? "" : "s");
    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const DiffCount *count = &report->counts[kinds[i].kind];

        put_count(text, before, count->hunks, kinds[i].one, kinds[i].many);
        before = count->hunks ? ", " : before;
        if (count->hunks && kinds[i].kind <= DIFF_ONLY_B) {
            put_count(text, " (", count->a + count->b, "access)", "accesses)");
        }
    }
    put_count(text, "; ", report->counts[DIFF_ROUNDS].hunks,
              "poll has other rounds", "polls have other rounds");
    diff_ignore_each(report->ignore, put_ignored, text);
}
