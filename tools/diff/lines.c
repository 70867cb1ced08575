/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: from tokens to lines (see lines.h)
 */
#include "tools/diff/lines.h"

#include <inttypes.h>
#include <string.h>

#include "tools/analysis/duration.h"
#include "tools/analysis/fold.h"
#include "tools/diff/source.h"

/* Accesses in another order of which it is shown which ones have moved */
#define ORDER_MAX 128

/* Tokens at the end of a hunk that are folded even if its middle is left out */
#define TAIL_TOKENS 1024

/**
 * struct Row: a folded line of one log
 * @text: the line
 * @values: where its values begin
 * @node: the leaf or block; no pointers in it are valid
 * @constant: all its values are the same
 */
typedef struct Row {
    char *text;
    gsize values;
    FoldNode node;
    bool constant;
} Row;

/**
 * struct LinesFold: a sequence of one log that is being folded
 * @lines: the state
 * @log: the log
 * @fold: the engine
 * @out: for the lines
 * @rows: Row, of a sequence of pairs
 * @sign: of a sequence that is in one log only
 * @from: the first token of what is being folded
 * @to: the one behind the last
 */
typedef struct LinesFold {
    DiffLines *lines;
    DiffLog *log;
    Fold *fold;
    FoldOutput out;
    GQueue rows;
    char sign;
    uint64_t from;
    uint64_t to;
} LinesFold;

/**
 * struct DiffLines: state
 * @report: the report
 * @take: takes the lines
 * @opaque: for @take
 * @a: pairs, in A
 * @b: pairs, in B
 * @side: what is in one log only
 * @split: pairs with other values have lines of their own
 * @differ: the last pair had other values
 * @limit: lines from which on something is left out, or 0
 * @n: lines since the limit was set
 * @left_out: tokens that were left out
 * @text: a line that is being made
 */
struct DiffLines {
    DiffReport *report;
    DiffLineTaken *take;
    void *opaque;
    LinesFold a;
    LinesFold b;
    LinesFold side;
    bool split;
    bool differ;
    uint64_t limit;
    uint64_t n;
    uint64_t left_out;
    GString *text;
};

static void emit(DiffLines *lines, char sign, uint64_t a, uint64_t b)
{
    const DiffLine line = { .sign = sign, .a = a, .b = b,
                            .text = lines->text->str };

    lines->n++;
    lines->take(&line, lines->opaque);
}

