/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: statements `ring`, `watch` and `snapshot` */
#include "libguestmem/parse-internal.h"

#include <stddef.h>

#define RING_VARIABLE(name) (1u << GMEM_VAR_##name)

/* When it is triggered, before there is an entry */
#define RING_AT_TRIGGER (RING_VARIABLE(VALUE) | RING_VARIABLE(INDEX) | \
                         RING_VARIABLE(N) | RING_VARIABLE(TRIGGER))

GmemStatement *gmem_statement(const GmemParse *p)
{
    return &g_array_index(p->file->statement, GmemStatement,
                          p->file->statement->len - 1);
}

GmemScope gmem_entry_scope(const GmemParse *p)
{
    return (GmemScope) {
        .variables = RING_VARIABLE(N) | RING_VARIABLE(SEGMENT) |
                     RING_VARIABLE(PHASE) | RING_VARIABLE(POSITION) |
                     RING_VARIABLE(ADDRESS) | RING_VARIABLE(TRIGGER),
        .entries = 1u << GMEM_ENTRY_THIS | 1u << GMEM_ENTRY_COMMAND,
        .statement = p->file->statement->len - 1,
    };
}

/* --- lines with one expression ------------------------------------------- */

static bool ring_take_at_trigger(GmemParse *p, GmemExpr *expr,
                                 unsigned variables)
{
    const GmemScope scope = {
        .variables = variables, .statement = p->file->statement->len - 1,
    };

    return gmem_take_expr(p, &scope, expr);
}

/*
 * A line with an expression that is evaluated at a trigger; a constant one must
 * be in a range.
 */
