/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the differences between two logs (see show.h)
 */
#include "tools/compare/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/common/tool.h"
#include "tools/compare/names.h"
#include "tools/compare/report.h"

/* Accesses shown at each end of a long run of extras */
#define EXTRA_ENDS 3

/* Distance within which an access that is out of order is searched */
#define DISORDER_REACH 256

/* Extras that are held back at the beginning of a run, and at its end */
#define HELD_FIRST 4096
#define HELD_LAST  (EXTRA_ENDS + 1)

/**
 * struct Step: one line of the two logs side by side
 * @a: access of the oracle, if @has_a
 * @b: access of the log, if @has_b
 * @has_a: false for an extra
 * @has_b: false for a missing access
 * @bad: it is a difference
 * @n: number of extras that this one stands for, itself included
 */
typedef struct Step {
    Access a;
    Access b;
    bool has_a;
    bool has_b;
    bool bad;
    uint64_t n;
} Step;

/**
 * struct Show: state
 * @oracle: the guest kernel's log
 * @log: our log
 * @names: names of registers
 * @with_device: name the device of each access
 * @extras: which extras are differences
 * @context: number of accesses around a difference
 * @left: number of differences that may still be shown
 * @hidden: number of differences that were not shown
 * @paired: there was a pair
 * @held: Step, extras that are held back
 * @held_last: the last ones behind these, by their number modulo HELD_LAST
 * @held_more: number of extras behind @held
 * @ring: Step, the last steps, by their number modulo @ring_size
 * @ring_size: a power of two
 * @next: number of the step to look at
 * @end: number of the step that comes next
 * @open: a hunk is being shown
 * @last: number of its last difference
 * @shown_to: number of the step behind the last that was shown
 * @run: number of extras in the run that is being shown
 * @run_rows: the last rows of it that were not shown yet
 * @run_kept: number of @run_rows
 * @text: what is shown
 */
struct Show {
    const AccessLog *oracle;
    const AccessLog *log;
    CompareNames *names;
    bool with_device;
    ShowExtras extras;
    unsigned context;
    unsigned left;
    uint64_t hidden;
    bool paired;
    GArray *held;
    Step held_last[HELD_LAST];
    uint64_t held_more;
    Step *ring;
    uint64_t ring_size;
    uint64_t next;
    uint64_t end;
    bool open;
    uint64_t last;
    uint64_t shown_to;
    uint64_t run;
    Step run_rows[EXTRA_ENDS + 1];
    unsigned run_kept;
    GString *text;
};

/* Steps behind one that must be known before it is looked at */
static uint64_t reach(const Show *s)
{
    return MAX(DISORDER_REACH, 2 * (uint64_t)s->context + 1);
}

Show *show_new(const AccessLog *oracle, const AccessLog *log, bool with_device,
               ShowExtras extras, unsigned context, unsigned max)
{
    Show *s = g_new0(Show, 1);

    s->oracle = oracle;
    s->log = log;
    s->names = compare_names_new(log);
    s->with_device = with_device;
    s->extras = extras;
    s->context = context;
    s->left = max;
    s->held = g_array_new(FALSE, FALSE, sizeof(Step));
    s->ring_size = 1;
    while (s->ring_size < 2 * reach(s) + 2) {
        s->ring_size *= 2;
    }
    s->ring = g_new(Step, s->ring_size);
    s->text = g_string_new(NULL);
    return s;
}

void show_free(Show *s)
{
    if (s) {
        compare_names_free(s->names);
        g_array_unref(s->held);
        g_free(s->ring);
        g_string_free(s->text, TRUE);
        g_free(s);
    }
}

static const Step *step_at(const Show *s, uint64_t k)
{
    return &s->ring[k & (s->ring_size - 1)];
}