/* The token of a line, of those that are being folded */
static uint64_t find_token(const LinesFold *fold, uint64_t line)
{
    uint64_t low = fold->from, high = fold->to - 1;

    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;

        if (diff_log_line(fold->log, middle) <= line) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/* " x17", if a line is one poll */
static void put_run(DiffLines *lines, const LinesFold *fold,
                    const FoldNode *node)
{
    const DiffRun *run;

    if (node->kind == FOLD_BLOCK || !fold_once(node) ||
        node->first_line != node->last_line || fold->to == fold->from) {
        return;
    }
    run = diff_log_run(fold->log, find_token(fold, node->first_line));
    if (run) {
        g_string_append_printf(lines->text, " x%" PRIu64 "%s", run->rounds,
                               run->changes ? ", at last" : "");
    }
}

/* A line of what is in one log only */
static void take_side_line(void *opaque, const GString *text, gsize values,
                           const FoldNode *node)
{
    LinesFold *fold = opaque;
    DiffLines *lines = fold->lines;
    bool is_a = fold->sign == '-';

    g_string_truncate(lines->text, 0);
    g_string_append_len(lines->text, text->str, values);
    put_run(lines, fold, node);
    g_string_append(lines->text, text->str + values);
    emit(lines, fold->sign, is_a ? node->first_line : 0,
         is_a ? 0 : node->first_line);
}

/* A line of pairs waits for that of the other log. */
static void take_pair_line(void *opaque, const GString *text, gsize values,
                           const FoldNode *node)
{
    LinesFold *fold = opaque;
    Row *row = g_new(Row, 1);

    *row = (Row) {
        .text = g_strdup(text->str),
        .values = values,
        .node = *node,
        .constant = node->kind != FOLD_BLOCK &&
                    (node->values.n == 1 ||
                     (node->values.counting && !node->values.step)),
    };
    g_queue_push_tail(&fold->rows, row);
}

static void take_item(void *opaque, const FoldItem *item)
{
    LinesFold *fold = opaque;

    fold_text.item(&fold->out, item);
}

/* Of pairs, what differs is said; meanings of all values would be too much. */
static void init_fold(DiffLines *lines, LinesFold *fold, DiffLog *log,
                      FoldLine *line)
{
    fold->lines = lines;
    fold->log = log;
    fold->fold = fold_new(take_item, fold);
    fold->out = (FoldOutput) {
        .words = diff_words_fold(lines->report->words,
                                 line == take_side_line),
        .text = g_string_new(NULL),
        .line = line,
        .opaque = fold,
    };
    g_queue_init(&fold->rows);
}

static void free_row(gpointer p)
{
    Row *row = p;

    g_free(row->text);
    g_free(row);
}

static void clear_fold(LinesFold *fold)
{
    fold_free(fold->fold);
    g_string_free(fold->out.text, TRUE);
    g_queue_clear_full(&fold->rows, free_row);
}

DiffLines *diff_lines_new(DiffReport *report, DiffLineTaken *take,
                          void *opaque)
{
    DiffLines *lines = g_new0(DiffLines, 1);

    lines->report = report;
    lines->take = take;
    lines->opaque = opaque;
    lines->text = g_string_new(NULL);
    init_fold(lines, &lines->a, report->a, take_pair_line);
    init_fold(lines, &lines->b, report->b, take_pair_line);
    init_fold(lines, &lines->side, NULL, take_side_line);
    return lines;
}

void diff_lines_free(DiffLines *lines)
{
    if (lines) {
        clear_fold(&lines->a);
        clear_fold(&lines->b);
        clear_fold(&lines->side);
        g_string_free(lines->text, TRUE);
        g_free(lines);
    }
}

/* The values of a line, without " = " */
static const char *values_of(const Row *row)
{
    const char *values = row->text + row->values;

    return g_str_has_prefix(values, " = ") ? values + 3 : values + 1;
}

static DiffPlace place_of(const FoldNode *node)
{
    return (DiffPlace) { .offset = node->offset, .region = node->region,
                         .op = node->kind, .width = node->width };
}

/* "; bar0+0x9400 + 0x3b9aca00 in both", if that is where they come from */
static void put_source(DiffLines *lines, const Row *a, const Row *b)
{
    DiffSource source;
    const DiffPlace *place;

    if (a->node.kind != MMT_ENTRY_WRITE || !fold_once(&a->node) ||
        a->node.first_line != a->node.last_line ||
        !diff_source_find(lines->a.log,
                          find_token(&lines->a, a->node.first_line),
                          lines->b.log,
                          find_token(&lines->b, b->node.first_line),
                          &source)) {
        return;
    }
    place = diff_places_get(diff_log_places(lines->a.log), source.place);
    g_string_append_printf(lines->text, "; in both what was %s ",
                           place->op == MMT_ENTRY_READ ? "read from" :
                           "written to");
    diff_words_put_register(lines->report->words, place->region,
                            place->offset, lines->text);
    if (source.plus) {
        g_string_append_printf(lines->text, ", plus 0x%" PRIx64, source.plus);
    }
}

/**
 * struct Other: one pair with other values
 * @offset: its register
 * @a: the value in A
 * @b: the value in B
 */
typedef struct Other {
    uint64_t offset;
    uint64_t a;
    uint64_t b;
} Other;

/**
 * struct Others: pairs with other values
 * @n: number of them
 * @first: the first one
 * @last: the last one
 * @by: what B's values are larger by
 * @equal: it is the same for all of them
 */
typedef struct Others {
    uint64_t n;
    Other first;
    Other last;
    uint64_t by;
    bool equal;
} Others;

static void count_other(Others *others, const DiffLog *log, uint64_t i,
                        uint64_t b)
{
    Other other = { .offset = diff_report_place(log, i)->offset,
                    .a = diff_log_token(log, i)->value, .b = b };

    if (other.a == other.b) {
        return;
    }
    if (!others->n++) {
        others->first = other;
        others->by = other.b - other.a;
        others->equal = true;
    }
    others->equal &= other.b - other.a == others->by;
    others->last = other;
}

static void put_other(GString *text, const char *before, const Other *other)
{
    g_string_append_printf(text, "%s+0x%" PRIx64 " 0x%" PRIx64 " -> 0x%" PRIx64,
                           before, other->offset, other->a, other->b);
}

/*
 * "2 of 9 differ, by 0x100: +0x8 0x1 -> 0x101, ..., +0x28 0x8 -> 0x108": of a
 * run, whose tokens follow each other
 */
static bool put_run_of_both(DiffLines *lines, const Row *a, const Row *b)
{
    uint64_t ia = find_token(&lines->a, a->node.first_line);
    uint64_t ib = find_token(&lines->b, b->node.first_line);
    uint64_t i, n = a->node.values.n;
    Others others = { 0 };

    if (find_token(&lines->a, a->node.last_line) + 1 - ia != n ||
        ib + n > lines->b.to) {
        return false;
    }
    for (i = 0; i < n; i++) {
        count_other(&others, lines->a.log, ia + i,
                    diff_log_token(lines->b.log, ib + i)->value);
    }
    g_string_truncate(lines->text, a->values);
    g_string_append_printf(lines->text, ": %" PRIu64 " of %" PRIu64 " %s",
                           others.n, n, others.n == 1 ? "differs" : "differ");
    if (others.n > 1 && others.equal) {
        bool down = others.by >> 63;

        g_string_append_printf(lines->text, ", by %s0x%" PRIx64,
                               down ? "-" : "",
                               down ? -others.by : others.by);
    }
    put_other(lines->text, ": ", &others.first);
    if (others.n > 1) {
        put_other(lines->text, others.n > 2 ? ", ..., " : ", ", &others.last);
    }
    return true;
}

static void put_change(DiffLines *lines, const Row *a, const Row *b)
{
    DiffPlace place = place_of(&a->node);

    if (a->constant && b->constant) {
        diff_words_put_change(lines->report->words, &place,
                              a->node.values.first, b->node.values.first,
                              lines->text);
    }
}

static void put_both(DiffLines *lines, const Row *a, const Row *b)
{
    if ((!a->constant || !b->constant) && put_run_of_both(lines, a, b)) {
        return;
    }
    g_string_append_printf(lines->text, " -> %s", values_of(b));
    put_change(lines, a, b);
    put_source(lines, a, b);
}

/* Are other values of such accesses differences? */
static bool is_compared(const DiffLines *lines, const FoldNode *node)
{
    return lines->report->values == DIFF_VALUES_ALL ||
           (lines->report->values == DIFF_VALUES_WRITES &&
            node->kind == MMT_ENTRY_WRITE);
}

static void join(DiffLines *lines, const Row *a, const Row *b)
{
    char sign = ' ';

    g_string_assign(lines->text, a->text);
    if (a->values != b->values || strncmp(a->text, b->text, a->values)) {
        /* other lines: the two were not folded in the same way */
        emit(lines, '-', a->node.first_line, 0);
        g_string_assign(lines->text, b->text);
        emit(lines, '+', 0, b->node.first_line);
        return;
    }
    if (strcmp(a->text + a->values, b->text + b->values)) {
        if (is_compared(lines, &a->node)) {
            put_both(lines, a, b);
            sign = '!';
        } else if (a->node.kind != FOLD_BLOCK) {
            g_string_append_printf(lines->text, " (B: %s", values_of(b));
            put_change(lines, a, b);
            g_string_append_c(lines->text, ')');
        }
    }
    emit(lines, sign, a->node.first_line, b->node.first_line);
}

static void drain(DiffLines *lines)
{
    while (!g_queue_is_empty(&lines->a.rows) &&
           !g_queue_is_empty(&lines->b.rows)) {
        Row *a = g_queue_pop_head(&lines->a.rows);
        Row *b = g_queue_pop_head(&lines->b.rows);

        join(lines, a, b);
        free_row(a);
        free_row(b);
    }
}

static void flush_pairs(DiffLines *lines)
{
    fold_flush(lines->a.fold);
    fold_flush(lines->b.fold);
    drain(lines);
    lines->a.from = lines->a.to = 0;
    lines->b.from = lines->b.to = 0;
}

static void flush_side(DiffLines *lines)
{
    fold_flush(lines->side.fold);
    lines->side.from = lines->side.to = 0;
}

void diff_lines_split(DiffLines *lines, bool split)
{
    lines->split = split;
}

void diff_lines_limit(DiffLines *lines, uint64_t limit)
{
    lines->limit = limit;
    lines->n = 0;
}

bool diff_lines_enough(const DiffLines *lines)
{
    return lines->limit && lines->n > lines->limit;
}

uint64_t diff_lines_left_out(DiffLines *lines)
{
    uint64_t n = lines->left_out;

    lines->left_out = 0;
    return n;
}

/* How many of so many tokens are left out here? */
static uint64_t leave_out(DiffLines *lines, uint64_t left)
{
    uint64_t n = left > TAIL_TOKENS && diff_lines_enough(lines) ?
                 left - TAIL_TOKENS : 0;

    lines->left_out += n;
    return n;
}

void diff_lines_skip(DiffLines *lines, const DiffHunk *hunk)
{
    diff_lines_flush(lines);
    lines->left_out += MAX(hunk->a1 - hunk->a0, hunk->b1 - hunk->b0);
}

void diff_lines_flush(DiffLines *lines)
{
    flush_pairs(lines);
    flush_side(lines);
}

static void feed(LinesFold *fold, uint64_t i, const DiffPlace *place,
                 uint64_t value)
{
    const MmtEntry entry = {
        .kind = place->op,
        .width = place->width,
        .region = place->region,
        .offset = place->offset,
        .value = value,
        .line = diff_log_line(fold->log, i),
    };

    if (fold->from == fold->to) {
        fold->from = i;
    }
    fold->to = i + 1;
    fold_access(fold->fold, &entry);
}

/* A pair: what a log does not know of an access is that of the other one. */
static void add_pair(DiffLines *lines, uint64_t ia, uint64_t ib, bool differ)
{
    const DiffPlace *place = diff_report_place(lines->a.log, ia);
    uint64_t va = diff_log_token(lines->a.log, ia)->value;
    uint64_t vb = diff_log_token(lines->b.log, ib)->value;
    FoldNode node = { 0 };

    if (place->op == MMT_ENTRY_UNKNOWN) {
        place = diff_report_place(lines->b.log, ib);
        va = vb;
    } else if (diff_report_place(lines->b.log, ib)->op == MMT_ENTRY_UNKNOWN) {
        vb = va;
    }
    node.kind = place->op;
    if (!differ && (is_compared(lines, &node) ||
                    place->op == MMT_ENTRY_WRITE)) {
        /* ignored, or not compared */
        vb = va;
    }
    feed(&lines->a, ia, place, va);
    feed(&lines->b, ib, place, vb);
    if (lines->report->full) {
        flush_pairs(lines);
    }
    drain(lines);
}

static void add_pairs(DiffLines *lines, const DiffHunk *hunk)
{
    uint64_t i, n = hunk->a1 - hunk->a0;
    bool differ = hunk->kind != DIFF_SAME;

    flush_side(lines);
    if (lines->split && differ != lines->differ) {
        flush_pairs(lines);
    }
    lines->differ = differ;
    for (i = 0; i < n; i++) {
        uint64_t skip = leave_out(lines, n - i);

        if (skip) {
            flush_pairs(lines);
            i += skip;
        }
        add_pair(lines, hunk->a0 + i, hunk->b0 + i, differ);
    }
}

static void add_side(DiffLines *lines, bool is_a, uint64_t from, uint64_t to)
{
    LinesFold *side = &lines->side;

    flush_pairs(lines);
    flush_side(lines);
    side->log = is_a ? lines->report->a : lines->report->b;
    side->sign = is_a ? '-' : '+';
    for (; from < to; from++) {
        uint64_t skip = leave_out(lines, to - from);

        if (skip) {
            flush_side(lines);
            from += skip;
        }
        feed(side, from, diff_report_place(side->log, from),
             diff_log_token(side->log, from)->value);
        if (lines->report->full) {
            flush_side(lines);
        }
    }
}

static void put_rounds(GString *text, const char *log, uint64_t rounds,
                       const char *what, uint64_t ns)
{
    g_string_append_printf(text, "%s: %" PRIu64 " %s%s", log, rounds, what,
                           rounds == 1 ? "" : "s");
    if (ns) {
        g_string_append(text, ", ");
        analysis_put_duration(text, ns);
    }
}

/* "R4 bar0+0x8 = 0x1 -> 0x0  poll with another end; A: 17 reads, 2 us; ..." */
static void add_poll(DiffLines *lines, const DiffHunk *hunk)
{
    DiffReport *report = lines->report;
    GString *text = lines->text;
    const char *what = hunk->a1 - hunk->a0 > 1 ? "round" : "read";
    uint64_t ia = hunk->a1 - 1, ib = hunk->b1 - 1;
    uint64_t va = diff_log_token(report->a, ia)->value;
    uint64_t vb = diff_log_token(report->b, ib)->value;
    DiffPlace place = *diff_report_place(report->a, ia);

    diff_lines_flush(lines);
    g_string_truncate(text, 0);
    diff_words_put_place(report->words, &place, text);
    g_string_append_printf(text, " = 0x%" PRIx64, va);
    if (va != vb) {
        g_string_append_printf(text, " -> 0x%" PRIx64, vb);
        diff_words_put_change(report->words, &place, va, vb, text);
    }
    g_string_append(text, hunk->kind == DIFF_POLL_END ?
                    "  poll with another end; " :
                    "  poll of another length; ");
    put_rounds(text, "A", hunk->rounds_a, what, hunk->ns_a);
    put_rounds(text, "; B", hunk->rounds_b, what, hunk->ns_b);
    emit(lines, '!', diff_log_line(report->a, hunk->a0),
         diff_log_line(report->b, hunk->b0));
}

static void add_rounds(DiffLines *lines, const DiffHunk *hunk)
{
    const char *s = hunk->cycle == 1 ? "" : "es";

    diff_lines_flush(lines);
    g_string_printf(lines->text,
                    "... %" PRIu64
                    " rounds of this poll, of %u access%s, in A, %" PRIu64
                    " in B", hunk->rounds_a, hunk->cycle, s, hunk->rounds_b);
    emit(lines, '.', 0, 0);
}

static bool is_same(const DiffReport *report, uint64_t ia, uint64_t ib)
{
    const DiffToken *a = diff_log_token(report->a, ia);
    const DiffToken *b = diff_log_token(report->b, ib);

    return a->place == b->place &&
           (a->value == b->value || report->values == DIFF_VALUES_NONE ||
            (report->values == DIFF_VALUES_WRITES &&
             diff_report_place(report->a, ia)->op != MMT_ENTRY_WRITE));
}

/* Lengths of the longest common sequences of the ends of two sequences */
static uint16_t *common_lengths(const DiffReport *report, const DiffHunk *hunk)
{
    unsigned n = hunk->a1 - hunk->a0, m = hunk->b1 - hunk->b0;
    uint16_t *length = g_new0(uint16_t, (n + 1) * (m + 1));
    unsigned i, k;

    for (i = n; i-- > 0;) {
        for (k = m; k-- > 0;) {
            uint16_t *at = &length[i * (m + 1) + k];

            *at = is_same(report, hunk->a0 + i, hunk->b0 + k) ?
                  at[m + 2] + 1 : MAX(at[m + 1], at[1]);
        }
    }
    return length;
}

/* What has moved is '-' where it is in A, and '+' where it is in B. */
static void add_moved(DiffLines *lines, const DiffHunk *hunk)
{
    unsigned n = hunk->a1 - hunk->a0, m = hunk->b1 - hunk->b0;
    g_autofree uint16_t *length = common_lengths(lines->report, hunk);
    unsigned i = 0, k = 0;

    while (i < n || k < m) {
        const uint16_t *at = &length[i * (m + 1) + k];

        if (i < n && k < m &&
            is_same(lines->report, hunk->a0 + i, hunk->b0 + k)) {
            DiffHunk pair = { .kind = DIFF_SAME, .a0 = hunk->a0 + i,
                              .a1 = hunk->a0 + i + 1, .b0 = hunk->b0 + k,
                              .b1 = hunk->b0 + k + 1 };

            add_pairs(lines, &pair);
            i++;
            k++;
        } else if (k == m || (i < n && at[m + 1] >= at[1])) {
            add_side(lines, true, hunk->a0 + i, hunk->a0 + i + 1);
            i++;
        } else {
            add_side(lines, false, hunk->b0 + k, hunk->b0 + k + 1);
            k++;
        }
    }
}

static void add_order(DiffLines *lines, const DiffHunk *hunk)
{
    if (MAX(hunk->a1 - hunk->a0, hunk->b1 - hunk->b0) <= ORDER_MAX) {
        add_moved(lines, hunk);
        return;
    }
    add_side(lines, true, hunk->a0, hunk->a1);
    add_side(lines, false, hunk->b0, hunk->b1);
}

void diff_lines_add(DiffLines *lines, const DiffHunk *hunk)
{
    switch (hunk->kind) {
    case DIFF_ONLY_A:
        add_side(lines, true, hunk->a0, hunk->a1);
        break;
    case DIFF_ONLY_B:
        add_side(lines, false, hunk->b0, hunk->b1);
        break;
    case DIFF_ORDER:
        add_order(lines, hunk);
        break;
    case DIFF_POLL_END:
    case DIFF_POLL_TIME:
        add_poll(lines, hunk);
        break;
    case DIFF_ROUNDS:
        add_rounds(lines, hunk);
        break;
    default:
        add_pairs(lines, hunk);
        break;
    }
}