#define RING_LINE(name, variables, min, max) \
    static bool ring_take_##name(GmemParse *p) \
    { \
        GmemToken at = p->lex.token; \
        GmemExpr *expr = &gmem_statement(p)->name; \
        \
        return ring_take_at_trigger(p, expr, variables) && \
               gmem_check_number(p, &at, expr, #name, min, max); \
    }

RING_LINE(base, RING_AT_TRIGGER | RING_VARIABLE(SEGMENT), 0, UINT64_MAX)
RING_LINE(count, RING_AT_TRIGGER | RING_VARIABLE(SEGMENT), 1,
          GMEM_RING_ENTRIES_MAX)
RING_LINE(segments, RING_AT_TRIGGER, 1, GMEM_RING_ENTRIES_MAX)
RING_LINE(wrap, RING_AT_TRIGGER, 1, UINT64_MAX)
RING_LINE(start, RING_VARIABLE(N), 0, UINT64_MAX)
RING_LINE(phase, RING_VARIABLE(N), 0, 1)

static bool ring_take_len(GmemParse *p)
{
    GmemToken at = p->lex.token;
    GmemStatement *s = gmem_statement(p);

    return ring_take_at_trigger(p, &s->len, RING_AT_TRIGGER) &&
           gmem_check_number(p, &at, &s->len, "len", 1,
                             s->kind == GMEM_WATCH ? GMEM_WATCH_MAX :
                             GMEM_SNAPSHOT_MAX);
}

static bool ring_take_key(GmemParse *p)
{
    GmemScope scope = gmem_entry_scope(p);

    scope.entries &= ~(1u << GMEM_ENTRY_COMMAND);
    return gmem_take_expr(p, &scope, &gmem_statement(p)->key);
}

/* --- the order ----------------------------------------------------------- */

static bool ring_take_order(GmemParse *p, GmemOrder which)
{
    if (p->has_order) {
        return gmem_fail(&p->lex,
                         "a second order; one of 'tail', 'while', 'bits' and 'all' expected");
    }
    p->has_order = true;
    gmem_statement(p)->order = which;
    return true;
}

static bool ring_take_tail(GmemParse *p)
{
    return ring_take_order(p, GMEM_BY_TAIL) &&
           ring_take_at_trigger(p, &gmem_statement(p)->tail, RING_AT_TRIGGER);
}

static bool ring_take_bits(GmemParse *p)
{
    return ring_take_order(p, GMEM_BY_BITS) &&
           ring_take_at_trigger(p, &gmem_statement(p)->tail, RING_AT_TRIGGER);
}

static bool ring_take_while(GmemParse *p)
{
    GmemScope scope = gmem_entry_scope(p);

    scope.entries &= ~(1u << GMEM_ENTRY_COMMAND);
    return ring_take_order(p, GMEM_BY_WHILE) &&
           gmem_take_expr(p, &scope, &gmem_statement(p)->condition);
}

static bool ring_take_all(GmemParse *p)
{
    return ring_take_order(p, GMEM_ALL);
}

/* --- the others ---------------------------------------------------------- */

static bool ring_take_entry(GmemParse *p)
{
    uint64_t entry;

    if (!gmem_take_number(p, "an entry's size", 1, GMEM_ENTRY_MAX, &entry)) {
        return false;
    }
    gmem_statement(p)->entry = entry;
    return true;
}

static bool ring_take_layout(GmemParse *p)
{
    gmem_statement(p)->layout = gmem_take_name(p,
        "the name of a domain of the register database");
    return gmem_statement(p)->layout;
}

/* by device */
static bool ring_take_by(GmemParse *p)
{
    gmem_statement(p)->by_device = true;
    return gmem_take_word(p, "device");
}

/* link when EXPR to EXPR [toggle EXPR] */
static bool ring_take_link(GmemParse *p)
{
    GmemScope scope = gmem_entry_scope(p);
    GmemStatement *s = gmem_statement(p);

    scope.entries &= ~(1u << GMEM_ENTRY_COMMAND);
    return gmem_take_word(p, "when") &&
           gmem_take_expr(p, &scope, &s->link_when) &&
           gmem_take_word(p, "to") &&
           gmem_take_expr(p, &scope, &s->link_to) &&
           (!gmem_token_is(&p->lex.token, "toggle") ||
            (gmem_lex_next(&p->lex) &&
             gmem_take_expr(p, &scope, &s->link_toggles)));
}

static bool ring_take_at(GmemParse *p)
{
    return ring_take_at_trigger(p, &gmem_statement(p)->base, RING_AT_TRIGGER);
}

static const GmemWord ring_words[] = {
    { "base", ring_take_base },
    { "count", ring_take_count },
    { "entry", ring_take_entry },
    { "layout", ring_take_layout },
    { "by", ring_take_by },
    { "segments", ring_take_segments },
    { "on", gmem_take_on, true },
    { "reset", gmem_take_reset, true },
    { "tail", ring_take_tail },
    { "while", ring_take_while },
    { "bits", ring_take_bits },
    { "all", ring_take_all },
    { "wrap", ring_take_wrap },
    { "start", ring_take_start },
    { "phase", ring_take_phase },
    { "link", ring_take_link },
    { "key", ring_take_key },
    { "answers", gmem_take_answers },
    { "create", gmem_take_create, true },
    { "delete", gmem_take_delete, true },
    { "data", gmem_take_data, true },
    { "list", gmem_take_list, true },
    { NULL }
};

static const GmemWord watch_words[] = {
    { "at", ring_take_at },
    { "len", ring_take_len },
    { "on", gmem_take_on, true },
    { "reset", gmem_take_reset, true },
    { NULL }
};

static const GmemWord snapshot_words[] = {
    { "at", ring_take_at },
    { "len", ring_take_len },
    { "on", gmem_take_on, true },
    { NULL }
};

/* --- blocks -------------------------------------------------------------- */

static bool ring_check_name(GmemParse *p, const GmemToken *name)
{
    if (name->kind != GMEM_TOKEN_NAME) {
        return gmem_fail_expected(&p->lex, "a name");
    }
    return p->file->statement->len < GMEM_STATEMENTS_MAX ||
           gmem_fail_at(&p->lex, name, GMEM_ERROR_LIMIT,
                        "more than %d rings, watches and snapshots",
                        GMEM_STATEMENTS_MAX);
}

static bool ring_take(GmemParse *p, GmemStatementKind kind,
                      const GmemWord *words)
{
    GmemToken name = p->lex.token;
    GmemStatement *s;
    GmemIndex index;

    if (!ring_check_name(p, &name)) {
        return false;
    }
    s = gmem_file_add_statement(p->file);
    g_array_append_val(p->names, name);
    s->kind = kind;
    s->line = name.line;
    s->name = g_strndup(name.text, name.len);
    p->value = (GmemToken) { 0 };
    p->has_order = false;
    if (!gmem_lex_next(&p->lex) || !gmem_take_index(p, &index)) {
        return false;
    }
    s->is_array = index.given;
    s->low = index.low;
    s->high = index.high;
    return gmem_count_instances(p, &name, 1, index.high - index.low + 1) &&
           gmem_take_block(p, words) && gmem_check_statement(p);
}

bool gmem_take_ring(GmemParse *p)
{
    return ring_take(p, GMEM_RING, ring_words);
}

bool gmem_take_watch(GmemParse *p)
{
    return ring_take(p, GMEM_WATCH, watch_words);
}

bool gmem_take_snapshot(GmemParse *p)
{
    return ring_take(p, GMEM_SNAPSHOT, snapshot_words);
}
