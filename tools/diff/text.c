/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: text for people
 *
 * Differences that are close to each other, and what is the same around them,
 * make a group with a head.  A group of which each difference was shown often
 * enough is only counted (repeats.h).
 */
#include "tools/diff/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/common/tool.h"
#include "tools/diff/lines.h"
#include "tools/diff/repeats.h"

/* Hunks of a group; a longer one is divided */
#define GROUP_HUNKS 4096

/* Pairs with other values in a group from which they are folded with others */
#define GROUP_FOLDED 8

/* Lines and hunks of a group that are folded although they may not be shown */
#define GROUP_MORE 64

/* Of the lines of a group that are shown, the last ones: one of so many */
#define TAIL_SHARE 4

/**
 * struct KeptLine: one of the last lines of a group
 * @text: the whole line
 * @sign: its sign
 */
typedef struct KeptLine {
    char *text;
    char sign;
} KeptLine;

/**
 * struct Text: state
 * @report: the report
 * @lines: makes lines
 * @repeats: what was shown often enough
 * @group: DiffHunk: of the group; empty if there is none
 * @before: DIFF_SAME: what is before the group to come
 * @same: tokens at the end of @group that are the same
 * @out: a line that is being made
 * @columns: columns of a line number
 * @began: the logs' names were printed
 * @n: lines of the group
 * @head: lines of a group that are shown from its start on
 * @n_tail: lines of its end that are shown; 0: all lines are
 * @tail: these
 * @left_out: lines that are left out, by sign
 */
typedef struct Text {
    DiffReport *report;
    DiffLines *lines;
    DiffRepeats *repeats;
    GArray *group;
    DiffHunk before;
    uint64_t same;
    GString *out;
    int columns;
    bool began;
    uint64_t n;
    uint64_t head;
    uint64_t n_tail;
    KeptLine *tail;
    uint64_t left_out[128];
} Text;

static const struct {
    char sign;
    const char *color;
} colors[] = {
    { '-', "\033[31m" },
    { '+', "\033[32m" },
    { '!', "\033[33m" },
    { '@', "\033[36m" },
    { '#', "\033[36m" },
};

/* Print a line; @sign tells its colour. */
static void print_line(const Text *text, char sign, const char *line)
{
    unsigned i;

    for (i = 0; text->report->color && i < G_N_ELEMENTS(colors); i++) {
        if (colors[i].sign == sign) {
            printf("%s%s\033[0m\n", colors[i].color, line);
            return;
        }
    }
    printf("%s\n", line);
}

static void keep_line(Text *text, char sign, const char *line)
{
    KeptLine *kept = &text->tail[text->n % text->n_tail];

    if (kept->text) {
        text->left_out[(unsigned char)kept->sign & 127]++;
        g_free(kept->text);
    }
    *kept = (KeptLine) { .text = g_strdup(line), .sign = sign };
}

static void put_number(const Text *text, uint64_t number)
{
    if (number) {
        g_string_append_printf(text->out, " %*" PRIu64, text->columns, number);
    } else {
        g_string_append_printf(text->out, " %*s", text->columns, "");
    }
}

static void take_line(const DiffLine *line, void *opaque)
{
    Text *text = opaque;

    g_string_truncate(text->out, 0);
    g_string_append_c(text->out, line->sign);
    put_number(text, line->a);
    put_number(text, line->b);
    g_string_append_printf(text->out, "  %s", line->text);
    if (text->n < text->head || !text->n_tail) {
        print_line(text, line->sign, text->out->str);
    } else {
        keep_line(text, line->sign, text->out->str);
    }
    text->n++;
}

static void print_left_out(Text *text, uint64_t n)
{
    static const char signs[] = "-+!";
    uint64_t more = diff_lines_left_out(text->lines);
    unsigned i;

    g_string_printf(text->out, ". ... %" PRIu64 " line%s more", n,
                    n == 1 ? "" : "s");
    for (i = 0; signs[i]; i++) {
        uint64_t with = text->left_out[(unsigned char)signs[i]];

        if (with) {
            g_string_append_printf(text->out, ", %" PRIu64 " with '%c'", with,
                                   signs[i]);
        }
    }
    if (more) {
        g_string_append_printf(text->out, ", and %" PRIu64
                               " accesses between these", more);
    }
    g_string_append(text->out, " (--lines)");
    print_line(text, '.', text->out->str);
    memset(text->left_out, 0, sizeof(text->left_out));
}

/* Say which lines of the group were left out, and print those behind them. */
static void end_lines(Text *text)
{
    uint64_t shown = text->head + text->n_tail;
    uint64_t i = text->n > shown ? text->n - text->n_tail : text->head;

    if (text->n_tail && text->n > shown) {
        print_left_out(text, text->n - shown);
    }
    for (; text->n_tail && i < text->n; i++) {
        KeptLine *kept = &text->tail[i % text->n_tail];

        print_line(text, kept->sign, kept->text);
        g_clear_pointer(&kept->text, g_free);
    }
    text->n = 0;
}

