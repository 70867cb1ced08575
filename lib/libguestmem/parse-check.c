/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: is a statement complete, does it fit with the others? */
#include "libguestmem/parse-internal.h"

static GmemStatement *check_at(const GmemParse *p, unsigned i)
{
    return &g_array_index(p->file->statement, GmemStatement, i);
}

static const GmemToken *check_name(const GmemParse *p, unsigned i)
{
    return &g_array_index(p->names, GmemToken, i);
}

static const char *check_kind(const GmemStatement *s)
{
    static const char *const kinds[] = {
        [GMEM_RING] = "ring", [GMEM_WATCH] = "watch",
        [GMEM_SNAPSHOT] = "snapshot",
    };

    return kinds[s->kind];
}

/* An error about the statement that was just read, at its name */
static bool check_fail(GmemParse *p, const char *what, const char *expected)
{
    const GmemStatement *s = gmem_statement(p);

    return gmem_fail_at(&p->lex, check_name(p, p->file->statement->len - 1),
                        GMEM_ERROR_SYNTAX, "%s %s has %s; %s expected",
                        check_kind(s), s->name, what, expected);
}

bool gmem_check_number(GmemParse *p, const GmemToken *token,
                       const GmemExpr *expr, const char *what, uint64_t min,
                       uint64_t max)
{
    uint64_t number;

    if (!gmem_expr_number(expr, &number) ||
        (number >= min && number <= max)) {
        return true;
    }
    return gmem_fail_at(&p->lex, token, GMEM_ERROR_LIMIT,
                        "'%s' is %" G_GUINT64_FORMAT "; %" G_GUINT64_FORMAT
                        " to %" G_GUINT64_FORMAT " expected", what, number,
                        min, max);
}

/* --- one statement ------------------------------------------------------- */

/* `value` where no trigger has one */
static bool check_value(GmemParse *p)
{
    const GArray *triggers = gmem_statement(p)->trigger;
    bool index = gmem_token_is(&p->value, "index");
    unsigned i;

    if (!p->value.len) {
        return true;
    }
    for (i = 0; i < triggers->len; i++) {
        GmemTriggerKind kind = g_array_index(triggers, GmemTrigger, i).kind;

        if (kind == GMEM_ON_WRITE || kind == GMEM_ON_READ ||
            (kind == GMEM_ON_IRQ && !index)) {
            return true;
        }
    }
    return gmem_fail_at(&p->lex, &p->value, GMEM_ERROR_SYNTAX,
                        "no trigger of this statement has %s",
                        index ? "an index" : "a value");
}

static bool check_ring_order(GmemParse *p)
{
    const GmemStatement *s = gmem_statement(p);

    if (!p->has_order) {
        return check_fail(p, "no order",
                          "one of 'tail', 'while', 'bits' and 'all'");
    }
    if (s->wrap.n && s->order != GMEM_BY_TAIL) {
        return check_fail(p, "'wrap' without 'tail'", "'tail'");
    }
    if (s->link_when.n && s->order != GMEM_BY_WHILE) {
        return check_fail(p, "'link' without 'while'", "'while'");
    }
    if (s->start.n && s->order != GMEM_BY_TAIL && s->order != GMEM_BY_WHILE) {
        return check_fail(p, "'start' without 'tail' or 'while'",
                          "one of them");
    }
    return true;
}

static bool check_ring(GmemParse *p)
{
    const GmemStatement *s = gmem_statement(p);

    if (!s->entry) {
        return check_fail(p, "no 'entry'", "the size of its entries");
    }
    if (s->base.n && !s->count.n) {
        return check_fail(p, "no 'count'", "the number of its entries");
    }
    if (!s->base.n && (s->count.n || s->segments.n)) {
        return check_fail(p, "no 'base'", "the address of its first entry");
    }
    return check_ring_order(p);
}

static bool check_area(GmemParse *p)
{
    const GmemStatement *s = gmem_statement(p);

    if (!s->base.n) {
        return check_fail(p, "no 'at'", "its address");
    }
    return s->len.n || check_fail(p, "no 'len'", "its length");
}

/* Another statement of this name must have other numbers. */
static bool check_others(GmemParse *p)
{
    unsigned last = p->file->statement->len - 1;
    const GmemStatement *s = check_at(p, last);
    unsigned i;

    for (i = 0; i < last; i++) {
        const GmemStatement *other = check_at(p, i);

        if (g_str_equal(s->name, other->name) &&
            (s->kind != other->kind || !s->is_array || !other->is_array ||
             (s->low <= other->high && other->low <= s->high))) {
            return gmem_fail_at(&p->lex, check_name(p, last),
                                GMEM_ERROR_SYNTAX,
                                "a second %s, or a part of it; the first one is on line %u, and another name or number is expected",
                                s->name, other->line);
        }
    }
    return true;
}

bool gmem_check_statement(GmemParse *p)
{
    const GmemStatement *s = gmem_statement(p);

    if (!check_others(p) ||
        !(s->kind == GMEM_RING ? check_ring(p) : check_area(p))) {
        return false;
    }
    return s->trigger->len ? check_value(p) :
           check_fail(p, "no trigger", "'on'");
}

/* --- the file ------------------------------------------------------------ */

static const char *check_ring_name(const GmemParse *p, unsigned i)
{
    for (; i < p->file->statement->len; i++) {
        if (check_at(p, i)->kind == GMEM_RING) {
            return check_at(p, i)->name;
        }
    }
    return NULL;
}