static void show_row(Show *s, char sign, const Access *a, const Access *b)
{
    const Access *any = a ?: b;
    const char *name = compare_names_get(s->names, any);
    char left[24] = "";
    char right[24] = "";

    if (a) {
        snprintf(left, sizeof(left), "%" PRIu64, a->line);
    }
    if (b) {
        snprintf(right, sizeof(right), "%" PRIu64, b->line);
    }
    g_string_append_printf(s->text, "  %c %9s %9s  ", sign, left, right);
    if (s->with_device) {
        g_string_append_printf(s->text, "%s ",
                               report_device(s->log, any->device));
    }
    if (any->op == ACCESS_UNKNOWN) {
        g_string_append_printf(s->text, "UNKNOWN %s+0x%05" PRIx64 "%s%s\n",
                               mmt_resource_name(any->bar), any->offset,
                               name ? " " : "", name ? name : "");
    } else {
        g_string_append_printf(s->text, "%c %u %s+0x%05" PRIx64
                               "%s%s  0x%" PRIx64 "\n",
                               any->op == ACCESS_READ ? 'R' : 'W', any->width,
                               mmt_resource_name(any->bar), any->offset,
                               name ? " " : "", name ? name : "", any->value);
    }
}

/*
 * The kernel's decoder does not skip a SIB byte: it reads the immediate of a
 * store one byte early.
 */
static bool looks_like_sib(const Access *a, const Access *b)
{
    uint64_t kept = b->width > 1 && b->width < 8 ?
                    b->value & ((1ull << (b->width * 8 - 8)) - 1) : 0;

    return a->op == ACCESS_WRITE && b->width > 1 && b->width < 8 && kept &&
           a->value >> 8 == kept;
}

/* If a missing access is in our log at another place, show where. */
static void show_disorder(Show *s, uint64_t k)
{
    uint64_t from = k > DISORDER_REACH ? k - DISORDER_REACH : 0;
    uint64_t to = MIN(k + DISORDER_REACH, s->end);
    uint64_t i;

    for (i = from; i < to; i++) {
        const Step *step = step_at(s, i);

        if (!step->has_a && access_match(&step_at(s, k)->a, &step->b)) {
            g_string_append_printf(s->text,
                                   "      (out of order? %s:%" PRIu64 " is the same)\n",
                                   s->log->name, step->b.line);
            return;
        }
    }
}

/* A run of extras has ended: show its end. */
static void end_run(Show *s)
{
    unsigned i = 0;

    if (s->run > 2 * EXTRA_ENDS + 1) {
        g_string_append_printf(s->text, "      ... %" PRIu64 " more, in %s only\n",
                               s->run - 2 * EXTRA_ENDS, s->log->name);
        i = s->run_kept - MIN(s->run_kept, EXTRA_ENDS);
    }
    for (; i < s->run_kept; i++) {
        show_row(s, '+', NULL, &s->run_rows[i].b);
    }
    s->run = 0;
    s->run_kept = 0;
}

static void show_extra(Show *s, const Step *step)
{
    s->run += step->n;
    if (s->run <= EXTRA_ENDS) {
        show_row(s, '+', NULL, &step->b);
        return;
    }
    if (s->run_kept == G_N_ELEMENTS(s->run_rows)) {
        memmove(s->run_rows, s->run_rows + 1,
                sizeof(s->run_rows) - sizeof(s->run_rows[0]));
        s->run_kept--;
    }
    s->run_rows[s->run_kept++] = *step;
}

static void show_at(Show *s, uint64_t k)
{
    const Step *step = step_at(s, k);

    s->shown_to = k + 1;
    if (!step->has_a) {
        show_extra(s, step);
        return;
    }
    end_run(s);
    if (!step->has_b) {
        show_row(s, '-', &step->a, NULL);
        show_disorder(s, k);
    } else if (step->bad) {
        show_row(s, '-', &step->a, NULL);
        show_row(s, '+', NULL, &step->b);
        if (looks_like_sib(&step->a, &step->b)) {
            g_string_append(s->text,
                            "      (the kernel's decoder misreads an immediate store with a SIB byte like this)\n");
        }
    } else {
        show_row(s, ' ', &step->a, &step->b);
    }
}