static void begin_output(Text *text)
{
    const DiffReport *report = text->report;

    if (!text->began) {
        text->began = true;
        tool_print("--- A %s\n+++ B %s\n", diff_log_name(report->a),
                   diff_log_name(report->b));
    }
}

static void *text_begin(DiffReport *report)
{
    Text *text = g_new0(Text, 1);

    text->report = report;
    text->lines = diff_lines_new(report, take_line, text);
    text->repeats = diff_repeats_new(report);
    text->group = g_array_new(FALSE, FALSE, sizeof(DiffHunk));
    text->out = g_string_new(NULL);
    if (report->lines && !report->full) {
        text->n_tail = report->lines / TAIL_SHARE + 1;
        text->head = report->lines - MIN(report->lines, text->n_tail);
        text->tail = g_new0(KeptLine, text->n_tail);
    }
    return text;
}

static DiffHunk *hunk_at(const Text *text, guint i)
{
    return &g_array_index(text->group, DiffHunk, i);
}

static void put_range(GString *out, const char *name, const DiffLog *log,
                      uint64_t from, uint64_t to)
{
    uint64_t first, last;

    g_string_append(out, name);
    if (from == to) {
        /* nothing of this log: where it would be */
        if (from > diff_log_start(log)) {
            g_string_append_printf(out, " behind %" PRIu64,
                                   diff_log_last_line(log, from - 1));
        } else {
            g_string_append(out, " at its start");
        }
        return;
    }
    first = diff_log_line(log, from);
    last = diff_log_last_line(log, to - 1);
    g_string_append_printf(out, " %" PRIu64, first);
    if (last > first) {
        g_string_append_printf(out, "-%" PRIu64, last);
    }
}

/* What the group has, in the order of the kinds */
static void put_kinds(Text *text)
{
    static const char *const names[DIFF_KIND__MAX] = {
        [DIFF_ONLY_A] = "only in A",
        [DIFF_ONLY_B] = "only in B",
        [DIFF_VALUE] = "other values",
        [DIFF_ORDER] = "other order",
        [DIFF_POLL_END] = "other end of a poll",
        [DIFF_POLL_TIME] = "other length of a poll",
    };
    const char *before = ": ";
    unsigned kinds = 0, kind;
    guint i;

    for (i = 0; i < text->group->len; i++) {
        kinds |= 1 << hunk_at(text, i)->kind;
    }
    for (kind = 0; kind < DIFF_KIND__MAX; kind++) {
        if ((kinds >> kind & 1) && names[kind]) {
            g_string_append_printf(text->out, "%s%s", before, names[kind]);
            before = ", ";
        }
    }
}

static int count_digits(uint64_t n)
{
    int digits = 1;

    for (; n >= 10; n /= 10) {
        digits++;
    }
    return digits;
}

static uint64_t line_before(const DiffLog *log, uint64_t to)
{
    return to > diff_log_start(log) ? diff_log_line(log, to - 1) : 0;
}

static const DiffHunk *first_difference(const Text *text)
{
    guint i = 0;

    while (hunk_at(text, i)->kind == DIFF_SAME) {
        i++;
    }
    return hunk_at(text, i);
}

static const DiffHunk *last_difference(const Text *text)
{
    guint i = text->group->len - 1;

    while (hunk_at(text, i)->kind == DIFF_SAME) {
        i--;
    }
    return hunk_at(text, i);
}

static void print_head(Text *text, bool all)
{
    const DiffReport *report = text->report;
    const DiffHunk *first = all ? hunk_at(text, 0) : first_difference(text);
    const DiffHunk *last = all ? hunk_at(text, text->group->len - 1) :
                           last_difference(text);
    GString *out = text->out;
    g_autoptr(GString) phase = g_string_new(NULL);

    text->columns = MAX(text->columns,
                        count_digits(MAX(line_before(report->a, last->a1),
                                         line_before(report->b, last->b1))));
    g_string_assign(out, "@@ ");
    put_range(out, "A", report->a, first->a0, last->a1);
    put_range(out, ", B", report->b, first->b0, last->b1);
    if (diff_report_phase(report, first_difference(text), phase)) {
        g_string_append_printf(out, ", phase %s", phase->str);
    }
    put_kinds(text);
    g_string_append(out, " @@");
    print_line(text, '@', out->str);
}

static bool is_same(const DiffHunk *hunk)
{
    return hunk->kind == DIFF_SAME || hunk->kind == DIFF_ROUNDS;
}