/*
 * Is it the ring that is named?  Of a constant number, only if that is among
 * its own, and for `create`, only if it has no base.
 */
static bool check_is_meant(const GmemStatement *s, const GmemToken *token,
                           bool creates, const GmemExpr *instance)
{
    uint64_t n;
    bool constant = gmem_expr_number(instance, &n);

    return s->kind == GMEM_RING && gmem_token_is(token, s->name) &&
           (!creates || !s->base.n) && s->is_array == (instance->n > 0) &&
           (!constant || (n >= s->low && n <= s->high));
}

static int check_find(const GmemParse *p, const GmemToken *token, bool creates,
                      const GmemExpr *instance)
{
    unsigned i;

    for (i = 0; i < p->file->statement->len; i++) {
        if (check_is_meant(check_at(p, i), token, creates, instance)) {
            return i;
        }
    }
    return -1;
}

static bool check_fail_number(GmemParse *p, const GmemToken *token,
                              bool creates, const char *name)
{
    if (creates) {
        return gmem_fail_at(&p->lex, token, GMEM_ERROR_SYNTAX,
            "no ring %s with such a number is without a base; 'ring %s[LOW..HIGH]' without 'base' expected",
            name, name);
    }
    return gmem_fail_at(&p->lex, token, GMEM_ERROR_SYNTAX,
        "no ring %s has such a number; NAME[NUMBER] as 'ring %s' declares it expected",
        name, name);
}

static bool check_fail_reference(GmemParse *p, const GmemToken *token,
                                 bool creates)
{
    unsigned i;

    for (i = 0; i < p->file->statement->len; i++) {
        if (check_at(p, i)->kind == GMEM_RING &&
            gmem_token_is(token, check_at(p, i)->name)) {
            return check_fail_number(p, token, creates, check_at(p, i)->name);
        }
    }
    return gmem_fail_name(p, token, "the name of a ring", check_ring_name);
}

/* A range may begin outside of the numbers that there are. */
static bool check_rule(GmemParse *p, const GmemReference *reference,
                       GmemRule *rule)
{
    int i = check_find(p, &reference->token, !rule->deletes,
                       rule->last.n ? &rule->last : &rule->instance);

    if (i < 0) {
        return check_fail_reference(p, &reference->token, !rule->deletes);
    }
    rule->ring = i;
    return true;
}

static bool check_answers(GmemParse *p, const GmemReference *reference,
                          GmemStatement *s)
{
    int i = check_find(p, &reference->token, false, &s->answers_instance);

    if (i < 0) {
        return check_fail_reference(p, &reference->token, false);
    }
    s->answers = i;
    return check_at(p, i)->key.n ||
           gmem_fail_at(&p->lex, &reference->token, GMEM_ERROR_SYNTAX,
                        "ring %s has no 'key', by which its entries could be named",
                        check_at(p, i)->name);
}

static bool check_reference(GmemParse *p, const GmemReference *reference)
{
    GmemStatement *s = check_at(p, reference->statement);

    return reference->rule >= 0 ?
           check_rule(p, reference,
                      &g_array_index(s->rule, GmemRule, reference->rule)) :
           check_answers(p, reference, s);
}

/* Bytes of the entry that a field is taken of; 0: there is no such entry */
static unsigned check_entry_size(const GmemParse *p, const GmemUse *use)
{
    const GmemStatement *s = check_at(p, use->statement);

    if (use->of == GMEM_ENTRY_COMMAND) {
        return s->answers < 0 ? 0 : check_at(p, s->answers)->entry;
    }
    return use->item ? use->item->entry : s->entry;
}

static bool check_use(GmemParse *p, const GmemUse *use)
{
    unsigned size = check_entry_size(p, use);

    if (!size) {
        return gmem_fail_at(&p->lex, &use->token, GMEM_ERROR_SYNTAX,
                            "'command' has a meaning only in a ring with 'answers'");
    }
    return use->end <= size ||
           gmem_fail_at(&p->lex, &use->token, GMEM_ERROR_SYNTAX,
                        "a field up to byte %" G_GUINT64_FORMAT
                        " of an entry that has %u bytes", use->end, size);
}

/* A ring without a base that no rule creates */
static bool check_created(GmemParse *p, unsigned ring)
{
    const GmemStatement *s = check_at(p, ring);
    unsigned i;

    if (s->kind != GMEM_RING || s->base.n) {
        return true;
    }
    for (i = 0; i < p->reference->len; i++) {
        const GmemReference *reference = &g_array_index(p->reference,
                                                        GmemReference, i);

        if (reference->rule >= 0 &&
            gmem_token_is(&reference->token, s->name) &&
            !g_array_index(check_at(p, reference->statement)->rule, GmemRule,
                           reference->rule).deletes) {
            return true;
        }
    }
    return gmem_fail_at(&p->lex, check_name(p, ring), GMEM_ERROR_SYNTAX,
                        "ring %s has no base, and no rule creates it; 'base' or a 'create' in another ring expected",
                        s->name);
}

bool gmem_check_file(GmemParse *p)
{
    unsigned i;

    for (i = 0; i < p->reference->len; i++) {
        if (!check_reference(p, &g_array_index(p->reference, GmemReference,
                                               i))) {
            return false;
        }
    }
    for (i = 0; i < p->use->len; i++) {
        if (!check_use(p, &g_array_index(p->use, GmemUse, i))) {
            return false;
        }
    }
    for (i = 0; i < p->file->statement->len; i++) {
        if (!check_created(p, i)) {
            return false;
        }
    }
    return true;
}