/* Begin a hunk with the difference @k: show what is before it. */
static void open_hunk(Show *s, uint64_t k)
{
    uint64_t i = k > s->context ? k - s->context : 0;

    if (s->text->len) {
        g_string_append(s->text, "  ...\n");
    } else {
        g_string_append_printf(s->text,
                               "  %11s %9s  (lines; - %s, + %s)\n", "oracle",
                               "log", s->oracle->name, s->log->name);
    }
    for (i = MAX(i, s->shown_to); i < k; i++) {
        show_at(s, i);
    }
    s->open = true;
}

static void close_hunk(Show *s)
{
    end_run(s);
    s->open = false;
}

/* Is there a difference after @k that is near enough for the same hunk? */
static bool continues(const Show *s, uint64_t k)
{
    uint64_t to = MIN(s->last + 2 * (uint64_t)s->context + 1, s->end);

    for (; k < to && s->left; k++) {
        if (step_at(s, k)->bad) {
            return true;
        }
    }
    return false;
}

static void show_difference(Show *s, uint64_t k)
{
    uint64_t n = step_at(s, k)->n;

    if (!s->left) {
        if (s->open) {
            close_hunk(s);
        }
        s->hidden += n;
        return;
    }
    if (!s->open) {
        open_hunk(s, k);
    }
    show_at(s, k);
    s->last = k;
    s->hidden += n - MIN(s->left, n);
    s->left -= MIN(s->left, n);
}

static void look_at(Show *s, uint64_t k)
{
    if (step_at(s, k)->bad) {
        show_difference(s, k);
    } else if (s->open) {
        if (k - s->last <= s->context || continues(s, k)) {
            show_at(s, k);
        } else {
            close_hunk(s);
        }
    }
}

static void add(Show *s, const Step *step)
{
    s->ring[s->end++ & (s->ring_size - 1)] = *step;
    while (s->next + reach(s) < s->end) {
        look_at(s, s->next++);
    }
}

/* Hold an extra back. */
static void hold(Show *s, const Step *step)
{
    if (s->held->len < HELD_FIRST) {
        g_array_append_val(s->held, *step);
    } else {
        s->held_last[s->held_more++ % HELD_LAST] = *step;
    }
}

/* A pair, or the end: it is known whether the extras are differences. */
static void let_go(Show *s, bool bad)
{
    uint64_t kept = MIN(s->held_more, HELD_LAST);
    uint64_t i;

    for (i = 0; i < s->held->len; i++) {
        Step *step = &g_array_index(s->held, Step, i);

        step->bad = bad;
        add(s, step);
    }
    for (i = s->held_more - kept; i < s->held_more; i++) {
        Step *step = &s->held_last[i % HELD_LAST];

        /* The first of them stands for those that were dropped. */
        step->n = i == s->held_more - kept ? s->held_more - kept + 1 : 1;
        step->bad = bad;
        add(s, step);
    }
    g_array_set_size(s->held, 0);
    s->held_more = 0;
}

void show_step(void *opaque, const Access *a, const Access *b)
{
    Show *s = opaque;
    Step step = { .has_a = a != NULL, .has_b = b != NULL, .n = 1 };

    if (a) {
        step.a = *a;
    }
    if (b) {
        step.b = *b;
    }
    step.bad = !b || (a ? !access_match(a, b) : s->extras == SHOW_EXTRAS_BAD);
    if (s->extras == SHOW_EXTRAS_AROUND && s->paired) {
        if (!a) {
            hold(s, &step);
            return;
        }
        if (b) {
            let_go(s, true);
        }
    }
    s->paired |= a && b;
    add(s, &step);
}

void show_print(Show *s)
{
    let_go(s, false);
    while (s->next < s->end) {
        look_at(s, s->next++);
    }
    close_hunk(s);
    tool_print("%s", s->text->str);
    if (s->hidden) {
        tool_print("  ... and %" PRIu64 " more (--max-differences)\n",
                   s->hidden);
    }
}