/* Leave so much of what is the same at the end. */
static void trim_group(Text *text)
{
    uint64_t context = text->report->context;
    guint i = text->group->len;

    while (i > 0 && is_same(hunk_at(text, i - 1))) {
        i--;
    }
    for (; i < text->group->len; i++) {
        DiffHunk *hunk = hunk_at(text, i);
        uint64_t n = hunk->a1 - hunk->a0;

        if (hunk->kind == DIFF_ROUNDS || !context) {
            break;
        }
        if (n > context) {
            hunk->a1 = hunk->a0 + context;
            hunk->b1 = hunk->b0 + context;
            n = context;
        }
        context -= n;
    }
    g_array_set_size(text->group, i);
}

static uint64_t count_values(const Text *text)
{
    uint64_t n = 0;
    guint i;

    for (i = 0; i < text->group->len; i++) {
        const DiffHunk *hunk = hunk_at(text, i);

        n += hunk->kind == DIFF_VALUE ? hunk->a1 - hunk->a0 : 0;
    }
    return n;
}

static void end_group(Text *text)
{
    DiffShow show;
    guint i;

    if (!text->group->len) {
        return;
    }
    trim_group(text);
    show = diff_repeats_take(text->repeats, text->group);
    if (show != DIFF_SHOW_NOTHING) {
        begin_output(text);
        if (show != DIFF_SHOW_NEXT) {
            print_head(text, show == DIFF_SHOW_FULL);
        }
        diff_lines_split(text->lines, count_values(text) < GROUP_FOLDED);
        diff_lines_limit(text->lines, text->n_tail ?
                         text->head + text->n_tail + GROUP_MORE : 0);
        for (i = 0; i < text->group->len; i++) {
            if (diff_lines_enough(text->lines) &&
                i + GROUP_MORE < text->group->len) {
                diff_lines_skip(text->lines, hunk_at(text, i));
            } else if (show == DIFF_SHOW_FULL || !is_same(hunk_at(text, i))) {
                diff_lines_add(text->lines, hunk_at(text, i));
            } else {
                diff_lines_flush(text->lines);
            }
        }
        diff_lines_flush(text->lines);
        end_lines(text);
    }
    g_array_set_size(text->group, 0);
    text->same = 0;
}

/* What is the same is before the next group, or behind this one. */
static void take_same(Text *text, const DiffHunk *hunk)
{
    DiffHunk *before = &text->before;

    if (before->a1 == hunk->a0 && before->b1 == hunk->b0) {
        before->a1 = hunk->a1;
        before->b1 = hunk->b1;
    } else {
        *before = *hunk;
    }
    if (text->group->len) {
        g_array_append_val(text->group, *hunk);
        text->same += hunk->a1 - hunk->a0;
        if (text->same > 2 * (uint64_t)text->report->context + 1) {
            end_group(text);
        }
    }
}

static void begin_group(Text *text, const DiffHunk *hunk)
{
    DiffHunk before = text->before;
    uint64_t n = MIN(text->report->context, before.a1 - before.a0);

    if (n && before.a1 == hunk->a0 && before.b1 == hunk->b0) {
        before.a0 = before.a1 - n;
        before.b0 = before.b1 - n;
        g_array_append_val(text->group, before);
    }
}

static void text_hunk(void *state, const DiffHunk *hunk)
{
    Text *text = state;

    if (hunk->kind == DIFF_SAME) {
        take_same(text, hunk);
        return;
    }
    if (hunk->kind == DIFF_ROUNDS && !text->group->len) {
        return;
    }
    if (!text->group->len) {
        begin_group(text, hunk);
    }
    g_array_append_val(text->group, *hunk);
    if (hunk->kind != DIFF_ROUNDS) {
        text->same = 0;
        text->before = (DiffHunk) { .a0 = hunk->a1, .a1 = hunk->a1,
                                    .b0 = hunk->b1, .b1 = hunk->b1 };
    }
    if (text->group->len >= GROUP_HUNKS) {
        end_group(text);
    }
}

static void text_window(void *state)
{
    Text *text = state;

    end_group(text);
    text->before = (DiffHunk) { 0 };
}

static void print_repeat(const char *line, void *opaque)
{
    print_line(opaque, '.', line);
}

static void text_end(void *state)
{
    Text *text = state;
    DiffReport *report = text->report;

    if (!report->failed) {
        end_group(text);
        diff_repeats_each(text->repeats, print_repeat, text);
    }
    if (!report->failed && (diff_report_differences(report) ||
                            diff_ignore_count(report->ignore))) {
        begin_output(text);
        g_string_assign(text->out, "# ");
        diff_report_put_counts(report, text->out);
        print_line(text, '#', text->out->str);
    }
    diff_lines_free(text->lines);
    diff_repeats_free(text->repeats);
    g_array_unref(text->group);
    g_string_free(text->out, TRUE);
    g_free(text->tail);
    g_free(text);
}

const DiffForm diff_text = {
    .begin = text_begin,
    .hunk = text_hunk,
    .window = text_window,
    .end = text_end,
};
